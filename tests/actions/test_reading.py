"""Read marks: each reader's own, never backwards, and shown to the other side only where it means attention."""

from collections.abc import Callable

import pytest

from recado.actions import conversations, look_ins, notes, queue
from recado.db import conversations as rows
from recado.db.marks import list_marks
from recado.domain.conversations import WidgetConversation
from recado.domain.errors import NotFound, Taken
from recado.domain.events import ThreadRead
from recado.domain.ids import PublicId
from recado.domain.outward_events import WidgetThreadRead
from recado.domain.threads import Mark
from tests.flows.pages import widget_of
from tests.world import Chat, Person, World, new_client_id


def marks(world: World, chat: Chat, reader: Person) -> list[Mark]:
    """A reader's marks in a conversation: one or none."""
    listed = world.see(list_marks, world.see(rows.get, chat.id).thread_id)
    return [mark for mark in listed if mark.reader == reader.author]


def outward(world: World, chat: Chat) -> WidgetConversation:
    return world.see(rows.get, chat.id).widget()


def paused(world: World) -> Chat:
    chat = world.attended(world.ana)
    world.act(queue.pause, world.ana, chat.id)
    return chat


def test_the_owner_s_reading_is_shown_to_the_customer(world: World) -> None:
    chat = world.attended(world.ana)
    world.writes(world.lucia, "And in 39?")
    since = world.mark
    world.act(conversations.read, world.ana, chat.id, 4)
    (event,) = world.heard(world.lucia, since)
    assert event == WidgetThreadRead(outward(world, chat))
    assert event.conversation.operator_read == 3
    (own,) = world.heard(world.ana, since)
    assert own == ThreadRead(chat.id, world.see(rows.get, chat.id).row().version, marks(world, chat, world.ana)[0])
    assert (own.mark.seq, own.mark.inbound_count) == (4, 2)


HIDDEN: dict[str, Callable[[World, Chat], object]] = {
    "a note": lambda world, chat: world.act(notes.add, world.ana, chat.id, new_client_id(), "He lies."),
    "a pause": lambda world, chat: world.act(queue.pause, world.ana, chat.id),
    "the end of a pause": lambda world, chat: world.act(queue.resume, world.ana, chat.id),
    "a look-in": lambda world, chat: world.act(look_ins.look_in, world.sara, chat.id),
    "the end of a look-in": lambda world, chat: world.act(look_ins.look_away, world.sara, chat.id),
}


def test_what_is_not_for_the_customer_leaves_no_trace_with_them_and_neither_does_its_being_read(world: World) -> None:
    world.rules(look_in=True)
    chat = world.attended(world.ana)
    asked, since = widget_of(world, world.lucia, chat.public_id), world.mark
    world.act(conversations.read, world.ana, chat.id, 3)
    assert [type(one) for one in world.heard(world.lucia, since)] == [WidgetThreadRead]
    before, since = widget_of(world, world.lucia, chat.public_id), world.mark
    assert before["conversation"]["version"] == asked["conversation"]["version"] + 1
    for name, happens in HIDDEN.items():
        happens(world, chat)
        now = world.see(rows.get, chat.id).row()
        world.act(conversations.read, world.ana, chat.id, now.seq)
        assert marks(world, chat, world.ana)[0].seq == now.seq, name
        assert world.see(rows.get, chat.id).row().version == now.version + 1, name
        assert world.heard(world.lucia, since) == [], name
        assert widget_of(world, world.lucia, chat.public_id) == before, name
    world.writes(world.lucia, "And in 39?")
    since = world.mark
    world.act(conversations.read, world.ana, chat.id, 2**62)
    assert [type(one) for one in world.heard(world.lucia, since)] == [WidgetThreadRead]


def test_a_looker_s_is_told_to_their_own_pages_alone(world: World) -> None:
    chat = world.waiting()
    before, since = world.see(rows.get, chat.id), world.mark
    world.act(conversations.read, world.bruno, chat.id, 1)
    (own,) = world.heard(world.bruno, since)
    assert (own.version, own.mark.inbound_count) == (None, 1)
    assert len(world.recorder.told) == since + 1
    assert world.see(rows.get, chat.id) == before


