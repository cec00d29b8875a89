"""A customer writes: what opens, what is appended, what is the same message, and who is told."""

import pytest

from recado.actions import conversations, notes, queue
from recado.db import conversations as rows
from recado.db.entry_pages import list_before
from recado.domain.conversations import ConversationRow, WidgetSent
from recado.domain.errors import ClientIdReused, Closed, Invalid, NotFound
from recado.domain.events import ConversationOpened, MessagePosted
from recado.domain.ids import PublicId
from recado.domain.outward_events import WidgetMessagePosted
from recado.domain.threads import BODY_MAX_BYTES, Entry
from tests.world import Chat, World, at_once, canary, holds, new_client_id


def entries(world: World, chat: Chat) -> list[Entry]:
    """All that a conversation holds, straight from the store."""
    thread = world.see(rows.get, chat.id).thread_id
    return world.see(list_before, thread, None, 1000)[0]


def row(world: World, chat: Chat) -> ConversationRow:
    return world.see(rows.get, chat.id).row()


def sends(world: World, chat: Chat, body: str, client_id: str, *, author: str = "lucia") -> WidgetSent:
    result = world.act(conversations.receive, getattr(world, author), chat.public_id, client_id, body)
    assert isinstance(result.sent, WidgetSent)
    return result.sent


# ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_first_message_opens_a_conversation_into_waiting(world: World) -> None:
    chat = world.waiting(world.lucia, "Do you have boots in 38?")
    found = row(world, chat)
    assert (found.status, found.department.name, found.operator) == ("waiting", "Ventas", None)
    assert (found.excerpt, found.excerpt_by, found.inbound_count, found.seq) == (
        "Do you have boots in 38?",
        "visitor",
        1,
        1,
    )
    assert found.waiting_since is not None


def test_the_list_says_whose_the_newest_public_words_are_whoever_has_the_conversation(world: World) -> None:
    chat = world.attended(world.bruno)
    world.act(queue.release, world.bruno, chat.id)
    assert (row(world, chat).former, row(world, chat).excerpt_author) == (world.bruno.id, world.bruno.id)
    world.answers(world.ana, chat.id, "I have it here.")
    world.act(notes.add, world.ana, chat.id, new_client_id(), "He is in a hurry")
    found = row(world, chat)
    assert (found.former, found.excerpt_by, found.excerpt_author) == (world.bruno.id, "operator", world.ana.id)
    sends(world, chat, "Thanks", new_client_id())
    assert (row(world, chat).excerpt_by, row(world, chat).excerpt_author) == ("visitor", None)


def test_its_department_and_its_visitor_hear_of_it_and_nobody_else(world: World) -> None:
    since, word = world.mark, canary()
    world.waiting(world.lucia, word)
    for operator in (world.ana, world.bruno, world.sara):
        (event,) = world.heard(operator, since)
        assert isinstance(event, ConversationOpened)
        assert holds(event, word)
    (shown,) = world.heard(world.lucia, since)
    assert isinstance(shown, WidgetMessagePosted)
    assert holds(shown, word)
    for other in (world.clara, world.adela, world.julian, world.tomas):
        assert world.heard(other, since) == []


def test_who_has_one_open_writes_into_that_one(world: World) -> None:
    chat = world.waiting(world.lucia)
    again = world.writes(world.lucia, "Are you there?")
    assert again.conversation.id == chat.public_id
    assert [entry.body for entry in entries(world, chat)] == ["Hello?", "Are you there?"]


def test_long_after_the_end_a_new_one_opens(world: World) -> None:
    old = world.closed()
    world.later()
    new = world.waiting(world.lucia, "One more thing")
    assert new.id != old.id
    assert row(world, old).status == "closed"


def test_two_first_messages_at_once_open_one_conversation(world: World) -> None:
    sent = at_once(8, lambda number: world.writes(world.lucia, f"line {number}"))
    addresses = {one.conversation.id for one in sent if isinstance(one, WidgetSent)}
    assert len(addresses) == 1, sent
    assert world.count("conversations") == 1
    assert world.count("messages") == 8


# ── appending ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_into_an_attended_conversation_reaches_its_owner_and_no_colleague(world: World) -> None:
    chat, word = world.attended(world.ana), canary()
    since = world.mark
    sends(world, chat, word, new_client_id())
    (event,) = world.heard(world.ana, since)
    assert isinstance(event, MessagePosted)
    assert holds(event, word)
    for other in (world.bruno, world.sara, world.clara, world.adela, world.julian, world.tomas):
        assert world.heard(other, since) == []


def test_the_next_message_keeps_the_time_since_which_it_waits(world: World) -> None:
    chat = world.waiting()
    before = row(world, chat).waiting_since
    world.clock.pass_s(60)
    world.writes(world.lucia, "Still here")
    assert row(world, chat).waiting_since == before


def test_one_that_closed_long_ago_takes_nothing_more(world: World) -> None:
    chat, word = world.closed(), canary()
    world.later()
    since = world.mark
    with pytest.raises(Closed):
        sends(world, chat, word, new_client_id())
    assert not holds(world.contents(), word)
    assert world.recorder.told[since:] == []


@pytest.mark.parametrize("other", ["julian", "tomas"])
def test_a_foreign_conversation_is_as_good_as_none(world: World, other: str) -> None:
    chat, word = world.attended(), canary()
    sends(world, chat, "the right visitor can", new_client_id())
    since = world.mark
    with pytest.raises(NotFound):
        sends(world, chat, word, new_client_id(), author=other)
    with pytest.raises(NotFound):
        sends(world, chat._replace(public_id=PublicId(chat.public_id[::-1])), word, new_client_id(), author=other)
    assert not holds(world.contents(), word)
    assert world.recorder.told[since:] == []


