"""Admins set rules side by side: nobody overwrites what they have not seen, and the log says what was set."""

from collections.abc import Callable

import msgspec
import pytest

from recado.actions import blocks, departments, hours, people, queue
from recado.actions.departments import DepartmentChanges, ReasonChanges
from recado.actions.people import OperatorChanges, OwnChanges
from recado.db import audit as log
from recado.db import blocks as block_rows
from recado.db import departments as rows
from recado.db.changes import versions
from recado.db.people import list_operators
from recado.domain.actors import Role
from recado.domain.audit import AuditItem, Kind
from recado.domain.conversations import Reason
from recado.domain.errors import Invalid, NotFound, Outdated
from recado.domain.events import SettingsChanged
from recado.domain.hours import Hours, Span
from recado.domain.routing import Assignment, Department, Rules
from tests.world import World, at_once, canary, holds

MONDAYS = Hours("Europe/Madrid", [Span(0, 540, 1080)])
BUSY = Rules(Assignment.LEAST_BUSY, 5, 30, look_in=True, archive=True)


def ventas(world: World) -> Department:
    found = world.see(rows.find, world.department("Ventas"))
    assert found is not None
    return found


def newest(world: World) -> AuditItem:
    return world.see(log.list_page).items[0]


# ── departments ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_rules_are_set_and_the_log_says_which_and_to_what(world: World) -> None:
    before = ventas(world)
    after = world.act(departments.change, world.adela, before.id, DepartmentChanges(rules=BUSY, version=before.version))
    assert (after.rules, after.name, after.version) == (BUSY, "Ventas", before.version + 1)
    line = newest(world)
    assert (line.kind, line.operator, line.about_id) == (Kind.DEPARTMENT_CHANGED, world.adela.id, before.id)
    assert line.detail == {
        "fields": ["assignment", "absence_minutes", "reopen_days", "look_in", "archive"],
        "assignment": "least_busy",
        "absence_minutes": 5,
        "reopen_days": 30,
        "look_in": True,
        "archive": True,
    }
    world.act(departments.change, world.adela, before.id, DepartmentChanges(rules=BUSY))
    assert newest(world) == line, "what changes nothing is not noted"


OVERWRITES: dict[str, Callable[[World, int], object]] = {
    "its rules": lambda world, version: world.act(
        departments.change, world.adela, world.department("Ventas"), DepartmentChanges(rules=BUSY, version=version)
    ),
    "its name": lambda world, version: world.act(
        departments.change, world.adela, world.department("Ventas"), DepartmentChanges(name="Tienda", version=version)
    ),
    "its hours": lambda world, version: world.act(
        hours.set_hours, world.adela, world.department("Ventas"), MONDAYS, version
    ),
}


@pytest.mark.parametrize("what", OVERWRITES)
def test_whoever_has_not_seen_another_admins_change_of_a_department_changes_nothing(world: World, what: str) -> None:
    seen = ventas(world).version
    world.rules(reopen_days=3)
    before, since = world.contents(), world.mark
    with pytest.raises(Outdated):
        OVERWRITES[what](world, seen)
    assert world.contents() == before
    assert world.heard(world.ana, since) == []
    OVERWRITES[what](world, ventas(world).version)
    assert world.contents()["departments"] != before["departments"]


def test_of_two_admins_who_save_at_once_one_is_told(world: World) -> None:
    for _ in range(5):
        seen = ventas(world)
        days = [seen.rules.reopen_days + 1, seen.rules.reopen_days + 2]
        outcomes = at_once(
            2,
            lambda n, seen=seen, days=days: world.act(  # type: ignore[misc]
                departments.change,
                world.adela,
                seen.id,
                DepartmentChanges(rules=msgspec.structs.replace(seen.rules, reopen_days=days[n]), version=seen.version),
            ),
        )
        (lost,) = [one for one in outcomes if isinstance(one, Exception)]
        (won,) = [one for one in outcomes if isinstance(one, Department)]
        assert isinstance(lost, Outdated)
        assert ventas(world) == won


