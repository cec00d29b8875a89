"""Conversations in the database: finders that take the reader first, and the few statements that change one.

What an operator may not see is not found. The narrowing is `READABLE`, made from the table *who reads what* in
`domain/permissions.py`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    false,
    or_,
    select,
    update,
)

from recado.db.alerts import ENDED, first_in
from recado.db.conversation_rows import WHOLE, Conversation, whole_of
from recado.db.database import Tx
from recado.db.dialect import needs_row_locks
from recado.db.hot import Hot
from recado.db.look_ins import I_LOOK_IN
from recado.db.tables import (
    conversations,
    departments,
    memberships,
    operators,
)
from recado.db.types import Number
from recado.domain.actors import Operator, Role, Visitor
from recado.domain.conversations import HELD, Status
from recado.domain.errors import NotFound, Taken
from recado.domain.ids import ConversationId, OperatorId, PublicId, ThreadId
from recado.domain.permissions import READERS, Reader, allowed

MY_DEPARTMENTS = (
    select(memberships.c.department_id)
    .select_from(memberships.join(operators, operators.c.id == memberships.c.operator_id))
    .where(memberships.c.operator_id == bindparam("me"), operators.c.disabled_at.is_(None))
    .correlate(None)
)
OPEN_ARCHIVES = select(departments.c.id).where(departments.c.archive)


def _readable() -> ColumnElement[bool]:
    mine = conversations.c.department_id.in_(MY_DEPARTMENTS)
    rules = {
        Reader.DEPARTMENT: mine,
        Reader.OWNER: conversations.c.operator_id == bindparam("me"),
        Reader.LOOKER: I_LOOK_IN,
        Reader.ARCHIVE: and_(mine, conversations.c.department_id.in_(OPEN_ARCHIVES)),
    }
    # Each rule once, whatever it is the rule of: PostgreSQL takes longer to plan them than to look.
    allowed = {reader: [status for status, readers in READERS.items() if reader in readers] for reader in rules}
    return or_(false(), *(and_(conversations.c.status.in_(allowed[reader]), rule) for reader, rule in rules.items()))


READABLE = _readable()

_KNOWN = conversations.alias("known")
_BY_ID = WHOLE.where(conversations.c.id == bindparam("id"))
BY_ID = Hot(_BY_ID)
READ_BY_OPERATOR = Hot(_BY_ID.where(READABLE))
OF_VISITOR = Hot(
    WHOLE.where(conversations.c.public_id == bindparam("public_id"), conversations.c.visitor_id == bindparam("visitor"))
)
_NEWEST_OF_VISITOR = (
    select(conversations.c.id)
    .where(conversations.c.visitor_id == bindparam("visitor"))
    .order_by(conversations.c.id.desc())
    .limit(bindparam("limit"))
    .correlate(None)
)
LISTED = and_(
    conversations.c.visitor_id == bindparam("visitor"),
    or_(conversations.c.status != Status.CLOSED, conversations.c.id.in_(_NEWEST_OF_VISITOR)),
)
"""What a visitor's list shows: their newest conversations, and what is open, since it may be one taken up again."""

LIST_OF_VISITOR = Hot(WHOLE.where(LISTED).order_by(conversations.c.id.desc()))
OPEN_OF_VISITOR = Hot(
    select(conversations.c.public_id).where(
        conversations.c.visitor_id == bindparam("visitor"),
        conversations.c.inbox_id == bindparam("inbox"),
        conversations.c.status != Status.CLOSED,
    )
)
OPENED_WITH = Hot(
    select(conversations.c.id).where(
        conversations.c.visitor_id
        == select(_KNOWN.c.visitor_id).where(_KNOWN.c.id == bindparam("which")).scalar_subquery(),
        conversations.c.opened_with == bindparam("with"),
        conversations.c.started_by == bindparam("me"),
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
        conversations.c.status.in_(HELD),
        conversations.c.operator_id != bindparam("me"),
        conversations.c.department_id.in_(MY_DEPARTMENTS),
    )
)
SUPERVISED = Hot(
    _BY_ID.where(
        conversations.c.status.in_(HELD),
        conversations.c.department_id.in_(MY_DEPARTMENTS),
    )
)
THREAD_OF = Hot(select(conversations.c.thread_id).where(conversations.c.id == bindparam("id")))
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
        status=Status.ATTENDING, operator_id=bindparam("me"), waiting_since=None, claimed_at=bindparam("at"), **ENDED
    )
)
NOTE_FIRST_ANSWER = Hot(
    update(conversations).where(conversations.c.id == bindparam("which")).values(first_answer_at=bindparam("at"))
)
NOTE_READ = Hot(
    update(conversations)
    .where(conversations.c.id == bindparam("which"), conversations.c.operator_read < bindparam("read"))
    .values(operator_read=bindparam("read"))
)
FIRST_HERE = first_in(conversations.c.department_id)
FIRST_THERE = first_in(bindparam("begins_in", type_=Number))
NEWEST_CLOSED = Hot(
    select(conversations.c.public_id)
    .where(
        conversations.c.visitor_id == bindparam("visitor"),
        conversations.c.inbox_id == bindparam("inbox"),
        conversations.c.status == Status.CLOSED,
    )
    .order_by(conversations.c.id.desc())
    .limit(1)
)


def find_for_operator(conn: Connection, me: Operator, which: ConversationId) -> Conversation | None:
    """Return a conversation that this operator may read now; None for a foreign one as for a missing one."""
    row = READ_BY_OPERATOR.first(conn, {"id": which, "me": me.id})
    return None if row is None else whole_of(row)


