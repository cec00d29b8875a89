"""Where files come in and go out: a few of each person, so many of each crowd, and nobody keeps others out for long."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from weakref import WeakValueDictionary

from recado.domain.actors import Author
from recado.domain.errors import Busy

WINDOW_S = 20.0
SLOWEST = 16 * 1024
"""So many bytes of a part come in each window, or it is over."""
SETTLED_S = 5.0
"""So long somebody has a berth at least before they make room for another."""
ASKING = 5
"""So many times as many as have berths at once, one person may ask for."""
TURN_S = 10.0
"""So long somebody waits for one."""


class Pace:
    """How a file moves on."""

    def __init__(self, now: float) -> None:
        self._began = self._since = now
        self._came = self._in_all = 0

    def note(self, count: int) -> None:
        """Note that it has moved on by so many bytes."""
        self._came += count
        self._in_all += count

    def keep(self, now: float, count: int) -> None:
        """`note`; `TimeoutError` where a window is over in which too few bytes came."""
        self.note(count)
        if now - self._since >= WINDOW_S:
            came, self._came, self._since = self._came, 0, now
            if came < SLOWEST:
                raise TimeoutError

    def settles_in(self, now: float) -> float:
        """Return in how many seconds it will have had some time; 0 where it has."""
        return max(0.0, self._began + SETTLED_S - now)

    def rate(self, now: float) -> float:
        """Return by how many bytes it moved on each second."""
        return self._in_all / max(now - self._began, 0.001)


class _Berth:
    """One file's. `end` has it leave soon."""

    def __init__(self, crowds: Mapping[str, int], end: Callable[[], None], now: float) -> None:
        self.crowds = crowds
        self.end = end
        self.pace = Pace(now)
        self.ending = False


class Berths:
    """Berths for files. `Busy` where there is no room soon.

    Where a crowd has all of its berths, the slowest of its files is ended for the newcomer. It goes on later from where
    it was: so nobody keeps others out by sending or reading a byte now and then.
    """

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[Author, asyncio.Semaphore] = WeakValueDictionary()
        self._asking: Counter[Author] = Counter()
        self._taken: set[_Berth] = set()
        self._one_left = asyncio.Event()
        self._waiting: Counter[str] = Counter()

    @asynccontextmanager
    async def one(
        self, who: Author, at_once: int, crowds: Mapping[str, int], end: Callable[[], None]
    ) -> AsyncIterator[Pace]:
        """Have a berth, after a turn of waiting if need be, until `end` is called; give what its pace is noted in.

        Others of the same person's, beyond `at_once`, wait for one of theirs to leave; five times as many may ask.
        """
        if self._asking[who] >= ASKING * at_once:
            raise Busy
        turn = self._turns.setdefault(who, asyncio.Semaphore(at_once))
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
        """Return once there is room in all of the crowds at the same moment."""
        try:
            async with asyncio.timeout(TURN_S):
                while (full := self._full_of(crowds)) is not None:
                    crowd, there = full
                    self._waiting[crowd] += 1
                    try:
                        await self._end_slowest(there, self._waiting[crowd])
                    finally:
                        self._waiting -= Counter((crowd,))
        except TimeoutError:
            raise Busy from None

    def _full_of(self, crowds: Mapping[str, int]) -> tuple[str, list[_Berth]] | None:
        """Return the first of the crowds that has all of its berths, and these; None where there is room in each."""
        for crowd, most in crowds.items():
            there = [one for one in self._taken if crowd in one.crowds]
            if len(there) >= most:
                return crowd, there
        return None

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
