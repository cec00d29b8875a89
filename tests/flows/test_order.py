"""What many do at once is told once each, and in the order in which it was stored.

Where several threads commit, two events of one conversation may pass each other between COMMIT and telling. A page
then sees a gap and fetches; the one writer never lets it come to that.
"""

import asyncio

from recado.actions import conversations
from recado.domain.events import ConversationClaimed, ConversationTaken, MessagePosted
from tests.world import World, new_client_id

GUARD_S = 60.0


async def test_events_of_one_conversation_come_once_each_and_by_rising_versions(world: World) -> None:
    desk, since = world.desk, world.mark
    chats = [world.waiting(visitor) for visitor in (world.lucia, world.julian)]

    async def write(number: int) -> None:
        chat, visitor = chats[number % 2], (world.lucia, world.julian)[number % 2]
        await desk.act(conversations.receive, visitor, chat.public_id, new_client_id(), f"line {number}")

    async def answer(number: int) -> None:
        await desk.act(conversations.answer, world.ana, chats[number % 2].id, new_client_id(), "Good morning.")

    async with asyncio.timeout(GUARD_S):
        for _ in range(4):
            await asyncio.gather(*(write(number) for number in range(40)), *(answer(number) for number in range(6)))
    for chat in chats:
        told = [one.event for one in world.recorder.told[since:]]
        versions = [
            event.conversation.version
            for event in told
            if isinstance(event, MessagePosted | ConversationClaimed) and event.conversation.id == chat.id
        ]
        first = min(versions)
        assert sorted(versions) == list(range(first, first + 4 * 23))
        if desk.database.kind == "sqlite":
            assert versions == sorted(versions)
    assert sum(isinstance(one.event, ConversationTaken) for one in world.recorder.told[since:]) == 2
