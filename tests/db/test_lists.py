"""The lists of the desk: in their order, page by page without gap or double, and narrowed to the reader."""

from typing import Any

import pytest

from recado.actions import conversations, queue
from recado.db import lists
from recado.domain.actors import Operator
from recado.domain.errors import Invalid
from tests.world import SHOP, Chat, World


def walk(world: World, me: Operator, which: Any, limit: int) -> list[int]:
    """All rows of a list by pages of this size."""
    found: list[int] = []
    after: str | None = None
    while True:
        page = world.see(lists.list_page, me, which, after, limit)
        assert len(page.items) <= limit
        found += [row.id for row in page.items]
        after = page.next
        if after is None:
            return found


def many(world: World, count: int) -> list[Chat]:
    """Conversations of as many visitors that all wait, the oldest first."""
    return [world.waiting(world.comes(world.shop, SHOP), f"line {number}") for number in range(count)]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_waiting_is_by_the_longest_wait_and_pages_fit_together(world: World, limit: int) -> None:
    chats = many(world, 7)
    world.waiting(world.tomas)
    assert walk(world, world.ana, "waiting", limit) == [chat.id for chat in chats]


def test_attending_is_by_what_happened_last_and_each_operator_s_own(world: World) -> None:
    chats = many(world, 5)
    for chat in chats[:3]:
        world.answers(world.ana, chat.id, "Good morning.")
    world.answers(world.bruno, chats[3].id, "Good morning.")
    world.answers(world.ana, chats[0].id, "Still there?")
    for limit in (1, 2, 50):
        assert walk(world, world.ana, "attending", limit) == [chats[0].id, chats[2].id, chats[1].id]
    assert walk(world, world.bruno, "attending", 50) == [chats[3].id]
    assert walk(world, world.sara, "attending", 50) == []
    assert walk(world, world.sara, "waiting", 50) == [chats[4].id]


def test_closed_is_the_last_owner_s_alone_the_latest_first(world: World) -> None:
    chats = many(world, 4)
    for chat in chats:
        world.answers(world.ana, chat.id, "Good morning.")
        world.act(queue.close, world.ana, chat.id)
    for limit in (1, 3, 50):
        assert walk(world, world.ana, "closed", limit) == [chat.id for chat in reversed(chats)]
    for other in (world.bruno, world.sara, world.clara, world.adela):
        assert walk(world, other, "closed", 50) == []


def test_two_departments_are_one_list_in_one_order(world: World) -> None:
    chats = []
    for _ in range(3):
        chats += many(world, 1)
        chats.append(world.waiting(world.comes(world.help, "https://help.example")))
    for limit in (1, 2, 50):
        assert walk(world, world.sara, "waiting", limit) == [chat.id for chat in chats]
    assert walk(world, world.ana, "waiting", 50) == [chat.id for chat in chats[::2]]
    assert walk(world, world.clara, "waiting", 50) == [chat.id for chat in chats[1::2]]
    assert walk(world, world.adela, "waiting", 50) == []


def test_what_comes_and_goes_while_one_pages_leaves_no_gap_and_no_double(world: World) -> None:
    chats = many(world, 6)
    first = world.see(lists.list_page, world.ana, "waiting", None, 3)
    world.answers(world.bruno, chats[1].id, "Mine")
    new = many(world, 1)
    rest = world.see(lists.list_page, world.ana, "waiting", first.next, 50)
    assert [row.id for row in first.items + rest.items] == [chat.id for chat in chats + new]


def test_counts_are_the_lists_lengths(world: World) -> None:
    chats = many(world, 5)
    world.waiting(world.tomas)
    for chat in chats[:2]:
        world.answers(world.ana, chat.id, "Good morning.")
    for operator in world.team:
        counts = world.see(lists.count, operator)
        assert counts.waiting == len(walk(world, operator, "waiting", 50))
        assert counts.attending == len(walk(world, operator, "attending", 50))
    assert world.see(lists.count, world.sara).waiting == 4


def test_seen_is_the_reader_s_own_mark(world: World) -> None:
    chat = world.waiting()
    world.writes(world.lucia, "Are you there?")
    world.act(conversations.read, world.bruno, chat.id, 1)
    assert world.see(lists.list_page, world.bruno, "waiting", None, 9).seen == {chat.id: 1}
    assert world.see(lists.list_page, world.ana, "waiting", None, 9).seen == {}


@pytest.mark.parametrize("cursor", ["", "-", "1", "1-", "-1", "a-1", "1-a", "1-1-1", "-1--1", " 1-1", "1" * 41])
def test_what_is_no_cursor_is_refused(world: World, cursor: str) -> None:
    for which in ("waiting", "attending", "closed"):
        with pytest.raises(Invalid) as refused:
            world.see(lists.list_page, world.ana, which, cursor, 50)
        assert refused.value.field == "after"
