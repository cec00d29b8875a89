"""How many somebody attends at once: kept by whatever they do with their own hands, and by the desk for them."""

from collections.abc import Callable

import pytest

from recado.actions import people, queue
from recado.actions.people import OperatorChanges
from recado.db.database import Tx
from recado.domain.conversations import Moved
from recado.domain.errors import Full
from tests.actions.test_conversations import row
from tests.world import World, at_once, overlapping


def test_a_limit_holds_for_every_way_to_claim(world: World) -> None:
    world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(chat_limit=1))
    first, second = world.attended(world.ana), world.waiting(world.julian)
    for attempt in (
        lambda: world.act(queue.claim, world.ana, second.id),
        lambda: world.answers(world.ana, second.id, "Hi"),
        lambda: world.act(queue.transfer, world.bruno, second.id, world.department("Ventas"), world.ana.id),
    ):
        with pytest.raises(Full) as refused:
            attempt()
        assert refused.value.limit == 1
    assert row(world, second).status == "waiting"
    world.act(queue.pause, world.ana, first.id)
    assert world.act(queue.claim, world.ana, second.id).conversation is not None


def test_a_limit_holds_for_who_takes_a_pause_back_and_not_for_a_customer_who_ends_it(world: World) -> None:
    world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(chat_limit=1))
    aside = world.paused()
    other = world.attended(world.ana, world.julian)
    with pytest.raises(Full):
        world.act(queue.resume, world.ana, aside.id)
    assert row(world, aside).status == "paused"
    world.act(queue.release, world.ana, other.id)
    world.act(queue.resume, world.ana, aside.id)
    assert row(world, aside).status == "attending"
    world.act(queue.pause, world.ana, aside.id)
    world.act(queue.claim, world.ana, other.id)
    world.writes(world.lucia, "Are you there?")
    assert [row(world, one).status for one in (aside, other)] == ["attending", "attending"]


@pytest.mark.parametrize("first", ["the pause", "the claim"])
def test_who_takes_a_pause_back_and_claims_at_once_stays_within_the_limit(world: World, first: str) -> None:
    world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(chat_limit=1))
    aside, waits, ana = world.paused(), world.waiting(world.julian), world.ana
    doings: dict[str, Callable[[Tx], object]] = {
        "the pause": lambda tx: queue.resume(tx, ana, aside.id),
        "the claim": lambda tx: queue.claim(tx, ana, waits.id),
    }
    won, lost = overlapping(world, doings.pop(first), *doings.values())
    assert isinstance(won, Moved), won
    assert isinstance(lost, Full), lost


def test_two_claims_of_one_operator_at_once_stay_within_the_limit(world: World) -> None:
    world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(chat_limit=1))
    for _ in range(5):
        chats = [world.waiting(world.comes(world.shop, "https://shop.example")) for _ in range(4)]
        outcomes = at_once(4, lambda number: world.act(queue.claim, world.ana, chats[number].id))  # noqa: B023
        won = [chat for chat, one in zip(chats, outcomes, strict=True) if isinstance(one, Moved)]
        assert len(won) == 1, outcomes
        world.act(queue.close, world.ana, won[0].id)
