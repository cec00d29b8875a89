"""Operators see that nothing can be stored, once, and that it can again; nobody asks the store while all is well."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec
import pytest

from recado.desk import Desk
from recado.domain.errors import Busy, Unknown
from recado.live.hub import OperatorSocket
from recado.workers.caretaker import Caretaker
from tests.world import World


class Trouble(asyncio.Event):
    """What the desk's caretaker waits for; tells that somebody has begun to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.parked = asyncio.Event()

    async def wait(self) -> Literal[True]:
        self.parked.set()
        return await super().wait()


class Store:
    """The desk's store, which can be made to take nothing."""

    def __init__(self, desk: Desk, patch: pytest.MonkeyPatch) -> None:
        self.writes = 0
        self.fault: type[Exception] | None = None
        self._asked = asyncio.Event()
        self._write = desk.database.write
        patch.setattr(desk.database, "write", self.write)

    async def write(self, fn: Callable[..., Any], **more: bool) -> Any:
        self.writes += 1
        self._asked.set()
        if self.fault is not None:
            raise self.fault
        return await self._write(fn, **more)

    async def asked(self, times: int) -> None:
        """Wait until so many writes have been asked for."""
        while self.writes < times:
            self._asked.clear()
            await self._asked.wait()


@contextmanager
def watched(world: World) -> Iterator[OperatorSocket]:
    socket = OperatorSocket(world.ana.id, b"a session")
    socket.departments = frozenset()
    world.desk.hub.add(socket)
    caretaker = Caretaker(world.desk, every_s=0.01)
    caretaker.start()
    try:
        yield socket
    finally:
        asyncio.get_running_loop().create_task(caretaker.stop())


async def told(socket: OperatorSocket) -> dict[str, Any]:
    async with asyncio.timeout(20):
        frame = await socket.take()
    assert frame is not None
    found: dict[str, Any] = msgspec.json.decode(frame)
    return found


@pytest.mark.parametrize("fault", [Busy, Unknown])
async def test_a_failure_that_lasts_is_told_once_and_so_is_its_end(
    small_world: World, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    desk, store, trouble = small_world.desk, Store(small_world.desk, monkeypatch), Trouble()
    monkeypatch.setattr(desk, "trouble", trouble)
    with watched(small_world) as socket:
        await trouble.parked.wait()
        assert store.writes == 0, "the store was asked though nothing had happened"
        store.fault = fault
        with pytest.raises(fault):
            await desk.act(lambda *_: None, small_world.ana)
        assert await told(socket) == {"type": "store.changed", "well": False}
        assert not desk.well
        await store.asked(5)
        store.fault = None
        assert await told(socket) == {"type": "store.changed", "well": True}
        assert desk.well


async def test_a_fault_that_nobody_thought_of_does_not_end_the_watch(
    small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, store = small_world.desk, Store(small_world.desk, monkeypatch)
    with watched(small_world) as socket:
        store.fault = Busy
        with pytest.raises(Busy):
            await desk.act(lambda *_: None, small_world.ana)
        assert await told(socket) == {"type": "store.changed", "well": False}
        store.fault = KeyError
        await store.asked(store.writes + 3)
        store.fault = None
        assert await told(socket) == {"type": "store.changed", "well": True}


async def test_a_failure_that_is_over_at_once_is_not_worth_a_word(
    small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(small_world.desk, monkeypatch)
    with watched(small_world) as socket:
        store.fault = Busy
        with pytest.raises(Busy):
            await small_world.desk.act(lambda *_: None, small_world.ana)
        store.fault = None
        await store.asked(2)
        await asyncio.to_thread(small_world.waiting)
        assert (await told(socket))["type"] == "conversation.opened"
