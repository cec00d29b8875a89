"""How the bytes of a part are taken: a few parts at once, each at a pace, and little of each in memory at any time."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from recado.db.attachments import Own
from recado.domain.errors import Failure
from recado.files.intake import Intake

PART = "application/offset+octet-stream"
"""The media type of a part of a file."""
GATHERED = 64 * 1024
"""So much is written at once, while as much is gathered for the next time."""
LATEST_S = 1.0
"""So long after it came a byte is written, however few there are."""
SILENT_S = 30
"""So long a sender may say nothing before the part is over; what has come of it stays."""
OF_ONE = 4
"""Parts of one sender that come at once; others of theirs wait for a turn."""
OF_NETWORK = 20
"""Of the visitors of one network together."""
OF_VISITORS = 100
OF_DESK = 100
"""Of the people of the desk, whatever visitors send."""
_DESK, _VISITORS = "desk", "visitors"


def crowds_of(*, of_desk: bool, machine: str | None) -> dict[str, int]:
    """Return the crowds that a sender is one of, the smallest first, and how many parts of each come in at once.

    `machine`: the network of a visitor, None where everybody may come that way.
    """
    if of_desk:
        return {_DESK: OF_DESK}
    return ({} if machine is None else {machine: OF_NETWORK}) | {_VISITORS: OF_VISITORS}


class Notes:
    """What comes of a part: written down a while at a time, beside what comes next."""

    def __init__(self, intake: Intake, own: Own, at: int) -> None:
        self._intake = intake
        self._own = own
        self._at = at
        self._gathered = bytearray()
        self._writing: asyncio.Future[int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()

    async def add(self, piece: bytes) -> None:
        """Take the next bytes; wait where more of them would only pile up."""
        self._gathered += piece
        if len(self._gathered) >= GATHERED:
            await self._write()
        elif self._timer is None:
            self._timer = self._loop.call_later(LATEST_S, self._write_late)

    async def close(self) -> None:
        """Return once all of it has been written."""
        await self._write()
        await self._written()

    async def drop(self) -> None:
        """Return once nothing more is written."""
        self._gathered.clear()
        self._hurry_no_more()
        with suppress(Failure):
            await self._written()

    async def _write(self) -> None:
        self._hurry_no_more()
        await self._written()
        if self._gathered:
            self._begin()

    def _write_late(self) -> None:
        """Write the few bytes there are, once what is being written is."""
        self._timer = None
        if self._writing is None or (self._writing.done() and self._writing.exception() is None):
            self._begin()
        elif not self._writing.done():
            self._timer = self._loop.call_later(LATEST_S, self._write_late)

    def _begin(self) -> None:
        gathered, self._gathered = self._gathered, bytearray()
        own, at = self._own, self._at
        self._at += len(gathered)
        self._writing = self._loop.run_in_executor(None, self._intake.write, own.id, at, gathered, own.size)

    def _hurry_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _written(self) -> None:
        """Wait for what is being written. Who is told to end meanwhile has to wait again: a disk is not called back."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
            writing, self._writing = self._writing, None
            writing.result()
