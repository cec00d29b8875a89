"""The lists of the desk: in their order, page by page without gap or double, and narrowed to the reader."""

from typing import Any

import pytest

from recado.actions import conversations, queue
from recado.db import lists, openings
from recado.domain.actors import Operator
from recado.domain.errors import Invalid
from recado.domain.ids import DepartmentId
from recado.domain.routing import Rules
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


def test_the_archive_shows_what_anybody_closed_where_it_is_open_and_nowhere_else(world: World) -> None:
    chats = [world.closed(operator, visitor) for operator, visitor in ((world.ana, None), (world.bruno, world.julian))]
    there = world.closed(world.clara, world.tomas)
    for operator in world.team:
        assert walk(world, operator, "archive", 50) == []
    world.rules(archive=True)
    both = [chats[1].id, chats[0].id]
    for limit in (1, 50):
        for operator in (world.ana, world.bruno, world.sara):
            assert walk(world, operator, "archive", limit) == both
    for operator in (world.clara, world.adela):
        assert walk(world, operator, "archive", 50) == []
    world.rules("Soporte", archive=True)
    assert walk(world, world.sara, "archive", 1) == [there.id, *both]
    world.rules()
    assert walk(world, world.bruno, "archive", 50) == []
    assert walk(world, world.sara, "archive", 50) == [there.id]


def test_the_archive_can_be_narrowed_to_one_department_of_mine(world: World) -> None:
    here, there = world.closed(), world.closed(world.clara, world.tomas)
    ventas, soporte = world.department("Ventas"), world.department("Soporte")
    world.rules(archive=True)
    world.rules("Soporte", archive=True)

    def archive(me: Operator, department: DepartmentId) -> list[int]:
        return [row.id for row in world.see(lists.list_archive, me, None, 50, department).items]

    assert (archive(world.sara, ventas), archive(world.sara, soporte)) == ([here.id], [there.id])
    assert archive(world.ana, soporte) == []
    world.rules("Soporte")
    assert archive(world.sara, soporte) == []


def test_a_desk_opens_with_the_rules_of_one_s_own_departments(world: World) -> None:
    world.rules("Soporte", archive=True, absence_minutes=3)
    ventas, soporte = world.department("Ventas"), world.department("Soporte")

    def rules(me: Operator) -> dict[int, Rules]:
        return world.see(openings.open_desk, me, "epoch").rules

    assert set(rules(world.ana)) == {ventas}
    known = rules(world.sara)
    assert (known[soporte].archive, known[soporte].absence_minutes, known[ventas].archive) == (True, 3, False)
    assert rules(world.adela) == {}


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


def test_what_one_attends_is_to_be_looked_at_from_what_its_customer_writes_until_one_has_read_it(world: World) -> None:
    chat, other = world.attended(world.ana, world.lucia), world.attended(world.bruno, world.julian)
    world.act(conversations.read, world.ana, chat.id, 3)
    assert world.see(lists.count, world.ana).unread == 0
    world.writes(world.lucia, "And the invoice?")
    world.writes(world.julian, "Thank you.")
    world.waiting(world.comes(world.shop, SHOP))
    assert [world.see(lists.count, one).unread for one in (world.ana, world.sara)] == [1, 0]
    world.act(conversations.read, world.ana, chat.id, 4)
    assert world.see(lists.count, world.ana).unread == 0
    assert world.see(lists.count, world.bruno).unread == 1
    world.act(queue.transfer, world.bruno, other.id, world.department("Ventas"), world.ana.id)
    assert [world.see(lists.count, one).unread for one in (world.ana, world.bruno)] == [1, 0]
