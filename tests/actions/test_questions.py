"""What an inbox asks of its own before the first message, and where the answers lead."""

from typing import Any

import msgspec
import pytest

from recado.actions import conversations
from recado.actions.customers import Asked
from recado.db import lists
from recado.db.conversation_rows import Conversation
from recado.db.conversations import get
from recado.domain.chats import ANSWER_MAX, FIELDS_MAX, LABEL_MAX, Answer, ChatSettings, ChatTexts, Field
from recado.domain.errors import Invalid
from tests.world import World, new_client_id

ORDER = Field("order", {"es": "Número de pedido", "en": "Order number"}, required=True)
TOPIC = Field("topic", {"en": "Topic"}, "choice", ["Delivery", "Returns"])


def asking(world: World, *fields: Field, **more: Any) -> None:
    world.asks(chat=ChatSettings(fields=list(fields), **more))


def opens(
    world: World, fields: dict[str, str], department: str | None = None, shown: dict[str, str] | None = None
) -> Conversation:
    asked = Asked(fields, department, {f"fields.{key}": words for key, words in (shown or {}).items()})
    sent = world.act(conversations.open_or_receive, world.lucia, new_client_id(), "Hello", None, None, asked).sent
    return world.see(get, world.number_of(sent.conversation.id))  # type: ignore[arg-type, union-attr]


def test_answers_are_kept_with_the_words_of_their_question(world: World) -> None:
    asking(world, ORDER, TOPIC)
    chat = opens(world, {"order": "  A 17 ", "topic": "Returns", "never_asked": "x"})
    asking(world)
    assert world.see(lists.visitor_facts, chat.id).answers == [
        Answer("Número de pedido", "A 17"),
        Answer("Topic", "Returns"),
    ]


def test_an_answer_to_a_question_that_has_gone_is_kept_with_the_words_that_were_shown(world: World) -> None:
    asking(world, TOPIC)
    given = {"topic": "Returns", "order": " A\n17 "}
    chat = opens(world, given, shown={"topic": "Topic", "order": "Order number"})
    assert world.see(lists.visitor_facts, chat.id).answers == [
        Answer("Topic", "Returns"),
        Answer("Order number", "A 17", former=True),
    ]


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("Order number", Answer("Número de pedido", "A 17")),
        ("Número de pedido", Answer("Número de pedido", "A 17")),
        ("Which lamp?", Answer("Which lamp?", "A 17", former=True)),
    ],
)
def test_an_answer_to_a_question_in_other_words_is_kept_with_those(world: World, shown: str, kept: Answer) -> None:
    asking(world, ORDER)
    chat = opens(world, {"order": "A 17"}, shown={"order": shown})
    assert world.see(lists.visitor_facts, chat.id).answers == [kept]


def test_an_option_that_has_gone_is_kept_where_it_may_be_left_out_and_asked_again_where_not(world: World) -> None:
    shown = {"topic": "Topic"}
    asking(world, msgspec.structs.replace(TOPIC, required=True))
    with pytest.raises(Invalid) as refused:
        opens(world, {"topic": "Lamps"}, shown=shown)
    assert (refused.value.field, refused.value.fault) == ("fields.topic", "not_a_choice")
    asking(world, TOPIC)
    chat = opens(world, {"topic": "Lamps"}, shown=shown)
    assert world.see(lists.visitor_facts, chat.id).answers == [Answer("Topic", "Lamps", former=True)]


def test_no_more_than_can_be_asked_is_kept_of_what_is_asked_no_more(world: World) -> None:
    many = {f"key{number}": "x" * 1_000 for number in range(50)}
    chat = opens(world, many, shown=many | {"key0": " \n"})
    answers = world.see(lists.visitor_facts, chat.id).answers
    assert len(answers) == FIELDS_MAX
    assert {(len(one.name), len(one.value)) for one in answers} == {(LABEL_MAX, ANSWER_MAX)}


