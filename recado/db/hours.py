"""When departments answer, and how soon they did lately."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, or_, select, update

from recado.db.database import Tx
from recado.db.hot import Hot
from recado.db.tables import conversations, departments
from recado.domain.hours import Hours
from recado.domain.ids import DepartmentId

OF_DEPARTMENT = Hot(select(departments.c.hours).where(departments.c.id == bindparam("department")))
FIRST_WAITS = Hot(
    select(conversations.c.opened_at, conversations.c.first_answer_at)
    .where(
        conversations.c.department_id == bindparam("department"),
        conversations.c.opened_at > bindparam("since"),
        conversations.c.started_by.is_(None),
        or_(conversations.c.first_answer_at.is_not(None), conversations.c.status != "closed"),
    )
    .order_by(conversations.c.opened_at.desc())
    .limit(bindparam("limit"))
)


def find(conn: Connection, department: DepartmentId) -> Hours | None:
    """Return a department's table; None where it always answers."""
    return hours_of(OF_DEPARTMENT.scalar(conn, {"department": department}))


def hours_of(stored: str | None) -> Hours | None:
    """Return the table in its column."""
    return None if stored is None else msgspec.json.decode(stored, type=Hours)


def change(tx: Tx, department: DepartmentId, hours: Hours | None, version: int) -> bool:
    """Give a department another table, or none; return whether there is one of this version."""
    stored = None if hours is None else msgspec.json.encode(hours).decode()
    statement = update(departments).where(departments.c.id == department, departments.c.version == version)
    return tx.conn.execute(statement.values(hours=stored, version=version + 1)).rowcount == 1


def list_first_waits(
    conn: Connection, department: DepartmentId, since: int, limit: int
) -> Sequence[tuple[int, int | None]]:
    """Return when the newest conversations since a moment were opened and first answered, newest first.

    None where their customer still waits for it. What was closed without an answer is left out, and what an operator
    has begun.
    """
    rows = FIRST_WAITS.all(conn, {"department": department, "since": since, "limit": limit})
    return [(row[0], row[1]) for row in rows]
