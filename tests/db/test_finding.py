"""A conversation is found by whom it is with, among the lists of whoever looks, at a cost that has a bound."""

import asyncio
import secrets
from collections.abc import Mapping
from threading import Event
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from recado.actions import conversations as conv
from recado.actions import queue
from recado.db import finding, lists, visitors
from recado.db.database import Tx
from recado.db.hot import Hot, Row
from recado.db.tables import conversations, customers, departments, memberships, threads
from recado.domain.actors import Operator
from recado.domain.errors import Invalid
from recado.domain.ids import ConversationId
from recado.domain.text import folded
from tests.contract.test_texts import QUERIES
from tests.db.test_plans import plan_of
from tests.world import SHOP, World, new_client_id


def called(world: World, name: str | None, email: str | None = None) -> ConversationId:
    """A new visitor who says who they are, and waits in Ventas."""
    visitor = world.comes(world.shop, SHOP)
    world.database.write_blocking(lambda tx: visitors.create_customer(tx, visitor.id, name, email))
    return world.waiting(visitor).id


def find(world: World, me: Operator, name: str) -> list[int]:
    return [row.id for row in world.see(finding.find_by_name, me, name).items]


def test_every_word_counts_in_any_order_without_accents_and_capitals(world: World) -> None:
    jose = called(world, "José Ñandú", "pepe@example.com")
    josefa = called(world, "JOSEFA PARRA")
    called(world, None)
    assert find(world, world.ana, "jose") == [jose, josefa]
    assert find(world, world.ana, "ÑANDU josé") == [jose]
    assert find(world, world.ana, "pepe@") == [jose]
    assert find(world, world.ana, "rra") == [josefa]
    assert find(world, world.ana, "jose parra xyz") == []
    assert find(world, world.ana, "  ") == []


def test_capitals_of_every_latin_are_the_small_letters_on_each_database(world: World) -> None:
    called(world, "Marta Gil")
    lukasz = called(world, "ØSTERGAARD ŁUKASZ")
    for name in ("østergaard", "łukasz", "Łukasz Ø"):
        assert find(world, world.ana, name) == [lukasz]


def test_what_is_found_is_what_my_lists_hold(world: World) -> None:
    """Waiting of my departments, what I hold, what I closed, and the archive where it is open: nothing else."""
    waits, held, paused, closed = (called(world, "Marta Gil") for _ in range(4))
    for which in (held, paused, closed):
        world.answers(world.ana, which, "Good morning.")
    world.act(queue.pause, world.ana, paused)
    world.act(queue.close, world.ana, closed)
    assert sorted(find(world, world.ana, "marta")) == [waits, held, paused, closed]
    assert find(world, world.bruno, "marta") == [waits]
    assert find(world, world.sara, "marta") == [waits]
    assert find(world, world.clara, "marta") == find(world, world.adela, "marta") == []
    world.rules(archive=True)
    assert find(world, world.bruno, "marta") == [waits, closed]
    assert sorted(find(world, world.ana, "marta")) == [waits, held, paused, closed]
    assert find(world, world.clara, "marta") == []


def test_who_has_left_a_department_finds_nothing_of_it(world: World) -> None:
    which = called(world, "Marta Gil")
    assert find(world, world.ana, "marta") == [which]
    world.leaves(world.ana)
    assert find(world, world.ana, "marta") == []


@pytest.mark.parametrize("query", QUERIES)
def test_no_sign_means_anything(world: World, query: str) -> None:
    called(world, "Marta Gil")
    odd = called(world, f"Odd {query} name")
    assert find(world, world.ana, query) == [odd]


def test_what_could_break_a_line_is_no_name(world: World) -> None:
    with pytest.raises(Invalid):
        find(world, world.ana, "Mar\0ta")
    with pytest.raises(Invalid):
        find(world, world.ana, "a" * 300)


def with_history(world: World, count: int) -> None:
    """As many of Ventas that Ana has closed, each of a customer of their own."""
    which = called(world, "Last One")

    def fill(tx: Tx) -> None:
        found = tx.conn.execute(select(conversations).where(conversations.c.id == which)).mappings().one()
        row = dict(found) | {"status": "closed", "waiting_since": None, "operator_id": world.ana.id}
        thread = tx.conn.execute(select(threads).where(threads.c.id == row["thread_id"])).mappings().one()
        person: dict[str, object] = {"email": None, "verified": False, "created_at": tx.now, "version": 1}
        numbers = range(1_000, 1_000 + count)
        tx.conn.execute(insert(threads), [dict(thread) | {"id": one} for one in numbers])
        people = [person | {"id": one, "name": f"María Ñuñez {one} de la Peña"} for one in numbers]
        tx.conn.execute(insert(customers), people)
        same = ("id", "thread_id", "customer_id", "opened_at", "closed_at")
        own = (dict.fromkeys(same, one) | {"opened_with": str(one)} for one in numbers)
        tx.conn.execute(insert(conversations), [row | dict(one) | {"public_id": secrets.token_hex(8)} for one in own])
        if tx.conn.dialect.name != "sqlite":
            tx.conn.exec_driver_sql("ANALYZE")

    world.database.write_blocking(fill)


def in_departments(world: World, count: int, each: int) -> None:
    """Spread that history over as many departments of Ana's, whose archives are open, as Bruno's."""

    def spread(tx: Tx) -> None:
        row = dict(tx.conn.execute(select(departments).limit(1)).mappings().one())
        for number in range(count):
            own = {"id": 500 + number, "name": f"Department {number}", "archive": True}
            tx.conn.execute(insert(departments), row | own)
            tx.conn.execute(insert(memberships), {"operator_id": world.ana.id, "department_id": 500 + number})
            first = 1_000 + number * each
            theirs = conversations.c.id.between(first, first + each - 1)
            change = update(conversations).where(theirs).values(closed_at=conversations.c.id % each)
            tx.conn.execute(change.values(department_id=500 + number, operator_id=world.bruno.id))
        if tx.conn.dialect.name != "sqlite":
            tx.conn.exec_driver_sql("ANALYZE")

    world.database.write_blocking(spread)


