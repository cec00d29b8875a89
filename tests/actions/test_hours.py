"""A department's hours are set by admins, and everybody's settings hear of it."""

import pytest

from recado.actions import hours, queue
from recado.db import hours as rows
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import SettingsChanged
from recado.domain.hours import Hours, Span
from recado.domain.ids import DepartmentId
from tests.world import World

OFFICE = Hours("Europe/Madrid", [Span(0, 540, 1080)], ["2026-12-25"])


def test_a_table_is_set_changed_and_taken_away(world: World) -> None:
    ventas, since = world.department("Ventas"), world.mark
    assert world.act(hours.set_hours, world.adela, ventas, OFFICE).hours == OFFICE
    assert world.see(rows.find, ventas) == OFFICE
    assert world.see(rows.find, world.department("Soporte")) is None
    assert world.act(hours.set_hours, world.adela, ventas, None).hours is None
    assert world.see(rows.find, world.department("Ventas")) is None
    assert world.heard(world.ana, since) == [SettingsChanged()] * 2


def test_what_is_no_table_changes_nothing(world: World) -> None:
    ventas = world.department("Ventas")
    world.act(hours.set_hours, world.adela, ventas, OFFICE)
    with pytest.raises(Invalid):
        world.act(hours.set_hours, world.adela, ventas, Hours("Europe/Atlantis", []))
    assert world.see(rows.find, ventas) == OFFICE


def test_only_an_admin_sets_the_hours_of_a_department_that_exists(world: World) -> None:
    for other in (world.ana, world.sara):
        with pytest.raises(NotFound):
            world.act(hours.set_hours, other, world.department("Ventas"), OFFICE)
    with pytest.raises(NotFound):
        world.act(hours.set_hours, world.adela, DepartmentId(10_000), OFFICE)
    assert world.see(rows.find, world.department("Ventas")) is None


def test_first_waits_are_those_of_the_department_newest_first(world: World) -> None:
    ventas = world.department("Ventas")
    world.attended(world.ana, world.lucia)
    world.waiting(world.julian)
    world.attended(world.clara, world.tomas)
    (opened, unanswered), (before, answered) = world.see(rows.list_first_waits, ventas, 0, 10)
    assert unanswered is None
    assert answered is not None
    assert 0 < answered - before < 1_000_000
    assert before < opened
    assert world.see(rows.list_first_waits, ventas, before, 10) == [(opened, None)]
    assert world.see(rows.list_first_waits, ventas, 0, 1) == [(opened, None)]


def test_who_was_given_to_an_operator_and_not_answered_still_waits(world: World) -> None:
    ventas, mine = world.department("Ventas"), world.waiting(world.julian)
    world.act(queue.claim, world.ana, mine.id)
    assert [answered for _, answered in world.see(rows.list_first_waits, ventas, 0, 10)] == [None]
    world.act(queue.close, world.ana, mine.id)
    assert world.see(rows.list_first_waits, ventas, 0, 10) == []
