"""Notes are for whoever reads the conversation, and for no customer; whoever is named reads it."""

import pytest

from recado.actions import drafts, notes, queue
from recado.db import drafts as draft_rows
from recado.db.conversations import get, list_for_visitor
from recado.db.public import list_before
from recado.domain.actors import Operator
from recado.domain.conversations import Sent
from recado.domain.errors import ClientIdReused, Invalid, NotFound, Taken
from recado.domain.events import MessagePosted
from recado.domain.ids import ConversationId
from tests.actions.test_conversations import entries, row
from tests.world import World, canary, holds, new_client_id


def adds(world: World, who: Operator, which: ConversationId, body: str, mentions: list[int] | None = None) -> Sent:
    sent = world.act(notes.add, who, which, new_client_id(), body, mentions or []).sent
    assert isinstance(sent, Sent)
    return sent


def test_a_note_claims_nothing_and_is_heard_by_who_reads(world: World) -> None:
    chat, word = world.waiting(), canary()
    since = world.mark
    sent = adds(world, world.bruno, chat.id, word)
    assert (row(world, chat).status, sent.entry.kind) == ("waiting", "note")
    for reader in (world.ana, world.bruno, world.sara):
        (told,) = world.heard(reader, since)
        assert isinstance(told, MessagePosted)
        assert holds(told, word)
    for other in (world.clara, world.adela, world.lucia, world.julian):
        assert world.heard(other, since) == []


def test_a_customer_can_neither_read_nor_count_one(world: World) -> None:
    chat = world.attended(world.ana)
    thread = world.see(get, chat.id).thread_id
    before = (world.see(list_for_visitor, world.lucia, 10)[0].widget(), world.see(list_before, thread, None, 100))
    excerpt, since = row(world, chat).excerpt, world.mark
    word = canary()
    adds(world, world.ana, chat.id, word)
    after = (world.see(list_for_visitor, world.lucia, 10)[0].widget(), world.see(list_before, thread, None, 100))
    assert after == before
    assert row(world, chat).excerpt == excerpt
    assert world.heard(world.lucia, since) == []
    assert holds(entries(world, chat), word)


def test_whoever_does_not_read_it_adds_none(world: World) -> None:
    chat = world.attended(world.ana)
    before = world.contents()
    for colleague in (world.bruno, world.sara):
        with pytest.raises(Taken):
            adds(world, colleague, chat.id, "Hm")
    for stranger in (world.clara, world.adela):
        with pytest.raises(NotFound):
            adds(world, stranger, chat.id, "Hm")
    assert world.contents() == before


def test_mentioned_is_only_who_reads_it(world: World) -> None:
    chat = world.waiting()
    sent = adds(world, world.ana, chat.id, "@Bruno?", [world.bruno.id, world.bruno.id])
    assert sent.entry.mentions == [world.bruno.id]
    assert entries(world, chat)[-1].mentions == [world.bruno.id]
    for stranger in (world.clara.id, world.adela.id, 10_000):
        with pytest.raises(Invalid):
            adds(world, world.ana, chat.id, "@Clara?", [stranger])
    world.answers(world.ana, chat.id, "Hi")
    with pytest.raises(Invalid):
        adds(world, world.ana, chat.id, "@Bruno?", [world.bruno.id])


def test_the_same_id_is_the_same_note_and_no_answer(world: World) -> None:
    chat, mine = world.attended(world.ana), new_client_id()
    first = world.act(notes.add, world.ana, chat.id, mine, "Careful")
    again = world.act(notes.add, world.ana, chat.id, mine, "Careful")
    assert (first.repeated, again.repeated) == (False, True)
    for body, mentions in (("Other", []), ("Careful", [world.ana.id])):
        with pytest.raises(ClientIdReused):
            world.act(notes.add, world.ana, chat.id, mine, body, mentions)
    with pytest.raises(ClientIdReused):
        world.answers(world.ana, chat.id, "Careful", mine)
    assert sum(entry.kind == "note" for entry in entries(world, chat)) == 1


def test_answer_and_note_have_drafts_of_their_own(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(drafts.save, world.ana, chat.id, "answer", "Dear")
    world.act(drafts.save, world.ana, chat.id, "note", "Hm")
    adds(world, world.ana, chat.id, "Hm, no")
    (kept,) = world.see(draft_rows.list_of, world.ana, chat.id)
    assert (kept.mode, kept.body) == ("answer", "Dear")


def test_whoever_loses_it_keeps_both_drafts_without_the_conversation(world: World) -> None:
    chat = world.waiting()
    for mode in ("answer", "note"):
        world.act(drafts.save, world.bruno, chat.id, mode, f"my {mode}")
    world.act(queue.claim, world.ana, chat.id)
    kept = world.see(draft_rows.list_for, world.bruno)
    assert {(one.conversation, one.body) for one in kept} == {(None, "my answer"), (None, "my note")}
