"""Conversations in the database: finders that take the reader first, and the few statements that change one.

What an operator may not see is not found. The narrowing is `READABLE`, made from the table *who reads what* in
`domain/permissions.py`.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    false,
    insert,
    or_,
    select,
    update,
)

from recado.db.conversation_rows import WHOLE, Conversation, whole_of
from recado.db.database import Tx
from recado.db.dialect import needs_row_locks
from recado.db.hot import Hot
from recado.db.tables import (
    conversations,
    memberships,
    operators,
)
from recado.domain.actors import Operator, Visitor
from recado.domain.conversations import (
    Status,
)
from recado.domain.ids import ConversationId, DepartmentId, InboxId, OperatorId, PublicId, ThreadId, VisitorId
from recado.domain.permissions import READERS, Reader

MY_DEPARTMENTS = select(memberships.c.department_id).where(memberships.c.operator_id == bindparam("me"))


def _readable() -> ColumnElement[bool]:
    rules = {
        Reader.DEPARTMENT: conversations.c.department_id.in_(MY_DEPARTMENTS),
        Reader.OWNER: conversations.c.operator_id == bindparam("me"),
    }
    return or_(false(), *(and_(conversations.c.status == status, rules[reader]) for status, reader in READERS.items()))


READABLE = _readable()

_BY_ID = WHOLE.where(conversations.c.id == bindparam("id"))
BY_ID = Hot(_BY_ID)
READ_BY_OPERATOR = Hot(_BY_ID.where(READABLE))
OF_VISITOR = Hot(
    WHOLE.where(conversations.c.public_id == bindparam("public_id"), conversations.c.visitor_id == bindparam("visitor"))
)
LIST_OF_VISITOR = Hot(
    WHOLE.where(conversations.c.visitor_id == bindparam("visitor"))
    .order_by(conversations.c.id.desc())
    .limit(bindparam("limit"))
)
OPEN_OF_VISITOR = Hot(
    select(conversations.c.public_id).where(
        conversations.c.visitor_id == bindparam("visitor"),
        conversations.c.inbox_id == bindparam("inbox"),
        conversations.c.status != Status.CLOSED,
    )
)
BY_THREAD = Hot(
    WHOLE.where(conversations.c.thread_id == bindparam("thread"), conversations.c.visitor_id == bindparam("visitor"))
)
TAKEN_BY = Hot(
    select(conversations.c.operator_id, operators.c.name)
    .select_from(conversations.join(operators, operators.c.id == conversations.c.operator_id))
    .where(
        conversations.c.id == bindparam("id"),
        conversations.c.status.in_((Status.ATTENDING, Status.PAUSED)),
        conversations.c.operator_id != bindparam("me"),
        conversations.c.department_id.in_(MY_DEPARTMENTS),
    )
)
LOCK = Hot(select(conversations.c.id).where(conversations.c.id == bindparam("id")).with_for_update())
LOCK_PUBLIC = Hot(
    select(conversations.c.id)
    .where(conversations.c.public_id == bindparam("public_id"), conversations.c.visitor_id == bindparam("visitor"))
    .with_for_update()
)
CLAIM = Hot(
    update(conversations)
    .where(
        conversations.c.id == bindparam("which"),
        conversations.c.status == Status.WAITING,
        conversations.c.operator_id.is_(None),
        conversations.c.department_id.in_(MY_DEPARTMENTS),
    )
    .values(
        status=Status.ATTENDING,
        operator_id=bindparam("me"),
        waiting_since=None,
        claimed_at=bindparam("at"),
        first_answer_at=bindparam("at"),
    )
)
CLOSE = Hot(
    update(conversations)
    .where(conversations.c.id == bindparam("which"))
    .values(status=Status.CLOSED, closed_at=bindparam("at"))
)


def find_for_operator(conn: Connection, me: Operator, which: ConversationId) -> Conversation | None:
    """Return a conversation that this operator may read now; None for a foreign one as for a missing one."""
    row = READ_BY_OPERATOR.first(conn, {"id": which, "me": me.id})
    return None if row is None else whole_of(row)


def find_for_visitor(conn: Connection, me: Visitor, which: PublicId) -> Conversation | None:
    """Return a visitor's own conversation; None for a foreign one as for a missing one."""
    row = OF_VISITOR.first(conn, {"public_id": which, "visitor": me.id})
    return None if row is None else whole_of(row)


def find_holder(conn: Connection, me: Operator, which: ConversationId) -> tuple[OperatorId, str] | None:
    """Return who attends a conversation of this operator's own department; None where that is not the case."""
    row = TAKEN_BY.first(conn, {"id": which, "me": me.id})
    return None if row is None else (row[0], row[1])


def get(conn: Connection, which: ConversationId) -> Conversation:
    """Return a conversation that is known to exist, whoever asks: for actions that have locked it."""
    return whole_of(BY_ID.one(conn, {"id": which}))


def lock(tx: Tx, which: ConversationId) -> None:
    """Keep a conversation from being changed by others until the end of the transaction."""
    if needs_row_locks(tx.conn):
        LOCK.run(tx.conn, {"id": which})


def lock_for_visitor(tx: Tx, me: Visitor, which: PublicId) -> None:
    """Keep a visitor's own conversation from being changed by others until the end of the transaction."""
    if needs_row_locks(tx.conn):
        LOCK_PUBLIC.run(tx.conn, {"public_id": which, "visitor": me.id})


def list_for_visitor(conn: Connection, me: Visitor, limit: int) -> list[Conversation]:
    """Return a visitor's own conversations, newest first."""
    rows = LIST_OF_VISITOR.all(conn, {"visitor": me.id, "limit": limit})
    return [whole_of(row) for row in rows]


def find_open(conn: Connection, me: Visitor) -> PublicId | None:
    """Return the one conversation of this visitor that is not closed."""
    found: PublicId | None = OPEN_OF_VISITOR.scalar(conn, {"visitor": me.id, "inbox": me.inbox_id})
    return found


def get_by_thread(conn: Connection, me: Visitor, thread: ThreadId) -> Conversation:
    """Return the visitor's own conversation that a thread of theirs belongs to."""
    return whole_of(BY_THREAD.one(conn, {"thread": thread, "visitor": me.id}))


def claim(tx: Tx, me: Operator, which: ConversationId) -> bool:
    """Give a waiting conversation to `me`: one conditional statement, one winner. Return whether it was won."""
    return CLAIM.run(tx.conn, {"which": which, "me": me.id, "at": tx.now}) == 1


def close(tx: Tx, which: ConversationId) -> None:
    """Close a conversation; its owner stays written in it."""
    CLOSE.run(tx.conn, {"which": which, "at": tx.now})


class NewConversation(NamedTuple):
    """What is known of a conversation when its customer first writes."""

    public_id: PublicId
    thread_id: ThreadId
    inbox_id: InboxId
    department_id: DepartmentId
    visitor_id: VisitorId
    customer_id: int | None
    opened_with: str
    answers: str | None = None


def create(tx: Tx, new: NewConversation) -> ConversationId:
    """Store a new conversation into Waiting and return its number."""
    values = new._asdict() | {"status": Status.WAITING, "waiting_since": tx.now, "opened_at": tx.now}
    return ConversationId(tx.conn.execute(insert(conversations).returning(conversations.c.id), values).scalar_one())
