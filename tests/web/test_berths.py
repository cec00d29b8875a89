"""Berths for files: never more of a crowd than it has, and never more ended for others than wait."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from recado.domain.actors import Author
from recado.web import berths as places
from recado.web.berths import Berths

GUARD_S = 20.0
NETWORK = {"192.0.2.1": 2, "visitors": 4}
ELSEWHERE = {"visitors": 4}


class Files:
    """Files that are under way: one of each of many visitors."""

    def __init__(self) -> None:
        self._berths = Berths()
        self._tasks: list[asyncio.Task[None]] = []
        self._over: list[asyncio.Event] = []
        self.here: list[int] = []
        self.ended: list[int] = []

    def come(self, crowds: Mapping[str, int], count: int) -> None:
        """So many ask for a berth."""
        for number in range(len(self._tasks), len(self._tasks) + count):
            self._over.append(asyncio.Event())
            self._tasks.append(asyncio.create_task(self._go(number, crowds)))

    async def _go(self, number: int, crowds: Mapping[str, int]) -> None:
        async with self._berths.one(Author("visitor", number), 1, crowds, lambda: self.ended.append(number)):
            self.here.append(number)
            await self._over[number].wait()
            self.here.remove(number)

    async def leave(self, *which: int) -> None:
        for number in which:
            self._over[number].set()
        await settled()

    async def close(self) -> None:
        for over in self._over:
            over.set()
        async with asyncio.timeout(GUARD_S):
            await asyncio.gather(*self._tasks)


async def settled() -> None:
    """Whoever can go on has done so."""
    for _ in range(20):
        await asyncio.sleep(0)


@asynccontextmanager
async def going(crowds: Mapping[str, int], count: int) -> AsyncIterator[Files]:
    files = Files()
    files.come(crowds, count)
    await settled()
    assert files.here == list(range(count))
    try:
        yield files
    finally:
        await files.close()


async def test_who_waits_in_several_crowds_goes_in_where_there_is_room_in_all_of_them() -> None:
    async with going(ELSEWHERE, 4) as files:
        files.come(NETWORK, 4)
        await settled()
        assert files.here == [0, 1, 2, 3]
        await files.leave(0, 1, 2, 3)
        assert files.here == [4, 5]
        await files.leave(4)
        assert files.here == [5, 6]


async def test_no_more_are_ended_than_others_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SETTLED_S", 0.0)
    async with going(ELSEWHERE, 4) as files:
        files.come(ELSEWHERE, 2)
        await settled()
        assert len(files.ended) == 2
        await files.leave(files.ended[0])
        assert len(files.here) == 4
        assert len(files.ended) == 2
