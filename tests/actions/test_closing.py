"""An owner ends a conversation, and nobody else does."""

from collections.abc import Callable

import pytest

from recado.actions import blocks, conversations, departments, notes, queue
from recado.db.database import Tx
from recado.domain.errors import Closed, NotFound, Taken, Unread
from recado.domain.events import ConversationClosed
from recado.domain.outward_events import WidgetConversationClosed
from tests.actions.test_conversations import entries, row
from tests.world import World, at_once, new_client_id, overlapping

AWAY: dict[str, Callable[..., object]] = {"pause": queue.pause, "close": queue.close}
"""The two ways to put a conversation out of sight."""


def test_its_owner_closes_it_and_stays_written_in_it(world: World) -> None:
    chat = world.attended(world.ana)
    since = world.mark
    sent = world.act(queue.close, world.ana, chat.id)
    assert sent.conversation == row(world, chat)
    assert sent.conversation is not None
    assert (sent.conversation.status, sent.conversation.operator) == ("closed", world.ana.id)
    assert entries(world, chat)[-1] == sent.entry
    assert world.heard(world.ana, since) == [ConversationClosed(sent.conversation, [sent.entry])]
    (shown,) = world.heard(world.lucia, since)
    assert isinstance(shown, WidgetConversationClosed)
    assert (shown.conversation.status, shown.entries) == ("closed", [])
    for other in (world.bruno, world.sara, world.clara, world.adela, world.julian):
        assert world.heard(other, since) == []


def test_it_closes_once(world: World) -> None:
    chat = world.attended(world.ana)
    outcomes = at_once(5, lambda _: world.act(queue.close, world.ana, chat.id))
    assert [getattr(one, "entry", one) for one in outcomes] == [entries(world, chat)[-1]] * 5
    assert sum(entry.activity is not None and entry.activity.kind == "closed" for entry in entries(world, chat)) == 1


def test_who_closes_again_after_a_lost_answer_hears_how_it_was_closed(world: World) -> None:
    reason = world.act(departments.create_reason, world.adela, "Resuelta").id
    chat = world.attended(world.ana)
    first = world.act(queue.close, world.ana, chat.id, reason)
    world.act(notes.add, world.ana, chat.id, new_client_id(), "Called them.")
    before, since = world.contents(), world.mark
    again = world.act(queue.close, world.ana, chat.id, reason, inbound_count=0)
    assert (again.entry, again.conversation) == (first.entry, row(world, chat))
    for other, note in ((None, None), (reason, "One thing more.")):
        with pytest.raises(Closed):
            world.act(queue.close, world.ana, chat.id, other, note, new_client_id())
    assert (world.contents(), world.recorder.told[since:]) == (before, [])


def test_who_was_not_the_one_that_closed_it_hears_that_it_is_closed(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(blocks.block, world.ana, chat.id)
    with pytest.raises(Closed):
        world.act(queue.close, world.ana, chat.id)


def test_nobody_else_closes_it(world: World) -> None:
    chat, waiting = world.attended(world.ana), world.waiting(world.julian)
    before = world.contents()
    for colleague in (world.bruno, world.sara):
        with pytest.raises(Taken):
            world.act(queue.close, colleague, chat.id)
    for stranger in (world.clara, world.adela):
        with pytest.raises(NotFound):
            world.act(queue.close, stranger, chat.id)
    with pytest.raises(NotFound):
        world.act(queue.close, world.ana, waiting.id)
    assert world.contents() == before


@pytest.mark.parametrize("away", AWAY.values(), ids=AWAY)
def test_nobody_puts_away_what_its_customer_has_written_meanwhile(world: World, away: Callable[..., object]) -> None:
    chat = world.attended(world.ana)
    seen = row(world, chat).inbound_count
    world.writes(world.lucia, "One thing more.")
    before = world.contents()
    with pytest.raises(Unread):
        world.act(away, world.ana, chat.id, inbound_count=seen)
    assert world.contents() == before
    world.act(away, world.ana, chat.id, inbound_count=seen + 1)
    assert row(world, chat).status in {"paused", "closed"}


@pytest.mark.parametrize("first", ["the words", "the operator"])
@pytest.mark.parametrize("away", AWAY.values(), ids=AWAY)
def test_words_that_come_in_that_moment_never_lie_unseen(world: World, away: Callable[..., object], first: str) -> None:
    chat = world.attended(world.ana)
    lucia, ana, seen = world.lucia, world.ana, row(world, chat).inbound_count

    def write(tx: Tx) -> object:
        return conversations.receive(tx, lucia, chat.public_id, new_client_id(), "One thing more.")

    def put_away(tx: Tx) -> object:
        return away(tx, ana, chat.id, inbound_count=seen)

    if first == "the words":
        outcomes = overlapping(world, write, put_away)
        assert isinstance(outcomes[1], Unread)
    else:
        outcomes = overlapping(world, put_away, write)
    assert row(world, chat).status in {"attending", "waiting"}, outcomes
    assert row(world, chat).inbound_count == seen + 1
