"""Serve the demo: the desk on 127.0.0.1, and beside it, on localhost, a customer's shop and a page with all e-mails.

To a browser localhost is another site.
"""

from __future__ import annotations

import argparse
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

from demo.mail.kept import Kept
from demo.mail.viewer import Viewer, take_mails
from demo.people import PASSWORD, TEAM
from demo.seed import is_seeded, script_tag, seed

SHOP = Path(__file__).parent / "shop"
START_WITHIN_S = 120.0


class Shop(http.server.SimpleHTTPRequestHandler):
    """The shop's pages, with the chat's script tag put into them."""

    def __init__(self, *args: Any, script: str, **kwargs: Any) -> None:
        self._script = script
        super().__init__(*args, directory=str(SHOP), **kwargs)

    def do_GET(self) -> None:
        """Answer a page with the script tag filled in; other files as they are."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix != ".html" or not path.is_file():
            super().do_GET()
            return
        body = path.read_text().replace("{{script}}", self._script).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the terminal shows the addresses."""


def main() -> int:
    """Seed where needed, start both servers, print the addresses, wait."""
    arguments = _arguments()
    data: Path = arguments.data
    base_url = f"http://127.0.0.1:{arguments.port}"
    site = f"http://localhost:{arguments.shop_port}"
    mail_port = arguments.mail_port or arguments.shop_port + 1
    shop = _listening(arguments.shop_port, "--shop-port")
    mails = _listening(mail_port, "--mail-port")
    if shop is None or mails is None:
        return 1
    url = f"sqlite:///{data / 'recado.db'}"
    if not _prepare(data, url, site, fresh=arguments.fresh):
        return 1
    shop.RequestHandlerClass = partial(Shop, script=script_tag(url, base_url))
    kept = Kept()
    mails.RequestHandlerClass = partial(Viewer, kept=kept)
    usual = {name: value for name, value in os.environ.items() if not name.startswith("RECADO_")}
    environment = usual | {
        "RECADO_DATA": str(data),
        "RECADO_PORT": str(arguments.port),
        "RECADO_SMTP": f"smtp://127.0.0.1:{take_mails(kept)}",
        "RECADO_MAIL_FROM": "Recado <recado@lamparas.example>",
    }
    desk = subprocess.Popen([sys.executable, "-m", "recado", "serve"], env=environment, stdout=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, lambda *_: desk.terminate())
    signal.signal(signal.SIGINT, lambda *_: desk.terminate())
    for server in (shop, mails):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    if _wait_until_ready(desk, base_url):
        _tell(base_url, site, f"http://localhost:{mail_port}")
    code = desk.wait()
    for server in (shop, mails):
        server.shutdown()
    return 0 if code in {0, -signal.SIGTERM} else code


def _listening(port: int, option: str) -> http.server.ThreadingHTTPServer | None:
    """Return a web server that has taken this port; None where it cannot be had, which is then said."""
    try:
        return http.server.ThreadingHTTPServer(("localhost", port), http.server.BaseHTTPRequestHandler)
    except OSError as error:
        print(f"demo: Port {port} cannot be used: {error.strerror}. Choose another: {option}")
        return None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--shop-port", type=int, default=8001)
    parser.add_argument("--mail-port", type=int, help="of the page with the mails (one above the shop's)")
    parser.add_argument("--fresh", action="store_true")
    return parser.parse_args()


def _prepare(data: Path, url: str, site: str, *, fresh: bool) -> bool:
    """Make the demo's store unless it is there whole. Return False for a folder that holds something else."""
    began = data / "demo"
    if data.exists() and any(data.iterdir()) and not began.exists():
        print(f"demo: {data} holds something that is no demo's data. Choose another folder: --data")
        return False
    if fresh or not is_seeded(data):
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True, mode=0o700)
        began.touch()
        seed(url, site)
        (data / "seeded").touch()
    return True


def _wait_until_ready(desk: subprocess.Popen[bytes], base_url: str) -> bool:
    """Return whether the desk answers; False when its process ends first, having said why."""
    waiting = threading.Event()
    for _ in range(int(START_WITHIN_S / 0.05)):
        if desk.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(f"{base_url}/readyz", timeout=2):  # noqa: S310 - our own address
                return True
        except (urllib.error.URLError, OSError):
            waiting.wait(0.05)
    return False


def _tell(base_url: str, site: str, mails: str) -> None:
    print(f"\n  The desk, for operators      {base_url}")
    print(f"  A shop that carries the chat {site}")
    print(f"  The e-mails it would send    {mails}\n")
    print("  Sign in as                   department(s)")
    for one in TEAM:
        print(f"    {one.username:<8} {one.role:<12}      {', '.join(one.departments)}")
    print(f"  Everybody's password is {PASSWORD}\n  Ctrl-C ends it; the data stays.\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
