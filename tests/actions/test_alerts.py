"""What waits makes itself heard until somebody acknowledges or takes it, and begins anew where it waits anew."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from recado.actions import alerts, blocks, departments, hours, queue
from recado.actions.departments import DepartmentChanges
from recado.db import alerts as rows
from recado.db import conversations
from recado.db.tables import conversations as table
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.alerts import Step
from recado.domain.conversations import ConversationRow
from recado.domain.errors import Closed, Invalid, NotFound, Taken
from recado.domain.events import ConversationChanged
from recado.domain.hours import Hours
from recado.domain.ids import ConversationId
from recado.domain.routing import Assignment, Rules
from tests.world import SHOP, Chat, World, at_once

MINUTE = 60_000_000


def row(world: World, chat: Chat) -> ConversationRow:
    return world.see(conversations.get, chat.id).row()


def due(world: World) -> list[ConversationId]:
    return world.see(rows.list_due, world.clock())


def rise(world: World, chat: Chat) -> Step | None:
    return world.act(alerts.rise, SYSTEM, chat.id)


def passes(world: World, minutes: float) -> list[Step | None]:
    """So much time goes by; then the clock looks, until nothing is due."""
    world.clock.pass_s(minutes * 60)
    found = []
    while which := due(world):
        found += [world.act(alerts.rise, SYSTEM, one) for one in which]
    return found


def alert_at(world: World, chat: Chat) -> int | None:
    which = select(table.c.alert_at).where(table.c.id == chat.id)
    found: int | None = world.see(lambda conn: conn.execute(which).scalar_one())
    return found


def in_order(world: World, ring: int | None, push: int | None, supervisor: int | None) -> None:
    """An admin sets the times of Ventas."""
    world.rules(ring_minutes=ring, push_minutes=push, supervisor_minutes=supervisor)


def test_it_rises_a_step_at_a_time_and_each_time_is_told_to_its_readers(world: World) -> None:
    chat = world.waiting()
    assert passes(world, 1.9) == []
    for minutes, step in ((0.2, Step.RUNG), (3, Step.PUSHED), (5, Step.TOLD)):
        since, version = world.mark, row(world, chat).version
        assert passes(world, minutes) == [step]
        now = row(world, chat)
        assert (now.alert_step, now.version, now.seq) == (step, version + 1, 1)
        heard = {one.name: world.heard(one, since) for one in world.team}
        told = [ConversationChanged(now)]
        assert heard == {one.name: told if one in {world.ana, world.bruno, world.sara} else [] for one in world.team}
        assert world.heard(world.lucia, since) == []
    assert passes(world, 24 * 60) == []


def test_whoever_looks_twice_or_at_once_raises_it_once(world: World) -> None:
    chat = world.waiting()
    assert rise(world, chat) is None
    world.clock.pass_s(121)
    came = at_once(4, lambda _: rise(world, chat))
    assert sorted(came, key=str) == sorted([Step.RUNG, None, None, None], key=str)
    assert row(world, chat).version == 2


def test_what_is_acknowledged_waits_on_and_is_heard_no_more(world: World) -> None:
    chat = world.waiting()
    passes(world, 2.1)
    since = world.mark
    moved = world.act(alerts.acknowledge, world.bruno, chat.id).conversation
    assert moved == row(world, chat)
    assert (moved.status, moved.alert_step, moved.acknowledged_by) == ("waiting", 1, world.bruno.id)
    assert [world.heard(one, since) for one in (world.ana, world.clara)] == [[ConversationChanged(moved)], []]
    assert passes(world, 60) == []
    again, since = world.act(alerts.acknowledge, world.ana, chat.id).conversation, world.mark
    assert (again, world.mark) == (moved, since), "the first one counts"


def test_it_can_be_acknowledged_before_it_was_heard(world: World) -> None:
    chat = world.waiting()
    world.act(alerts.acknowledge, world.ana, chat.id)
    assert passes(world, 60) == []
    assert row(world, chat).alert_step == 0


def test_who_may_not_take_it_may_not_acknowledge_it(world: World) -> None:
    waits, mine = world.waiting(world.julian), world.attended(world.ana, world.lucia)
    tries: list[tuple[Operator, Chat, type[Exception]]] = [
        (world.clara, waits, NotFound),
        (world.adela, waits, NotFound),
        (world.bruno, mine, Taken),
        (world.clara, mine, NotFound),
    ]
    before, since = world.contents(), world.mark
    for who, chat, refusal in tries:
        with pytest.raises(refusal):
            world.act(alerts.acknowledge, who, chat.id)
    assert world.act(alerts.acknowledge, world.ana, mine.id).conversation == row(world, mine), "it waits no more"
    assert (world.contents(), world.mark) == (before, since)
    world.act(queue.close, world.ana, mine.id)
    with pytest.raises(Closed):
        world.act(alerts.acknowledge, world.ana, mine.id)


@pytest.mark.parametrize("way", ["answer", "claim", "transfer", "block"])
def test_what_waits_no_more_is_heard_no_more(world: World, way: str) -> None:
    chat = world.waiting()
    passes(world, 2.1)
    world.act(alerts.acknowledge, world.bruno, chat.id)
    ways: dict[str, Callable[[], object]] = {
        "answer": lambda: world.answers(world.ana, chat.id, "Good morning."),
        "claim": lambda: world.act(queue.claim, world.ana, chat.id),
        "transfer": lambda: world.act(queue.transfer, world.ana, chat.id, world.department("Ventas"), world.ana.id),
        "block": lambda: world.act(blocks.block, world.ana, chat.id),
    }
    ways[way]()
    now = row(world, chat)
    assert (alert_at(world, chat), now.alert_step, now.acknowledged_by) == (None, 0, None)
    assert passes(world, 60) == []


def test_what_waits_anew_begins_anew(world: World) -> None:
    chat = world.waiting()
    passes(world, 5.1)
    world.act(queue.claim, world.ana, chat.id)
    world.act(queue.release, world.ana, chat.id)
    assert row(world, chat).alert_step == 0
    assert passes(world, 1.9) == []
    assert passes(world, 0.2) == [Step.RUNG]
    world.act(alerts.acknowledge, world.ana, chat.id)
    world.act(queue.transfer, world.ana, chat.id, world.department("Soporte"))
    assert (row(world, chat).alert_step, row(world, chat).acknowledged_by) == (0, None), "in another department"
    assert passes(world, 2.1) == [Step.RUNG]


def test_a_customer_who_writes_again_after_the_end_is_heard_again(world: World) -> None:
    chat = world.closed()
    world.writes(world.lucia, "One more thing")
    assert passes(world, 2.1) == [Step.RUNG]
    world.writes(world.lucia, "Hello?")
    assert row(world, chat).alert_step == 1, "who writes on while it waits does not begin anew"
    assert passes(world, 3) == [Step.PUSHED]


def test_departments_say_when(world: World) -> None:
    in_order(world, None, 1, None)
    chat = world.waiting()
    assert passes(world, 1.1) == [Step.PUSHED]
    in_order(world, None, None, None)
    silent = world.waiting(world.julian)
    assert (alert_at(world, silent), passes(world, 60)) == (None, [])
    in_order(world, 2, 5, 90)
    assert [alert_at(world, one) for one in (chat, silent)] == [
        row(world, one).opened_at + minutes * MINUTE for one, minutes in ((chat, 90), (silent, 2))
    ], "what waits goes by the new times"


def test_what_was_acknowledged_or_waits_elsewhere_does_not_go_by_new_times(world: World) -> None:
    chat, other = world.waiting(world.lucia), world.waiting(world.tomas)
    world.act(alerts.acknowledge, world.ana, chat.id)
    before = alert_at(world, other)
    in_order(world, 1, 2, 3)
    assert (alert_at(world, chat), alert_at(world, other)) == (None, before)


def test_outside_its_hours_nothing_is_heard_and_with_others_it_is(world: World) -> None:
    ventas = world.department("Ventas")
    world.act(hours.set_hours, world.adela, ventas, Hours("Europe/Madrid", []))
    chat = world.waiting()
    assert passes(world, 60) == [None]
    assert alert_at(world, chat) is None
    world.act(hours.set_hours, world.adela, ventas, None)
    assert passes(world, 0) == [Step.RUNG, Step.PUSHED, Step.TOLD]


def test_times_go_up(world: World) -> None:
    rules = Rules(Assignment.MANUAL, ring_minutes=5, push_minutes=3)
    with pytest.raises(Invalid):
        world.act(departments.change, world.adela, world.department("Ventas"), DepartmentChanges(rules=rules))


def test_what_an_older_release_took_is_forgotten(world: World) -> None:
    """It knew nothing of alerts, and left the time where it was."""
    chat = world.attended()
    late = table.update().where(table.c.id == chat.id).values(alert_at=1)
    world.database.write_blocking(lambda tx: tx.conn.execute(late))
    since = world.mark
    assert passes(world, 0) == [None]
    assert (alert_at(world, chat), world.mark) == (None, since)


def test_of_many_some_are_raised_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    chats = [world.waiting(world.comes(world.shop, SHOP)) for _ in range(rows.AT_ONCE + 2)]
    world.clock.pass_s(121)
    assert due(world) == [one.id for one in chats[: rows.AT_ONCE]]
    assert set(passes(world, 0)) == {Step.RUNG}
    assert {row(world, one).alert_step for one in chats} == {1}
