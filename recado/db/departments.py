"""Departments' rows with their rules, and the reasons for closing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from recado.db.database import Tx
from recado.db.hours import hours_of
from recado.db.tables import close_reasons, departments, inboxes, memberships
from recado.domain.conversations import Reason
from recado.domain.ids import DepartmentId
from recado.domain.people import Named
from recado.domain.routing import Assignment, Department, Rules


def list_all(conn: Connection) -> list[Department]:
    """Return all departments with how many operators and inboxes they have."""
    people = (
        select(func.count())
        .where(memberships.c.department_id == departments.c.id)
        .correlate(departments)
        .scalar_subquery()
    )
    lines = (
        select(func.count()).where(inboxes.c.department_id == departments.c.id).correlate(departments).scalar_subquery()
    )
    found = conn.execute(select(departments, people.label("people"), lines.label("lines")).order_by(departments.c.name))
    return [Department(row.id, row.name, row.people, row.lines, hours_of(row.hours), _rules_of(row)) for row in found]


def _rules_of(row: Any) -> Rules:
    return Rules(Assignment(row.assignment), row.absence_minutes, row.reopen_days, row.look_in, row.archive)


def list_names(conn: Connection) -> list[Named]:
    """Return all departments by name: activity lines refer to them."""
    found = conn.execute(select(departments.c.id, departments.c.name).order_by(departments.c.name))
    return [Named(*row) for row in found]


def create(tx: Tx, name: str) -> DepartmentId:
    """Store a new department."""
    row = {"name": name, "created_at": tx.now, "version": 1}
    return DepartmentId(tx.conn.execute(insert(departments).returning(departments.c.id), row).scalar_one())


def change(tx: Tx, which: DepartmentId, values: dict[str, Any]) -> bool:
    """Change columns of a department; return whether there is one."""
    statement = update(departments).where(departments.c.id == which)
    return tx.conn.execute(statement.values(version=departments.c.version + 1, **values)).rowcount == 1


def list_reasons(conn: Connection) -> list[Reason]:
    """Return the reasons for closing, by name; retired ones too, since old conversations refer to them."""
    found = conn.execute(select(close_reasons).order_by(close_reasons.c.name))
    return [Reason(row.id, row.name, row.retired_at is not None) for row in found]


def create_reason(tx: Tx, name: str) -> int:
    """Store a new reason for closing."""
    row = {"name": name, "created_at": tx.now}
    return int(tx.conn.execute(insert(close_reasons).returning(close_reasons.c.id), row).scalar_one())


def change_reason(tx: Tx, which: int, values: dict[str, Any]) -> bool:
    """Change a reason for closing; return whether there is one."""
    return tx.conn.execute(update(close_reasons).where(close_reasons.c.id == which).values(**values)).rowcount == 1
