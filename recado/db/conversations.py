"""Conversations in the database: finders that take the reader first, and the few statements that change one.

What an operator may not see is not found. The narrowing is `READABLE`, made from the table *who reads what* in
`domain/permissions.py`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    false,
    insert,
    or_,
    select,
    update,
)

from recado.db.database import Tx
from recado.db.dialect import needs_row_locks
from recado.db.tables import (
    conversations,
    customers,
    departments,
    inboxes,
    memberships,
    messages,
    operators,
    read_marks,
    threads,
)
from recado.db.threads import COUNTERS, Counters, counters_of
from recado.domain.actors import Operator, Visitor
from recado.domain.conversations import (
    ConversationRow,
    CustomerBrief,
    Status,
    WidgetConversation,
    first_name,
)
from recado.domain.ids import ConversationId, DepartmentId, InboxId, OperatorId, PublicId, ThreadId, VisitorId
from recado.domain.people import Named
from recado.domain.permissions import READERS, Reader

_VISITOR_MARK = read_marks.alias("visitor_mark")
_OWNER_MARK = read_marks.alias("owner_mark")

MY_DEPARTMENTS = select(memberships.c.department_id).where(memberships.c.operator_id == bindparam("me"))


def _readable() -> ColumnElement[bool]:
    rules = {
        Reader.DEPARTMENT: conversations.c.department_id.in_(MY_DEPARTMENTS),
        Reader.OWNER: conversations.c.operator_id == bindparam("me"),
    }
    return or_(
        false(), *(and_(conversations.c.status == status, rules[reader]) for status, reader in READERS.items())
    )


READABLE = _readable()

FACTS = (
    *COUNTERS,
    conversations.c.id,
    conversations.c.public_id,
    conversations.c.status,
    conversations.c.inbox_id,
    inboxes.c.name,
    conversations.c.department_id,
    departments.c.name,
    conversations.c.visitor_id,
    conversations.c.customer_id,
    customers.c.name,
    customers.c.email,
    customers.c.verified,
    conversations.c.operator_id,
    conversations.c.waiting_since,
    conversations.c.opened_at,
)
FROM = (
    conversations.join(threads, threads.c.id == conversations.c.thread_id)
    .join(inboxes, inboxes.c.id == conversations.c.inbox_id)
    .join(departments, departments.c.id == conversations.c.department_id)
    .outerjoin(customers, customers.c.id == conversations.c.customer_id)
)
_OUTWARD = (operators.c.name, _VISITOR_MARK.c.public_seq, _OWNER_MARK.c.public_seq)
_FROM_OUTWARD = (
    FROM.outerjoin(operators, operators.c.id == conversations.c.operator_id)
    .outerjoin(
        _VISITOR_MARK,
        and_(
            _VISITOR_MARK.c.thread_id == conversations.c.thread_id,
            _VISITOR_MARK.c.reader_kind == "visitor",
            _VISITOR_MARK.c.reader_id == conversations.c.visitor_id,
        ),
    )
    .outerjoin(
        _OWNER_MARK,
        and_(
            _OWNER_MARK.c.thread_id == conversations.c.thread_id,
            _OWNER_MARK.c.reader_kind == "operator",
            _OWNER_MARK.c.reader_id == conversations.c.operator_id,
        ),
    )
)
_WHOLE = select(*FACTS, *_OUTWARD).select_from(_FROM_OUTWARD)

BY_ID = _WHOLE.where(conversations.c.id == bindparam("id"))
READ_BY_OPERATOR = BY_ID.where(READABLE)
OF_VISITOR = _WHOLE.where(
    conversations.c.public_id == bindparam("public_id"), conversations.c.visitor_id == bindparam("visitor")
)
LIST_OF_VISITOR = (
    _WHOLE.where(conversations.c.visitor_id == bindparam("visitor"))
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
    .where(
        conversations.c.public_id == bindparam("public_id"), conversations.c.visitor_id == bindparam("visitor")
    )
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


class Conversation(NamedTuple):
    """A conversation with all that its two kinds of readers are shown of it."""

    counters: Counters
    id: ConversationId
    public_id: PublicId
    status: Status
    inbox: Named
    department: Named
    visitor_id: VisitorId
    customer: CustomerBrief
    operator_id: OperatorId | None
    waiting_since: int | None
    opened_at: int
    operator_name: str | None = None
    visitor_read: int = 0
    operator_read: int = 0

    @property
    def thread_id(self) -> ThreadId:
        """The number of its thread."""
        return self.counters.thread.id

    def row(self) -> ConversationRow:
        """The shape that operators get."""
        thread, excerpt, excerpt_by = self.counters
        return ConversationRow(
            self.id,
            self.status,
            "chat",
            self.inbox,
            self.department,
            self.customer,
            self.operator_id,
            self.waiting_since,
            self.opened_at,
            thread.last_at,
            excerpt,
            excerpt_by,
            thread.inbound_count,
            thread.seq,
            thread.version,
        )

    def widget(self) -> WidgetConversation:
        """The shape that its customer gets."""
        thread = self.counters.thread
        return WidgetConversation(
            self.public_id,
            "closed" if self.status is Status.CLOSED else "open",
            thread.public_version,
            thread.public_seq,
            self.opened_at,
            self.department.name,
            first_name(self.operator_name),
            self.visitor_read,
            self.operator_read,
        )


def conversation_of(row: Row[Any]) -> Conversation:
    """Return the conversation in the columns of `FACTS`, followed or not by those of the customer's side."""
    facts = row[9:]
    outward = facts[15:18] if len(facts) >= 18 else (None, 0, 0)
    return Conversation(
        counters_of(row[:9]),
        facts[0],
        facts[1],
        Status(facts[2]),
        Named(facts[3], facts[4]),
        Named(facts[5], facts[6]),
        facts[7],
        CustomerBrief(facts[8], facts[9], facts[10], bool(facts[11])),
        facts[12],
        facts[13],
        facts[14],
        outward[0],
        outward[1] or 0,
        outward[2] or 0,
    )