def find_for_visitor(conn: Connection, me: Visitor, which: PublicId) -> Conversation | None:
    """Return a visitor's own conversation; None for a foreign one as for a missing one."""
    row = OF_VISITOR.first(conn, {"public_id": which, "visitor": me.id})
    return None if row is None else whole_of(row)


def find_supervised(conn: Connection, me: Operator, which: ConversationId) -> Conversation | None:
    """Return an attended conversation of a department that `me` supervises: to be moved, not to be read."""
    if not allowed(me, (Role.SUPERVISOR,)):
        return None
    row = SUPERVISED.first(conn, {"id": which, "me": me.id})
    return None if row is None else whole_of(row)


def find_holder(conn: Connection, me: Operator, which: ConversationId) -> tuple[OperatorId, str] | None:
    """Return who attends a conversation of this operator's own department; None where that is not the case."""
    row = TAKEN_BY.first(conn, {"id": which, "me": me.id})
    return None if row is None else (row[0], row[1])


def get_readable(conn: Connection, me: Operator, which: ConversationId) -> Conversation:
    """Return a conversation that this operator may read now, or raise `refusal`."""
    found = find_for_operator(conn, me, which)
    if found is None:
        raise refusal(conn, me, which)
    return found


def refusal(conn: Connection, me: Operator, which: ConversationId) -> Exception:
    """Return why an operator may not: a colleague of the department has it, or there is nothing there for them.

    Whoever had it open is told who has it now.
    """
    holder = find_holder(conn, me, which)
    return Taken(*holder) if holder else NotFound()


def get(conn: Connection, which: ConversationId) -> Conversation:
    """Return a conversation that is known to exist, whoever asks: for actions that have locked it."""
    return whole_of(BY_ID.one(conn, {"id": which}))


def find_thread(conn: Connection, which: ConversationId) -> ThreadId | None:
    """Return the thread of a conversation, whoever asks: for actions that have locked it."""
    found: ThreadId | None = THREAD_OF.scalar(conn, {"id": which})
    return found


def lock(tx: Tx, which: ConversationId) -> None:
    """Keep a conversation from being changed by others until the end of the transaction."""
    if needs_row_locks(tx.conn):
        LOCK.run(tx.conn, {"id": which})


def lock_for_visitor(tx: Tx, me: Visitor, which: PublicId) -> None:
    """Keep a visitor's own conversation from being changed by others until the end of the transaction."""
    if needs_row_locks(tx.conn):
        LOCK_PUBLIC.run(tx.conn, {"public_id": which, "visitor": me.id})


def list_for_visitor(conn: Connection, me: Visitor, limit: int) -> list[Conversation]:
    """Return a visitor's own conversations, newest first: what is open, however old it is, and the newest `limit`."""
    rows = LIST_OF_VISITOR.all(conn, {"visitor": me.id, "limit": limit})
    return [whole_of(row) for row in rows]


def find_open(conn: Connection, me: Visitor) -> PublicId | None:
    """Return the one conversation of this visitor that is not closed."""
    found: PublicId | None = OPEN_OF_VISITOR.scalar(conn, {"visitor": me.id, "inbox": me.inbox_id})
    return found


def find_newest_closed(conn: Connection, me: Visitor) -> PublicId | None:
    """Return the conversation of this visitor that was opened last, where it is closed as all are."""
    found: PublicId | None = NEWEST_CLOSED.scalar(conn, {"visitor": me.id, "inbox": me.inbox_id})
    return found


def find_opened(conn: Connection, me: Operator, known_by: ConversationId, opened_with: str) -> ConversationId | None:
    """Return the conversation that this operator has opened by that message with the customer of another one."""
    found: ConversationId | None = OPENED_WITH.scalar(conn, {"me": me.id, "which": known_by, "with": opened_with})
    return found


def get_by_thread(conn: Connection, me: Visitor, thread: ThreadId) -> Conversation:
    """Return the visitor's own conversation that a thread of theirs belongs to."""
    return whole_of(BY_THREAD.one(conn, {"thread": thread, "visitor": me.id}))


def claim(tx: Tx, me: OperatorId, which: ConversationId) -> bool:
    """Give a waiting conversation to `me`: one conditional statement, one winner. Return whether it was won."""
    return CLAIM.run(tx.conn, {"which": which, "me": me, "at": tx.now}) == 1


def note_first_answer(tx: Tx, which: ConversationId) -> None:
    """Note that the customer has had an answer, now."""
    NOTE_FIRST_ANSWER.run(tx.conn, {"which": which, "at": tx.now})


def note_read(tx: Tx, which: ConversationId, public_seq: int) -> bool:
    """Note how far an owner has read, never back: it outlives the owner, so that a customer's ticks stay.

    Return whether that is further than before: only then is there anything for the customer to see.
    """
    return NOTE_READ.run(tx.conn, {"which": which, "read": public_seq}) == 1


def change(tx: Tx, which: ConversationId, **values: Any) -> None:
    """Set columns of a conversation that the caller has locked. What begins to wait will make itself heard."""
    begins: dict[str, Any] = {}
    if "waiting_since" in values:
        values |= ENDED
        if values["waiting_since"] is not None:
            values["alert_at"] = FIRST_THERE if "department_id" in values else FIRST_HERE
            begins = {"begins_at": tx.now, "begins_in": values.get("department_id")}
    tx.conn.execute(update(conversations).where(conversations.c.id == which).values(**values), begins)
