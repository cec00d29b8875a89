"""The built pages: the console, the widget's loader and frame. Read once at the start, served from memory.

They are compressed when they are first asked for, as browsers do once in a long while: a start need not wait for it.

Files whose name carries their hash are kept for a year by browsers; the rest is asked for again each time and answered
"not changed" by its tag. Everything has a content security policy without inline allowances.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import Parameter

from recado.db import inboxes
from recado.desk import Desk
from recado.domain.errors import NotFound
from recado.domain.ids import InboxKey
from recado.web.auth import header
from recado.web.limits import LOOKS_PER_NETWORK, Limits
from recado.web.widget.conversations import Address

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
LOADER = "public, max-age=300"
MICROPHONE_ALONE = "microphone=(self), camera=(), geolocation=()"
"""What pages of ours may ask of the device: to record a voice message. A site must allow its chat as much."""
ALONE = "default-src 'none'; connect-src 'self'"
"""The policy of what runs beside the pages."""
CONSOLE = frozenset({"", "sign-in", "setup", "join", "reset", "desk", "internal", "team", "account", "settings"})
"""How the console's addresses begin: those of `ui/console/src/state/addresses.ts`."""
TYPES = {".js": "text/javascript", ".ts": "text/plain"}
_COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg")

AnyRequest = Request[Any, Any, Any]
FilePath = Annotated[str, Parameter(max_length=200)]


class File:
    """One built file: its bytes as they are and compressed, its type, its tag."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        self.media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self.tag = f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'

        self._compressed: bytes | None = None

    async def compress(self) -> bytes | None:
        """Return its bytes compressed, once and beside the event loop; None where that would gain nothing."""
        if self._compressed is None and self.media_type.startswith(_COMPRESSIBLE):
            self._compressed = await asyncio.to_thread(gzip.compress, self.body, 9, mtime=0)
        return self._compressed


def _knows(said: str | None, tag: str) -> bool:
    """Return whether `If-None-Match` names the tag: one of a list, or made weak by who compressed it on the way."""
    known = [one.strip().removeprefix("W/") for one in (said or "").split(",")]
    return tag in known or "*" in known


class Pages:
    """All built files below a folder, by their path."""

    def __init__(self, folder: Path, websocket_origin: str) -> None:
        self._files = {
            str(path.relative_to(folder)): File(path) for path in sorted(folder.rglob("*")) if path.is_file()
        }
        self._connect = f"connect-src 'self' {websocket_origin}"

    def policy(self, ancestors: Iterable[str]) -> str:
        """Return the content security policy of a page that only `ancestors` may frame."""
        allowed = " ".join(ancestors) or "'none'"
        return (
            "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            f"media-src 'self' blob:; {self._connect}; "
            f"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {allowed}"
        )

    async def answer(
        self, request: AnyRequest, name: str, cache: str, *, status: int = 200, **headers: str
    ) -> Response[bytes]:
        """Return a file as the browser can take it, or "not changed"; raise `NotFound` for none."""
        file = self._files.get(name)
        if file is None:
            raise NotFound
        sent = {
            "Cache-Control": cache,
            "ETag": file.tag,
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        } | {key.replace("_", "-"): value for key, value in headers.items()}
        if status == 200 and _knows(header(request.scope, b"if-none-match"), file.tag):
            return Response(b"", status_code=304, headers=sent, media_type=file.media_type)
        packed = await file.compress() if "gzip" in (header(request.scope, b"accept-encoding") or "") else None
        if packed is not None:
            sent["Content-Encoding"] = "gzip"
        return Response(packed or file.body, status_code=status, headers=sent, media_type=file.media_type)

    async def part(self, request: AnyRequest, name: str, anew: str) -> Response[bytes]:
        """Return a file whose name carries its hash; for a script that is no more, one that tells its page so.

        Pages that were opened before an upgrade ask for the parts that they had then.
        """
        gone = name not in self._files and name.endswith(".js") and anew in self._files
        return await self.answer(request, anew if gone else name, ASK_AGAIN if gone else FOREVER)


@get("/widget.js", include_in_schema=False)
async def loader(request: AnyRequest, pages: Pages) -> Response[bytes]:
    """Return the one script that a site carries."""
    return await pages.answer(request, "widget/loader.js", LOADER, Cross_Origin_Resource_Policy="cross-origin")


@get("/widget.d.ts", include_in_schema=False)
async def declarations(request: AnyRequest, pages: Pages) -> Response[bytes]:
    """Return what TypeScript needs to know of the chat's calls."""
    return await pages.answer(request, "widget/widget.d.ts", LOADER)


@get("/widget/{key:str}", include_in_schema=False)
async def frame(request: AnyRequest, desk: Desk, limits: Limits, pages: Pages, key: Address) -> Response[bytes]:
    """Return the chat's frame, which only the inbox's sites may show."""
    limits.take_for_machine(LOOKS_PER_NETWORK, request.scope)
    inbox = await desk.see(inboxes.find_by_key, InboxKey(key))
    if inbox is None:
        raise NotFound
    policy = pages.policy(inbox.sites)
    return await pages.answer(
        request,
        "widget/frame.html",
        ASK_AGAIN,
        Content_Security_Policy=policy,
        Permissions_Policy=MICROPHONE_ALONE,
        X_Robots_Tag="noindex",
    )


@get("/widget-assets/{path:path}", include_in_schema=False)
async def widget_asset(request: AnyRequest, pages: Pages, path: FilePath) -> Response[bytes]:
    """Return a file of the chat."""
    return await pages.part(request, f"widget/widget-assets{path}", "widget/anew.js")


@get("/assets/{path:path}", include_in_schema=False)
async def console_asset(request: AnyRequest, pages: Pages, path: FilePath) -> Response[bytes]:
    """Return a file of the console."""
    return await pages.part(request, f"console/assets{path}", "console/anew.js")


@get("/install/{path:path}", include_in_schema=False)
async def installation(request: AnyRequest, pages: Pages, path: FilePath) -> Response[bytes]:
    """Return what a browser needs to install the console: its manifest and icons, whose names never change."""
    return await pages.answer(request, f"console/install{path}", ASK_AGAIN)


@get("/sw.js", include_in_schema=False)
async def service_worker(request: AnyRequest, pages: Pages) -> Response[bytes]:
    """Return what a browser keeps of the console while no page of it is open; it may ask this server alone."""
    return await pages.answer(request, "console/sw.js", ASK_AGAIN, Content_Security_Policy=ALONE)


@get(["/", "/{path:path}"], include_in_schema=False)
async def console(request: AnyRequest, pages: Pages, path: FilePath = "/") -> Response[bytes]:
    """Return the console's page for every address: the page itself knows what it shows, if anything at all.

    As not found, where none of its addresses begins so. Whether there is what one of them names is nobody's business.
    """
    beginning = path.split("/")[1]
    if beginning == "api":
        raise NotFound
    return await pages.answer(
        request,
        "console/index.html",
        ASK_AGAIN,
        status=200 if beginning in CONSOLE else 404,
        Content_Security_Policy=pages.policy(()),
        Permissions_Policy=MICROPHONE_ALONE,
        Cross_Origin_Opener_Policy="same-origin",
        X_Frame_Options="DENY",
    )


HANDLERS = [loader, declarations, frame, widget_asset, console_asset, installation, service_worker, console]