def find_for_operator(conn: Connection, me: Operator, which: ConversationId) -> Conversation | None:
    """Return a conversation that this operator may read now; None for a foreign one as for a missing one."""
    row = conn.execute(READ_BY_OPERATOR, {"id": which, "me": me.id}).one_or_none()
    return None if row is None else conversation_of(row)


def find_for_visitor(conn: Connection, me: Visitor, which: PublicId) -> Conversation | None:
    """Return a visitor's own conversation; None for a foreign one as for a missing one."""
    row = conn.execute(OF_VISITOR, {"public_id": which, "visitor": me.id}).one_or_none()
    return None if row is None else conversation_of(row)


def find_holder(conn: Connection, me: Operator, which: ConversationId) -> tuple[OperatorId, str] | None:
    """Return who attends a conversation of this operator's own department; None where that is not the case."""
    row = conn.execute(TAKEN_BY, {"id": which, "me": me.id}).one_or_none()
    return None if row is None else (row[0], row[1])


def get(conn: Connection, which: ConversationId) -> Conversation:
    """Return a conversation that is known to exist, whoever asks: for actions that have locked it."""
    return conversation_of(conn.execute(BY_ID, {"id": which}).one())


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
    return [conversation_of(row) for row in rows]


def find_open(conn: Connection, me: Visitor) -> PublicId | None:
    """Return the one conversation of this visitor that is not closed."""
    found: PublicId | None = conn.execute(OPEN_OF_VISITOR, {"visitor": me.id, "inbox": me.inbox_id}).scalar()
    return found


def find_by_client_id(conn: Connection, me: Visitor, client_id: str) -> PublicId | None:
    """Return the visitor's conversation into which this client id was sent before."""
    found: PublicId | None = conn.execute(
        SENT_BY_VISITOR, {"visitor": me.id, "client_id": client_id}
    ).scalar()
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
    return ConversationId(
        tx.conn.execute(insert(conversations).returning(conversations.c.id), values).scalar_one()
    )
