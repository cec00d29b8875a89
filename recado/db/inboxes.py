"""Departments' and inboxes' rows."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from recado.db.database import Tx
from recado.db.hot import Hot
from recado.db.tables import departments, inboxes
from recado.db.types import Columns
from recado.domain.ids import DepartmentId, InboxId, InboxKey
from recado.domain.inboxes import Inbox, InboxFace
from recado.domain.people import Named

_WHOLE = select(
    inboxes.c.id,
    inboxes.c.key,
    inboxes.c.name,
    inboxes.c.department_id,
    departments.c.name,
    inboxes.c.sites,
    inboxes.c.colour,
    inboxes.c.greeting,
    inboxes.c.ask_name,
    inboxes.c.ask_email,
).select_from(inboxes.join(departments))
BY_KEY = Hot(_WHOLE.where(inboxes.c.key == bindparam("key")))
BY_ID = Hot(_WHOLE.where(inboxes.c.id == bindparam("id")))
ALL = _WHOLE.order_by(inboxes.c.name, inboxes.c.id)


class InboxValues(NamedTuple):
    """What an admin sets of an inbox, checked."""

    name: str
    department_id: DepartmentId
    sites: list[str]
    colour: str
    greeting: str
    ask_name: str
    ask_email: str

    def columns(self) -> dict[str, Any]:
        """The columns' values."""
        return self._asdict() | {"sites": msgspec.json.encode(self.sites).decode()}


def _inbox_of(row: Columns) -> Inbox:
    number, key, name, department, department_name, sites, colour, greeting, ask_name, ask_email = row
    listed = msgspec.json.decode(sites, type=list[str])
    return Inbox(number, key, name, Named(department, department_name), listed, colour, greeting, ask_name, ask_email)


def face_of(inbox: Inbox) -> InboxFace:
    """Return what a visitor sees of an inbox."""
    return InboxFace(inbox.name, inbox.department.name, inbox.colour, inbox.greeting, inbox.ask_name, inbox.ask_email)


def find_by_key(conn: Connection, key: InboxKey) -> Inbox | None:
    """Return the inbox that a script tag names."""
    row = BY_KEY.first(conn, {"key": key})
    return None if row is None else _inbox_of(row)


def get(conn: Connection, which: InboxId) -> Inbox:
    """Return an inbox that is known to exist."""
    return _inbox_of(BY_ID.one(conn, {"id": which}))


def list_all(conn: Connection) -> list[Inbox]:
    """Return all inboxes by name."""
    return [_inbox_of(row) for row in conn.execute(ALL)]


def create(tx: Tx, key: InboxKey, values: InboxValues) -> InboxId:
    """Store a new chat inbox."""
    row = values.columns() | {"key": key, "channel": "chat", "created_at": tx.now, "version": 1}
    return InboxId(tx.conn.execute(insert(inboxes).returning(inboxes.c.id), row).scalar_one())


def change(tx: Tx, which: InboxId, values: InboxValues) -> bool:
    """Change an inbox; return whether there is one."""
    statement = update(inboxes).where(inboxes.c.id == which)
    return tx.conn.execute(statement.values(version=inboxes.c.version + 1, **values.columns())).rowcount == 1


def create_department(tx: Tx, name: str) -> DepartmentId:
    """Store a new department."""
    row = {"name": name, "created_at": tx.now, "version": 1}
    return DepartmentId(tx.conn.execute(insert(departments).returning(departments.c.id), row).scalar_one())


def rename_department(tx: Tx, which: DepartmentId, name: str) -> bool:
    """Rename a department; return whether there is one."""
    statement = update(departments).where(departments.c.id == which)
    return tx.conn.execute(statement.values(name=name, version=departments.c.version + 1)).rowcount == 1
