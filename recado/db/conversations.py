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
from recado.db.tables import (
    conversations,
    memberships,
    messages,
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

BY_ID = WHOLE.where(conversations.c.id == bindparam("id"))
READ_BY_OPERATOR = BY_ID.where(READABLE)
OF_VISITOR = WHOLE.where(
    conversations.c.public_id == bindparam("public_id"), conversations.c.visitor_id == bindparam("visitor")
)
LIST_OF_VISITOR = (
    WHOLE.where(conversations.c.visitor_id == bindparam("visitor"))
    .order_by(conversations.c.id.desc())
    .limit(bindparam("limit"))
)
OPEN_OF_VISITOR = select(conversations.c.public_id).where(
    conversations.c.visitor_id == bindparam("visitor"),
    conversations.c.inbox_id == bindparam("inbox"),
    conversations.c.status != Status.CLOSED,
)
SENT_BY_VISITOR = (
    select(conversations.c.public_id)
    .select_from(messages.join(conversations, conversations.c.thread_id == messages.c.thread_id))
    .where(
        conversations.c.visitor_id == bindparam("visitor"),
        messages.c.author_kind == "visitor",
        messages.c.author_id == bindparam("visitor"),
        messages.c.client_id == bindparam("client_id"),
    )
)
TAKEN_BY = (
    select(conversations.c.operator_id, operators.c.name)
    .select_from(conversations.join(operators, operators.c.id == conversations.c.operator_id))
    .where(
        conversations.c.id == bindparam("id"),
        conversations.c.status.in_((Status.ATTENDING, Status.PAUSED)),
        conversations.c.operator_id != bindparam("me"),
        conversations.c.department_id.in_(MY_DEPARTMENTS),
    )
)
LOCK = select(conversations.c.id).where(conversations.c.id == bindparam("id")).with_for_update()
LOCK_PUBLIC = (
    select(conversations.c.id)
    .where(conversations.c.public_id == bindparam("public_id"), conversations.c.visitor_id == bindparam("visitor"))
    .with_for_update()
)
CLAIM = (
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
CLOSE = (
    update(conversations)
    .where(conversations.c.id == bindparam("which"))
    .values(status=Status.CLOSED, closed_at=bindparam("at"))
)


def find_for_operator(conn: Connection, me: Operator, which: ConversationId) -> Conversation | None:
    """Return a conversation that this operator may read now; None for a foreign one as for a missing one."""
    row = conn.execute(READ_BY_OPERATOR, {"id": which, "me": me.id}).one_or_none()
    return None if row is None else whole_of(row)


def find_for_visitor(conn: Connection, me: Visitor, which: PublicId) -> Conversation | None:
    """Return a visitor's own conversation; None for a foreign one as for a missing one."""
    row = conn.execute(OF_VISITOR, {"public_id": which, "visitor": me.id}).one_or_none()
    return None if row is None else whole_of(row)


def find_holder(conn: Connection, me: Operator, which: ConversationId) -> tuple[OperatorId, str] | None:
    """Return who attends a conversation of this operator's own department; None where that is not the case."""
    row = conn.execute(TAKEN_BY, {"id": which, "me": me.id}).one_or_none()
    return None if row is None else (row[0], row[1])


def get(conn: Connection, which: ConversationId) -> Conversation:
    """Return a conversation that is known to exist, whoever asks: for actions that have locked it."""
    return whole_of(conn.execute(BY_ID, {"id": which}).one())


def lock(tx: Tx, which: ConversationId) -> None:
    """Keep a conversation from being changed by others until the end of the transaction."""
    if needs_row_locks(tx.conn):
        tx.conn.execute(LOCK, {"id": which})


def lock_for_visitor(tx: Tx, me: Visitor, which: PublicId) -> None:
    """Keep a visitor's own conversation from being changed by others until the end of the transaction."""
    if needs_row_locks(tx.conn):
        tx.conn.execute(LOCK_PUBLIC, {"public_id": which, "visitor": me.id})


def list_for_visitor(conn: Connection, me: Visitor, limit: int) -> list[Conversation]:
    """Return a visitor's own conversations, newest first."""
    rows = conn.execute(LIST_OF_VISITOR, {"visitor": me.id, "limit": limit})
    return [whole_of(row) for row in rows]


def find_open(conn: Connection, me: Visitor) -> PublicId | None:
    """Return the one conversation of this visitor that is not closed."""
    found: PublicId | None = conn.execute(OPEN_OF_VISITOR, {"visitor": me.id, "inbox": me.inbox_id}).scalar()
    return found


def find_by_client_id(conn: Connection, me: Visitor, client_id: str) -> PublicId | None:
    """Return the visitor's conversation into which this client id was sent before."""
    found: PublicId | None = conn.execute(SENT_BY_VISITOR, {"visitor": me.id, "client_id": client_id}).scalar()
    return found


def claim(tx: Tx, me: Operator, which: ConversationId) -> bool:
    """Give a waiting conversation to `me`: one conditional statement, one winner. Return whether it was won."""
    return tx.conn.execute(CLAIM, {"which": which, "me": me.id, "at": tx.now}).rowcount == 1


def close(tx: Tx, which: ConversationId) -> None:
    """Close a conversation; its owner stays written in it."""
    tx.conn.execute(CLOSE, {"which": which, "at": tx.now})


class NewConversation(NamedTuple):
    """What is known of a conversation when its customer first writes."""

    public_id: PublicId
    thread_id: ThreadId
    inbox_id: InboxId
    department_id: DepartmentId
    visitor_id: VisitorId
    customer_id: int | None
    opened_with: str


def create(tx: Tx, new: NewConversation) -> ConversationId:
    """Store a new conversation into Waiting and return its number."""
    values = new._asdict() | {"status": Status.WAITING, "waiting_since": tx.now, "opened_at": tx.now}
    return ConversationId(tx.conn.execute(insert(conversations).returning(conversations.c.id), values).scalar_one())
