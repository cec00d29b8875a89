"""Departments and inboxes: named once, with their sites in one spelling, changed by admins alone."""

from typing import Any

import pytest

from recado.actions import departments, inboxes
from recado.actions.departments import DepartmentChanges
from recado.actions.inboxes import InboxInput
from recado.db import departments as department_rows
from recado.domain.errors import Invalid, NotFound, Outdated
from recado.domain.events import SettingsChanged
from recado.domain.ids import DepartmentId, InboxId
from recado.domain.inboxes import Inbox
from recado.domain.routing import Assignment, Department, Rules
from tests.world import SHOP, World, at_once


def given(world: World, **values: Any) -> InboxInput:
    usual: dict[str, Any] = {"name": "Blog", "department": world.department("Ventas"), "sites": [SHOP]}
    return InboxInput(**usual | values)


def made(world: World, **values: Any) -> Inbox:
    return world.act(inboxes.create_inbox, world.adela, given(world, **values))


def test_a_department_begins_empty_and_can_be_renamed(world: World) -> None:
    new = world.act(departments.create, world.adela, "  Almacén ")
    assert new == Department(new.id, "Almacén", 0, 0, None, Rules(Assignment.MANUAL), 1)
    assert world.act(departments.change, world.adela, new.id, DepartmentChanges(name="Depósito")).name == "Depósito"
    assert world.act(departments.change, world.adela, new.id, DepartmentChanges(name="Depósito")).name == "Depósito"


@pytest.mark.parametrize(
    ("name", "fault"), [("Ventas", "taken"), (" ", "empty"), ("a\nb", "control"), ("a" * 121, "too_long")]
)
def test_what_is_no_new_name_is_refused(world: World, name: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.act(departments.create, world.adela, name)
    assert (refused.value.field, refused.value.fault) == ("name", fault)
    with pytest.raises(Invalid):
        world.act(departments.change, world.adela, world.department("Soporte"), DepartmentChanges(name=name))


def test_of_two_of_one_name_at_once_one_is_made(world: World) -> None:
    outcomes = at_once(2, lambda _: world.act(departments.create, world.adela, "Almacén"))
    assert sum(isinstance(one, Department) for one in outcomes) == 1, outcomes
    (lost,) = [one for one in outcomes if isinstance(one, Exception)]
    assert isinstance(lost, Invalid)
    assert lost.fault == "taken"


def test_an_inbox_gets_a_key_that_stays(world: World) -> None:
    new, other = made(world), made(world)
    assert new.key != other.key
    changed = world.act(inboxes.change_inbox, world.adela, new.id, given(world, name="News", colour="#ABCDEF"))
    assert (changed.key, changed.name, changed.colour) == (new.key, "News", "#abcdef")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["HTTPS://Shop.Example/path?q#f"], ["https://shop.example"]),
        (["https://sh\nop.example"], ["https://shop.example"]),
        (["shop.example"], ["https://shop.example"]),
        (["https://shop.example:443", "http://shop.example:80"], ["https://shop.example", "http://shop.example"]),
        (["http://localhost:8001/"], ["http://localhost:8001"]),
        (["https://señales.example"], ["https://xn--seales-xwa.example"]),
        (["https://a.example", " ", "https://A.example/"], ["https://a.example"]),
        ([], []),
    ],
)
def test_sites_are_kept_as_origins_each_once(world: World, typed: list[str], kept: list[str]) -> None:
    assert made(world, sites=typed).sites == kept


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("sites", ["javascript://x"], "not_a_site"),
        ("sites", ["https://"], "not_a_site"),
        ("sites", ["https://user:word@shop.example"], "not_a_site"),
        ("sites", ["https://shop.example:99999"], "not_a_site"),
        ("sites", ["*"], "not_a_site"),
        ("sites", ["https://*.example"], "not_a_site"),
        ("sites", ["https://shop.example; script-src *"], "not_a_site"),
        ("sites", ["https://" + "a" * 70 + ".example"], "not_a_site"),
        ("sites", ["https://a..example"], "not_a_site"),
        ("sites", ["https://[::1"], "not_a_site"),
        ("sites", ["https://a\ud800.example"], "not_a_site"),
        ("sites", ["https://a\0.example"], "not_a_site"),
        ("sites", ["https://" + "a." * 150 + "example"], "too_long"),
        ("sites", [f"https://a{number}.example" for number in range(51)], "too_many"),
        ("colour", "red", "not_a_colour"),
        ("colour", "#abcdef;", "not_a_colour"),
        ("colour", "#abcdef\n", "not_a_colour"),
        ("name", "", "empty"),
        ("greeting", "a" * 501, "too_long"),
        ("department", 10_000, "unknown"),
        ("department", 10**30, "unknown"),
        ("department", -(10**30), "unknown"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(world: World, field: str, value: Any, fault: str) -> None:
    before = world.count("inboxes")
    with pytest.raises(Invalid) as refused:
        made(world, **{field: value})
    assert (refused.value.field, refused.value.fault) == (field, fault)
    assert world.count("inboxes") == before


def test_the_team_is_told_and_no_visitor(world: World) -> None:
    since = world.mark
    made(world)
    assert all(world.heard(operator, since) == [SettingsChanged()] for operator in world.team)
    assert all(world.heard(visitor, since) == [] for visitor in world.visitors)


def test_a_conversation_stays_where_it_is_when_its_inbox_moves(world: World) -> None:
    chat = world.waiting()
    world.asks(department=world.department("Soporte"))
    world.answers(world.ana, chat.id, "Good morning.")


def test_what_does_not_exist_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.act(inboxes.change_inbox, world.adela, InboxId(10_000), given(world))
    with pytest.raises(NotFound):
        world.act(departments.change, world.adela, DepartmentId(10_000), DepartmentChanges(name="New"))


def test_only_an_admin_may(world: World) -> None:
    before = world.contents()
    for other in (world.ana, world.sara):
        with pytest.raises(NotFound):
            world.act(departments.create, other, "Almacén")
        with pytest.raises(NotFound):
            world.act(inboxes.create_inbox, other, given(world))
        with pytest.raises(NotFound):
            world.act(inboxes.change_inbox, other, world.inbox(world.shop).id, given(world))
        with pytest.raises(NotFound):
            world.act(departments.change, other, world.department("Ventas"), DepartmentChanges(name="Mine"))
    assert world.contents() == before
    assert len(world.see(department_rows.list_all)) == 2


def test_whoever_has_not_seen_another_admins_change_of_an_inbox_changes_nothing(world: World) -> None:
    new = made(world)
    changed = world.act(inboxes.change_inbox, world.adela, new.id, given(world, name="News", version=new.version))
    before, since = world.contents(), world.mark
    with pytest.raises(Outdated):
        world.act(inboxes.change_inbox, world.adela, new.id, given(world, name="Blog", version=new.version))
    assert world.contents() == before
    assert world.heard(world.ana, since) == []
    fresh = given(world, name="Blog", version=changed.version)
    assert world.act(inboxes.change_inbox, world.adela, new.id, fresh).name == "Blog"
