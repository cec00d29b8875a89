"""What becomes of an entry once it is sent: quoted, edited, deleted, taken back; by whom, how long, and who sees it."""

import msgspec
import pytest

from recado.actions import conversations, entries, notes, queue
from recado.db import attachments, entry_pages, public
from recado.db import entries as rows
from recado.db.conversations import find_for_operator, find_for_visitor
from recado.domain.conversations import ConversationRow, Sent, WidgetConversation
from recado.domain.errors import ClientIdReused, Gone, Invalid, Late, NotFound, Outdated, Seen, Taken
from recado.domain.events import MessageChanged
from recado.domain.outward import WidgetEntry
from recado.domain.outward_events import WidgetMessageChanged
from recado.domain.threads import Entry, EntryVersion
from tests.flows.watching import quoted
from tests.sending import has_sent
from tests.world import Chat, World, canary, holds, new_client_id

ANSWER = 3
"""The number of the answer in a conversation that the world has attended: a message, the line, the answer."""


def thread(world: World, chat: Chat) -> list[Entry]:
    """All entries as an operator reads them."""
    found = world.see(find_for_operator, world.ana, chat.id)
    assert found is not None
    return world.see(entry_pages.list_before, found.thread_id, None, 50)[0]


def row(world: World, chat: Chat) -> ConversationRow:
    found = world.see(find_for_operator, world.ana, chat.id)
    assert found is not None
    return found.row()


def outside(world: World, chat: Chat) -> tuple[WidgetConversation, list[WidgetEntry]]:
    """The conversation as its customer has it."""
    found = world.see(find_for_visitor, world.lucia, chat.public_id)
    assert found is not None
    return found.widget(), world.see(public.list_before, found.thread_id, None, 50)[0]


def versions(world: World, chat: Chat, seq: int) -> list[EntryVersion]:
    found = world.see(find_for_operator, world.ana, chat.id)
    assert found is not None
    return world.see(rows.list_versions, found.thread_id, seq)


def first_answer_at(world: World, chat: Chat) -> int | None:
    found = world.see(find_for_operator, world.ana, chat.id)
    assert found is not None
    return found.first_answer_at


def answered_first(world: World, chat: Chat, answer: Entry) -> bool:
    """Whether the first answer is this one: of its moment, which its number in the thread may make a little later."""
    return (first_answer_at(world, chat) or 0) // 1000 == answer.at // 1000


def noted(world: World, chat: Chat, body: str = "Careful", quotes: int | None = None) -> Entry:
    sent = world.act(notes.add, world.ana, chat.id, new_client_id(), body, quotes=quotes).sent
    assert isinstance(sent, Sent)
    return sent.entry


def answered(world: World, chat: Chat, body: str = "Yes.", quotes: int | None = None) -> Entry:
    sent = world.act(conversations.answer, world.ana, chat.id, new_client_id(), body, quotes=quotes).sent
    assert isinstance(sent, Sent)
    return sent.entry


# ── quoting ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_quotation_goes_to_both_sides_each_in_its_own_numbers(world: World) -> None:
    chat = world.attended()
    noted(world, chat)
    mine = answered(world, chat, "As I said.", quotes=ANSWER)
    assert mine.quote is not None
    assert (mine.quote.seq, mine.quote.text, mine.quote.author) == (ANSWER, "Good morning.", world.ana.author)
    assert thread(world, chat)[-1] == mine
    (told,) = [event.entries[0] for event in world.heard(world.lucia)[-1:]]
    quote = outside(world, chat)[1][-1].quote
    assert quote is not None
    assert (quote.seq, quote.text, quote.author.name) == (2, "Good morning.", "Ana")
    assert told == outside(world, chat)[1][-1]


def test_a_customer_who_is_quoted_is_quoted_as_themselves(world: World) -> None:
    chat = world.waiting()
    answered(world, chat, quotes=1)
    quote = outside(world, chat)[1][-1].quote
    assert quote is not None
    assert (quote.seq, quote.author.kind, quote.author.name, quote.text) == (1, "visitor", None, "Hello?")


def test_no_note_is_quoted_to_the_customer_but_in_a_note_it_is(world: World) -> None:
    chat = world.attended()
    note = noted(world, chat, secret := canary())
    about = noted(world, chat, "About that", quotes=note.seq)
    assert about.quote is not None
    assert about.quote.text == secret
    mark = world.mark
    with pytest.raises(Invalid, match="private"):
        answered(world, chat, quotes=note.seq)
    assert world.mark == mark
    assert not holds(msgspec.json.encode([world.heard(world.lucia), outside(world, chat)]), secret)


@pytest.mark.parametrize("quotes", [2, 99])
def test_lines_and_what_is_not_there_are_not_quoted(world: World, quotes: int) -> None:
    with pytest.raises(Invalid, match="unknown"):
        answered(world, world.attended(), quotes=quotes)