@pytest.mark.parametrize(
    ("given", "field", "fault"),
    [
        ({}, "fields.order", "empty"),
        ({"order": " "}, "fields.order", "empty"),
        ({"order": "a\nb"}, "fields.order", "control"),
        ({"order": "a" * 301}, "fields.order", "too_long"),
        ({"order": "1", "topic": "Else"}, "fields.topic", "not_a_choice"),
    ],
)
def test_what_is_missing_or_no_answer_is_refused_by_its_field(
    world: World, given: dict[str, str], field: str, fault: str
) -> None:
    asking(world, ORDER, TOPIC)
    with pytest.raises(Invalid) as refused:
        opens(world, given)
    assert (refused.value.field, refused.value.fault) == (field, fault)
    assert world.count("conversations") == 0


def test_a_visitor_chooses_among_the_departments_that_are_offered(world: World) -> None:
    asking(world, departments=[world.department("Ventas"), world.department("Soporte")])
    since = world.mark
    chat = opens(world, {}, "Soporte")
    assert chat.department.name == "Soporte"
    assert world.heard(world.clara, since)
    assert world.heard(world.ana, since) == []


def test_where_no_choice_is_left_the_inbox_s_own_department_answers(world: World) -> None:
    for offered in ([], [world.department("Soporte")]):
        asking(world, departments=offered)
        assert opens(world, {}, "Soporte").department.name == "Ventas"


def test_a_department_that_is_not_offered_is_refused(world: World) -> None:
    asking(world, departments=[world.department("Ventas"), world.department("Soporte")])
    with pytest.raises(Invalid) as refused:
        opens(world, {}, "Almacén")
    assert (refused.value.field, refused.value.fault) == ("department", "not_a_choice")


def test_settings_that_a_page_does_not_send_stay(world: World) -> None:
    asking(world, ORDER, corner="left", texts={"es": ChatTexts(greeting="¿Qué tal?")})
    world.asks(name="Tienda")
    chat = world.inbox(world.shop).chat
    assert (chat.corner, chat.fields, chat.texts["es"].greeting) == ("left", [ORDER], "¿Qué tal?")


@pytest.mark.parametrize(
    ("chat", "field", "fault"),
    [
        (ChatSettings(fields=[ORDER, ORDER]), "chat.fields", "taken"),
        (ChatSettings(fields=[Field("Order", {"es": "x"})]), "chat.fields", "key"),
        (ChatSettings(fields=[Field("order", {})]), "chat.fields", "empty"),
        (ChatSettings(fields=[Field("order", {"es": " "})]), "chat.fields", "empty"),
        (ChatSettings(fields=[Field("order", {"es": "x"}, "choice")]), "chat.fields", "options"),
        (ChatSettings(fields=[Field("order", {"es": "x"}, "text", ["y"])]), "chat.fields", "options"),
        (ChatSettings(fields=[Field("order", {"es": "x" * 121})]), "chat.fields", "too_long"),
        (ChatSettings(texts={"es": ChatTexts(away="a" * 501)}), "chat.texts", "too_long"),
        (ChatSettings(departments=[10_000]), "chat.departments", "unknown"),
        (ChatSettings(departments=[-(10**30)]), "chat.departments", "unknown"),
    ],
)
def test_settings_that_cannot_be_are_refused(world: World, chat: ChatSettings, field: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.asks(chat=chat)
    assert (refused.value.field, refused.value.fault) == (field, fault)


@pytest.mark.parametrize(("asked_when_away", "kept"), [(True, "lucia@mail.example"), (False, None)])
def test_an_address_given_while_nobody_is_there_is_kept_where_the_inbox_asks_for_it_then(
    world: World, *, asked_when_away: bool, kept: str | None
) -> None:
    world.asks(ask_email="no", ask_name="no", chat=ChatSettings(ask_when_away=asked_when_away))
    address = "lucia@mail.example"
    sent = world.act(conversations.open_or_receive, world.lucia, new_client_id(), "Hello", None, address).sent
    chat = world.see(get, world.number_of(sent.conversation.id))  # type: ignore[arg-type, union-attr]
    assert chat.row().customer.email == kept
