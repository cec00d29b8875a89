"""Whoever is disabled or leaves a department gives back what they hold, however much it is."""

from typing import Any

import pytest

from recado.actions import queue
from recado.actions.rights import AT_ONCE
from recado.domain.events import ConversationQueued
from tests.actions.test_conversations import row
from tests.web.doors import CONSOLE, House
from tests.world import SHOP, Chat, World

MANY = AT_ONCE + 7


def holding(world: World, count: int) -> list[Chat]:
    """So many conversations that Ana has put aside."""
    chats = [world.attended(world.ana, world.comes(world.shop, SHOP)) for _ in range(count)]
    for chat in chats:
        world.act(queue.pause, world.ana, chat.id)
    return chats


@pytest.mark.parametrize("change", [{"disabled": True}, {"departments": []}], ids=["disabled", "left"])
async def test_who_holds_much_gives_it_back_a_little_in_each_transaction(house: House, change: dict[str, Any]) -> None:
    world = house.world
    chats, since = holding(world, MANY), len(world.recorder.batches)
    answer = await house.operator(world.adela)("PATCH", f"{CONSOLE}/operators/{world.ana.id}", change)
    assert answer.status_code == 200
    given = [
        sum(isinstance(event, ConversationQueued) for event, _ in batch) for batch in world.recorder.batches[since:]
    ]
    assert (sum(given), max(given)) == (MANY, AT_ONCE)
    assert {row(world, chat).status for chat in chats} == {"waiting"}


@pytest.mark.parametrize(
    "refused", [{"version": 999}, {"departments": [999]}, {"name": " "}], ids=lambda one: next(iter(one))
)
async def test_a_change_that_is_refused_gives_nothing_back(house: House, refused: dict[str, Any]) -> None:
    world = house.world
    adela, _ = house.operator(world.adela), holding(world, MANY)
    before = world.contents()
    answer = await adela("PATCH", f"{CONSOLE}/operators/{world.ana.id}", {"disabled": True} | refused)
    assert answer.status_code // 100 == 4
    assert world.contents() == before
