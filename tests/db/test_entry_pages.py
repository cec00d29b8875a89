"""A thread read in both directions, around an entry and around a moment, as its numbers and times say."""

import pytest

from recado.db import changes, conversations, entry_pages, public
from recado.db.entry_pages import Place
from recado.domain.conversations import EntryPage
from recado.domain.threads import BODY_MAX_BYTES, PAGE_BYTES, Thread
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
    longer = Thread(thread.id, 400, 400, 400, 400, 400, thread.last_at, None)
    for seq, at in enumerate(times, start=1):
        assert world.see(entry_pages.find_seq_at, longer, at) == seq


LENGTHS = (10, 60_000, 1, 30_000, 60_000, 2, 60_000, 60_000, 3, 60_000, 60_000, 60_000, 5, 6, 7, 60_000)


@pytest.fixture
def logs(world: World) -> Chat:
    """A conversation with long and short messages, two bytes a character."""
    chat = world.waiting(world.lucia, "line 1")
    for length in LENGTHS:
        world.writes(world.lucia, "ñ" * (length // 2) + "x")
    return chat


def text_of(page: EntryPage) -> int:
    return sum(len(entry.body.encode()) for entry in page.entries)


@pytest.mark.parametrize("limit", [1, 2, 5, 200])
def test_pages_with_long_texts_are_short_and_fit_together(world: World, logs: Chat, limit: int) -> None:
    last = len(LENGTHS) + 1
    page, down = read(world, logs, limit, before=last + 1), list[int]()
    while page.entries:
        assert text_of(page) < PAGE_BYTES + BODY_MAX_BYTES
        down = numbers(page) + down
        assert page.more == (down[0] > 1)
        page = read(world, logs, limit, before=down[0])
    assert down == list(range(1, last + 1))
    page, up = read(world, logs, limit, after=0), list[int]()
    while page.entries:
        assert text_of(page) < PAGE_BYTES + BODY_MAX_BYTES
        up += numbers(page)
        assert page.newer == (up[-1] < last)
        page = read(world, logs, limit, after=up[-1])
    assert up == down
    for seq in up:
        page = read(world, logs, limit, around=seq)
        assert seq in numbers(page)
        assert text_of(page) < 2 * (PAGE_BYTES + BODY_MAX_BYTES)
        assert numbers(page) == list(range(numbers(page)[0], numbers(page)[-1] + 1))
        assert (page.more, page.newer) == (numbers(page)[0] > 1, numbers(page)[-1] < last)


def test_a_customer_s_pages_are_as_short(world: World, logs: Chat) -> None:
    thread, down, more = thread_of(world, logs).id, list[int](), True
    while more:
        entries, more = world.see(public.list_before, thread, down[0] if down else None, 200)
        assert sum(len(entry.body.encode()) for entry in entries) < PAGE_BYTES + BODY_MAX_BYTES
        down = [entry.seq for entry in entries] + down
    assert down == list(range(1, len(LENGTHS) + 2))


def test_changes_that_no_answer_carries_are_not_told_one_by_one(world: World, logs: Chat) -> None:
    thread = thread_of(world, logs)
    for list_changed, version in (
        (entry_pages.list_changed, thread.version),
        (public.list_changed, thread.public_version),
    ):
        assert world.see(list_changed, thread.id, 0, 500) is None
        few = world.see(list_changed, thread.id, version - 5, 500)
        assert few is not None
        assert [entry.seq for entry in few] == [13, 14, 15, 16, 17]


def test_another_process_retells_the_newest_of_long_texts_and_leaves_the_rest_to_be_fetched(
    world: World, logs: Chat
) -> None:
    thread = thread_of(world, logs)
    change = world.see(changes.find, thread.id, 0)
    assert isinstance(change, changes.Change)
    told = [entry.seq for entry, _ in change.entries]
    assert told == list(range(told[0], len(LENGTHS) + 2))
    assert change.after == told[0] - 1 > 0
    assert sum(len(entry.body.encode()) for entry, _ in change.entries) < PAGE_BYTES + BODY_MAX_BYTES