def test_the_same_words_about_something_else_are_another_message(world: World) -> None:
    chat, key = world.attended(), new_client_id()
    first = world.act(conversations.answer, world.ana, chat.id, key, "Yes.", quotes=1)
    assert world.act(conversations.answer, world.ana, chat.id, key, "Yes.", quotes=1) == first._replace(repeated=True)
    with pytest.raises(ClientIdReused):
        world.act(conversations.answer, world.ana, chat.id, key, "Yes.", quotes=3)


# ── editing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_shows_on_both_sides_at_once_and_keeps_what_was_said_for_the_desk(world: World) -> None:
    chat = world.waiting()
    answered(world, chat, before := canary())
    mark, version = world.mark, row(world, chat).version
    sent = world.act(entries.edit, world.ana, chat.id, ANSWER, "Better.", 0)
    assert (sent.entry.body, sent.entry.edits, sent.entry.rev) == ("Better.", 1, version + 1)
    assert row(world, chat).excerpt == "Better."
    (inside,) = world.heard(world.ana, mark)
    (told,) = world.heard(world.lucia, mark)
    assert inside == MessageChanged(row(world, chat), [sent.entry])
    conversation, shown = outside(world, chat)
    assert told == WidgetMessageChanged(conversation, shown[-1:])
    assert (shown[-1].body, shown[-1].edited, shown[-1].seq) == ("Better.", True, 2)
    assert [one.body for one in versions(world, chat, ANSWER)] == [before]
    assert not holds(msgspec.json.encode([told, shown]), before)


def test_what_quotes_it_follows(world: World) -> None:
    chat = quoted(world)
    mark = world.mark
    world.act(entries.edit, world.ana, chat.id, ANSWER, "Better.", 0)
    assert [one.quote.text for one in thread(world, chat)[3:] if one.quote] == ["Better.", "Better."]
    assert [entry.seq for entry in world.heard(world.ana, mark)[0].entries] == [ANSWER, 4, 5]
    assert [entry.seq for entry in world.heard(world.lucia, mark)[0].entries] == [2, 3]
    world.act(entries.delete, world.ana, chat.id, ANSWER)
    quotes = [one.quote for one in thread(world, chat)[3:] if one.quote]
    assert [(one.text, one.gone) for one in quotes] == [("", "deleted")] * 2
    with pytest.raises(Invalid, match="gone"):
        noted(world, chat, quotes=ANSWER)


def test_an_edit_of_a_note_stays_inside(world: World) -> None:
    chat = world.noted()
    before, mark = outside(world, chat), world.mark
    world.act(entries.edit, world.ana, chat.id, 4, "Never mind", 0)
    assert world.heard(world.lucia, mark) == []
    assert outside(world, chat) == before
    assert row(world, chat).excerpt == "Good morning."


def test_asked_twice_it_is_one_edit_and_after_another_one_it_is_refused(world: World) -> None:
    chat = world.attended()
    first = world.act(entries.edit, world.ana, chat.id, ANSWER, "Better.", 0)
    mark = world.mark
    assert world.act(entries.edit, world.ana, chat.id, ANSWER, "Better.", 0) == first
    assert world.mark == mark
    with pytest.raises(Outdated):
        world.act(entries.edit, world.ana, chat.id, ANSWER, "Worse.", 0)
    world.act(entries.delete, world.ana, chat.id, ANSWER)
    with pytest.raises(Gone):
        world.act(entries.edit, world.ana, chat.id, ANSWER, "Worse.", 1)


def test_nobody_edits_what_is_not_their_own_nor_where_they_no_longer_read(world: World) -> None:
    chat = world.attended()
    for seq in (1, 2, 99):
        with pytest.raises(NotFound):
            world.act(entries.edit, world.ana, chat.id, seq, "Mine", 0)
    with pytest.raises(Taken):
        world.act(entries.edit, world.bruno, chat.id, ANSWER, "Mine", 0)
    world.act(queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id)
    with pytest.raises(NotFound):
        world.act(entries.delete, world.bruno, chat.id, ANSWER)
    with pytest.raises(Taken):
        world.act(entries.undo, world.ana, chat.id, ANSWER)


def test_after_the_time_that_the_department_gives_it_is_too_late(world: World) -> None:
    world.rules(edit_minutes=2)
    chat = world.attended()
    world.clock.pass_s(119)
    world.act(entries.edit, world.ana, chat.id, ANSWER, "Better.", 0)
    world.clock.pass_s(10)
    with pytest.raises(Late):
        world.act(entries.edit, world.ana, chat.id, ANSWER, "Best.", 1)
    with pytest.raises(Late):
        world.act(entries.delete, world.ana, chat.id, ANSWER)


def test_an_edited_note_names_only_who_reads_it(world: World) -> None:
    chat = world.noted()
    with pytest.raises(Invalid, match="unknown"):
        world.act(entries.edit, world.ana, chat.id, 4, "@Bruno", 0, [world.bruno.id])
    with pytest.raises(Invalid, match="not_here"):
        world.act(entries.edit, world.ana, chat.id, ANSWER, "@Ana", 0, [world.ana.id])


