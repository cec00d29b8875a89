"""What goes first: a request that does something, before the bytes of files that come in beside it.

A text is stored and answered within a millisecond or two; the bytes of a file want the same event loop, interpreter and
disk, and have time. Each part of a file, and each piece of one, waits here while anything else is being done, but never
long: files come in, however many write.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from litestar.types import ASGIApp, Receive, Send

from recado.web.auth import SAFE, header
from recado.web.parts import PART

ASIDE_S = 0.02
"""So long a piece of a file stands aside at most: a while for a text, and little for a file."""


class Precedence:
    """Knows of every request that is being answered and does something, parts of files left out."""

    def __init__(self) -> None:
        self._doing = 0
        self._done: asyncio.Event | None = None
        """What whoever stands aside waits for; None where nobody does."""

    def kept(self, app: ASGIApp) -> ASGIApp:
        """Return `app` with what others do noted, and each part of a file begun when that is done."""

        async def let_in(scope: Any, receive: Receive, send: Send) -> None:
            if header(scope, b"content-type") == PART:
                await self.stand_aside()
                await app(scope, receive, send)
            else:
                self._doing += 1
                try:
                    await app(scope, receive, send)
                finally:
                    self._doing -= 1
                    if not self._doing and self._done is not None:
                        self._done.set()
                        self._done = None

        def answer(scope: Any, receive: Receive, send: Send) -> Awaitable[None]:
            does = scope["type"] == "http" and scope["method"] not in SAFE
            return (let_in if does else app)(scope, receive, send)  # a socket would keep a frame of it all its life

        return answer

    async def stand_aside(self) -> None:
        """Return once nothing is being done, or after `ASIDE_S`."""
        if self._doing:
            done = self._done = self._done or asyncio.Event()
            with suppress(TimeoutError):
                async with asyncio.timeout(ASIDE_S):
                    await done.wait()
