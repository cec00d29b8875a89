"""The audit log in the database: lines are added and read, never changed."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, and_, insert, or_, select

from recado.db.database import Tx
from recado.db.tables import audit
from recado.domain.audit import AuditItem, AuditPage, Kind
from recado.domain.ids import OperatorId

PAGE = 50
NEWEST = select(
    audit.c.id, audit.c.at, audit.c.kind, audit.c.operator_id, audit.c.about, audit.c.about_id, audit.c.detail
).order_by(audit.c.id.desc())


def add(tx: Tx, kind: str, operator: OperatorId | None, about: str, which: int, detail: dict[str, Any]) -> None:
    """Add a line."""
    tx.conn.execute(
        insert(audit),
        {
            "at": tx.now,
            "kind": kind,
            "operator_id": operator,
            "about": about,
            "about_id": which,
            "detail": msgspec.json.encode(detail).decode(),
        },
    )


def list_page(
    conn: Connection, before: int | None = None, kind: Kind | None = None, operator: int | None = None
) -> AuditPage:
    """Return lines older than the one numbered `before`, or the newest: of one kind, by or about one operator."""
    wanted = NEWEST
    if before is not None:
        wanted = wanted.where(audit.c.id < before)
    if kind is not None:
        wanted = wanted.where(audit.c.kind == kind)
    if operator is not None:
        about = and_(audit.c.about == "operator", audit.c.about_id == operator)
        wanted = wanted.where(or_(audit.c.operator_id == operator, about))
    rows = conn.execute(wanted.limit(PAGE + 1)).all()
    items = [AuditItem(*row[:-1], detail=msgspec.json.decode(row[-1])) for row in rows[:PAGE]]
    return AuditPage(items, items[-1].id if len(rows) > PAGE else None)