# ── the same message, for ever ───────────────────────────────────────────────────────────────────────────────────


def test_the_same_client_id_is_the_same_message(world: World) -> None:
    chat, mine = world.waiting(), new_client_id()
    first = sends(world, chat, "once", mine)
    since = world.mark
    again = [sends(world, chat, "once", mine) for _ in range(10)]
    assert [one.entry for one in again] == [first.entry] * 10
    assert [entry.body for entry in entries(world, chat)] == ["Hello?", "once"]
    assert world.recorder.told[since:] == []


def test_in_any_spelling_of_the_id(world: World) -> None:
    chat, mine = world.waiting(), new_client_id()
    first = sends(world, chat, "once", mine)
    assert sends(world, chat, "once", mine.upper()).entry == first.entry
    assert sends(world, chat, "once", f"{{{mine}}}").entry == first.entry


def test_ten_of_them_at_once_are_one_message(world: World) -> None:
    chat, mine = world.waiting(), new_client_id()
    sent = at_once(10, lambda _: sends(world, chat, "once", mine))
    assert {one.entry.seq for one in sent if isinstance(one, WidgetSent)} == {2}, sent
    assert all(isinstance(one, WidgetSent) for one in sent), sent
    assert [entry.body for entry in entries(world, chat)] == ["Hello?", "once"]


def test_ten_openings_at_once_with_one_id_are_one_message(world: World) -> None:
    mine = new_client_id()
    sent = at_once(10, lambda _: world.writes(world.lucia, "once", mine))
    assert all(isinstance(one, WidgetSent) for one in sent), sent
    assert world.count("messages") == 1


def test_a_repeated_opening_finds_its_conversation_even_when_that_has_closed(world: World) -> None:
    mine = new_client_id()
    first = world.writes(world.lucia, "once", mine)
    number = world.number_of(first.conversation.id)
    world.answers(world.ana, number, "Yes?")
    world.act(queue.close, world.ana, number)
    again = world.writes(world.lucia, "once", mine)
    assert again.entry == first.entry
    assert again.conversation.id == first.conversation.id
    assert world.count("conversations") == 1


def test_a_repeated_message_is_known_even_when_its_conversation_has_closed(world: World) -> None:
    chat, mine = world.attended(), new_client_id()
    first = sends(world, chat, "once", mine)
    world.act(queue.close, world.ana, chat.id)
    assert sends(world, chat, "once", mine).entry == first.entry
    assert world.writes(world.lucia, "once", mine).entry == first.entry


def test_a_repeated_message_is_known_in_whichever_conversation_it_comes_back(world: World) -> None:
    first = world.attended()
    sent = new_client_id()
    world.act(conversations.receive, world.lucia, first.public_id, sent, "Once")
    world.act(queue.close, world.ana, first.id)
    world.later()
    second = world.waiting(world.lucia)
    again = world.act(conversations.receive, world.lucia, second.public_id, sent, "Once")
    assert again.repeated
    assert isinstance(again.sent, WidgetSent)
    assert again.sent.conversation.id == first.public_id
    with pytest.raises(ClientIdReused):
        world.act(conversations.receive, world.lucia, second.public_id, sent, "Twice")


def test_what_a_closed_conversation_refused_opens_a_new_one_under_the_same_id(world: World) -> None:
    chat, mine = world.closed(), new_client_id()
    world.later()
    with pytest.raises(Closed):
        sends(world, chat, "too late", mine)
    opened = world.writes(world.lucia, "too late", mine)
    assert opened.conversation.id != chat.public_id


def test_another_author_s_same_id_is_another_message(world: World) -> None:
    chat, shared = world.attended(world.ana), new_client_id()
    sends(world, chat, "from the visitor", shared)
    world.answers(world.ana, chat.id, "from the operator", shared)
    other = world.waiting(world.julian)
    sends(world, other, "from another visitor", shared, author="julian")
    assert [entry.body for entry in entries(world, chat)][-2:] == ["from the visitor", "from the operator"]
    assert entries(world, other)[-1].body == "from another visitor"


def test_the_same_id_with_other_content_is_refused_and_the_first_stays(world: World) -> None:
    chat, mine, word = world.waiting(), new_client_id(), canary()
    first = sends(world, chat, "once", mine)
    with pytest.raises(ClientIdReused):
        sends(world, chat, word, mine)
    with pytest.raises(ClientIdReused):
        world.writes(world.lucia, word, mine)
    assert sends(world, chat, "once", mine).entry == first.entry
    assert not holds(world.contents(), word)


# ── what is text ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("\u200e\u200f\u200b", "empty"),
        ("a\0b", "nul"),
        ("a\ud800b", "surrogate"),
        ("a" * (BODY_MAX_BYTES + 1), "too_long"),
        ("ñ" * (BODY_MAX_BYTES // 2) + "a", "too_long"),
    ],
)
def test_what_is_no_message_is_refused_by_its_field(world: World, body: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.writes(world.lucia, body)
    assert (refused.value.field, refused.value.fault) == ("body", fault)
    assert world.count("messages") == 0


@pytest.mark.parametrize(
    "body", ["a" * BODY_MAX_BYTES, "ñ" * (BODY_MAX_BYTES // 2), "😀" * 10_000, " \n \u202e ﷽ \x01 '; --"]
)
def test_any_other_text_is_kept_as_it_was_sent(world: World, body: str) -> None:
    sent = world.writes(world.lucia, body)
    assert sent.entry.body == body
    assert entries(world, Chat(world.number_of(sent.conversation.id), sent.conversation.id))[0].body == body


def test_a_client_id_is_a_uuid(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        world.writes(world.lucia, "Hello", "not-a-uuid")
    assert refused.value.field == "client_id"