def test_the_customer_s_is_told_to_whoever_reads_the_conversation(world: World) -> None:
    chat = world.attended(world.ana)
    since = world.mark
    world.act(conversations.read_by_visitor, world.lucia, chat.public_id, 2)
    (event,) = world.heard(world.ana, since)
    assert isinstance(event, ThreadRead)
    assert (event.mark.reader, event.mark.seq) == (world.lucia.author, 3)
    assert outward(world, chat).visitor_read == 2
    assert [type(one) for one in world.heard(world.lucia, since)] == [WidgetThreadRead]
    for other in (world.bruno, world.sara, world.clara, world.adela, world.julian):
        assert world.heard(other, since) == []


def test_a_mark_never_goes_back_and_repeating_it_is_nothing(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(conversations.read, world.ana, chat.id, 3)
    world.act(conversations.read_by_visitor, world.lucia, chat.public_id, 2)
    before, since = world.contents(), world.mark
    for seq in (0, 1, 2, 3):
        world.act(conversations.read, world.ana, chat.id, seq)
    for public_seq in (0, 1, 2):
        world.act(conversations.read_by_visitor, world.lucia, chat.public_id, public_seq)
    assert world.contents() == before
    assert world.recorder.told[since:] == []


def test_beyond_the_end_is_the_end(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(conversations.read, world.ana, chat.id, 2**62)
    world.act(conversations.read_by_visitor, world.lucia, chat.public_id, 2**62)
    assert marks(world, chat, world.ana)[0].seq == 3
    assert outward(world, chat).visitor_read == 2
    assert outward(world, chat).operator_read == 2


def test_unread_is_what_came_after_the_mark(world: World) -> None:
    chat = world.attended(world.ana)
    for number in range(5):
        world.writes(world.lucia, f"line {number}")
    world.act(conversations.read, world.ana, chat.id, 5)
    (mark,) = marks(world, chat, world.ana)
    assert world.see(rows.get, chat.id).row().inbound_count - mark.inbound_count == 3


@pytest.mark.parametrize("begins", [World.closed, paused], ids=["closed", "paused"])
def test_one_message_that_brings_it_back_is_one_unread(world: World, begins: Callable[[World], Chat]) -> None:
    chat = begins(world)
    seen = world.see(rows.get, chat.id).row()
    world.act(conversations.read, world.ana, chat.id, seen.seq)
    world.writes(world.lucia, "One thing more.")
    assert world.see(rows.get, chat.id).row().inbound_count == seen.inbound_count + 1
    # The line about it comes before the message; who has read so far has one more to read.
    world.act(conversations.read, world.ana, chat.id, seen.seq + 1)
    assert marks(world, chat, world.ana)[0].inbound_count == seen.inbound_count


def test_reading_is_refused_where_seeing_is(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(conversations.read, world.ana, chat.id, 1)
    before = world.contents()
    with pytest.raises(Taken):
        world.act(conversations.read, world.bruno, chat.id, 1)
    for stranger in (world.clara, world.adela):
        with pytest.raises(NotFound):
            world.act(conversations.read, stranger, chat.id, 1)
    for other in (world.julian, world.tomas):
        with pytest.raises(NotFound):
            world.act(conversations.read_by_visitor, other, chat.public_id, 1)
        with pytest.raises(NotFound):
            world.act(conversations.read_by_visitor, other, PublicId("none-of-this-name"), 1)
    assert world.contents() == before


def test_what_one_reads_before_the_claim_counts_once_one_owns_it(world: World) -> None:
    chat = world.waiting()
    world.act(conversations.read, world.bruno, chat.id, 1)
    assert outward(world, chat).operator_read == 0
    world.answers(world.ana, chat.id, "Good morning.")
    assert outward(world, chat).operator_read == 0
