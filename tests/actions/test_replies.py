"""Quick replies: whose they are, who may change them, what can stand in them, and tables of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from recado.actions import conversations, replies
from recado.actions.replies import Imported, ReplyInput
from recado.db import audit as log
from recado.db import departments
from recado.db import replies as rows
from recado.db.changes import versions
from recado.db.database import Tx
from recado.domain import replies as domain
from recado.domain.actors import Operator
from recado.domain.audit import Kind
from recado.domain.errors import Invalid, NotFound, Outdated
from recado.domain.events import RepliesChanged
from recado.domain.ids import ConversationId, DepartmentId, ReplyId
from recado.domain.replies import Origin, Reply, ScopeName
from recado.domain.reply_files import Refusal, read_table, write_table
from tests.world import SHOP, Chat, World, at_once, new_client_id, overlapping

TEXT = "Hola, {{customer.first_name}}: su pedido sale hoy."


def make(
    world: World, who: Operator, name: str = "envio", *, personal: bool = False, department: str | None = None
) -> Reply:
    which = None if department is None else world.department(department)
    scope: ScopeName = "personal" if personal else "department" if department else "all"
    return world.act(replies.create, who, ReplyInput(name, TEXT, scope, "Estado de un envío", which))


def names(world: World, who: Operator) -> list[str]:
    return [one.name for one in world.see(rows.list_for, who)]


def table(world: World, who: Operator) -> str:
    called = {one.id: one.name for one in world.see(departments.list_names)}
    return write_table(world.see(rows.list_for, who), called)


def brings(world: World, who: Operator, given: str) -> Imported:
    return world.act(replies.bring_in, who, read_table(given))


# ── whose they are ───────────────────────────────────────────────────────────────────────────────────────────────


def test_one_uses_ones_own_those_of_ones_departments_and_everybodys(world: World) -> None:
    make(world, world.adela, "todos")
    make(world, world.adela, "ventas", department="Ventas")
    make(world, world.adela, "soporte", department="Soporte")
    make(world, world.ana, "mia", personal=True)
    assert names(world, world.ana) == ["todos", "ventas", "mia"]
    assert names(world, world.bruno) == ["todos", "ventas"]
    assert names(world, world.clara) == ["todos", "soporte"]
    assert names(world, world.adela) == ["todos", "ventas", "soporte"], "an admin keeps those of all departments"


CHANGES: dict[str, Callable[[World, Operator, Reply], object]] = {
    "words": lambda world, who, one: world.act(
        replies.change, who, one.id, ReplyInput(one.name, "Otra cosa", one.scope, None, one.department)
    ),
    "place": lambda world, who, one: world.act(replies.place, who, one.id, None),
    "removal": lambda world, who, one: world.act(replies.remove, who, one.id),
}


@pytest.mark.parametrize("how", CHANGES)
def test_replies_are_changed_by_those_whose_they_are_and_for_others_are_not_there(world: World, how: str) -> None:
    kinds: list[tuple[dict[str, object], list[Operator]]] = [
        ({"personal": True}, [world.ana]),
        ({"department": "Ventas"}, [world.adela, world.sara]),
        ({}, [world.adela]),
    ]
    everybody = [world.ana, world.bruno, world.clara, world.sara, world.adela]
    for number, (kind, allowed) in enumerate(kinds):
        for who in everybody:
            made = make(world, allowed[0], f"r{number}", **kind)  # type: ignore[arg-type]
            if who in allowed:
                CHANGES[how](world, who, made)
            else:
                before = world.contents()
                with pytest.raises(NotFound):
                    CHANGES[how](world, who, made)
                assert world.contents() == before
            seen = world.see(rows.find, who, made.id)
            assert seen is None or seen.changeable == (who in allowed), "nothing is offered that is refused"
            if world.see(rows.find, allowed[0], made.id):
                world.act(replies.remove, allowed[0], made.id)


def test_nobody_makes_a_reply_for_others_but_those_whose_it_is_to_say(world: World) -> None:
    for who, department in ((world.ana, None), (world.ana, "Ventas"), (world.sara, None)):
        with pytest.raises(NotFound):
            make(world, who, department=department)
    make(world, world.sara, "suya", department="Soporte")
    own = make(world, world.ana, "mia", personal=True)
    with pytest.raises(NotFound):
        world.act(replies.change, world.ana, own.id, ReplyInput("mia", TEXT, "all"))
    with pytest.raises(Invalid, match="missing"):
        world.act(replies.create, world.adela, ReplyInput("x", TEXT, "department"))
    with pytest.raises(Invalid, match="unknown"):
        world.act(replies.create, world.adela, ReplyInput("x", TEXT, "department", None, DepartmentId(99)))


def test_a_reply_of_ones_own_can_be_given_to_all_and_is_gone_for_nobody(world: World) -> None:
    made = make(world, world.adela, "mia", personal=True)
    world.act(replies.change, world.adela, made.id, ReplyInput("mia", TEXT, "all", version=made.version))
    assert names(world, world.clara) == ["mia"]


# ── what is told ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_those_who_may_use_it_hear_of_a_change_and_nobody_hears_of_anothers_own(world: World) -> None:
    since = world.mark
    make(world, world.ana, personal=True)
    assert world.recorder.heard(world.ana, since) == [RepliesChanged()]
    assert world.recorder.heard(world.bruno, since) == []
    make(world, world.adela)
    assert world.recorder.heard(world.bruno, since) == [RepliesChanged()]


def test_other_processes_notice_each_kind_of_change(world: World) -> None:
    looks = [world.see(versions).replies]
    made = make(world, world.adela, "uno")
    looks.append(world.see(versions).replies)
    CHANGES["words"](world, world.adela, made)
    looks.append(world.see(versions).replies)
    make(world, world.adela, "dos")
    looks.append(world.see(versions).replies)
    world.act(replies.place, world.adela, made.id, None)
    looks.append(world.see(versions).replies)
    assert len(set(looks)) == len(looks)


def test_the_log_says_that_what_others_send_was_changed_and_nothing_of_ones_own(world: World) -> None:
    made = make(world, world.adela)
    line = world.see(log.list_page).items[0]
    assert (line.kind, line.operator, line.about, line.about_id) == (
        Kind.REPLIES_CHANGED,
        world.adela.id,
        "reply",
        made.id,
    )
    assert line.detail == {"fields": ["created"]}
    make(world, world.ana, personal=True)
    assert world.see(log.list_page).items[0] == line


# ── what can stand in them ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("", TEXT, "empty"),
        ("dos palabras", TEXT, "one_word"),
        ("/envio", TEXT, "one_word"),
        ("envio\n", TEXT, "control"),
        ("e" * 61, TEXT, "too_long"),
        ("envio", " \n ", "empty"),
        ("envio", "a" * 4_001, "too_long"),
        ("envio", "nul \0", "nul"),
        ("envio", "Hola, {{customer.surname}}", "unknown_placeholder"),
        ("envio", "Hola, {{ }}", "unknown_placeholder"),
    ],
)
def test_a_reply_that_cannot_be_used_is_refused_with_the_reason(world: World, name: str, text: str, fault: str) -> None:
    before = world.contents()
    with pytest.raises(Invalid) as refused:
        world.act(replies.create, world.adela, ReplyInput(name, text, "all"))
    assert refused.value.fault == fault
    assert world.contents() == before


def test_the_page_fills_in_what_can_be_stored_and_nothing_else() -> None:
    known = Path(__file__).parents[2] / "ui" / "shared" / "placeholders.json"
    assert json.loads(known.read_text()) == list(get_args(domain.Placeholder))


def test_words_are_kept_as_they_were_written(world: World) -> None:
    text = "Hola 🌱\n\n- uno\n- dos {{ customer.name }} { no }"
    made = world.act(replies.create, world.adela, ReplyInput("envío-2.b", f"\n{text}  ", "all", "  Un   título "))
    assert (made.name, made.title, made.text) == ("envío-2.b", "Un título", text)


def test_a_name_is_there_once_for_each_who_has_it(world: World) -> None:
    make(world, world.adela)
    make(world, world.adela, department="Ventas")
    make(world, world.adela, department="Soporte")
    make(world, world.ana, personal=True)
    make(world, world.bruno, personal=True)
    again: list[Callable[[], Reply]] = [
        lambda: make(world, world.adela),
        lambda: make(world, world.sara, department="Ventas"),
        lambda: make(world, world.ana, personal=True),
    ]
    for one in again:
        with pytest.raises(Invalid, match="taken"):
            one()


def test_of_those_who_make_one_of_the_same_name_at_once_one_does(world: World) -> None:
    outcomes = at_once(4, lambda _: make(world, world.adela))
    assert sum(isinstance(one, Reply) for one in outcomes) == 1
    assert {one.fault for one in outcomes if isinstance(one, Invalid)} == {"taken"}


def test_whoever_has_not_seen_anothers_change_overwrites_nothing(world: World) -> None:
    made = make(world, world.adela)
    world.act(replies.change, world.adela, made.id, ReplyInput("envio", "Nuevo", "all", version=made.version))
    with pytest.raises(Outdated):
        world.act(replies.change, world.adela, made.id, ReplyInput("envio", "Viejo", "all", version=made.version))
    assert world.see(rows.list_for, world.ana)[0].text == "Nuevo"


def test_there_are_only_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "OWN_MAX", 2)
    make(world, world.ana, "una", personal=True)
    make(world, world.ana, "dos", personal=True)
    with pytest.raises(Invalid, match="too_many"):
        make(world, world.ana, "tres", personal=True)
    make(world, world.bruno, "una", personal=True)


# ── their order and their use ────────────────────────────────────────────────────────────────────────────────────


def test_they_stand_in_the_order_that_they_were_put_in(world: World) -> None:
    one, two, three = (make(world, world.adela, name) for name in ("uno", "dos", "tres"))
    world.act(replies.place, world.adela, three.id, one.id)
    assert names(world, world.ana) == ["tres", "uno", "dos"]
    world.act(replies.place, world.adela, one.id, None)
    assert names(world, world.ana) == ["tres", "dos", "uno"]
    world.act(replies.place, world.adela, one.id, two.id)
    assert names(world, world.ana) == ["tres", "uno", "dos"]
    other = make(world, world.adela, "aparte", department="Ventas")
    for before in (one.id, other.id, ReplyId(99)):
        with pytest.raises(Invalid, match="unknown"):
            world.act(replies.place, world.adela, one.id, before)


def test_a_use_is_counted_with_the_message_and_not_again_when_that_is_repeated(world: World) -> None:
    made, chat, sent = make(world, world.adela), world.waiting(world.lucia), new_client_id()
    for _ in range(2):
        world.act(conversations.answer, world.ana, chat.id, sent, "Hola, Lucía", Origin(made.id))
    assert world.see(rows.list_for, world.ana)[0].uses == 1
    theirs = make(world, world.bruno, "suya", personal=True)
    for which in (theirs.id, ReplyId(99)):
        world.act(conversations.answer, world.ana, chat.id, new_client_id(), "Hola otra vez", Origin(which))
    assert world.see(rows.list_for, world.bruno)[-1].uses == 0, "what is not one's own to use counts nothing"
    assert world.see(rows.list_for, world.bruno)[-1].version == theirs.version


def test_who_sends_the_same_reply_does_not_wait_for_the_other(world: World) -> None:
    made, through = make(world, world.adela), []

    def sends(who: Operator, chat: Chat) -> Callable[[Tx], None]:
        def send(tx: Tx) -> None:
            conversations.answer(tx, who, ConversationId(chat.id), new_client_id(), "Hola", Origin(made.id))
            through.append(who.name)

        return send

    other = world.attended(world.bruno, world.comes(world.shop, SHOP))
    first = sends(world.ana, world.attended(world.ana, world.lucia))
    came = overlapping(world, first, sends(world.bruno, other), lambda _: through.append("stored"))
    assert came == [None, None]
    at_once = ["Ana", "Bruno", "stored"] if world.database.kind == "postgresql" else ["Ana", "stored", "Bruno"]
    assert [one.split()[0] for one in through] == at_once
    assert world.see(rows.list_for, world.ana)[0].uses == 2


def test_a_use_of_a_reply_that_is_thrown_away_meanwhile_counts_nothing(world: World) -> None:
    made, chat = make(world, world.adela), world.attended(world.ana)
    came = overlapping(
        world,
        lambda tx: replies.remove(tx, world.adela, made.id),
        lambda tx: conversations.answer(
            tx, world.ana, ConversationId(chat.id), new_client_id(), "Hola", Origin(made.id)
        ),
    )
    assert not [one for one in came if isinstance(one, Exception)], came
    assert world.count("reply_uses") == 0


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_table_that_was_saved_is_taken_in_as_what_it_was(world: World) -> None:
    make(world, world.adela, "todos")
    make(world, world.adela, "ventas", department="Ventas")
    make(world, world.adela, "mia", personal=True)
    odd = '=1+1;"quoted",\n- a list\n\'- another'
    world.act(replies.create, world.adela, ReplyInput("formula", odd, "all"))
    saved = table(world, world.adela)
    assert "'=1+1" in saved, "a spreadsheet would otherwise count it"
    assert brings(world, world.adela, saved) == Imported(0, 0, 4, [])
    before = [(one.name, one.title, one.text, one.whose) for one in world.see(rows.list_for, world.adela)]
    for one in world.see(rows.list_for, world.adela):
        world.act(replies.remove, world.adela, one.id)
    assert brings(world, world.adela, saved) == Imported(4, 0, 0, [])
    after = [(one.name, one.title, one.text, one.whose) for one in world.see(rows.list_for, world.adela)]
    assert after == before


def test_what_is_there_gets_the_words_of_the_table(world: World) -> None:
    made = make(world, world.adela)
    given = "text;name;scope\nNuevo;envio;all\n\nOtro;otro;all\n"
    assert brings(world, world.adela, given) == Imported(1, 1, 0, [])
    found = world.see(rows.list_for, world.ana)
    assert [(one.name, one.text, one.title) for one in found] == [("envio", "Nuevo", None), ("otro", "Otro", None)]
    assert found[0].id == made.id


def test_where_a_line_is_wrong_nothing_is_stored_and_all_that_is_wrong_is_said(world: World) -> None:
    given = (
        "name,title,text,scope,department\n"
        "bien,,Hola,personal,\n"
        "dos palabras,,Hola,personal,\n"
        'largo,,"dos\nlíneas {{x}}",personal,\n'
        "bien,,Otra vez,personal,\n"
        "todos,,Hola,all,\n"
        "ventas,,Hola,department,Ventas\n"
        "nadie,,Hola,,Compras\n"
        "raro,,Hola,mine,\n"
    )
    before = world.contents()
    result = brings(world, world.ana, given)
    assert result.refused == [
        Refusal(3, "name", "one_word"),
        Refusal(4, "text", "unknown_placeholder", "x"),
        Refusal(6, "name", "twice"),
        Refusal(7, "scope", "not_yours"),
        Refusal(8, "scope", "not_yours"),
        Refusal(9, "department", "unknown"),
        Refusal(10, "scope", "unknown"),
    ]
    assert (result.created, world.contents()) == (0, before)


@pytest.mark.parametrize("given", ["", "name\nenvio\n", "\ufeffnombre,texto\nenvio,Hola\n"])
def test_a_table_that_does_not_name_its_columns_is_refused(world: World, given: str) -> None:
    with pytest.raises(Invalid, match="columns"):
        brings(world, world.adela, given)


def test_two_thousand_are_taken_in_at_once_and_read_in_order(world: World) -> None:
    given = "name,text,scope\n" + "".join(f"r{number:04},Texto {number},all\n" for number in range(2_000))
    assert brings(world, world.adela, given) == Imported(2_000, 0, 0, [])
    assert names(world, world.clara) == [f"r{number:04}" for number in range(2_000)]
    assert brings(world, world.adela, given.replace("Texto", "Otro")) == Imported(0, 2_000, 0, [])
    assert [one.text for one in world.see(rows.list_for, world.clara)] == [f"Otro {number}" for number in range(2_000)]
    assert len(domain.places_in(world.see(rows.list_for, world.clara)[0].text)) == 0


def test_many_are_thrown_away_at_once_and_what_is_gone_already_is_no_mistake(world: World) -> None:
    made = [make(world, world.adela, f"r{number}", department="Ventas" if number % 2 else None) for number in range(4)]
    mine = make(world, world.ana, "mia", personal=True)
    ids = [one.id for one in made[:3]]
    world.act(replies.remove_all, world.adela, [*ids, mine.id])
    assert names(world, world.ana) == ["r3", "mia"]
    lines = [line.detail for line in world.see(log.list_page).items[:2]]
    assert lines == [{"fields": ["removed_some"]}] * 2
    before = world.contents()
    world.act(replies.remove_all, world.adela, ids)
    assert world.contents() == before


def test_of_many_none_is_thrown_away_where_one_of_them_is_not_ones_own_to_change(world: World) -> None:
    own, everybody_s = make(world, world.ana, "mia", personal=True), make(world, world.adela)
    before = world.contents()
    with pytest.raises(NotFound):
        world.act(replies.remove_all, world.ana, [own.id, everybody_s.id])
    assert world.contents() == before


def test_two_thousand_are_thrown_away_in_a_few_goes(world: World) -> None:
    given = "name,text,scope\n" + "".join(f"r{number:04},Texto {number},all\n" for number in range(2_000))
    brings(world, world.adela, given)
    ids = [one.id for one in world.see(rows.list_for, world.adela)]
    for at in range(0, 2_000, 200):
        world.act(replies.remove_all, world.adela, ids[at : at + 200])
    assert names(world, world.adela) == []
