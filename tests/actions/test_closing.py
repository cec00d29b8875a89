"""An owner ends a conversation, and nobody else does."""

import pytest

from recado.actions import queue
from recado.domain.errors import Closed, NotFound, Taken
from recado.domain.events import ConversationClosed, WidgetConversationClosed
from tests.actions.test_conversations import entries, row
from tests.world import World, at_once


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
    assert sum(not isinstance(one, Exception) for one in outcomes) == 1
    assert all(isinstance(one, Closed) for one in outcomes if isinstance(one, Exception)), outcomes
    assert sum(entry.activity is not None and entry.activity.kind == "closed" for entry in entries(world, chat)) == 1


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
