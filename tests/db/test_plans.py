"""What is asked often goes by an index made for it, so that it takes no longer the more lies behind it."""

import secrets
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from recado.db import hours, team
from recado.db.database import Tx
from recado.db.hot import Hot
from recado.db.tables import conversations, threads
from tests.world import World


def with_history(world: World, count: int) -> None:
    """One conversation that has been answered, and as many as that of its department that ended without an answer."""
    world.attended(world.ana)
    which = world.waiting(world.julian).id

    def fill(tx: Tx) -> None:
        found = tx.conn.execute(select(conversations).where(conversations.c.id == which)).mappings().one()
        row = dict(found) | {"status": "closed", "waiting_since": None, "closed_at": tx.now}
        thread = tx.conn.execute(select(threads).where(threads.c.id == row["thread_id"])).mappings().one()
        numbers = range(1_000, 1_000 + count)
        tx.conn.execute(insert(threads), [dict(thread) | {"id": number} for number in numbers])
        own = ({"id": one, "thread_id": one, "opened_with": str(one), "opened_at": one} for one in numbers)
        tx.conn.execute(insert(conversations), [row | one | {"public_id": secrets.token_hex(8)} for one in own])
        if tx.conn.dialect.name != "sqlite":
            tx.conn.exec_driver_sql("ANALYZE")

    world.database.write_blocking(fill)


def plan_of(conn: Connection, asked: Hot, parameters: dict[str, Any]) -> str:
    """How the database goes about a statement, in its own words."""
    asked.all(conn, parameters)
    ready = asked._ready[conn.dialect.name]
    values = ready.constants | parameters
    driver: Any = conn.connection.dbapi_connection
    if ready.positional:
        rows = driver.execute(f"EXPLAIN QUERY PLAN {ready.text}", tuple(values[name] for name in ready.names))
    else:
        rows = driver.execute(f"EXPLAIN {ready.text}", values)
    return "\n".join(str(row[-1]) for row in rows)


def test_how_soon_a_department_answers_is_found_without_its_history(world: World) -> None:
    with_history(world, 3_000)
    asked = {"department": world.department("Ventas"), "since": 0, "limit": 50}
    assert len(world.see(hours.FIRST_ANSWERS.all, asked)) == 1
    plan = world.see(plan_of, hours.FIRST_ANSWERS, asked)
    assert "ix_conversations_answered" in plan
    assert "ix_conversations_department_id" not in plan


@pytest.mark.parametrize(("asked", "more"), [(team.ATTENDED, {"most": 500}), (team.COUNT_ATTENDED, {})])
def test_what_is_held_in_it_is_too(world: World, asked: Hot, more: dict[str, int]) -> None:
    with_history(world, 3_000)
    assert [one.operator for one in world.see(team.get_team, world.sara, 0).conversations] == [world.ana.id]
    plan = world.see(plan_of, asked, {"me": world.sara.id, **more})
    assert "ix_conversations_held" in plan
    assert "ix_conversations_department_id" not in plan
