"""How a file goes out: to whom may read its message at that moment, as what it was found to be, and never as a page.

Ranges (RFC 9110, section 14), so that sound can be wound on and a broken download goes on. Pictures and sound that were
checked are shown where they stand; everything else is saved under its name (RFC 6266). A browser asks again before it
shows what it keeps, so that who has lost a conversation has lost its files.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from recado.db.attachments import Stored
from recado.domain.attachments import INLINE, MP3
from recado.domain.errors import Busy, NotFound
from recado.domain.ids import FileId
from recado.files.store import Part, Store, StoreAwayError
from recado.web.auth import HIDDEN, OWN_HEADERS, header
from recado.web.errors import NoSuchRange
from recado.web.heads import HEAD

LOOK_AGAIN_S = 3.0
"""So often it is asked, while a file goes out, whether its reader may still have it."""
GUARDED = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
ANY, WEBP = "application/octet-stream", "image/webp"
FILES = {OWN_HEADERS: True, HIDDEN: True}
BYTES: dict[int, ResponseSpec] = {
    206: ResponseSpec(None, description="The part that was asked for.", generate_examples=False),
    304: ResponseSpec(None, description="What the browser keeps is still right.", generate_examples=False),
}
Look = Callable[[], Awaitable[Stored]]

_log = structlog.get_logger(__name__)
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_PLAIN = re.compile(r"[^A-Za-z0-9 !#$&+.^_`|~()\[\]{}@,=-]")


def disposition(name: str, *, inline: bool) -> str:
    """Return how a file is to be saved: its name twice, in plain letters for old programs and as it is (RFC 8187)."""
    how = "inline" if inline else "attachment"
    return f"{how}; filename=\"{_PLAIN.sub('_', name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def part_of(asked: str | None, size: int) -> tuple[int, int] | None:
    """Return where the one part that is asked for begins, and before which byte it ends; None for all of it.

    Several parts, and what is no range, are answered with all of it, as the RFC allows; `NoSuchRange` beyond the end.
    """
    found = _RANGE.fullmatch(asked or "")
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2] or size) + 1)
        if found[2] and int(found[2]) < start:
            return None
    if start >= size or start >= end:
        raise NoSuchRange(size)
    return start, end


class Served(NamedTuple):
    """What lies in the store, and how a browser is told of it."""

    id: FileId
    part: Part
    name: str
    type: str
    size: int
    sha256: bytes


async def serve(request: Request[Any, Any, Any], store: Store, look: Look) -> Response[Any]:
    """Return a file, or the part of it that was asked for, to whoever `look` lets have it."""
    return await _serve(request, store, look, _whole(await look()))


async def serve_sound(request: Request[Any, Any, Any], store: Store, look: Look) -> Response[Any]:
    """Return what every browser plays of a file with sound: the MP3 that was made of it, or that it is."""
    stored = await look()
    if stored.file.sound is None:
        raise NotFound
    file, made = stored.file, stored.rendition
    if made is None:
        return await _serve(request, store, look, _whole(stored))
    name = f"{file.name.rpartition('.')[0] or file.name}.mp3"
    return await _serve(request, store, look, Served(stored.object, "sound", name, MP3, made.size, made.sha256))


def _whole(stored: Stored) -> Served:
    file = stored.file
    return Served(stored.object, "whole", file.name, file.type, file.size, stored.sha256)


async def _serve(request: Request[Any, Any, Any], store: Store, look: Look, file: Served) -> Response[Any]:
    tag = f'"{file.sha256.hex()[:32]}"'
    headers = {
        **GUARDED,
        "Content-Type": file.type,
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(file.name, inline=file.type in INLINE),
    }
    if tag in (header(request.scope, b"if-none-match") or ""):
        return Response(b"", status_code=304, headers=headers)
    fits = header(request.scope, b"if-range") in {None, tag}
    part = part_of(header(request.scope, b"range"), file.size) if fits else None
    start, end = part or (0, file.size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    status = 200 if part is None else 206
    if HEAD in request.scope:
        return Stream(iter(()), status_code=status, headers=headers)
    pieces = store.read(file.id, file.part, start, end)
    with _there():
        first = await anext(pieces, b"")
    return Stream(_while_allowed(first, pieces, look), status_code=status, headers=headers)


async def serve_small(store: Store, look: Look) -> Response[bytes]:
    """Return the small picture of a picture."""
    stored = await look()
    if not stored.file.thumbnail:
        raise NotFound
    with _there():
        small = await store.get_small(stored.object)
    return Response(small, headers=GUARDED, media_type=WEBP)


@contextmanager
def _there() -> Iterator[None]:
    """Answer that it is worth asking again where the store of files does not answer us."""
    try:
        yield
    except StoreAwayError as error:
        _log.error("file_store_away", exc_info=error)
        raise Busy(10) from None


async def _while_allowed(first: bytes, pieces: AsyncIterator[bytes], look: Look) -> AsyncIterator[bytes]:
    """Yield the pieces as long as their reader may have them; then the connection breaks off."""
    looked_at = time.monotonic()
    yield first
    async for piece in pieces:
        if time.monotonic() - looked_at > LOOK_AGAIN_S:
            await look()
            looked_at = time.monotonic()
        yield piece
