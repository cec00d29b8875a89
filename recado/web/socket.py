"""A socket's life, the same for operators and visitors: greet, write what the outbox holds, hear pings, end.

Frames are JSON texts. The socket may lose anything at any time; it says so by its close code, and the page refetches.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
import structlog
from litestar import asgi
from litestar.enums import ScopeType
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from recado.domain.errors import Failure
from recado.domain.events import Event, Pong
from recado.live.outbox import BAD_FRAME, SILENT, Outbox
from recado.web.limits import FRAMES, Bucket

SILENCE_S = 50.0
CLOSE_WITHIN_S = 5.0
FRAME_MAX = 16 * 1024

_log = structlog.get_logger(__name__)
_PONG = msgspec.json.encode(Pong())

F = TypeVar("F")


class Ended(Exception):  # noqa: N818 - an ending is no error
    """The other side has gone."""


class Rejected(Exception):  # noqa: N818 - said to the other side, not to us
    """The other side is sent away with a close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def encode(event: Event) -> bytes:
    """Return an event as a frame."""
    return msgspec.json.encode(event)


async def accept(receive: Receive, send: Send) -> None:
    """Complete the handshake."""
    message: Any = await receive()
    if message["type"] != "websocket.connect":
        raise Ended
    await send({"type": "websocket.accept", "subprotocol": None, "headers": []})


async def turn_away(receive: Receive, send: Send) -> None:
    """Deny the handshake (403): whoever asks is no page of ours and is owed no explanation."""
    await receive()
    await send({"type": "websocket.close", "code": 1008, "reason": None})


async def refuse(receive: Receive, send: Send, code: int) -> None:
    """Accept only to say why not: a browser shows a page the close code, never the status of a handshake."""
    await accept(receive, send)
    await send({"type": "websocket.close", "code": code, "reason": None})


async def hear(receive: Receive, decoder: msgspec.json.Decoder[F], timeout_s: float) -> F:
    """Return the next frame; raise `Ended` or `Rejected` for whatever is none."""
    try:
        async with asyncio.timeout(timeout_s):
            message: Any = await receive()
    except TimeoutError:
        raise Rejected(SILENT) from None
    if message["type"] != "websocket.receive":
        raise Ended
    text = message.get("text")
    if text is None or len(text) > FRAME_MAX:
        raise Rejected(BAD_FRAME)
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise Rejected(BAD_FRAME) from None


async def run(
    outbox: Outbox,
    receive: Receive,
    send: Send,
    decoder: msgspec.json.Decoder[F],
    heard: Callable[[F], Awaitable[None]],
) -> None:
    """Write the outbox and hear frames until one side ends it. Pings are answered here; hints go to `heard`.

    The writer has a task of its own; whoever calls listens, which saves each idle socket a second one. Once the writer
    has closed the socket, the server ends what is heard. A writer whose peer reads nothing never gets so far: both are
    given up a while after the outbox was closed, and the connection with them.
    """
    loop = asyncio.get_running_loop()
    writer = asyncio.create_task(_write(outbox, send))
    try:
        async with asyncio.timeout(CLOSE_WITHIN_S if outbox.close_code else None) as patience:
            outbox.on_close = lambda: patience.reschedule(loop.time() + CLOSE_WITHIN_S)
            await _listen(outbox, receive, decoder, heard)
            outbox.close(BAD_FRAME)
            await writer
    except TimeoutError:
        _log.debug("socket_stuck", code=outbox.close_code)
    finally:
        outbox.on_close = None
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)


async def hint(work: Awaitable[None]) -> None:
    """Do what may be lost: a hint that the store had no time for ends no socket."""
    with contextlib.suppress(Failure):
        await work


async def _write(outbox: Outbox, send: Send) -> None:
    """Write frames until the outbox is closed, then close the socket with its code."""
    try:
        while (frame := await outbox.take()) is not None:
            await send({"type": "websocket.send", "bytes": None, "text": frame})
        await send({"type": "websocket.close", "code": outbox.close_code or SILENT, "reason": None})
    except Exception as error:  # noqa: BLE001 - a peer that has gone raises one of several kinds, by server
        _log.debug("socket_gone", error=type(error).__name__)


async def _listen(
    outbox: Outbox,
    receive: Receive,
    decoder: msgspec.json.Decoder[F],
    heard: Callable[[F], Awaitable[None]],
) -> None:
    now = asyncio.get_running_loop().time
    bucket = Bucket(FRAMES, now())
    try:
        while outbox.close_code is None:
            frame = await hear(receive, decoder, SILENCE_S)
            if not bucket.take(now()):
                outbox.close(BAD_FRAME)
            elif isinstance(frame, Ping):
                outbox.offer(_PONG)
            else:
                await hint(heard(frame))
    except Rejected as rejection:
        outbox.close(rejection.code)
    except Ended:
        outbox.close(BAD_FRAME)
    except Exception as error:  # noqa: BLE001 - what one page asks for may fail, and ends its own socket alone
        _log.debug("socket_failed", error=type(error).__name__)


class Ping(msgspec.Struct, frozen=True, tag_field="type", tag="ping"):
    """A page asks whether we are still there."""


def socket_route(path: str, enter: Callable[[Scope, Receive, Send], Awaitable[None]]) -> ASGIRouteHandler:
    """Return the route of a socket; a plain request to its address is told to upgrade."""

    @asgi(path, is_mount=False, copy_scope=True)
    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET:
            await enter(scope, receive, send)
        else:
            await _not_a_page(send)

    return route


async def _not_a_page(send: Any) -> None:
    """Answer a plain request to a socket's address."""
    await send({"type": "http.response.start", "status": 426, "headers": [(b"upgrade", b"websocket")]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
