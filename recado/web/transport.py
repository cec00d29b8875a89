"""A connection that sends what is written in one breath with one call to the system.

The server writes an answer's head and its body apart, and each frame of a socket apart; each write costs a call to the
system and wakes the other side. Here they are gathered until the event loop comes round, and written together.

A socket's connection that is closed is gone soon, whether the other side reads or not.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LINGER_S = 2.0


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
