"""What admins do is noted with what they did, and nothing of what people are called or say."""

from typing import Any

import msgspec
import pytest

from recado.actions import audit, departments, inboxes, people, queue
from recado.actions.departments import DepartmentChanges
from recado.actions.inboxes import InboxInput
from recado.actions.people import Newcomer, OperatorChanges
from recado.db import audit as rows
from recado.desk import SYSTEM
from recado.domain.actors import Role
from recado.domain.audit import AuditItem, Kind
from recado.domain.chats import ChatSettings, ChatTexts, Field
from recado.domain.errors import Invalid
from tests.world import CAME, SHOP, World, canary, holds


def newest(world: World, count: int) -> list[AuditItem]:
    return world.see(rows.list_page).items[:count]


def test_the_first_start_is_noted_as_the_desk_s_own(world: World) -> None:
    first = world.see(rows.list_page).items[-1]
    assert (first.kind, first.operator, first.detail) == (Kind.INSTALLATION_SET_UP, None, {"operator": world.adela.id})


def test_changed_rights_are_noted_with_their_values(world: World) -> None:
    soporte = world.department("Soporte")
    change = OperatorChanges(role=Role.SUPERVISOR, departments=[soporte])
    world.act(people.change_operator, world.adela, world.bruno.id, change)
    (line,) = newest(world, 1)
    assert (line.kind, line.operator, line.about, line.about_id) == (
        Kind.OPERATOR_CHANGED,
        world.adela.id,
        "operator",
        world.bruno.id,
    )
    assert line.detail == {"fields": ["role", "departments"], "role": "supervisor", "departments": [soporte]}
    assert line.at < world.clock()


def test_what_changes_nothing_is_not_noted(world: World) -> None:
    before = world.count("audit")
    world.act(people.change_operator, world.adela, world.bruno.id, OperatorChanges(role=world.bruno.role))
    assert world.count("audit") == before


def test_what_is_refused_is_not_noted(world: World) -> None:
    before = world.count("audit")
    with pytest.raises(Invalid):
        world.act(people.change_operator, world.adela, world.adela.id, OperatorChanges(disabled=True))
    assert world.count("audit") == before


def test_settings_are_noted_by_the_names_of_their_fields(world: World) -> None:
    word, number = canary(), world.inbox(world.shop).id
    made = world.act(departments.create, world.adela, word)
    world.act(departments.change, world.adela, made.id, DepartmentChanges(name=f"{word} again"))
    given = InboxInput(word, made.id, [SHOP], greeting=word)
    world.act(inboxes.change_inbox, world.adela, number, given)
    other = world.act(inboxes.create_inbox, world.adela, given)
    lines = newest(world, 4)[::-1]
    assert [(line.kind, line.about_id, line.detail) for line in lines] == [
        (Kind.DEPARTMENT_CREATED, made.id, {}),
        (Kind.DEPARTMENT_CHANGED, made.id, {"fields": ["name"]}),
        (Kind.INBOX_CHANGED, number, {"fields": ["name", "department", "greeting"]}),
        (Kind.INBOX_CREATED, other.id, {"department": made.id}),
    ]
    assert holds(world.contents()["departments"], word)
    assert not holds(world.contents()["audit"], word)


def test_a_greeting_is_noted_as_changed_where_visitors_read_another_and_questions_by_their_own_name(
    world: World,
) -> None:
    """The form keeps one greeting of all languages as the text of one."""

    def noted(**given: Any) -> object:
        world.asks(**given)
        (line,) = newest(world, 1)
        return line.detail["fields"]

    noted(greeting="Hello there")
    both: list[int] = [world.department("Ventas"), world.department("Soporte")]
    own = ChatSettings(
        texts={"es": ChatTexts(greeting="Hello there"), "en": ChatTexts()},
        fields=[Field("order", {"es": "Pedido"})],
        departments=both,
    )
    assert noted(greeting="", ask_name="required", chat=own) == ["ask_name", "fields", "departments"]
    other = msgspec.structs.replace(own, texts={"es": ChatTexts(greeting="Good day", away="Soon")})
    assert noted(ask_name="required", chat=other) == ["greeting", "texts"]


def test_who_was_invited_and_who_came_are_noted_without_the_secret(world: World) -> None:
    item, token = world.act(people.invite, world.adela, Role.OPERATOR, [world.department("Ventas")], "Nadia")
    me = world.act(people.accept, SYSTEM, token, Newcomer("Nadia Font", "nadia", "a hash"), CAME).me
    again, _ = world.act(people.invite, world.adela, Role.ADMIN, [], None)
    world.act(people.withdraw, world.adela, again.id)
    withdrawn, invited_again, joined, invited = newest(world, 4)
    assert (invited.kind, invited.about_id) == (Kind.OPERATOR_INVITED, item.id)
    assert invited.detail == {"role": "operator", "departments": [world.department("Ventas")]}
    assert (joined.kind, joined.operator, joined.about_id) == (Kind.OPERATOR_JOINED, None, me.id)
    assert joined.detail == {"invitation": item.id, "role": "operator"}
    assert (invited_again.about_id, withdrawn.kind, withdrawn.about_id) == (
        again.id,
        Kind.INVITATION_WITHDRAWN,
        again.id,
    )
    for secret in (token, "Nadia"):
        assert not holds(world.contents()["audit"], secret)


def test_pages_continue_below_each_other_without_a_gap(world: World) -> None:
    def note_many(number: int) -> None:
        world.database.write_blocking(lambda tx: audit.note(tx, world.sara, Kind.LOOK_IN, "conversation", number))

    for number in range(rows.PAGE + 5):
        note_many(number)
    first = world.see(rows.list_page)
    assert len(first.items) == rows.PAGE
    second = world.see(rows.list_page, first.next)
    seen = [line.about_id for line in first.items + second.items if line.kind == Kind.LOOK_IN]
    assert seen == list(reversed(range(rows.PAGE + 5)))
    assert second.next is None
    assert world.see(rows.list_page, 1).items == []


def test_what_a_supervisor_did_not_move_is_not_written_down_as_moved(world: World) -> None:
    chat, ventas, before = world.attended(world.ana), world.department("Ventas"), world.count("audit")
    world.act(queue.transfer, world.sara, chat.id, ventas, world.ana.id)
    assert world.count("audit") == before
    world.act(queue.transfer, world.sara, chat.id, ventas, world.bruno.id)
    world.act(queue.release, world.sara, chat.id)
    released, moved = newest(world, 2)
    assert [one.kind for one in (moved, released)] == [Kind.MOVED, Kind.MOVED]
    assert moved.detail == {"owner": world.ana.id, "to": world.bruno.id}
    assert released.detail == {"owner": world.bruno.id, "department": ventas}
    other, soporte = world.attended(world.ana, world.julian), world.department("Soporte")
    world.act(queue.transfer, world.sara, other.id, soporte)
    assert newest(world, 1)[0].detail == {"owner": world.ana.id, "department": soporte}
