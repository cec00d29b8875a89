"""Supervisors who look into attended conversations."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, func, insert, or_, select, update

from recado.db.database import Tx
from recado.db.dialect import needs_row_locks
from recado.db.hot import Hot
from recado.db.tables import conversations, departments, look_ins, memberships, operators
from recado.domain.actors import Role
from recado.domain.conversations import HELD
from recado.domain.events import Readers
from recado.domain.ids import ConversationId, DepartmentId, OperatorId
from recado.domain.routing import LOOK_IN_S, ONLINE_FOR_S

MAY_LOOK_IN = and_(
    operators.c.disabled_at.is_(None),
    operators.c.role.in_((Role.SUPERVISOR, Role.ADMIN)),
    memberships.c.operator_id == operators.c.id,
    memberships.c.department_id == conversations.c.department_id,
    departments.c.id == conversations.c.department_id,
    departments.c.look_in,
)
"""The right to look in, of the operator and the conversation of a statement: without it a look-in opens nothing."""

LOOKERS = Hot(
    select(look_ins.c.operator_id).where(
        look_ins.c.conversation_id == bindparam("conversation"),
        look_ins.c.ended_at.is_(None),
        conversations.c.id == look_ins.c.conversation_id,
        operators.c.id == look_ins.c.operator_id,
        MAY_LOOK_IN,
    )
)
I_LOOK_IN = (
    exists()
    .where(
        look_ins.c.conversation_id == conversations.c.id,
        look_ins.c.operator_id == bindparam("me"),
        look_ins.c.ended_at.is_(None),
        operators.c.id == look_ins.c.operator_id,
        MAY_LOOK_IN,
    )
    .correlate(conversations)
)
OPEN_FOR = Hot(
    select(conversations.c.id, look_ins.c.operator_id)
    .select_from(memberships)
    .join(operators, operators.c.id == memberships.c.operator_id)
    .join(departments, departments.c.id == memberships.c.department_id)
    .join(conversations, conversations.c.department_id == departments.c.id)
    .outerjoin(
        look_ins,
        (look_ins.c.conversation_id == conversations.c.id)
        & (look_ins.c.operator_id == operators.c.id)
        & look_ins.c.ended_at.is_(None),
    )
    .where(
        conversations.c.id == bindparam("conversation"),
        conversations.c.status.in_(HELD),
        conversations.c.operator_id != bindparam("me"),
        operators.c.id == bindparam("me"),
        MAY_LOOK_IN,
    )
)
LOCK_DEPARTMENT = Hot(
    select(departments.c.id)
    .join(conversations, conversations.c.department_id == departments.c.id)
    .where(conversations.c.id == bindparam("conversation"))
    .with_for_update(read=True, of=departments)
)
SEEN_AT = func.coalesce(look_ins.c.seen_at, look_ins.c.began_at)
STALE = Hot(
    select(look_ins.c.conversation_id, look_ins.c.operator_id)
    .where(
        look_ins.c.ended_at.is_(None),
        or_(look_ins.c.began_at < bindparam("began_before"), bindparam("seen_before") >= SEEN_AT),
    )
    .order_by(look_ins.c.conversation_id, look_ins.c.operator_id)
    .limit(50)
)


def list_lookers(conn: Connection, which: ConversationId) -> Readers:
    """Return the supervisors who look into a conversation now."""
    return frozenset(row[0] for row in LOOKERS.all(conn, {"conversation": which}))


def list_ended(conn: Connection, which: ConversationId, at: Iterable[int]) -> list[tuple[OperatorId, int]]:
    """Return the look-ins into a conversation that ended with one of its entries, by their times."""
    found = select(look_ins.c.operator_id, look_ins.c.ended_at).where(
        look_ins.c.conversation_id == which, look_ins.c.ended_at.in_(list(at))
    )
    return [(row[0], row[1]) for row in conn.execute(found)]


def may_look_in(conn: Connection, me: OperatorId, which: ConversationId) -> bool | None:
    """Return whether `me` looks in already; None where they may not: no supervisor there, or the door is shut."""
    row = OPEN_FOR.first(conn, {"conversation": which, "me": me})
    return None if row is None else row[1] is not None


def lock_department(tx: Tx, which: ConversationId) -> None:
    """Keep the rules of a conversation's department from being changed until the end of the transaction."""
    if needs_row_locks(tx.conn):
        LOCK_DEPARTMENT.run(tx.conn, {"conversation": which})


def begin(tx: Tx, operator: OperatorId, which: ConversationId) -> None:
    """Store that a supervisor looks in from now on."""
    row = {"conversation_id": which, "operator_id": operator, "began_at": tx.now, "seen_at": tx.now}
    tx.conn.execute(insert(look_ins), row)


def note_seen(tx: Tx, which: ConversationId, operator: OperatorId) -> None:
    """Note that a page of its supervisor has the conversation of a look-in open now."""
    tx.conn.execute(update(look_ins).where(_open(which, operator)).values(seen_at=tx.now))


def is_seen_since(conn: Connection, which: ConversationId, operator: OperatorId, moment: int) -> bool:
    """Return whether a look-in was begun, or its page known to have it open, after a moment."""
    found = select(look_ins.c.operator_id).where(_open(which, operator), moment < SEEN_AT)
    return conn.execute(found).first() is not None


def note_unseen(tx: Tx, which: ConversationId, operator: OperatorId, grace_s: int) -> None:
    """Note that a page has it open no more: unless it is noted as seen again, it is stale after `grace_s`."""
    seen_at = tx.now - (ONLINE_FOR_S - grace_s) * 1_000_000
    tx.conn.execute(update(look_ins).where(_open(which, operator), seen_at < SEEN_AT).values(seen_at=seen_at))


def _open(which: ConversationId, operator: OperatorId) -> ColumnElement[bool]:
    mine = and_(look_ins.c.conversation_id == which, look_ins.c.operator_id == operator)
    return and_(mine, look_ins.c.ended_at.is_(None))


def end(tx: Tx, which: ConversationId, at: int, operator: OperatorId | None = None) -> bool:
    """Store that a supervisor, or everybody, looks in no more; return whether anybody did.

    `at` is the time of the entry that ended it, where one does: by it others find out who left with which change.
    """
    statement = update(look_ins).where(look_ins.c.conversation_id == which, look_ins.c.ended_at.is_(None))
    if operator is not None:
        statement = statement.where(look_ins.c.operator_id == operator)
    return tx.conn.execute(statement.values(ended_at=at)).rowcount > 0


def list_open(
    conn: Connection, *, operator: OperatorId | None = None, departments_: list[DepartmentId] | None = None
) -> list[tuple[ConversationId, OperatorId]]:
    """Return the look-ins of an operator, or those in some departments, that have not ended, by conversation."""
    found = select(look_ins.c.conversation_id, look_ins.c.operator_id).where(look_ins.c.ended_at.is_(None))
    found = found.order_by(look_ins.c.conversation_id, look_ins.c.operator_id)
    if operator is not None:
        found = found.where(look_ins.c.operator_id == operator)
    if departments_ is not None:
        found = found.join(conversations).where(conversations.c.department_id.in_(departments_))
    return [(row[0], row[1]) for row in conn.execute(found)]


def list_stale(conn: Connection, now: int) -> list[tuple[ConversationId, OperatorId]]:
    """Return look-ins that began too long ago, or that no page of their supervisor is known to have open any more."""
    before = {"began_before": now - LOOK_IN_S * 1_000_000, "seen_before": now - ONLINE_FOR_S * 1_000_000}
    return [(row[0], row[1]) for row in STALE.all(conn, before)]
