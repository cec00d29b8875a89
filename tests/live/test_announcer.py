"""What other processes have stored is told here, whatever one thread holds."""

import pytest
from sqlalchemy import text

from recado.domain.events import ConversationClaimed
from recado.domain.ids import ThreadId
from recado.workers.announcer import Announcer
from tests.world import Chat, World


def thread_of(world: World, chat: Chat) -> ThreadId:
    which = text("SELECT thread_id FROM conversations WHERE id = :id")
    return ThreadId(world.see(lambda conn: conn.execute(which, {"id": chat.id}).scalar_one()))


async def test_a_thread_that_cannot_be_read_keeps_no_other_from_being_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange, plain = world.attended(world.ana, world.lucia), world.attended(world.ana, world.julian)
    later = text("UPDATE messages SET activity = :line WHERE thread_id = :thread AND kind = 'activity'")
    line = '{"kind": "of_a_later_release", "operator": 1}'
    thread = thread_of(world, strange)
    world.database.write_blocking(lambda tx: tx.conn.execute(later, {"line": line, "thread": thread}))
    announcer, told = Announcer(world.desk), []
    monkeypatch.setattr(world.desk.hub, "tell", lambda event, *_: told.append(event))
    for which in (thread, thread_of(world, plain)):
        announcer._note(which, 2)
    await announcer._tell_some()
    assert {event.conversation.id for event in told if isinstance(event, ConversationClaimed)} == {plain.id}
    assert announcer._due == {}
