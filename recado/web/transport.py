"""A connection that sends what is written in one breath with one call to the system.

The server writes an answer's head and its body apart, and each frame of a socket apart; each write costs a call to the
system and wakes the other side. Here they are gathered until the event loop comes round, and written together.

A socket's connection that is closed is gone soon, whether the other side reads or not. What a socket's protocol answers
by itself, and pieces of a message that never ends, are held to a rate as the frames are that a page hears of.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from recado.web.limits import FRAMES, Bucket

LINGER_S = 2.0
POLICY = 1008


class Gathering:
    """A transport that gathers writes; all else is the transport's own. `lingers`: a close waits for a slow reader."""

    __slots__ = ("_loop", "_parts", "_transport", "lingers")

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._parts: list[bytes] | None = None
        self._loop = asyncio.get_running_loop()
        self.lingers = True

    def write(self, data: bytes) -> None:
        """Write when the event loop comes round."""
        if self._parts is None:
            self._parts = [data]
            self._loop.call_soon(self._flush)
        else:
            self._parts.append(data)

    def close(self) -> None:
        """Write what is gathered, then close; the system's own close waits until all is read, for ever if need be."""
        self._flush()
        self._transport.close()
        if not self.lingers:
            self._loop.call_later(LINGER_S, self._transport.abort)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        parts, self._parts = self._parts, None
        if parts is not None and not self._transport.is_closing():
            self._transport.write(b"".join(parts))


class GatheringProtocol(HttpToolsProtocol):
    """The server's HTTP protocol, and what it hands sockets to, on gathering transports."""

    def connection_made(self, transport: Any) -> None:
        """Begin a connection."""
        super().connection_made(Gathering(transport))  # type: ignore[arg-type]

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection to the socket's protocol: its frames are worth nothing to a page that reads none."""
        self.transport.lingers = False  # type: ignore[attr-defined]
        super().handle_websocket_upgrade()


class CalmSocketProtocol(WebSocketsSansIOProtocol):
    """The server's protocol of sockets, which ends one that sends pings, pongs or pieces as no browser does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bucket = Bucket(FRAMES, self.loop.time())

    def handle_ping(self) -> None:
        """Answer a ping of the protocol."""
        if self._is_calm():
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        """Take an answer that nobody has asked for."""
        if self._is_calm():
            super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """Take one more piece of a message; an empty one counts like any other."""
        if self._is_calm():
            super().handle_cont(event)

    def _is_calm(self) -> bool:
        """Return whether one more frame may come; otherwise the socket is closed with its code."""
        if not self.close_sent and not self._bucket.take(self.loop.time()):
            self.conn.send_close(POLICY)
            self.handle_parser_exception()
        return not self.close_sent
