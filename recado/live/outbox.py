"""What waits to be written to one socket: bounded, so that a reader who stops can hold nobody up.

A socket may lose everything: the page refetches. So an outbox that overflows is not drained but dropped, and its
socket closed with a code that says "come back".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

FRAMES_MAX = 256
BYTES_MAX = 1024 * 1024

SIGNED_OUT = 4401
RIGHTS_CHANGED = 4403
SILENT = 4408
TOO_SLOW = 4409
DISABLED = 4410
BAD_FRAME = 4400
TRY_LATER = 1013


class Outbox:
    """The frames for one socket, offered by the hub and taken by the socket's own writer, on one event loop."""

    __slots__ = ("_bytes", "_frames", "_waiter", "close_code", "on_close")

    def __init__(self) -> None:
        # A deque would take its first 64 places at once, on every idle socket.
        self._frames: list[bytes] = []
        self._bytes = 0
        self._waiter: asyncio.Future[None] | None = None
        self.close_code: int | None = None
        self.on_close: Callable[[], None] | None = None

    def offer(self, frame: bytes) -> None:
        """Add a frame, a text as it is written; on overflow drop all and close."""
        if self.close_code is not None:
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        if len(self._frames) > FRAMES_MAX or self._bytes > BYTES_MAX:
            self.close(TOO_SLOW)
        else:
            self._wake()

    def close(self, code: int) -> None:
        """Drop what waits and let the writer close the socket with `code`; tell `on_close`. The first code stands."""
        if self.close_code is None:
            self.close_code = code
            self._frames.clear()
            self._bytes = 0
            self._wake()
            if self.on_close is not None:
                self.on_close()

    async def take(self) -> str | None:
        """Return the next frame, waiting for one; None once it is closed."""
        while not self._frames:
            if self.close_code is not None:
                return None
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        frame = self._frames.pop(0)
        self._bytes -= len(frame)
        return frame.decode()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