@pytest.mark.parametrize(
    ("field", "value"),
    [("absence_minutes", 0), ("absence_minutes", 10_081), ("reopen_days", -1), ("reopen_days", 366)],
)
def test_a_rule_beyond_its_bounds_is_refused_by_its_field(world: World, field: str, value: int) -> None:
    before, wrong = world.contents(), msgspec.structs.replace(BUSY, **{field: value})
    with pytest.raises(Invalid) as refused:
        world.act(departments.change, world.adela, world.department("Ventas"), DepartmentChanges(rules=wrong))
    assert (refused.value.field, refused.value.fault) == (field, "out_of_range")
    assert world.contents() == before


# ── operators ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_has_not_seen_another_admins_change_of_an_operator_changes_nothing(world: World) -> None:
    seen = world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(chat_limit=3)).version
    world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(chat_limit=4))
    before = world.contents()
    stale = [OperatorChanges(role=Role.ADMIN, version=seen), OperatorChanges(departments=[], version=seen)]
    for changes in stale:
        with pytest.raises(Outdated):
            world.act(people.change_operator, world.adela, world.ana.id, changes)
    assert world.contents() == before
    fresh = OperatorChanges(role=Role.ADMIN, version=seen + 1)
    assert world.act(people.change_operator, world.adela, world.ana.id, fresh).role is Role.ADMIN


def test_a_limit_is_noted_with_its_value(world: World) -> None:
    world.act(people.change_operator, world.adela, world.ana.id, OperatorChanges(chat_limit=3))
    assert newest(world).detail == {"fields": ["chat_limit"], "chat_limit": 3}


def test_somebodys_own_settings_are_no_admins_change(world: World) -> None:
    before = world.count("audit")
    world.act(people.change_me, world.ana, OwnChanges(theme="dark", availability="away"))
    assert world.count("audit") == before


# ── reasons for closing ──────────────────────────────────────────────────────────────────────────────────────────


def reasons(world: World) -> list[str]:
    return [one.name for one in world.see(rows.list_reasons)]


def three(world: World) -> list[Reason]:
    return [world.act(departments.create_reason, world.adela, name) for name in ("Resuelta", "Duplicada", "Spam")]


def test_reasons_stand_in_the_order_in_which_they_were_made_until_they_are_moved(world: World) -> None:
    solved, double, spam = three(world)
    assert reasons(world) == ["Resuelta", "Duplicada", "Spam"]
    since = world.mark
    world.act(departments.change_reason, world.adela, spam.id, ReasonChanges(before=solved.id))
    assert reasons(world) == ["Spam", "Resuelta", "Duplicada"]
    world.act(departments.change_reason, world.adela, solved.id, ReasonChanges(before=None))
    assert reasons(world) == ["Spam", "Duplicada", "Resuelta"]
    assert world.heard(world.ana, since) == [SettingsChanged()] * 2
    world.act(departments.create_reason, world.adela, "Vendida")
    assert reasons(world) == ["Spam", "Duplicada", "Resuelta", "Vendida"]
    for nowhere in (10_000, double.id):
        with pytest.raises(Invalid):
            world.act(departments.change_reason, world.adela, double.id, ReasonChanges(before=nowhere))


def test_reasons_moved_at_once_stand_in_one_order(world: World) -> None:
    made = three(world)
    moved = at_once(
        6,
        lambda n: world.act(
            departments.change_reason, world.adela, made[n % 3].id, ReasonChanges(before=made[(n + 1) % 3].id)
        ),
    )
    assert [one.id for one in moved if isinstance(one, Reason)] == [made[n % 3].id for n in range(6)], moved
    positions = [row[2] for row in world.contents()["close_reasons"]]
    assert sorted(reasons(world)) == ["Duplicada", "Resuelta", "Spam"]
    assert len(set(positions)) == 3


def test_a_retired_reason_is_chosen_no_more_and_stays_where_it_was_given(world: World) -> None:
    solved, *_ = three(world)
    chat = world.attended(world.ana)
    world.act(queue.close, world.ana, chat.id, solved.id)
    world.act(departments.change_reason, world.adela, solved.id, ReasonChanges(retired=True))
    found = next(one for one in world.see(rows.list_reasons) if one.id == solved.id)
    assert (found.name, found.retired) == ("Resuelta", True)
    other = world.attended(world.ana, world.julian)
    with pytest.raises(Invalid) as refused:
        world.act(queue.close, world.ana, other.id, solved.id)
    assert (refused.value.field, refused.value.fault) == ("reason", "unknown")
    world.act(departments.change_reason, world.adela, solved.id, ReasonChanges(retired=False))
    world.act(queue.close, world.ana, other.id, solved.id)


