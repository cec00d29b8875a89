"""Looking in: only a supervisor, only where it is allowed, seen by the owner, noted, and over when it should be."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete

from recado.actions import departments, look_ins, people, queue
from recado.actions.departments import DepartmentChanges
from recado.actions.people import OperatorChanges
from recado.db import tables
from recado.db.audit import list_page
from recado.db.conversations import get_readable
from recado.db.database import Tx
from recado.db.look_ins import list_open
from recado.db.openings import open_conversation
from recado.desk import SYSTEM
from recado.domain.actors import Role
from recado.domain.errors import NotFound, Refused, Taken
from recado.domain.events import ConversationLeft, ConversationTaken, MessagePosted
from recado.domain.routing import LOOK_IN_S, LOOKED_AWAY_S, ONLINE_FOR_S, SWEEP_S, Assignment, Rules
from tests.actions.test_conversations import row
from tests.actions.test_queue import kinds
from tests.world import EPOCH, Chat, World, canary, holds, overlapping


def reads(world: World, chat: Chat) -> bool:
    """Whether Sara reads it now."""
    try:
        world.see(get_readable, world.sara, chat.id)
    except Refused:
        return False
    return True


def looked_into(world: World) -> Chat:
    chat = world.looked_into(lambda _: None)
    world.act(look_ins.look_in, world.sara, chat.id)
    return chat


def test_nobody_looks_in_where_no_admin_has_switched_it_on(world: World) -> None:
    chat = world.attended(world.ana)
    before = world.contents()
    with pytest.raises(Taken):
        world.act(look_ins.look_in, world.sara, chat.id)
    assert world.contents() == before


def test_its_owner_sees_it_and_the_log_keeps_it(world: World) -> None:
    chat = world.looked_into(lambda _: None)
    since = world.mark
    moved = world.act(look_ins.look_in, world.sara, chat.id)
    assert moved.conversation == row(world, chat)
    assert reads(world, chat)
    assert [type(event) for event in world.heard(world.ana, since)] == [MessagePosted]
    assert world.heard(world.lucia, since) == []
    assert world.heard(world.bruno, since) == []
    assert kinds(world, chat) == ["claimed", "looked_in"]
    assert world.see(open_conversation, world.ana, chat.id, EPOCH)[0].circle.lookers == [world.sara.id]
    newest = world.see(list_page).items[0]
    assert (newest.kind, newest.operator, newest.about_id) == ("look_in", world.sara.id, chat.id)
    world.act(look_ins.look_in, world.sara, chat.id)
    assert kinds(world, chat) == ["claimed", "looked_in"]


def test_a_looker_hears_what_is_said_and_cannot_answer(world: World) -> None:
    chat, word = looked_into(world), canary()
    since = world.mark
    world.writes(world.lucia, word)
    assert holds(world.heard(world.sara, since), word)
    with pytest.raises(Taken):
        world.answers(world.sara, chat.id, "Me too")
    for attempt in (queue.pause, queue.close):
        with pytest.raises(Taken):
            world.act(attempt, world.sara, chat.id)
    assert row(world, chat).status == "attending"


def test_only_a_supervisor_of_its_department_may(world: World) -> None:
    chat = world.looked_into(lambda _: None)
    waiting = world.waiting(world.julian)
    for other in (world.ana, world.bruno, world.clara, world.adela):
        with pytest.raises(NotFound):
            world.act(look_ins.look_in, other, chat.id)
    with pytest.raises(NotFound):
        world.act(look_ins.look_in, world.sara, waiting.id)


def an_hour_later(world: World, chat: Chat) -> None:
    world.clock.pass_s(LOOK_IN_S)
    world.act(look_ins.note_open, SYSTEM, [(chat.id, world.sara.id)])
    world.act(look_ins.end_stale, SYSTEM)


def her_last_page_goes(world: World, chat: Chat) -> None:
    world.act(look_ins.note_open, SYSTEM, [(chat.id, world.sara.id)])
    world.act(look_ins.note_gone, SYSTEM, chat.id, world.sara.id)
    world.clock.pass_s(LOOKED_AWAY_S - 1)
    world.act(look_ins.end_stale, SYSTEM)
    assert reads(world, chat)
    world.clock.pass_s(1)
    world.act(look_ins.end_stale, SYSTEM)


def nothing_is_heard_of_a_page(world: World, chat: Chat) -> None:
    world.clock.pass_s(ONLINE_FOR_S - 1)
    world.act(look_ins.end_stale, SYSTEM)
    assert reads(world, chat)
    world.clock.pass_s(1)
    world.act(look_ins.end_stale, SYSTEM)


ENDINGS: dict[str, Callable[[World, Chat], object]] = {
    "by herself": lambda world, chat: world.act(look_ins.look_away, world.sara, chat.id),
    "when a colleague is given it": lambda world, chat: world.act(
        queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id
    ),
    "when it closes": lambda world, chat: world.act(queue.close, world.ana, chat.id),
    "when an admin switches it off": lambda world, _: world.rules(look_in=False),
    "when she leaves the department": lambda world, _: world.leaves(world.sara, "Soporte"),
    "when she is no supervisor any more": lambda world, _: world.act(
        people.change_operator, world.adela, world.sara.id, OperatorChanges(role=Role.OPERATOR)
    ),
    "when she is disabled": lambda world, _: world.disables(world.sara),
    "after an hour": an_hour_later,
    "when her last page has gone": her_last_page_goes,
    "when nothing is heard of a page of hers": nothing_is_heard_of_a_page,
}


ROUGH = {"when she is disabled", "when she leaves the department", "when she is no supervisor any more"}
"""Her sockets close, and come back with what she may still see."""


@pytest.mark.parametrize("how", ENDINGS)
def test_it_ends(world: World, how: str) -> None:
    chat, word = looked_into(world), canary()
    since = world.mark
    ENDINGS[how](world, chat)
    assert not reads(world, chat)
    told = world.heard(world.sara, since)
    if how not in ROUGH:
        (left,) = [event for event in told if isinstance(event, ConversationLeft | ConversationTaken)]
        assert left.id == chat.id
    if how != "when it closes":  # written to, it would wait again, for her as well
        since = world.mark
        world.writes(world.lucia, word)
        assert not holds(world.heard(world.sara, since), word)


def test_it_goes_on_while_a_page_of_hers_has_it_open_at_any_process(world: World) -> None:
    chat = looked_into(world)
    elsewhere = [(chat.id, world.sara.id)]
    for _ in range(5):
        world.clock.pass_s(SWEEP_S)
        world.act(look_ins.note_open, SYSTEM, elsewhere)
        world.act(look_ins.end_stale, SYSTEM)
        world.act(look_ins.note_gone, SYSTEM, chat.id, world.sara.id)
        world.clock.pass_s(SWEEP_S)
        world.act(look_ins.end_stale, SYSTEM)
        assert reads(world, chat)


def test_a_page_that_comes_back_in_time_keeps_it_and_another_conversation_or_person_does_not(world: World) -> None:
    chat, other = looked_into(world), world.attended(world.bruno, world.julian)
    world.act(look_ins.look_in, world.sara, other.id)
    for one in (chat, other):
        world.act(look_ins.note_gone, SYSTEM, one.id, world.sara.id)
    world.clock.pass_s(LOOKED_AWAY_S - 1)
    world.act(look_ins.note_open, SYSTEM, [(chat.id, world.sara.id), (other.id, world.adela.id)])
    world.act(look_ins.note_gone, SYSTEM, other.id, world.sara.id)
    world.clock.pass_s(1)
    world.act(look_ins.end_stale, SYSTEM)
    assert world.see(list_open) == [(chat.id, world.sara.id)]


def test_none_is_ended_for_want_of_a_note_where_nothing_could_be_stored_for_a_while(world: World) -> None:
    chat = looked_into(world)
    world.clock.pass_s(10 * ONLINE_FOR_S)
    world.act(look_ins.note_open, SYSTEM, [(chat.id, world.sara.id)])
    world.act(look_ins.end_stale, SYSTEM)
    assert reads(world, chat)


def changed(world: World, tx: Tx, changes: OperatorChanges) -> object:
    return people.change_operator(tx, world.adela, world.sara.id, changes)


LOSSES: dict[str, Callable[[World, Tx], object]] = {
    "she leaves the department": lambda world, tx: changed(world, tx, OperatorChanges(departments=[])),
    "she is no supervisor any more": lambda world, tx: changed(world, tx, OperatorChanges(role=Role.OPERATOR)),
    "she is disabled": lambda world, tx: changed(world, tx, OperatorChanges(disabled=True)),
    "it is switched off": lambda world, tx: departments.change(
        tx, world.adela, world.department("Ventas"), DepartmentChanges(rules=Rules(Assignment.MANUAL))
    ),
}


@pytest.mark.parametrize("how", LOSSES)
@pytest.mark.parametrize("looks_first", [True, False])
def test_a_look_in_and_the_loss_of_the_right_to_it_at_once_leave_none(
    world: World, how: str, *, looks_first: bool
) -> None:
    chat, word = world.looked_into(lambda _: None), canary()
    both = [lambda tx: look_ins.look_in(tx, world.sara, chat.id), lambda tx: LOSSES[how](world, tx)]
    came = overlapping(world, *(both if looks_first else reversed(both)))
    assert not any(isinstance(one, Exception) and not isinstance(one, Refused) for one in came)
    assert not reads(world, chat)
    assert world.see(list_open) == []
    since = world.mark
    world.writes(world.lucia, word)
    assert holds(world.heard(world.ana, since), word)
    assert not holds(world.heard(world.sara, since), word)


def test_a_look_in_that_was_not_ended_opens_nothing_without_the_right_to_it(world: World) -> None:
    chat, word = looked_into(world), canary()
    assert reads(world, chat)
    mine = tables.memberships.c.operator_id == world.sara.id
    world.database.write_blocking(lambda tx: tx.conn.execute(delete(tables.memberships).where(mine)))
    assert not reads(world, chat)
    since = world.mark
    world.writes(world.lucia, word)
    assert holds(world.heard(world.ana, since), word)
    assert not holds(world.heard(world.sara, since), word)
