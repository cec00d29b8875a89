"""How a file goes out: to whom may read its message at that moment, as what it was found to be, and never as a page.

Ranges (RFC 9110, section 14), so that sound can be wound on and a broken download goes on. Pictures and sound that were
checked are shown where they stand; everything else is saved under its name (RFC 6266). A browser asks again before it
shows what it keeps, so that who has lost a conversation has lost its files.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from recado.db.attachments import Stored
from recado.domain.actors import Author, Operator
from recado.domain.attachments import INLINE, MP3
from recado.domain.errors import Busy, NotFound
from recado.domain.ids import FileId
from recado.files.store import Part, Store, StoreAwayError
from recado.web.auth import HIDDEN, OWN_HEADERS, header
from recado.web.berths import Berths, Pace
from recado.web.errors import NoSuchRange
from recado.web.heads import HEAD
from recado.web.limits import machine_from
from recado.web.transport import END

LOOK_AGAIN_S = 3.0
"""So often it is asked, while a file goes out, whether its reader may still have it."""
TO_OPERATOR = 24
TO_VISITOR = 6
"""Files that go out at once to one person. Whoever reads slowly holds a tenth of a megabyte with each."""
TO_NETWORK = 60
"""To the visitors of one network together. Beyond that the slowest is ended for a newcomer."""
TO_VISITORS = 600
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


class Serving:
    """What lets files go out: a few at once to each person, so many to all visitors. `Busy` where none ends soon."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._berths = Berths()

    async def serve(self, request: Request[Any, Any, Any], look: Look) -> Response[Any]:
        """Return a file, or the part of it that was asked for, to whoever `look` lets have it."""
        return await self._serve(request, look, _whole(await look()))

    async def serve_sound(self, request: Request[Any, Any, Any], look: Look) -> Response[Any]:
        """Return what every browser plays of a file with sound: the MP3 that was made of it, or that it is."""
        stored = await look()
        if stored.file.sound is None:
            raise NotFound
        file, made = stored.file, stored.rendition
        if made is None:
            return await self._serve(request, look, _whole(stored))
        name = f"{file.name.rpartition('.')[0] or file.name}.mp3"
        return await self._serve(request, look, Served(stored.object, "sound", name, MP3, made.size, made.sha256))

    async def serve_small(self, look: Look) -> Response[bytes]:
        """Return the small picture of a picture."""
        stored = await look()
        if not stored.file.thumbnail:
            raise NotFound
        with _there():
            small = await self._store.get_small(stored.object)
        return Response(small, headers=GUARDED, media_type=WEBP)

    async def _serve(self, request: Request[Any, Any, Any], look: Look, file: Served) -> Response[Any]:
        part, status, headers = _described(request, file)
        if part is None:
            return Response(b"", status_code=status, headers=headers)
        if HEAD in request.scope:
            return Stream(iter(()), status_code=status, headers=headers)
        berth = self._berths.one(*_place_of(request), _line_of(request))
        pieces = self._going_out(berth, self._store.read(file.id, file.part, *part), look)
        with _there():
            first = [await anext(pieces, b"")]
        return Stream(_whole_of(first, pieces), status_code=status, headers=headers)

    async def _going_out(
        self, berth: AbstractAsyncContextManager[Pace], pieces: AsyncIterator[bytes], look: Look
    ) -> AsyncIterator[bytes]:
        """Yield the pieces as long as their reader may have them; then the connection breaks off."""
        async with berth as pace:
            looked_at = time.monotonic()
            async for piece in pieces:
                if time.monotonic() - looked_at > LOOK_AGAIN_S:
                    await look()
                    looked_at = time.monotonic()
                count = len(piece)
                yield piece
                pace.note(count)
                del piece
            await asyncio.sleep(0)  # for the last piece to be written: what is asked for then waits for its reader
            yield b""


def _place_of(request: Request[Any, Any, Any]) -> tuple[Author, int, dict[str, int]]:
    """Return who reads, how many files go out to them at once, and how many to each of the crowds they are one of."""
    if isinstance(request.user, Operator):
        return request.user.author, TO_OPERATOR, {}
    machine = machine_from(request.scope)
    network = {} if machine is None else {machine: TO_NETWORK}
    return request.user.author, TO_VISITOR, {**network, "visitors": TO_VISITORS}


def _line_of(request: Request[Any, Any, Any]) -> Callable[[], None]:
    """Return what ends the connection that a request came by; nothing where it came by none."""
    asked: Any = request.scope
    end: Callable[[], None] = asked.get(END, lambda: None)
    return end


async def _whole_of(first: list[bytes], others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield all pieces, and keep none of them."""
    yield first.pop()
    async for piece in others:
        yield piece


def _whole(stored: Stored) -> Served:
    file = stored.file
    return Served(stored.object, "whole", file.name, file.type, file.size, stored.sha256)


def _described(request: Request[Any, Any, Any], file: Served) -> tuple[tuple[int, int] | None, int, dict[str, str]]:
    """Return which bytes of a file go out, None where the browser has them, with which status and headers."""
    tag = f'"{file.sha256.hex()[:32]}"'
    headers = {
        **GUARDED,
        "Content-Type": file.type,
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Content-Disposition": disposition(file.name, inline=file.type in INLINE),
    }
    if tag in (header(request.scope, b"if-none-match") or ""):
        return None, 304, headers
    fits = header(request.scope, b"if-range") in {None, tag}
    part = part_of(header(request.scope, b"range"), file.size) if fits else None
    start, end = part or (0, file.size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return (start, end), 200 if part is None else 206, headers


@contextmanager
def _there() -> Iterator[None]:
    """Answer that it is worth asking again where the store of files does not answer us."""
    try:
        yield
    except StoreAwayError as error:
        _log.error("file_store_away", exc_info=error)
        raise Busy(10) from None