def test_whoever_has_not_seen_another_admins_change_of_a_reason_changes_nothing(world: World) -> None:
    solved, *_ = three(world)
    world.act(departments.change_reason, world.adela, solved.id, ReasonChanges(name="Arreglada"))
    before, stale = world.contents(), ReasonChanges(name="Acabada", version=solved.version)
    with pytest.raises(Outdated):
        world.act(departments.change_reason, world.adela, solved.id, stale)
    assert world.contents() == before
    assert reasons(world)[0] == "Arreglada"


def test_what_becomes_of_reasons_is_noted_without_their_names(world: World) -> None:
    word = canary()
    made = world.act(departments.create_reason, world.adela, word)
    world.act(departments.change_reason, world.adela, made.id, ReasonChanges(retired=True, before=None))
    renamed, created = world.see(log.list_page).items[:2]
    assert (created.kind, created.about_id, created.detail) == (
        Kind.REASONS_CHANGED,
        made.id,
        {"fields": ["created"]},
    )
    assert renamed.detail == {"fields": ["position", "retired_at"]}
    assert holds(world.contents()["close_reasons"], word)
    assert not holds(world.contents()["audit"], word)


def test_other_processes_notice_each_change_of_a_rule(world: World) -> None:
    solved, _, spam = three(world)
    steps: list[Callable[[], object]] = [
        lambda: world.rules(reopen_days=3),
        lambda: world.act(hours.set_hours, world.adela, world.department("Ventas"), MONDAYS),
        lambda: world.act(departments.change_reason, world.adela, solved.id, ReasonChanges(name="Arreglada")),
        lambda: world.act(departments.change_reason, world.adela, spam.id, ReasonChanges(before=solved.id)),
    ]
    for step in steps:
        before = world.see(versions).settings
        step()
        assert world.see(versions).settings != before


# ── blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_of_blocks_says_who_by_whom_and_why_while_they_hold(world: World) -> None:
    chat, since = world.waiting(), world.mark
    world.act(blocks.block, world.ana, chat.id, reason="  Insults,  again ")
    assert world.heard(world.adela, since) == [SettingsChanged()]
    (block,) = world.see(block_rows.list_in_force, world.sara, world.clock())
    assert (block.conversation, block.operator.name, block.reason, block.until) == (
        chat.id,
        "Ana Roca",
        "Insults, again",
        None,
    )
    since = world.mark
    world.act(blocks.unblock, world.sara, block.id)
    assert world.heard(world.adela, since) == [SettingsChanged()]
    assert (newest(world).kind, newest(world).about_id) == (Kind.UNBLOCK, world.lucia.id)


def test_only_an_admin_sets_rules(world: World) -> None:
    solved, *_ = three(world)
    before = world.contents()
    for other in (world.ana, world.sara):
        calls: list[Callable[[], object]] = [
            lambda me=other: world.act(departments.change, me, world.department("Ventas"), DepartmentChanges("X")),  # type: ignore[misc]
            lambda me=other: world.act(departments.create_reason, me, "Otra"),  # type: ignore[misc]
            lambda me=other: world.act(departments.change_reason, me, solved.id, ReasonChanges(name="X")),  # type: ignore[misc]
        ]
        for call in calls:
            with pytest.raises(NotFound):
                call()
    assert world.contents() == before


def test_the_list_of_operators_says_how_much_each_holds(world: World) -> None:
    world.paused()
    world.attended(world.ana, world.julian)
    world.waiting(world.tomas)
    everybody = {one.id: one for one in world.see(list_operators)}
    assert (everybody[world.ana.id].held, everybody[world.clara.id].held) == (2, 0)
    assert everybody[world.ana.id].held_in == {world.department("Ventas"): 2}
    assert everybody[world.clara.id].held_in == {}