# ── deleting, and taking back ────────────────────────────────────────────────────────────────────────────────────


def test_what_is_deleted_leaves_its_number_and_nothing_of_its_words(world: World) -> None:
    chat = world.attended()
    answered(world, chat, word := canary())
    mark = world.mark
    sent = world.act(entries.delete, world.ana, chat.id, 4)
    assert (sent.entry.gone, sent.entry.body, sent.entry.seq) == ("deleted", "", 4)
    assert row(world, chat).excerpt == "Good morning."
    told = [world.heard(world.ana, mark), world.heard(world.lucia, mark), outside(world, chat), thread(world, chat)]
    assert not holds(msgspec.json.encode(told), word)
    assert [one.gone for one in outside(world, chat)[1]] == [None, None, "deleted"]
    assert [one.body for one in versions(world, chat, 4)] == [word]
    mark = world.mark
    assert world.act(entries.delete, world.ana, chat.id, 4) == sent
    assert world.mark == mark


@pytest.mark.parametrize(("name", "line"), [("price.png", "📎 price.png"), ("voice.webm", "🎤 0:12")])
def test_its_files_are_nobody_s_any_more(world: World, name: str, line: str) -> None:
    chat = world.attended()
    file = has_sent(world, world.ana, chat, name)
    world.act(conversations.answer, world.ana, chat.id, new_client_id(), "", files=[file])
    quote = noted(world, chat, "Wrong", quotes=4).quote
    assert quote is not None
    assert quote.text == line
    assert world.see(attachments.get_for_visitor, world.lucia, file)
    sent = world.act(entries.delete, world.ana, chat.id, 4)
    assert sent.entry.attachments == []
    for finder, who in ((attachments.get_for_visitor, world.lucia), (attachments.get_for_operator, world.ana)):
        with pytest.raises(NotFound):
            world.see(finder, who, file)  # type: ignore[arg-type]


def test_an_answer_is_taken_back_while_its_customer_has_not_seen_it(world: World) -> None:
    chat = world.attended()
    waited = thread(world, chat)[0].at
    assert row(world, chat).answer_due_since is None
    assert row(world, chat).excerpt_author == world.ana.id
    sent = world.act(entries.undo, world.ana, chat.id, ANSWER)
    assert sent.entry.gone == "undone"
    assert (row(world, chat).excerpt, row(world, chat).excerpt_by) == ("Hello?", "visitor")
    assert row(world, chat).excerpt_author is None
    assert row(world, chat).answer_due_since == waited, "they wait for an answer again"
    assert world.act(entries.undo, world.ana, chat.id, ANSWER) == sent
    assert versions(world, chat, ANSWER) == [], "what was taken back is shown to nobody"


def test_what_is_taken_back_was_no_answer_and_whoever_has_claimed_by_it_keeps_the_conversation(world: World) -> None:
    chat = world.waiting()
    assert first_answer_at(world, chat) is None
    wrong = answered(world, chat, "To somebody else")
    assert answered_first(world, chat, wrong)
    world.act(entries.undo, world.ana, chat.id, ANSWER)
    assert first_answer_at(world, chat) is None
    assert (row(world, chat).status, row(world, chat).operator) == ("attending", world.ana.id)
    world.clock.pass_s(60)
    answer = answered(world, chat, "To you")
    assert answered_first(world, chat, answer)
    more = answered(world, chat, "And more")
    assert answered_first(world, chat, answer)
    world.act(entries.delete, world.ana, chat.id, answer.seq)
    assert answered_first(world, chat, more)


def test_what_has_been_seen_is_not_taken_back(world: World) -> None:
    chat = world.attended()
    world.act(conversations.read_by_visitor, world.lucia, chat.public_id, 2)
    with pytest.raises(Seen):
        world.act(entries.undo, world.ana, chat.id, ANSWER)
    answered(world, chat, "One more")
    world.act(entries.undo, world.ana, chat.id, 4)


def test_a_note_is_taken_back_until_a_colleague_has_seen_it(world: World) -> None:
    chat = world.waiting()
    for seen in (False, True):
        note = noted(world, chat)
        world.act(conversations.read, world.ana, chat.id, note.seq)
        if seen:
            world.act(conversations.read, world.bruno, chat.id, note.seq)
            with pytest.raises(Seen):
                world.act(entries.undo, world.ana, chat.id, note.seq)
        else:
            world.act(entries.undo, world.ana, chat.id, note.seq)


@pytest.mark.parametrize(("within", "passed", "late"), [(10, 12, False), (10, 16, True), (0, 0, True)])
def test_it_is_taken_back_for_as_long_as_the_department_says(
    world: World, within: int, passed: int, *, late: bool
) -> None:
    world.rules(undo_s=within)
    chat = world.attended()
    world.clock.pass_s(passed)
    if not late:
        world.act(entries.undo, world.ana, chat.id, ANSWER)
        return
    with pytest.raises(Late):
        world.act(entries.undo, world.ana, chat.id, ANSWER)
