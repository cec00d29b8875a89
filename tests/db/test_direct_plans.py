"""Lists, badges and threads of direct conversations go by their indexes, however many one has had."""

import re

import pytest
from sqlalchemy import insert, select

from recado.actions import directs
from recado.db import directs as rows
from recado.db import entry_pages
from recado.db.bounded import Bounded
from recado.db.database import Tx
from recado.db.tables import direct_people, messages, read_marks, threads
from recado.db.tables import directs as talks
from recado.domain.directs import BOXES, Box
from recado.domain.ids import ThreadId
from tests.db.test_plans import plan_of
from tests.world import World, new_client_id


def with_directs(world: World, count: int) -> None:
    """So many that Bruno has received, Ana has started, and Clara has put away; to each the last one is unread."""
    people = [world.bruno.id, world.clara.id]
    which = world.act(directs.start, world.ana, new_client_id(), people, "Hello").sent.direct.id
    world.act(directs.read, world.bruno, which, 1)
    world.act(directs.put_away, world.clara, which)

    def fill(tx: Tx) -> None:
        direct = dict(tx.conn.execute(select(talks)).mappings().one())
        thread = dict(tx.conn.execute(select(threads)).mappings().one())
        those = [dict(row) for row in tx.conn.execute(select(direct_people)).mappings()]
        numbers = range(1_000, 1_000 + count)
        tx.conn.execute(insert(threads), [thread | {"id": one} for one in numbers])
        own = ({"id": one, "thread_id": one, "opened_with": str(one)} for one in numbers)
        tx.conn.execute(insert(talks), [direct | one for one in own])
        more = ({"direct_id": one, "last_at": one, "unread_since": None} for one in numbers)
        tx.conn.execute(insert(direct_people), [row | one for one in more for row in those])
        marks = [dict(row) for row in tx.conn.execute(select(read_marks)).mappings()]
        tx.conn.execute(insert(read_marks), [mark | {"thread_id": one} for one in numbers for mark in marks])
        tx.conn.exec_driver_sql("ANALYZE")

    world.database.write_blocking(fill)


@pytest.mark.parametrize("box", BOXES)
def test_a_page_of_a_list_costs_no_more_the_more_it_holds(world: World, box: Box) -> None:
    with_directs(world, 3_000)
    me = {"open": world.ana, "inbox": world.bruno, "sent": world.ana, "archived": world.clara}[box]
    assert len(world.see(rows.list_box, me, box, None, 50).items) == 50
    plan = world.see(plan_of, rows.LISTS[box], {"me": me.id, "after": 2**62, "after_id": 2**62, "limit": 51})
    assert f"ix_direct_people_{box}" in plan, plan
    assert not re.search("(?i)scan (direct_people|directs|threads)$|seq scan|temp b-tree|^ *sort", plan), plan


def test_badges_cost_what_is_unread(world: World) -> None:
    with_directs(world, 3_000)
    assert world.see(rows.count, world.clara).archived == 1
    plan = world.see(plan_of, rows.UNREAD, {"me": world.clara.id})
    assert "ix_direct_people_unread" in plan, plan


@pytest.mark.parametrize(
    ("asked", "more", "index"),
    [
        (entry_pages.CHANGED, {"since": 3_000}, "ix_messages_thread_id_rev"),
        (entry_pages.PRECEDING, {"before": 2**62}, "messages_thread_id_seq|sqlite_autoindex_messages"),
        (entry_pages.FOLLOWING, {"after": 2_990}, "messages_thread_id_seq|sqlite_autoindex_messages"),
    ],
    ids=["what is new", "what is before", "what is after"],
)
def test_where_somebody_begins_to_read_is_found_without_the_rest(
    world: World, asked: Bounded, more: dict[str, int], index: str
) -> None:
    world.act(directs.start, world.ana, new_client_id(), [world.bruno.id], "Hello")

    def fill(tx: Tx) -> ThreadId:
        row = dict(tx.conn.execute(select(messages)).mappings().one()) | {"client_id": None}
        tx.conn.execute(insert(messages), [row | dict.fromkeys(("id", "seq", "rev"), one) for one in range(2, 3_002)])
        tx.conn.exec_driver_sql("ANALYZE")
        return ThreadId(row["thread_id"])

    thread = world.database.write_blocking(fill)
    parameters = {"thread": thread, "floor": 2_980} | more
    assert 0 < len(world.see(asked.read, parameters, 10)[0]) < 12
    plan = world.see(plan_of, world.see(asked.statement), parameters | {"limit": 11})
    assert re.search(index, plan), plan
    assert not re.search("(?i)scan messages$|seq scan", plan), plan
