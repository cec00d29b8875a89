"""Who takes part in a direct conversation: how they come and go, from where on they read, and what all of them read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from recado.db.database import Tx
from recado.db.dialect import insert
from recado.db.entry_rows import attachments_of
from recado.db.hot import Hot
from recado.db.tables import direct_people, directs, memberships, messages, operators, threads
from recado.domain.actors import Author, Operator
from recado.domain.directs import Contact
from recado.domain.ids import DepartmentId, DirectId, OperatorId, ThreadId
from recado.domain.threads import line_of

_HERE = direct_people.c.left_at.is_(None)
FLOORS = Hot(
    select(direct_people.c.operator_id, direct_people.c.floor).where(
        direct_people.c.direct_id == bindparam("direct"), _HERE
    )
)
ENABLED = select(operators.c.id).where(operators.c.disabled_at.is_(None))
CONTACTS = Hot(
    select(operators.c.id, operators.c.name, operators.c.username)
    .where(operators.c.disabled_at.is_(None), operators.c.id != bindparam("me"))
    .order_by(operators.c.name, operators.c.id)
)
BELONG = Hot(select(memberships.c.operator_id, memberships.c.department_id).order_by(memberships.c.department_id))
SAID_LAST = Hot(
    select(messages.c.body, messages.c.attachments, messages.c.author_id)
    .where(
        messages.c.thread_id == bindparam("thread"),
        messages.c.seq > bindparam("floor"),
        messages.c.kind == "note",
        messages.c.gone.is_(None),
    )
    .order_by(messages.c.seq.desc())
    .limit(1)
)


def list_enabled(conn: Connection, people: Collection[OperatorId]) -> set[OperatorId]:
    """Return those of these operators who are not disabled."""
    return set(conn.execute(ENABLED.where(operators.c.id.in_(list(people)))).scalars())


def list_contacts(conn: Connection, me: Operator) -> list[Contact]:
    """Return the colleagues of this operator who are not disabled, by name."""
    belong: defaultdict[OperatorId, list[DepartmentId]] = defaultdict(list)
    for operator, department in BELONG.all(conn, {}):
        belong[operator].append(department)
    return [Contact(row[0], row[1], row[2], belong[row[0]]) for row in CONTACTS.all(conn, {"me": me.id})]


def list_floors(conn: Connection, which: DirectId) -> dict[OperatorId, int]:
    """Return who takes part, each with the number of the entry after which they read."""
    return {row[0]: row[1] for row in FLOORS.all(conn, {"direct": which})}


def list_known(conn: Connection, which: DirectId, people: Collection[OperatorId]) -> set[OperatorId]:
    """Return those of these who take part, or once did."""
    known = select(direct_people.c.operator_id).where(
        direct_people.c.direct_id == which, direct_people.c.operator_id.in_(list(people))
    )
    return set(conn.execute(known).scalars())


def stored(people: Collection[OperatorId]) -> str:
    """Return who takes part as it is stored, so that the same people are the same text."""
    return msgspec.json.encode(sorted(people)).decode()


def set_people(tx: Tx, which: DirectId, people: Collection[OperatorId]) -> None:
    """Set who takes part, as a list shows it."""
    tx.conn.execute(update(directs).where(directs.c.id == which).values(people=stored(people)))


def join(tx: Tx, which: DirectId, person: OperatorId, floor: int, floor_count: int, *, unread: bool) -> None:
    """Let somebody take part, who reads what comes after the entry `floor`; also somebody who has left before.

    `floor_count`: so many messages lie up to there.
    """
    values: dict[str, Any] = {
        "floor": floor,
        "floor_count": floor_count,
        "last_at": tx.now,
        "joined_at": tx.now,
        "changed_at": tx.now,
        "received_at": tx.now,
        "left_at": None,
        "archived_at": None,
        "unread_since": tx.now if unread else None,
    }
    statement = insert(direct_people).values(direct_id=which, operator_id=person, **values)
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["direct_id", "operator_id"], set_=values))


def leave(tx: Tx, which: DirectId, person: OperatorId) -> None:
    """Let somebody take part no longer."""
    mine = (direct_people.c.direct_id == which, direct_people.c.operator_id == person)
    tx.conn.execute(update(direct_people).where(*mine).values(left_at=tx.now, unread_since=None))


def renew_line(tx: Tx, which: DirectId, thread: ThreadId) -> None:
    """Let the lists show the newest message that all who take part may read; nothing where there is none."""
    floor = max(list_floors(tx.conn, which).values(), default=0)
    body, files, author = SAID_LAST.first(tx.conn, {"thread": thread, "floor": floor}) or ("", None, None)
    kind = "system" if author is None else Author("operator", author).kind
    line = {"excerpt": line_of(body, attachments_of(files)), "excerpt_by": kind, "excerpt_author": author}
    tx.conn.execute(update(threads).where(threads.c.id == thread).values(line))
