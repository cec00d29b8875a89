"""What a supervisor sees of their departments: who is there, how much they attend, what waits; no word of it."""

import pytest

from recado.actions import notes, queue, routing
from recado.db import departments, lists, openings, people, team
from recado.desk import SYSTEM
from recado.domain.actors import Operator
from recado.domain.conversations import Status
from recado.domain.errors import Invalid
from recado.domain.routing import Team
from tests.world import World, canary, holds, new_client_id


def seen_by(world: World, me: Operator) -> Team:
    return world.see(team.get_team, me, world.clock())


def test_a_supervisor_sees_their_departments_what_waits_there_and_since_when(world: World) -> None:
    first = world.waiting(world.lucia)
    world.waiting(world.julian)
    world.attended(world.clara, world.tomas)
    rows = world.see(lists.list_waiting, world.ana, None, 9).items
    oldest = next(row.waiting_since for row in rows if row.id == first.id)
    found = seen_by(world, world.sara).departments
    assert [(one.name, one.waiting, one.waiting_since) for one in found] == [
        ("Soporte", 0, None),
        ("Ventas", 2, oldest),
    ]


def test_who_is_there_and_what_they_attend_is_told_without_a_word_of_it(world: World) -> None:
    word = canary()
    chat = world.waiting(world.lucia, word)
    world.answers(world.ana, chat.id, f"Good morning {word}")
    paused = world.attended(world.ana, world.julian)
    world.act(queue.pause, world.ana, paused.id)
    world.act(routing.come, SYSTEM, world.ana.id)
    found = seen_by(world, world.sara)
    ana = next(one for one in found.operators if one.id == world.ana.id)
    assert (ana.online, ana.attending, ana.availability) == (True, 1, "available")
    assert {(one.id, one.status) for one in found.conversations} == {
        (chat.id, Status.ATTENDING),
        (paused.id, Status.PAUSED),
    }
    assert holds(world.see(openings.open_conversation, world.ana, chat.id, "epoch"), word)
    assert not holds(found, word)


def test_a_customer_waits_since_their_first_word_after_the_last_answer_however_often_they_write(world: World) -> None:
    chat = world.attended(world.ana)

    def due() -> int | None:
        return seen_by(world, world.sara).conversations[0].answer_due_since

    assert due() is None
    wrote = world.writes(world.lucia, "Still there?").entry.at
    world.clock.pass_s(60)
    world.act(notes.add, world.ana, chat.id, new_client_id(), "In a moment", [])
    assert due() == wrote
    world.clock.pass_s(60)
    assert world.writes(world.lucia, "Hello?").entry.at > wrote
    assert due() == wrote
    world.answers(world.ana, chat.id, "Yes.")
    assert due() is None


def test_of_more_than_are_shown_those_that_want_nothing_are_left_out_and_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = world.attended(world.ana, world.julian)
    world.act(queue.pause, world.ana, paused.id)
    quiet = world.attended(world.ana, world.lucia)
    world.clock.pass_s(60)
    recent = world.attended(world.clara, world.tomas)
    world.clock.pass_s(60)
    world.writes(world.tomas, "And another thing")

    def shown(most: int) -> tuple[list[int], int]:
        monkeypatch.setattr(team, "TEAM_MAX", most)
        found = seen_by(world, world.sara)
        return [one.id for one in found.conversations], found.more

    assert shown(3) == ([recent.id, quiet.id, paused.id], 0)
    assert shown(2) == ([recent.id, quiet.id], 1)
    assert shown(1) == ([recent.id], 2)


def test_of_other_departments_and_to_whoever_supervises_none_nothing_is_told(world: World) -> None:
    world.attended(world.clara, world.tomas)
    assert seen_by(world, world.sara).conversations != []
    world.leaves(world.sara, "Ventas")
    found = seen_by(world, world.sara)
    assert ([one.name for one in found.departments], found.conversations) == (["Ventas"], [])
    assert world.clara.id not in {one.id for one in found.operators}
    assert seen_by(world, world.adela) == Team([], [], [], 0)
    assert seen_by(world, world.ana) == Team([], [], [], 0)


def test_whoever_is_disabled_is_offered_and_counted_nowhere_and_still_called_by_their_name(world: World) -> None:
    chat = world.waiting()
    ventas = world.department("Ventas")

    def offered() -> list[bool]:
        targets = [one.id for one in world.see(team.list_targets, world.clock()).operators]
        circle = world.see(openings.open_conversation, world.ana, chat.id, "epoch")[0].circle
        return [world.bruno.id in one for one in (targets, circle.mentionable)]

    def many() -> int:
        return next(one.operator_count for one in world.see(departments.list_all) if one.id == ventas)

    before = many()
    assert offered() == [True, True]
    world.disables(world.bruno)
    assert offered() == [False, False]
    assert many() == before - 1
    with pytest.raises(Invalid) as refused:
        world.act(queue.transfer, world.ana, chat.id, ventas, world.bruno.id)
    assert (refused.value.field, refused.value.fault) == ("operator", "not_a_member")
    with pytest.raises(Invalid):
        world.act(notes.add, world.ana, chat.id, new_client_id(), "@Bruno", [world.bruno.id])
    assert [one.disabled for one in world.see(people.list_people) if one.name == world.bruno.name] == [True]
