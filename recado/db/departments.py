"""Departments' rows with their rules, and the reasons for closing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from recado.db.database import Tx
from recado.db.dialect import needs_row_locks
from recado.db.hot import Hot
from recado.db.hours import hours_of
from recado.db.tables import close_reasons, departments, inboxes, memberships, operators
from recado.domain.conversations import Reason
from recado.domain.ids import DepartmentId, OperatorId
from recado.domain.people import Named
from recado.domain.routing import Assignment, Department, Rules

_RULES = (
    departments.c.assignment,
    departments.c.absence_minutes,
    departments.c.reopen_days,
    departments.c.look_in,
    departments.c.archive,
    departments.c.edit_minutes,
    departments.c.undo_s,
    departments.c.ring_minutes,
    departments.c.push_minutes,
    departments.c.supervisor_minutes,
)
RULES_FOR = Hot(
    select(departments.c.id, *_RULES)
    .select_from(departments.join(memberships, memberships.c.department_id == departments.c.id))
    .where(memberships.c.operator_id == bindparam("me"))
    .order_by(departments.c.id)
)
RULES_OF = Hot(select(*_RULES).where(departments.c.id == bindparam("department")))
NAMES = Hot(select(departments.c.id, departments.c.name).order_by(departments.c.name))
REASONS = Hot(
    select(close_reasons.c.id, close_reasons.c.name, close_reasons.c.retired_at, close_reasons.c.version).order_by(
        close_reasons.c.position, close_reasons.c.name
    )
)


def list_all(conn: Connection) -> list[Department]:
    """Return all departments with how many operators, less the disabled, and inboxes they have."""
    people = (
        select(func.count())
        .select_from(memberships.join(operators, operators.c.id == memberships.c.operator_id))
        .where(memberships.c.department_id == departments.c.id, operators.c.disabled_at.is_(None))
        .correlate(departments)
        .scalar_subquery()
    )
    lines = (
        select(func.count()).where(inboxes.c.department_id == departments.c.id).correlate(departments).scalar_subquery()
    )
    whole = (departments.c.id, departments.c.name, departments.c.hours, departments.c.version)
    rows = conn.execute(select(*whole, people, lines, *_RULES).order_by(departments.c.name))
    return [
        Department(which, name, members, inbound, hours_of(hours), _rules_of(*rules), version)
        for which, name, hours, version, members, inbound, *rules in rows
    ]


def find(conn: Connection, which: DepartmentId) -> Department | None:
    """Return a department as the list shows it."""
    return next((one for one in list_all(conn) if one.id == which), None)


def _rules_of(assignment: str, *rest: Any) -> Rules:
    return Rules(Assignment(assignment), *rest)


def rules_for(conn: Connection, me: OperatorId) -> dict[int, Rules]:
    """Return the rules of this operator's departments, by their number."""
    return {which: _rules_of(*rules) for which, *rules in RULES_FOR.all(conn, {"me": me})}


def rules_of(conn: Connection, which: int) -> Rules:
    """Return the rules of one department."""
    return _rules_of(*RULES_OF.one(conn, {"department": which}))


def list_names(conn: Connection) -> list[Named]:
    """Return all departments by name: activity lines refer to them."""
    return [Named(*row) for row in NAMES.all(conn, {})]


def create(tx: Tx, name: str) -> DepartmentId:
    """Store a new department."""
    row = {"name": name, "created_at": tx.now, "version": 1}
    return DepartmentId(tx.conn.execute(insert(departments).returning(departments.c.id), row).scalar_one())


def change(tx: Tx, which: DepartmentId, values: dict[str, Any], version: int) -> bool:
    """Change columns of a department; return whether there is one of this version."""
    statement = update(departments).where(departments.c.id == which, departments.c.version == version)
    return tx.conn.execute(statement.values(version=version + 1, **values)).rowcount == 1


# ── reasons for closing ────────────────────────────────────────────────────────────────────────────────────────


def list_reasons(conn: Connection) -> list[Reason]:
    """Return the reasons for closing in their order; retired ones too, since old conversations refer to them."""
    found = REASONS.all(conn, {})
    return [Reason(which, name, retired_at is not None, version) for which, name, retired_at, version in found]


def find_reason(conn: Connection, which: int) -> Reason | None:
    """Return a reason for closing, retired or not."""
    return next((one for one in list_reasons(conn) if one.id == which), None)


def create_reason(tx: Tx, name: str) -> int:
    """Store a new reason for closing, after all others."""
    last = select(func.coalesce(func.max(close_reasons.c.position), 0) + 1).scalar_subquery()
    statement = insert(close_reasons).values(name=name, created_at=tx.now, position=last)
    return int(tx.conn.execute(statement.returning(close_reasons.c.id)).scalar_one())


def change_reason(tx: Tx, which: int, values: dict[str, Any], version: int) -> bool:
    """Change a reason for closing; return whether there is one of this version."""
    statement = update(close_reasons).where(close_reasons.c.id == which, close_reasons.c.version == version)
    return tx.conn.execute(statement.values(version=version + 1, **values)).rowcount == 1


def lock_reasons(tx: Tx) -> None:
    """Let nobody else put the reasons in another order meanwhile."""
    if needs_row_locks(tx.conn):
        tx.conn.execute(select(close_reasons.c.id).order_by(close_reasons.c.id).with_for_update())


def place_reasons(tx: Tx, order: list[int]) -> None:
    """Put the reasons in this order. It is no change of any of them, and still one that other processes notice."""
    for position, which in enumerate(order, start=1):
        statement = update(close_reasons).where(close_reasons.c.id == which, close_reasons.c.position != position)
        tx.conn.execute(statement.values(position=position, version=close_reasons.c.version + 1))