def test_all_lists_together_are_searched_no_further_than_the_reach(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The latest of all, whichever department they are of and however many there are."""
    with_history(world, 30)
    in_departments(world, 3, each=10)
    monkeypatch.setattr(finding, "REACH", 10)
    monkeypatch.setattr(finding, "PAGE", 3)
    latest = sorted(range(1_000, 1_030), key=lambda one: (one % 10, one), reverse=True)
    assert find(world, world.ana, "maria") == latest[:9]  # and who waits
    assert find(world, world.ana, "last one") != []


def test_many_who_wait_leave_half_of_the_reach_to_what_is_closed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_history(world, 30)
    last = find(world, world.ana, "last one")
    waiting = last + [called(world, "Marta Gil") for _ in range(4)]
    monkeypatch.setattr(finding, "REACH", 6)
    monkeypatch.setattr(finding, "PAGE", 2)
    assert find(world, world.ana, "a") == [*waiting[:3], 1_029, 1_028, 1_027]


def test_what_i_have_closed_where_the_archive_is_open_is_found_once(world: World) -> None:
    with_history(world, 5)
    world.rules(archive=True)
    assert find(world, world.ana, "maria") == list(range(1_004, 999, -1))


def test_it_is_said_that_there_are_more_than_are_given(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_history(world, 30)
    monkeypatch.setattr(finding, "FOUND_MAX", 29)
    found = world.see(finding.find_by_name, world.ana, "maria")
    assert (len(found.items), found.more) == (29, True)
    monkeypatch.setattr(finding, "FOUND_MAX", 30)
    found = world.see(finding.find_by_name, world.ana, "maria")
    assert (len(found.items), found.more) == (30, False)


@pytest.mark.parametrize(
    ("walk", "index"),
    [
        (finding.HELD_BY_ME, "ix_conversations_"),
        (finding.CLOSED, "ix_conversations_owner"),
        (finding.ARCHIVE, "ix_conversations_archive"),
        (finding.WAITING, "ix_conversations_waiting"),
    ],
    ids=["held", "closed", "archive", "waiting"],
)
def test_each_list_is_walked_along_its_index(world: World, walk: Hot, index: str) -> None:
    with_history(world, 3_000)
    asked = {"me": world.ana.id, "department": world.department("Ventas"), "limit": 10, "after": 2_500, "after_id": 9}
    plan = world.see(plan_of, walk, asked)
    assert index in plan
    assert walk is finding.HELD_BY_ME or "TEMP B-TREE" not in plan


def test_what_is_read_has_a_bound_and_each_name_is_folded_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the number of words, of lists and of what stands in them."""
    with_history(world, 150)
    in_departments(world, 3, each=50)
    monkeypatch.setattr(finding, "REACH", 40)
    monkeypatch.setattr(finding, "PAGE", 5)
    read: list[Row] = []
    folds: list[str] = []

    def reading(walk: Hot, conn: Connection, asked: Mapping[str, Any]) -> list[Row]:
        rows = walk_all(walk, conn, asked)
        read.extend(rows)
        return rows

    def folding(text: str) -> str:
        folds.append(text)
        return folded(text)

    walk_all = Hot.all
    monkeypatch.setattr(Hot, "all", reading)
    monkeypatch.setattr(finding, "folded", folding)
    assert find(world, world.ana, "maria nunez pena zz") == []
    assert len(folds) == 1 + 40
    lists_of_hers = len({"held", "closed"}) + 2 * 4
    assert 40 <= len(read) <= 40 + lists_of_hers * 5


def test_a_search_through_many_departments_takes_no_longer_than_a_glance(world: World) -> None:
    """Several words, one of which nobody is called by, in twenty archives that hold far more than is looked at."""
    with_history(world, 10_000)
    in_departments(world, 20, each=500)

    def look(conn: Connection) -> float:
        began = perf_counter()
        assert finding.find_by_name(conn, world.ana, "maria nunez pena zz").items == []
        return perf_counter() - began

    assert min(world.see(look) for _ in range(10)) < 1


async def test_nobody_waits_for_one_who_asks_again_and_again(world: World) -> None:
    """One search of theirs at a time: the others wait outside, and what is stored and read goes past them."""
    with_history(world, 100)
    begun, others_are_done = Event(), Event()
    running, most = 0, 0

    def look(conn: Connection, me: Operator, name: str) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        begun.set()
        assert others_are_done.wait(60)
        found = len(finding.find_by_name(conn, me, name).items)
        running -= 1
        return found

    def look_past(conn: Connection, me: Operator, name: str) -> int:
        return len(finding.find_by_name(conn, me, name).items)

    searches = [asyncio.create_task(world.desk.see_in_turn(look, world.ana, "maria nunez")) for _ in range(20)]
    assert await asyncio.to_thread(begun.wait, 60)
    await world.desk.see_in_turn(look_past, world.bruno, "nobody")
    await world.desk.act(conv.open_or_receive, world.lucia, new_client_id(), "Hello?", None, None)
    await world.desk.see(lists.count, world.bruno)
    assert not any(one.done() for one in searches)
    others_are_done.set()
    assert await asyncio.gather(*searches) == [finding.FOUND_MAX] * 20
    assert most == 1
