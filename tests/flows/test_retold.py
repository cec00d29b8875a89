"""At another process the same happens: events made from the rows leave every page as the first process's events do."""

import pytest
from sqlalchemy import select

from recado.actions import conversations, queue
from recado.db import changes, signs, tables
from recado.domain.events import ConversationTaken, MessagePosted, NoticesChanged, ThreadRead
from recado.domain.ids import OperatorId, ThreadId
from recado.workers.retelling import retell
from tests.flows.watching import SCENARIOS, Everybody
from tests.world import Told, World, heard_by

OF_NOTICES = {"own choices", "not to be disturbed", "a conversation that is not to be heard of"}
NOT_OF_A_THREAD = OF_NOTICES | {
    "a draft",
    "a look",
    "choices by an admin",
    "an operator who changes departments",
    "an operator who is away",
    "an operator who is called otherwise",
}
"""What is told by other words than those of threads."""


def versions(world: World) -> dict[ThreadId, int]:
    which = select(tables.threads.c.id, tables.threads.c.version)
    return {ThreadId(row[0]): row[1] for row in world.see(lambda conn: conn.execute(which).all())}


def retold(world: World, before: dict[ThreadId, int]) -> list[Told]:
    """What another process, which knew all up to `before`, tells its pages."""
    found = []
    for thread, version in versions(world).items():
        after = before.get(thread, 0)
        if version > after:
            change = world.see(changes.find, thread, after)
            assert change is not None
            found += [heard_by(event, (audience,), world.members()) for event, audience in retell(change)]
    return found


@pytest.mark.parametrize("name", sorted(set(SCENARIOS) - NOT_OF_A_THREAD))
def test_pages_of_another_process_show_what_they_would_show_if_opened_now(world: World, name: str) -> None:
    scenario = SCENARIOS[name]
    chat = scenario.before(world)
    pages, before = Everybody(world), versions(world)
    scenario.do(world, chat)
    told = retold(world, before)
    assert told
    pages.hear_instead(told)
    pages.check()
    assert pages.gaps == 0


@pytest.mark.parametrize("name", sorted(OF_NOTICES))
def test_there_too_ones_own_pages_show_what_notifies_one(world: World, name: str) -> None:
    scenario = SCENARIOS[name]
    chat = scenario.before(world)
    pages, since = Everybody(world), world.mark
    scenario.do(world, chat)
    heard = [one for one in world.recorder.told[since:] if isinstance(one.event, NoticesChanged)]
    assert [one.operators for one in heard] == [{world.ana.id}]
    signed = [sign for one in heard for who in one.operators for sign in world.see(signs.own_notices, OperatorId(who))]
    pages.hear_instead([heard_by(event, (audience,), world.members()) for event, audience in signed])
    pages.check()


def test_where_there_is_more_than_is_read_pages_miss_a_version_and_who_lost_it_is_told(world: World) -> None:
    chat = world.attended(world.ana)
    world.act(conversations.read, world.ana, chat.id, 1)
    before = versions(world)
    world.act(queue.transfer, world.ana, chat.id, world.department("Ventas"), world.bruno.id)
    for number in range(changes.ENTRIES_MAX + 20):
        world.writes(world.lucia, f"line {number}")
    told, (known,), (newest,) = retold(world, before), before.values(), versions(world).values()
    heard = [one.event.conversation.version for one in told if isinstance(one.event, MessagePosted)]
    assert heard == list(range(newest - len(heard) + 1, newest + 1))
    assert known + 1 < heard[0]
    assert not [one for one in told if isinstance(one.event, ThreadRead)]
    assert [type(one.event) for one in told if one.reaches(world.ana)] == [ConversationTaken]


def test_every_story_left_out_is_one(world: World) -> None:
    assert set(SCENARIOS) >= NOT_OF_A_THREAD
