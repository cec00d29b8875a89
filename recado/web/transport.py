"""A connection that sends what is written in one breath with one call to the system.

The server writes an answer's head and its body apart, and each frame of a socket apart; each write costs a call to the
system and wakes the other side. Here they are gathered until the event loop comes round, and written together.

A socket's connection that is closed is gone soon, whether the other side reads or not. What a socket's protocol answers
by itself, and pieces of a message that never ends, are held to a rate as the frames are that a page hears of.

Nobody holds a connection by doing little with it: a request's head comes within a time and a size, its body and the
answer to it move on, or the connection is ended. The server itself waits for ever and keeps all that comes.
"""

from __future__ import annotations

import asyncio
import struct
from fcntl import ioctl
from termios import TIOCOUTQ
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from recado.web.limits import FRAMES, Bucket

LINGER_S = 2.0
POLICY = 1008

HEAD_MAX = 64 * 1024
"""Bytes of a request that are not its body: twice what the greediest proxies let through."""
WINDOW_S = 20.0
"""A head has so long; of a body at least `SLOWEST` bytes come in each such time."""
SLOWEST = 4 * 1024
END = "end"
"""In a request's scope: what ends its connection at once, whether the other side reads or not."""
UNREAD_S = 60.0
"""An answer of which less than `SLOWEST` is read for so long is given up."""
_REFUSED = "HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
TOO_LARGE = _REFUSED.format("431 Request Header Fields Too Large").encode()
TOO_SLOW = _REFUSED.format("408 Request Timeout").encode()


def unsent(transport: Any) -> int:
    """Return how many bytes the other side has not taken yet: those that are kept here, and by the system."""
    try:
        told = ioctl(transport.get_extra_info("socket").fileno(), TIOCOUTQ, bytes(4))
        kept: int = struct.unpack("i", told)[0]
    except (OSError, ValueError, AttributeError):  # it is closed, or has no socket any more, or the system does not say
        kept = 0
    return int(transport.get_write_buffer_size()) + kept


class Unread:
    """Ends a connection whose other side does not read. Who reads slowly is not cut off, however much lies there."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._left = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Look from now on, unless that has begun."""
        if self._timer is None:
            self._left = unsent(self._transport)
            self._timer = self._loop.call_later(UNREAD_S, self.judge)

    def end(self) -> None:
        """Look no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def judge(self) -> None:
        """End it where too little was read; else look again later."""
        self.end()
        if self._left - unsent(self._transport) < SLOWEST:
            self._transport.abort()
        else:
            self.begin()


class Gathering:
    """A transport that gathers writes; all else is the transport's own. `lingers`: a close waits for a slow reader."""

    __slots__ = ("_loop", "_parts", "_transport", "_unread", "lingers")

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._parts: list[bytes] | None = None
        self._loop = asyncio.get_running_loop()
        self._unread: Unread | None = None
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
        elif self._transport.get_write_buffer_size():
            self._unread = self._unread or Unread(self._transport)
            self._unread.begin()

    def lose(self) -> None:
        """Look no longer after what nobody has read: the connection is no more."""
        if self._unread is not None:
            self._unread.end()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        parts, self._parts = self._parts, None
        if parts is not None and not self._transport.is_closing():
            self._transport.write(b"".join(parts))


class GatheringProtocol(HttpToolsProtocol):
    """The server's HTTP protocol, and what it hands sockets to, on gathering transports; it waits for nobody long."""

    def connection_made(self, transport: Any) -> None:
        """Begin a connection: its first request is awaited from now on."""
        super().connection_made(Gathering(transport))  # type: ignore[arg-type]
        if transport.get_extra_info("sslcontext") is None:
            # An answer is over when the system has all of it: until then its file has its turn.
            transport.set_write_buffer_limits(1, 0)
        self._is_whole = False
        self._has_asked = False
        self._beside = self._came = 0
        self._unread = Unread(transport)
        self._awaited: asyncio.TimerHandle | None = self.loop.call_later(WINDOW_S, self._judge)
        if self.limit_concurrency is not None and len(self.connections) > self.limit_concurrency:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        self._await_no_more()
        self.resume_writing()
        self.transport.lose()  # type: ignore[attr-defined]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what comes. What is no body counts, so that no head and no end of a request grows for ever."""
        self._beside += len(data)
        self._came += len(data)
        super().data_received(data)
        if self._is_whole and not self._is_idle():
            self._await_no_more()
        elif self._beside > HEAD_MAX:
            self._refuse(TOO_LARGE)
        elif self._awaited is None and not self.transport.is_closing():
            self._awaited = self.loop.call_later(WINDOW_S, self._judge)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope[END] = self.transport.abort  # type: ignore[literal-required]
        self._is_whole, self._has_asked = False, True
        self._beside = self._came = 0

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body, which may have as much around it as it holds."""
        self._beside -= 2 * len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Have a request whole."""
        super().on_message_complete()
        self._is_whole = True

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection to the socket's protocol: its frames are worth nothing to a page that reads none."""
        self._await_no_more()
        self._is_whole, self._has_asked = True, False
        self.transport.lingers = False  # type: ignore[attr-defined]
        self.transport.set_write_buffer_limits()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """Wait for a reader, and not for ever."""
        super().pause_writing()
        self._unread.begin()

    def resume_writing(self) -> None:
        """Go on: something was read."""
        super().resume_writing()
        self._unread.end()

    @property
    def _in_head(self) -> bool:
        """Whether a request's head has not come whole: with its end what answers it is made."""
        return self.cycle is None or self.cycle.scope is not self.scope  # type: ignore[redundant-expr]

    def _is_idle(self) -> bool:
        """Return whether something came that begins no request, after which the server no longer counts the time."""
        return self._has_asked and self.cycle.response_complete and self.timeout_keep_alive_task is None

    def _await_no_more(self) -> None:
        if self._awaited is not None:
            self._awaited.cancel()
            self._awaited = None

    def _judge(self) -> None:
        """End what has not moved on within a window; where it is we who do not read, look again later."""
        self._awaited = None
        if self.transport.is_closing():
            return
        if not self.flow.read_paused:
            if self._in_head or self._is_whole or self._came < SLOWEST:
                self._refuse(TOO_SLOW)
                return
            self._came = 0
        self._awaited = self.loop.call_later(WINDOW_S, self._judge)

    def _refuse(self, answer: bytes) -> None:
        """End the connection, with a word where none was said yet to the request under way."""
        self._await_no_more()
        if self.transport.is_closing():
            return
        if self._in_head or not self.cycle.response_started:
            self.transport.write(answer)
        self.transport.close()


class CalmSocketProtocol(WebSocketsSansIOProtocol):
    """The server's protocol of sockets, which ends one that sends pings, pongs or pieces as no browser does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bucket = Bucket(FRAMES, self.loop.time())

    def handle_text(self, event: Frame) -> None:
        """Take a text. With the first one the handshake is over: what was said in it would lie here as long as we."""
        if self.handshake_complete and self.response is not None:
            self.request = self.response = None  # type: ignore[assignment]
            self.scope["headers"].clear()  # type: ignore[attr-defined]
        super().handle_text(event)

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
