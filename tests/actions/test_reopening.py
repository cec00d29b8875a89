"""A closed conversation is taken up again, by its last owner or by its customer: who may, and what if both do."""

from collections.abc import Callable
from functools import partial

import pytest

from recado.actions import blocks, conversations, queue
from recado.actions.conversations import Result
from recado.actions.customers import arrive
from recado.actions.people import OperatorChanges, change_operator
from recado.db import conversations as rows
from recado.desk import SYSTEM
from recado.domain.actors import Visitor
from recado.domain.conversations import Moved, WidgetSent
from recado.domain.errors import Blocked, Closed, NotFound, OtherOpen, Unauthenticated
from tests.actions.test_blocks import AT_HOME
from tests.actions.test_conversations import row
from tests.world import SHOP, Chat, World, at_once, new_client_id, overlapping


def test_whoever_left_the_department_does_not_take_it_up_again(world: World) -> None:
    chat = world.closed(world.ana)
    world.leaves(world.ana, "Soporte")
    before = world.contents()
    with pytest.raises(NotFound):
        world.act(queue.reopen, world.ana, chat.id)
    assert world.contents() == before
    world.leaves(world.ana, "Ventas")
    world.act(queue.reopen, world.ana, chat.id)
    assert row(world, chat).status == "attending"


def test_somebody_disabled_meanwhile_takes_nothing_up_again(world: World) -> None:
    chat = world.closed(world.ana)
    world.disables(world.ana)
    with pytest.raises(Unauthenticated):
        world.act(queue.reopen, world.ana, chat.id)
    world.act(change_operator, world.adela, world.ana.id, OperatorChanges(disabled=False))
    world.act(queue.reopen, world.ana, chat.id)


def test_the_conversation_of_somebody_blocked_stays_closed(world: World) -> None:
    nuria = world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME).visitor
    chat = world.waiting(nuria)
    world.act(blocks.block, world.ana, chat.id, network=True)
    neighbour = world.closed(
        world.ana, world.act(arrive, SYSTEM, world.shop, SHOP, None, AT_HOME._replace(network=None)).visitor
    )
    with pytest.raises(Blocked):
        world.act(queue.reopen, world.ana, chat.id)
    assert row(world, chat).status == "closed"
    world.act(queue.reopen, world.ana, neighbour.id)


def both_closed(world: World, nuria: Visitor) -> tuple[Chat, Chat]:
    """Two conversations of one visitor, of which each may go on."""
    world.rules(reopen_days=0)
    older = world.closed(world.ana, nuria)
    newer = world.closed(world.ana, nuria)
    assert older != newer
    world.rules(reopen_days=30)
    return older, newer


def receives(world: World, nuria: Visitor, chat: Chat) -> object:
    return world.act(conversations.receive, nuria, chat.public_id, new_client_id(), "Again")


def reopens(world: World, _: Visitor, chat: Chat) -> object:
    return world.act(queue.reopen, world.ana, chat.id)


def begins_another(world: World, nuria: Visitor, _: Chat) -> object:
    return world.writes(nuria, "Something else")


ALLOWED: dict[Callable[..., object], tuple[type[Exception], ...]] = {
    receives: (OtherOpen, Closed),
    reopens: (OtherOpen,),
    begins_another: (),
}


@pytest.mark.parametrize(
    ("one", "other", "reopen_days"),
    [
        (reopens, receives, 30),
        (receives, receives, 30),
        (reopens, begins_another, 0),
        (reopens, begins_another, 30),
        (receives, begins_another, 30),
    ],
)
def test_of_two_opened_at_once_one_is_open_and_the_other_is_told(
    world: World, one: Callable[..., object], other: Callable[..., object], reopen_days: int
) -> None:
    for _ in range(5):
        nuria = world.comes(world.shop, SHOP)
        older, newer = both_closed(world, nuria)
        world.rules(reopen_days=reopen_days)
        calls = [partial(one, world, nuria, older), partial(other, world, nuria, newer)]
        outcomes = at_once(2, lambda number: calls[number]())  # noqa: B023
        refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        for call, outcome in zip((one, other), outcomes, strict=True):
            # Nobody is told of a store that failed. Closed is only what was named: who begins another one gets in.
            assert not isinstance(outcome, Exception) or isinstance(outcome, ALLOWED[call]), outcomes
        opened = world.see(rows.find_open, nuria)
        assert opened is not None
        # Whoever writes without saying where, when one has just been taken up, writes into that one.
        joined = other is begins_another and opened == older.public_id
        assert len(refused) == 1 or (joined and not refused), outcomes


def test_who_writes_while_an_operator_takes_an_older_one_up_writes_into_that_one(world: World) -> None:
    nuria, ana = world.comes(world.shop, SHOP), world.ana
    older, _ = both_closed(world, nuria)
    world.rules(reopen_days=0)
    before = (world.count("conversations"), world.count("threads"))
    reopened, wrote = overlapping(
        world,
        lambda tx: queue.reopen(tx, ana, older.id),
        lambda tx: conversations.open_or_receive(tx, nuria, new_client_id(), "Something else", None, None),
    )
    assert isinstance(reopened, Moved), reopened
    assert isinstance(wrote, Result), wrote
    assert isinstance(wrote.sent, WidgetSent)
    assert wrote.sent.conversation.id == older.public_id
    assert (world.count("conversations"), world.count("threads")) == before


def test_who_writes_into_one_while_an_operator_takes_another_up_is_told_that_it_has_ended(world: World) -> None:
    nuria, ana = world.comes(world.shop, SHOP), world.ana
    older, newer = both_closed(world, nuria)
    reopened, wrote = overlapping(
        world,
        lambda tx: queue.reopen(tx, ana, older.id),
        lambda tx: conversations.receive(tx, nuria, newer.public_id, new_client_id(), "Again"),
    )
    assert isinstance(reopened, Moved), reopened
    assert isinstance(wrote, Closed), wrote
