"""A thread read in both directions, around an entry and around a moment, as its numbers and times say."""

import pytest

from recado.db import conversations, entry_pages
from recado.db.entry_pages import Place
from recado.domain.conversations import EntryPage
from recado.domain.threads import Thread
from tests.world import Chat, World

COUNT = 23
MINUTE = 60_000_000


@pytest.fixture
def chat(world: World) -> Chat:
    """A conversation of 23 entries, a minute apart."""
    chat = world.waiting(world.lucia, "line 1")
    for number in range(2, COUNT + 1):
        world.clock.pass_s(60)
        world.writes(world.lucia, f"line {number}")
    return chat


def thread_of(world: World, chat: Chat) -> Thread:
    return world.see(conversations.get, chat.id).counters.thread


def read(world: World, chat: Chat, limit: int = 6, **place: int) -> EntryPage:
    return world.see(entry_pages.read, thread_of(world, chat), Place(**place), limit)


def numbers(page: EntryPage) -> list[int]:
    return [entry.seq for entry in page.entries]


def test_pages_fit_together_in_both_directions(world: World, chat: Chat) -> None:
    down: list[int] = []
    page = read(world, chat, before=COUNT + 1)
    assert not page.newer
    while page.more:
        down = numbers(page) + down
        page = read(world, chat, before=page.entries[0].seq)
        assert page.newer
    assert numbers(page) + down == list(range(1, COUNT + 1))
    up, newer = [1], True
    while newer:
        page = read(world, chat, after=up[-1])
        up, newer = up + numbers(page), page.newer
    assert up == list(range(1, COUNT + 1))


def test_an_entry_stands_in_the_middle_of_its_page(world: World, chat: Chat) -> None:
    page = read(world, chat, around=10)
    assert (numbers(page), page.anchor, page.more, page.newer) == ([7, 8, 9, 10, 11, 12], 10, True, True)
    first = read(world, chat, around=1)
    assert (numbers(first), first.anchor, first.more, first.newer) == ([1, 2, 3, 4, 5, 6], 1, False, True)
    beyond = read(world, chat, around=COUNT + 100)
    assert (numbers(beyond), beyond.anchor, beyond.newer) == ([20, 21, 22, 23], COUNT, False)


def test_a_moment_is_the_first_entry_at_or_after_it(world: World, chat: Chat) -> None:
    times = [entry.at for entry in read(world, chat, limit=COUNT, around=1).entries]
    for seq, at in enumerate(times, start=1):
        assert read(world, chat, at=at).anchor == seq
        assert read(world, chat, at=at - 1).anchor == seq
        assert read(world, chat, at=at + 1).anchor == min(seq + 1, COUNT)
    assert read(world, chat, at=1).anchor == 1
    assert read(world, chat, at=times[-1] + 90 * MINUTE).anchor == COUNT


def test_a_moment_is_found_also_where_numbers_are_missing(world: World, chat: Chat) -> None:
    times = [entry.at for entry in read(world, chat, limit=COUNT, around=1).entries]
    thread = thread_of(world, chat)
    longer = Thread(thread.id, 400, 400, 400, 400, 400, thread.last_at)
    for seq, at in enumerate(times, start=1):
        assert world.see(entry_pages.find_seq_at, longer, at) == seq
