"""Since when a customer waits for an answer: every row says it, whoever attends, until somebody has answered."""

from typing import Any

from recado.actions import entries, notes, queue
from recado.domain.actors import Operator
from recado.domain.events import ConversationClaimed, MessagePosted
from tests.actions.test_conversations import row
from tests.world import Chat, World, new_client_id


def due(world: World, chat: Chat) -> int | None:
    return row(world, chat).answer_due_since


def heard(world: World, me: Operator, kind: type[Any], since: int = 0) -> list[int | None]:
    """What the rows in those of an operator's events say of it."""
    return [event.conversation.answer_due_since for event in world.heard(me, since) if isinstance(event, kind)]


def test_a_customer_waits_since_their_first_word_after_the_last_answer_however_often_they_write(world: World) -> None:
    chat = world.attended(world.ana)
    assert due(world, chat) is None
    wrote = world.writes(world.lucia, "Still there?").entry.at
    world.clock.pass_s(60)
    world.writes(world.lucia, "Hello?")
    assert due(world, chat) == wrote
    world.answers(world.ana, chat.id, "Yes.")
    assert due(world, chat) is None


def test_neither_a_note_nor_a_claim_answers_anybody(world: World) -> None:
    chat = world.waiting(world.lucia)
    asked = row(world, chat).last_at
    world.clock.pass_s(60)
    world.act(queue.claim, world.ana, chat.id)
    world.act(notes.add, world.ana, chat.id, new_client_id(), "Who knows this?", [])
    world.clock.pass_s(60)
    world.act(queue.pause, world.ana, chat.id)
    world.act(queue.resume, world.ana, chat.id)
    assert due(world, chat) == asked


def test_whoever_is_handed_a_conversation_sees_since_when_its_customer_waits(world: World) -> None:
    chat = world.attended(world.ana, world.lucia)
    wrote = world.writes(world.lucia, "Still there?").entry.at
    world.clock.pass_s(60)
    world.act(queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id)
    assert heard(world, world.bruno, ConversationClaimed) == [wrote]


def test_every_event_says_it_as_the_row_does(world: World) -> None:
    chat = world.attended(world.ana, world.lucia)
    since = world.mark
    wrote = [world.writes(world.lucia, text).entry.at for text in ("Still there?", "Hello?")]
    world.answers(world.ana, chat.id, "Yes.")
    assert heard(world, world.ana, MessagePosted, since) == [wrote[0], wrote[0], None]


def test_who_comes_back_to_a_closed_conversation_begins_to_wait_anew(world: World) -> None:
    chat = world.attended(world.ana, world.lucia)
    world.writes(world.lucia, "Thank you, that is all.")
    world.act(queue.close, world.ana, chat.id)
    world.clock.pass_s(3 * 24 * 3600)
    again = world.writes(world.lucia, "One more thing").entry.at
    world.act(queue.claim, world.ana, chat.id)
    assert due(world, chat) == again
    world.clock.pass_s(60)
    world.act(queue.release, world.ana, chat.id)
    assert row(world, chat).waiting_since == again


def test_a_conversation_closed_by_mistake_waits_as_long_as_before(world: World) -> None:
    chat = world.attended(world.ana, world.lucia)
    wrote = world.writes(world.lucia, "Still there?").entry.at
    world.act(queue.close, world.ana, chat.id)
    world.act(queue.reopen, world.ana, chat.id)
    assert due(world, chat) == wrote


def test_where_their_answer_from_before_is_deleted_they_wait_since_they_came_back(world: World) -> None:
    chat = world.attended(world.ana, world.lucia)
    answered = row(world, chat).seq
    world.writes(world.lucia, "Thank you, that is all.")
    world.act(queue.close, world.ana, chat.id)
    world.clock.pass_s(60)
    again = world.writes(world.lucia, "One more thing").entry.at
    world.clock.pass_s(60)
    world.writes(world.lucia, "Hello?")
    world.act(queue.claim, world.ana, chat.id)
    world.act(entries.delete, world.ana, chat.id, answered)
    assert due(world, chat) == again
