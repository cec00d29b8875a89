"""Nobody's many hold up everybody's one."""

import asyncio
from typing import NamedTuple

import pytest

from recado.domain.errors import Busy
from recado.files.turns import Turns, Whose

ANA, BRUNO = Whose("ana", of_desk=True), Whose("bruno", of_desk=True)
LUCIA, JULIAN, ROSA = (Whose(name, of_desk=False) for name in ("lucia", "julian", "rosa"))


class Queue(NamedTuple):
    """Turns that are asked for, and the order in which they were had."""

    turns: Turns
    had: list[str]
    asked: list[asyncio.Task[None]]

    async def ask(self, *everybody: Whose) -> None:
        for whose in everybody:
            self.asked.append(asyncio.create_task(self._have(whose)))
            await asyncio.sleep(0)

    async def _have(self, whose: Whose) -> None:
        async with self.turns.turn(whose):
            self.had.append(str(whose.person))
            await asyncio.sleep(0)

    async def order(self) -> list[str]:
        await asyncio.gather(*self.asked, return_exceptions=True)
        return self.had


def queue(at_once: int = 1, waiting_max: int = 50) -> Queue:
    return Queue(Turns(at_once, waiting_max), [], [])


async def held(turns: Turns, whose: Whose) -> asyncio.Event:
    """Somebody has a turn until the event is set."""
    over, has = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with turns.turn(whose):
            has.set()
            await over.wait()

    task = asyncio.create_task(hold())
    await has.wait()
    over.task = task  # type: ignore[attr-defined]  # kept alive
    return over


async def test_everybody_has_a_turn_before_anybody_has_the_next() -> None:
    line = queue()
    over = await held(line.turns, ROSA)
    await line.ask(LUCIA, LUCIA, LUCIA, JULIAN, JULIAN, ROSA)
    over.set()
    assert await line.order() == ["lucia", "julian", "lucia", "julian", "rosa", "lucia"]


async def test_who_comes_later_waits_for_no_more_than_those_who_wait_now() -> None:
    line = queue()
    over = await held(line.turns, LUCIA)
    await line.ask(*[LUCIA] * 20, ANA, JULIAN)
    over.set()
    assert (await line.order())[:3] == ["ana", "julian", "lucia"]


async def test_people_of_the_desk_go_before_visitors() -> None:
    line = queue()
    over = await held(line.turns, LUCIA)
    await line.ask(JULIAN, ANA, BRUNO, ANA)
    over.set()
    assert await line.order() == ["ana", "bruno", "ana", "julian"]


async def test_one_of_a_person_s_at_a_time() -> None:
    line = queue(at_once=3)
    over = await held(line.turns, LUCIA)
    await line.ask(LUCIA, LUCIA, JULIAN)
    await line.asked[2]
    assert line.had == ["julian"]
    over.set()
    assert await line.order() == ["julian", "lucia", "lucia"]


async def test_where_too_many_wait_those_are_sent_away_who_have_sent_most() -> None:
    line = queue(waiting_max=3)
    over = await held(line.turns, ROSA)
    await line.ask(LUCIA, LUCIA, LUCIA, JULIAN, ANA)
    over.set()
    assert await line.order() == ["ana", "lucia", "julian"]
    told = await asyncio.gather(*line.asked, return_exceptions=True)
    assert [type(one) for one in told] == [type(None), Busy, Busy, type(None), type(None)]
    assert isinstance(told[2], Busy)
    assert told[2].retry_after_s == 10


@pytest.mark.parametrize("called", ["waiting", "called"])
async def test_who_does_not_wait_any_longer_holds_up_nobody(called: str) -> None:
    line = queue()
    over = await held(line.turns, ROSA)
    await line.ask(LUCIA, JULIAN)
    over.set()
    if called == "called":
        await asyncio.sleep(0)  # Rosa's turn ends, and Lucía's has not begun
        assert line.turns._served == {LUCIA}
    line.asked[0].cancel()
    assert await line.order() == ["julian"]
    assert (line.turns._waiting, line.turns._served, line.turns._last) == ([], set(), {})
