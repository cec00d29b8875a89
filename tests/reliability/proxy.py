"""A TCP proxy that fails on purpose: between a page and its server, every byte kept, every fault at will.

What it can do to the connections it holds is in `Fault`; connections made while a fault lasts find the network as it
is then. `mend` ends a fault: what was dead stays dead, what was only held up goes on, as on a real network.
"""

from __future__ import annotations

import asyncio
import enum
import socket
from typing import Self

BAD_GATEWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<502>"
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
UPGRADE = b"\r\nupgrade: websocket\r\n"
SMALL = 4096


class Fault(enum.StrEnum):
    """How a connection can fail."""

    CLOSE = "clean close"
    """Both sides are told, in order; whoever comes next is served."""
    RESET = "reset"
    """Both sides are told by a RST."""
    BLACKHOLE = "blackhole"
    """Nothing arrives any more, in neither direction, and nobody is told; who comes now waits until it is mended."""
    HALF_OPEN = "half open"
    """The server is told that the page has gone; the page is told nothing."""
    GATEWAY = "bad gateway"
    """Connections end, and whoever comes is answered 502 until it is mended."""
    SLEEP = "sleep"
    """The page's machine sleeps: nothing moves, and what was on its way arrives when it wakes."""


class Side(asyncio.Protocol):
    """One end of a connection through the proxy."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.other: Side | None = None
        self.transport: asyncio.Transport | None = None
        self.got = bytearray()
        """Every byte that arrived at this end, whether or not it was passed on."""
        self._waiting = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.link.joined(self)

    def data_received(self, data: bytes) -> None:
        self.got += data
        if self.link.dead:
            return
        if self.link.held or self.other is None or self.other.transport is None:
            self._waiting += data
            return
        self.other.transport.write(data)

    def pass_on(self) -> None:
        """Give the other end what has waited."""
        if self._waiting and self.other is not None and self.other.transport is not None:
            data, self._waiting = bytes(self._waiting), bytearray()
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None and not self.link.stalled:
            self.other.transport.resume_reading()

    def connection_lost(self, _: Exception | None) -> None:
        self.transport = None
        self.link.left(self)


class Link:
    """One connection: the page's end and the server's end."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.page = Side(self)
        self.server = Side(self)
        self.page.other, self.server.other = self.server, self.page
        self.held = proxy.fault in {Fault.BLACKHOLE, Fault.SLEEP}
        self.dead = False
        self.stalled = False

    @property
    def is_socket(self) -> bool:
        """Whether the page asked for a socket on it."""
        return UPGRADE in bytes(self.page.got[:4000]).lower()

    def joined(self, side: Side) -> None:
        if side is self.page:
            self.proxy.links.add(self)
            self.proxy.begin(self)
        elif self.page.transport is None and not self.held:
            self.abort()
        elif not self.held:
            self.page.pass_on()

    def left(self, side: Side) -> None:
        """One end has gone: the other learns of it, unless nothing gets through."""
        if not (self.held or self.dead):
            other = side.other
            if other is not None and other.transport is not None:
                other.transport.close()
        if self.page.transport is None and self.server.transport is None:
            self.proxy.links.discard(self)

    def close(self) -> None:
        """End both ends in order."""
        for side in (self.page, self.server):
            if side.transport is not None:
                side.transport.close()

    def abort(self) -> None:
        """End both ends at once, by a RST."""
        for side in (self.page, self.server):
            if side.transport is not None:
                _reset(side.transport)

    def stall(self) -> None:
        """Let the page read no more: what the server writes piles up behind it."""
        self.stalled = True
        if self.server.transport is not None:
            self.server.transport.pause_reading()

    def go_on(self) -> None:
        """Let the page read again."""
        self.stalled = False
        if self.server.transport is not None:
            self.server.transport.resume_reading()

    def let_go(self) -> None:
        """Let through what was held up; an end that has gone meanwhile is told to the other."""
        self.held = False
        self.page.pass_on()
        self.server.pass_on()
        for side, other in ((self.page, self.server), (self.server, self.page)):
            if side.transport is None and other.transport is not None:
                other.transport.close()


class Proxy:
    """A way to the server at `port` of this machine. `port` is where pages come in."""

    def __init__(self, to: int, *, narrow: bool = False, sockets: bool = True) -> None:
        self._to = to
        self._narrow = narrow
        self._sockets = sockets
        self._listening: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.fault: Fault | None = None
        self.links: set[Link] = set()
        self.refused = 0
        """How many sockets were turned away, where the proxy lets none through."""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(lambda: Link(self).page, "127.0.0.1", 0, backlog=256)
        self.port = self._listening.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listening is not None
        self._listening.close()
        for link in tuple(self.links):
            link.dead = True
            link.abort()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)

    def begin(self, link: Link) -> None:
        """A page has connected: bring it to the server, or let it find the fault."""
        task = asyncio.get_running_loop().create_task(self._answer(link))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, link: Link) -> None:
        if self.fault is Fault.GATEWAY:
            await self._say(link, BAD_GATEWAY)
        elif not self._sockets and await self._asks_for_a_socket(link):
            self.refused += 1
            await self._say(link, FORBIDDEN)
        else:
            await self._reach(link)

    async def _asks_for_a_socket(self, link: Link) -> bool:
        async with asyncio.timeout(10):
            while b"\r\n\r\n" not in link.page.got and link.page.transport is not None:  # noqa: ASYNC110 - bytes, no event
                await asyncio.sleep(0.001)
        return link.is_socket

    @staticmethod
    async def _say(link: Link, answer: bytes) -> None:
        transport = link.page.transport
        if transport is not None:
            transport.write(answer)
            transport.close()

    async def _reach(self, link: Link) -> None:
        loop = asyncio.get_running_loop()
        mine = socket.socket()
        if self._narrow:
            mine.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        mine.setblocking(False)
        try:
            await loop.sock_connect(mine, ("127.0.0.1", self._to))
            await loop.create_connection(lambda: link.server, sock=mine)
        except OSError:
            mine.close()
            link.abort()

    def cut(self, fault: Fault) -> None:
        """Let all connections of now fail in this way."""
        self.fault = fault if fault in {Fault.BLACKHOLE, Fault.GATEWAY, Fault.SLEEP} else None
        for link in tuple(self.links):
            self._break(link, fault)

    @staticmethod
    def _break(link: Link, fault: Fault) -> None:
        match fault:
            case Fault.CLOSE | Fault.GATEWAY:
                link.close()
            case Fault.RESET:
                link.abort()
            case Fault.BLACKHOLE:
                link.dead = True
            case Fault.HALF_OPEN:
                link.dead = True
                if link.server.transport is not None:
                    link.server.transport.close()
            case Fault.SLEEP:
                link.held = True

    def mend(self) -> None:
        """Let the network be well again."""
        self.fault = None
        for link in tuple(self.links):
            if link.held:
                link.let_go()


def _reset(transport: asyncio.Transport) -> None:
    """Close by a RST instead of a FIN."""
    mine = transport.get_extra_info("socket")
    if mine is not None:
        mine.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    transport.abort()
