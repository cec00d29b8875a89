"""How the bytes of a part are taken: a few parts at once, each at a pace, and little of each in memory at any time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from weakref import WeakValueDictionary

from recado.db.attachments import Own
from recado.domain.actors import Author
from recado.domain.attachments import PENDING_MAX
from recado.domain.errors import Busy, Failure
from recado.files.intake import Intake

PART = "application/offset+octet-stream"
"""The media type of a part of a file."""
GATHERED = 64 * 1024
"""So much is written at once, while as much is gathered for the next time."""
LATEST_S = 1.0
"""So long after it came a byte is written, however few there are."""
SILENT_S = 30
"""So long a sender may say nothing before the part is over; what has come of it stays."""
WINDOW_S = 20.0
SLOWEST = 16 * 1024
"""So many bytes of a part come in each window, or it is over."""
OF_ONE = 4
"""Parts of one sender that come at once; others of theirs wait for a turn."""
OF_NETWORK = 20
"""Of the visitors of one network together."""
OF_VISITORS = 100
OF_DESK = 100
"""Of the people of the desk, whatever visitors send."""
SETTLED_S = 5.0
"""So long a part comes in at least before it makes room for another one."""
TURN_S = 10.0

_DESK, _VISITORS = "desk", "visitors"


class Pace:
    """How a part moves on."""

    def __init__(self, now: float) -> None:
        self._began = self._since = now
        self._came = self._in_all = 0

    def keep(self, now: float, count: int) -> None:
        """Note that so many bytes came; `TimeoutError` where a window is over in which too few did."""
        self._came += count
        self._in_all += count
        if now - self._since >= WINDOW_S:
            came, self._came, self._since = self._came, 0, now
            if came < SLOWEST:
                raise TimeoutError

    def settles_in(self, now: float) -> float:
        """Return in how many seconds it will have had some time; 0 where it has."""
        return max(0.0, self._began + SETTLED_S - now)

    def rate(self, now: float) -> float:
        """Return how many bytes came each second."""
        return self._in_all / max(now - self._began, 0.001)


class _Berth:
    """One part's. `end` has it leave soon."""

    def __init__(self, crowds: Mapping[str, int], end: Callable[[], None], now: float) -> None:
        self.crowds = crowds
        self.end = end
        self.pace = Pace(now)
        self.ending = False


def crowds_of(*, of_desk: bool, machine: str | None) -> dict[str, int]:
    """Return the crowds that a sender is one of, the smallest first, and how many parts of each come in at once.

    `machine`: the network of a visitor, None where everybody may come that way.
    """
    if of_desk:
        return {_DESK: OF_DESK}
    return ({} if machine is None else {machine: OF_NETWORK}) | {_VISITORS: OF_VISITORS}


class Berths:
    """Where parts come in: a few of each sender, so many of each crowd. `Busy` where there is no room soon.

    Where a crowd has all of its berths, the slowest of its parts is ended for the newcomer. It goes on later from where
    it was: so nobody keeps others out by sending a byte now and then.
    """

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[Author, asyncio.Semaphore] = WeakValueDictionary()
        self._asking: Counter[Author] = Counter()
        self._taken: set[_Berth] = set()
        self._one_left = asyncio.Event()
        self._waiting: Counter[str] = Counter()

    @asynccontextmanager
    async def one(self, who: Author, crowds: Mapping[str, int], end: Callable[[], None]) -> AsyncIterator[Pace]:
        """Have a berth, after a turn of waiting if need be, until `end` is called; give what its pace is noted in."""
        if self._asking[who] >= PENDING_MAX:
            raise Busy
        turn = self._turns.setdefault(who, asyncio.Semaphore(OF_ONE))
        self._asking[who] += 1
        try:
            try:
                async with asyncio.timeout(TURN_S):
                    await turn.acquire()
            except TimeoutError:
                raise Busy from None
            try:
                await self._make_room(crowds)
                berth = _Berth(crowds, end, asyncio.get_running_loop().time())
                self._taken.add(berth)
                try:
                    yield berth.pace
                finally:
                    self._taken.remove(berth)
                    self._one_left.set()
                    self._one_left = asyncio.Event()
            finally:
                turn.release()
        finally:
            self._asking[who] -= 1
            if not self._asking[who]:
                del self._asking[who]

    async def _make_room(self, crowds: Mapping[str, int]) -> None:
        """Return once there is room in each of the crowds."""
        try:
            async with asyncio.timeout(TURN_S):
                for crowd, most in crowds.items():
                    self._waiting[crowd] += 1
                    try:
                        while len(there := [one for one in self._taken if crowd in one.crowds]) >= most:
                            await self._end_slowest(there, self._waiting[crowd])
                    finally:
                        self._waiting -= Counter((crowd,))
        except TimeoutError:
            raise Busy from None

    async def _end_slowest(self, there: list[_Berth], waiting: int) -> None:
        """See that as many of them leave as others wait for, the slowest of those that have had some time.

        Returns once one has left, or one more has had that.
        """
        now = asyncio.get_running_loop().time()
        staying = [one for one in there if not one.ending]
        soonest = TURN_S
        if len(there) - len(staying) < waiting:
            able = [one for one in staying if not one.pace.settles_in(now)]
            if able:
                slowest = min(able, key=lambda one: one.pace.rate(now))
                slowest.ending = True
                slowest.end()
            else:
                soonest = min((one.pace.settles_in(now) for one in staying), default=TURN_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(soonest):
                await self._one_left.wait()


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
