"""Clients as light as possible, since they share the processors with what they measure."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, NamedTuple

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.servers import BenchError, Door

MESSAGE = b'{"type":"message.posted"'
PING = b'{"type":"ping"}'
PING_EVERY_S = 20.0
BUSY = 503
BUSY_AGAIN_S = 1.0
OPENING = 50
"""How many sockets are being opened at once."""


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    body: bytes


class Line(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection; one request at a time, others wait for their turn."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._got = b""
        self._waiting: asyncio.Future[Answer] | None = None
        self._turn = asyncio.Lock()
        self.first_byte_at = 0.0
        """When the first byte of the newest answer's body came, by `time.perf_counter`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, rest = self._got.partition(b"\r\n\r\n")
        if not found:
            return
        if rest and not self.first_byte_at:
            self.first_byte_at = time.perf_counter()
        _, _, after = head.lower().partition(b"content-length: ")
        length = int(after.partition(b"\r\n")[0] or 0)
        if len(rest) >= length and self._waiting is not None:
            self._got = rest[length:]
            waiting, self._waiting = self._waiting, None
            waiting.set_result(Answer(int(head[9:12]), rest[:length]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(BenchError(f"the server hung up: {exc}"))

    async def ask(self, request: bytes, *, refused: int = 0) -> Answer:
        """Return the answer to a whole request; raise `BenchError` for one that is neither a success nor `refused`."""
        async with self._turn:
            self._waiting = asyncio.get_running_loop().create_future()
            self.first_byte_at = 0.0
            self._transport.write(request)
            answer = await self._waiting
        if answer.status >= 300 and answer.status != refused:
            raise BenchError(f"the server answered {answer.status}: {answer.body[:300]!r}")
        return answer

    async def insist(self, request: bytes) -> Answer:
        """Return the answer to a request that is made again, a second later, where the server is busy: as pages do."""
        while (answer := await self.ask(request, refused=BUSY)).status == BUSY:  # noqa: ASYNC110 - a pause, not a poll
            await asyncio.sleep(BUSY_AGAIN_S)
        return answer

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


async def connect(server: Door) -> Line:
    """Return a connection."""
    _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", server.port)
    return line


def request(server: Door, method: str, path: str, who: tuple[str, str], data: object = None) -> bytes:
    """Return a request as a browser sends it, with its one header that says who asks."""
    body = b"" if data is None else msgspec.json.encode(data)
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"{who[0]}: {who[1]}"]
    lines += [f"Origin: {server.origin}", "Accept: application/json"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Ear(WSListener):
    """A page's socket that listens. The first frame is the greeting; of the rest only those of one kind count."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._first = place.first
        self._heard = place.heard
        self._counts = place.counts
        self.transport: WSTransport | None = None
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.messages = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        if self._first is not None:
            transport.send(WSMsgType.TEXT, self._first)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect(graceful=False)
            return
        if not self.greeted.done():
            self.greeted.set_result(None)
            return
        payload = frame.get_payload_as_bytes()
        if payload.startswith(self._counts):
            self.messages += 1
            if self._heard is not None:
                self._heard(payload)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        del transport
        if not self.greeted.done():
            self.greeted.set_exception(BenchError("a socket was closed before it was greeted"))


class Place(NamedTuple):
    """Where an ear listens: the socket's path, headers, the first frame it says, and who is told what it hears."""

    path: str
    headers: dict[str, str]
    first: bytes | None = None
    heard: Callable[[bytes], None] | None = None
    counts: bytes = MESSAGE
    """How the frames begin that count."""


def operators_place(cookie: str, heard: Callable[[bytes], None] | None = None) -> Place:
    """Return the socket of an operator's page."""
    return Place("/api/v1/console/socket", {"Cookie": cookie}, None, heard)


def visitors_place(token: str, heard: Callable[[bytes], None] | None = None) -> Place:
    """Return the socket of a visitor's page."""
    first = msgspec.json.encode({"type": "hello", "token": token})
    return Place("/api/v1/widget/socket", {}, first, heard)


async def listen(server: Door, place: Place) -> Ear:
    """Return an ear at this place, greeted."""
    ear = Ear(place)
    url = f"ws://127.0.0.1:{server.port}{place.path}"
    headers = {"Origin": server.origin, **place.headers}
    await ws_connect(lambda: ear, url, extra_headers=headers, websocket_handshake_timeout=30)
    await ear.greeted
    return ear


@contextlib.asynccontextmanager
async def listening(server: Door, places: Iterable[Place]) -> AsyncIterator[list[Ear]]:
    """Ears at all these places, greeted; they ping as pages do, and hang up at the end."""
    gate = asyncio.Semaphore(OPENING)

    async def open_one(place: Place) -> Ear:
        async with gate:
            return await listen(server, place)

    ears = await asyncio.gather(*(open_one(place) for place in places))
    pings = asyncio.create_task(_ping(ears))
    try:
        yield ears
    finally:
        pings.cancel()
        for ear in ears:
            if ear.transport is not None:
                ear.transport.disconnect(graceful=False)
        await asyncio.sleep(0)


async def _ping(ears: list[Ear]) -> None:
    while True:
        await asyncio.sleep(PING_EVERY_S)
        for ear in ears:
            if ear.transport is not None:
                ear.transport.send(WSMsgType.TEXT, PING)
