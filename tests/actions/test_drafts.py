"""Drafts: one's own words, kept for oneself alone."""

import msgspec
import pytest

from recado.actions import conversations, drafts, notes
from recado.db import drafts as rows
from recado.domain.conversations import Draft
from recado.domain.errors import Invalid, NotFound
from recado.domain.replies import Origin
from tests.world import World, at_once, canary, holds, new_client_id


def bodies(world: World, *names: str) -> list[list[str]]:
    """The drafts of each of these people."""
    return [[draft.body for draft in world.see(rows.list_for, getattr(world, name))] for name in names]


def test_a_draft_is_its_writer_s_alone(world: World) -> None:
    chat, word = world.waiting(), canary()
    world.act(drafts.save, world.ana, chat.id, "answer", word)
    assert bodies(world, "ana", "bruno", "sara", "adela") == [[word], [], [], []]
    assert world.see(rows.find, world.bruno, chat.id, "answer") is None
    assert not holds([told.event for told in world.recorder.told], word)


def test_there_is_one_for_each_conversation_and_the_last_words_stand(world: World) -> None:
    first, second = world.waiting(world.lucia), world.waiting(world.julian)
    for body in ("Good", "Good morning"):
        world.act(drafts.save, world.ana, first.id, "answer", body)
    world.act(drafts.save, world.ana, second.id, "answer", "Hello")
    assert bodies(world, "ana") == [["Hello", "Good morning"]]


def test_many_savings_at_once_leave_one(world: World) -> None:
    chat = world.waiting()
    outcomes = at_once(8, lambda number: world.act(drafts.save, world.ana, chat.id, "answer", f"words {number}"))
    assert outcomes == [None] * 8
    assert len(bodies(world, "ana")[0]) == 1


@pytest.mark.parametrize("nothing", ["", "  \n"])
def test_an_empty_one_is_thrown_away(world: World, nothing: str) -> None:
    chat = world.waiting()
    world.act(drafts.save, world.ana, chat.id, "answer", "Good")
    world.act(drafts.save, world.ana, chat.id, "answer", nothing)
    assert bodies(world, "ana") == [[]]


@pytest.mark.parametrize("mode", ["answer", "note"])
def test_sending_takes_only_what_was_sent_and_another_page_s_words_stay(world: World, mode: str) -> None:
    send = conversations.answer if mode == "answer" else notes.add
    chat = world.attended(world.ana)
    for draft, left in (("Good morning\n", []), ("Your order leaves at twelve", ["Your order leaves at twelve"])):
        world.act(drafts.save, world.ana, chat.id, mode, draft)
        world.act(send, world.ana, chat.id, new_client_id(), "Good morning")
        assert bodies(world, "ana") == [left]


def test_what_goes_with_its_placeholders_filled_in_takes_along_what_it_was_written_as(world: World) -> None:
    chat = world.attended(world.ana)
    written = "Hola {{customer.first_name}}"
    for draft, left in (("Hola {{customer.fi", []), ("From another page", ["From another page"])):
        world.act(drafts.save, world.ana, chat.id, "answer", draft)
        world.act(conversations.answer, world.ana, chat.id, new_client_id(), "Hola Eva", Origin(written=written))
        assert bodies(world, "ana") == [left]


def test_what_was_sent_is_thrown_away_only_where_nothing_else_lies_there(world: World) -> None:
    chat = world.waiting()
    world.act(drafts.save, world.ana, chat.id, "answer", "From another page")
    world.act(drafts.save, world.ana, chat.id, "answer", "", over="Good morn")
    assert bodies(world, "ana") == [["From another page"]]
    world.act(drafts.save, world.ana, chat.id, "answer", "Good ")
    world.act(drafts.save, world.ana, chat.id, "answer", "", over="Good morn")
    assert bodies(world, "ana") == [[]]


def test_who_loses_the_conversation_keeps_their_words_and_may_still_save_them(world: World) -> None:
    chat = world.waiting()
    world.act(drafts.save, world.bruno, chat.id, "answer", "Hello, how")
    world.answers(world.ana, chat.id, "Good morning.")
    world.act(drafts.save, world.bruno, chat.id, "answer", "Hello, how are you")
    assert bodies(world, "bruno") == [["Hello, how are you"]]


def test_and_is_told_of_which_conversation_they_were_and_nothing_else_of_it(world: World) -> None:
    chat = world.waiting()
    world.act(drafts.save, world.bruno, chat.id, "answer", "Hello, how")

    def told() -> Draft:
        (draft,) = world.see(rows.list_for, world.bruno)
        return draft

    before = told()
    assert (before.conversation, before.written_in) == (chat.id, chat.id)
    world.answers(world.ana, chat.id, "Good morning.")
    assert told() == msgspec.structs.replace(before, conversation=None)


def test_and_throws_them_away_by_their_own_number(world: World) -> None:
    chat = world.waiting()
    world.act(drafts.save, world.bruno, chat.id, "answer", "Hello, how")
    world.answers(world.ana, chat.id, "Good morning.")
    (draft,) = world.see(rows.list_for, world.bruno)
    with pytest.raises(NotFound):
        world.act(drafts.remove, world.ana, draft.id)
    world.act(drafts.remove, world.bruno, draft.id)
    assert bodies(world, "bruno") == [[]]
    with pytest.raises(NotFound):
        world.act(drafts.remove, world.bruno, draft.id)


def test_nothing_is_kept_for_what_one_cannot_know_of(world: World) -> None:
    chat, closed = world.waiting(), world.closed(world.ana, world.julian)
    for operator, which in ((world.clara, chat.id), (world.adela, chat.id), (world.bruno, closed.id)):
        with pytest.raises(NotFound):
            world.act(drafts.save, operator, which, "answer", canary())
    assert world.count("drafts") == 0


@pytest.mark.parametrize("body", ["a\0b", "a\ud800b", "a" * (64 * 1024 + 1)])
def test_what_could_not_be_sent_is_not_kept_as_a_draft(world: World, body: str) -> None:
    chat = world.waiting()
    with pytest.raises(Invalid) as refused:
        world.act(drafts.save, world.ana, chat.id, "answer", body)
    assert refused.value.field == "body"
