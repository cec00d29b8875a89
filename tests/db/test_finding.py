"""A conversation is found by whom it is with, among the lists of whoever looks, and in a bounded time."""

import secrets
from time import thread_time

import pytest
from sqlalchemy import Connection, insert, select

from recado.actions import queue
from recado.db import finding, visitors
from recado.db.database import Tx
from recado.db.tables import conversations, customers, threads
from recado.domain.actors import Operator
from recado.domain.errors import Invalid
from recado.domain.ids import ConversationId
from tests.contract.test_texts import QUERIES
from tests.db.test_plans import plan_of
from tests.world import SHOP, World


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


def test_no_list_is_searched_further_than_its_reach(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_history(world, 30)
    monkeypatch.setattr(finding, "REACH", 10)
    found = find(world, world.ana, "maria")
    assert found == list(range(1_029, 1_019, -1))
    assert find(world, world.ana, "last one") != []


def test_it_is_said_that_there_are_more_than_are_given(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_history(world, 30)
    monkeypatch.setattr(finding, "FOUND_MAX", 29)
    found = world.see(finding.find_by_name, world.ana, "maria")
    assert (len(found.items), found.more) == (29, True)
    monkeypatch.setattr(finding, "FOUND_MAX", 30)
    found = world.see(finding.find_by_name, world.ana, "maria")
    assert (len(found.items), found.more) == (30, False)


def test_each_list_is_walked_along_its_index(world: World) -> None:
    with_history(world, 3_000)
    asked = {"me": world.ana.id, "reach": 10, "limit": 9, "word0": "maria", "word1": "", "word2": "", "word3": ""}
    department = {"department": world.department("Ventas")}
    walks = (
        (finding.CLOSED, asked, "ix_conversations_owner"),
        (finding.ARCHIVE, asked | department, "ix_conversations_archive"),
        (finding.WAITING, asked | department, "ix_conversations_waiting"),
    )
    for walk, parameters, index in walks:
        plan = world.see(plan_of, walk, parameters)
        assert index in plan
        assert "TEMP B-TREE" not in plan


def test_a_search_through_fifty_thousand_takes_no_longer_than_a_glance(small_world: World) -> None:
    """In processor time; the two lists that are searched hold far more than is looked at."""
    world = small_world
    with_history(world, 50_000)
    world.rules(archive=True)

    def look(conn: Connection) -> float:
        finding.find_by_name(conn, world.ana, "nobody")
        began = thread_time()
        finding.find_by_name(conn, world.ana, "nobody")
        return thread_time() - began

    took = world.see(look)
    assert took < 0.5
