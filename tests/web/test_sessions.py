"""That a session is used is noted: behind people's work, once at a time, and nobody waits for it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from recado.domain.errors import Busy
from tests.web.doors import CONSOLE, House

SIX_MINUTES = 6 * 60


async def test_its_use_is_noted_once_and_behind_what_people_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, database = house.operator(house.world.ana), house.world.desk.database
    write, noted, go_on = database.write, [], asyncio.Event()

    async def held(fn: Callable[..., Any], *, background: bool = False) -> Any:
        noted.append(background)
        await go_on.wait()
        return await write(fn, background=background)

    monkeypatch.setattr(database, "write", held)
    house.world.clock.pass_s(SIX_MINUTES)
    for _ in range(3):
        assert (await ana("GET", f"{CONSOLE}/session")).status_code == 200
    assert noted == [True]
    go_on.set()
    await asyncio.gather(*house.world.desk._later.values())
    assert (await ana("GET", f"{CONSOLE}/session")).status_code == 200
    assert noted == [True]
    house.world.clock.pass_s(SIX_MINUTES)
    assert (await ana("GET", f"{CONSOLE}/session")).status_code == 200
    await asyncio.gather(*house.world.desk._later.values())
    assert noted == [True, True]


async def test_a_store_too_busy_to_note_it_lets_people_go_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: Any, **__: Any) -> None:
        raise Busy

    ana = house.operator(house.world.ana)
    house.world.clock.pass_s(SIX_MINUTES)
    monkeypatch.setattr(house.world.desk.database, "write", busy)
    assert (await ana("GET", f"{CONSOLE}/session")).status_code == 200
    assert await asyncio.gather(*house.world.desk._later.values()) in ([], [None])
