"""Readiness: it is a write that says so, and not one for everybody who asks."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from recado.domain.errors import Busy
from tests.web.doors import House


async def test_however_many_ask_a_second_sees_one_write(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    database, writes = house.world.desk.database, 0
    write = database.write

    async def counted(fn: Callable[..., Any], **more: bool) -> Any:
        nonlocal writes
        writes += 1
        return await write(fn, **more)

    monkeypatch.setattr(database, "write", counted)
    answers = await asyncio.gather(*(house.nobody()("GET", "/readyz") for _ in range(20)))
    answers.append(await house.nobody()("GET", "/readyz"))
    assert {answer.status_code for answer in answers} == {200}
    assert writes == 1
    house.world.clock.pass_s(1)
    assert (await house.nobody()("GET", "/readyz")).status_code == 200
    assert writes == 2


async def test_a_store_that_takes_nothing_is_not_ready_and_then_ready_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: Any, **__: Any) -> None:
        raise Busy

    with monkeypatch.context() as full:
        full.setattr(house.world.desk.database, "write", busy)
        answer = await house.nobody()("GET", "/readyz")
        assert (answer.status_code, answer.json()["storage"]) == (503, "busy")
    house.world.clock.pass_s(1)
    assert (await house.nobody()("GET", "/readyz")).status_code == 200
