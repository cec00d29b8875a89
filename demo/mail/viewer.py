"""The page that shows what the demo's mail server was given."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from http import HTTPStatus
from pathlib import Path
from typing import Any

from demo.mail.kept import Kept, part_of
from demo.mail.smtp import Server

PAGE = Path(__file__).parent / "page"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'"
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox"
)


class Viewer(http.server.BaseHTTPRequestHandler):
    """Serves the page, the list of mails, and each mail's own HTML, which can do nothing but open links."""

    def __init__(self, *args: Any, kept: Kept) -> None:
        self._kept = kept
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer with the list, a mail, or a file of the page."""
        path = self.path.partition("?")[0]
        if path == "/mails":
            self._say("application/json", json.dumps(self._kept.list()), POLICY)
        elif path.startswith("/mails/"):
            mail = self._kept.find(int(path[7:])) if path[7:].isdecimal() else None
            if mail is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            self._say(TYPES[".html"], f'<base target="_blank">{part_of(mail, "html")}', MAIL_POLICY)
        else:
            self._serve_file("index.html" if path == "/" else path[1:])

    def _serve_file(self, name: str) -> None:
        if name not in {file.name for file in PAGE.iterdir()}:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self._say(TYPES[Path(name).suffix], (PAGE / name).read_text(), POLICY)

    def _say(self, kind: str, text: str, policy: str) -> None:
        body = text.encode()
        self.send_response(HTTPStatus.OK)
        for field, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ):
            self.send_header(field, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the terminal shows the addresses."""


def take_mails(kept: Kept) -> int:
    """Take mails from now on, on a thread of its own; return the port at which."""
    ready, server = threading.Event(), Server(kept.add)

    async def serve() -> None:
        await server.start()
        ready.set()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    ready.wait()
    return server.port
