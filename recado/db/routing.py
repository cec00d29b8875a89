"""Who is there, who has room, who has been gone too long: the facts by which conversations find their operator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, exists, func, or_, select, update

from recado.db.at_desk import is_at_desk, since_when
from recado.db.database import Tx
from recado.db.dialect import needs_row_locks
from recado.db.hot import Hot
from recado.db.tables import conversations, departments, drafts, installation, memberships, operators
from recado.domain.conversations import HELD, Status
from recado.domain.errors import NotFound
from recado.domain.ids import ConversationId, DepartmentId, OperatorId
from recado.domain.routing import ONLINE_FOR_S, SWEEP_MAX_S, SWEEP_S, Assignment, Backlog, Candidate, Waiting, share


def is_away(seen_before: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that no page of an operator has been known to be open since a time."""
    return or_(operators.c.online_at.is_(None), operators.c.online_at <= seen_before)


ATTENDING = (
    select(func.count())
    .where(conversations.c.operator_id == operators.c.id, conversations.c.status == Status.ATTENDING)
    .correlate(operators)
    .scalar_subquery()
)
ROOM = Hot(select(ATTENDING, operators.c.chat_limit).where(operators.c.id == bindparam("me")))
LOCK_TO_CLAIM = Hot(
    select(operators.c.id)
    .where(
        operators.c.id == bindparam("me"),
        exists().where(
            conversations.c.id == bindparam("which"),
            or_(
                conversations.c.status.not_in(HELD),
                conversations.c.operator_id != bindparam("me"),
            ),
        ),
    )
    .with_for_update(key_share=True)
)
LOCK_OPERATOR = Hot(select(operators.c.id).where(operators.c.id == bindparam("me")).with_for_update(key_share=True))
LOCK_OPERATORS = Hot(select(operators.c.id).order_by(operators.c.id).with_for_update(key_share=True))
RULE = Hot(select(departments.c.assignment).where(departments.c.id == bindparam("department")))
CANDIDATES = Hot(
    select(operators.c.id, ATTENDING, operators.c.chat_limit, operators.c.assigned_at)
    .select_from(operators.join(memberships, memberships.c.operator_id == operators.c.id))
    .where(
        memberships.c.department_id == bindparam("department"),
        operators.c.disabled_at.is_(None),
        operators.c.availability == "available",
        is_at_desk(),
    )
)
_GIVER = case((conversations.c.claimed_at.is_not(None), conversations.c.former_operator_id))
_WRITER = (
    select(drafts.c.operator_id)
    .where(drafts.c.conversation_id == conversations.c.id, drafts.c.mode == "answer")
    .order_by(drafts.c.updated_at.desc())
    .limit(1)
    .scalar_subquery()
)
NEXT_WAITING = Hot(
    select(conversations.c.id, _GIVER, _WRITER)
    .where(
        conversations.c.status == Status.WAITING,
        conversations.c.department_id == bindparam("department"),
        or_(_GIVER.is_(None), bindparam("but") != _GIVER),
    )
    .order_by(conversations.c.waiting_since, conversations.c.id)
    .limit(1)
)
NOTE_COME = Hot(
    update(operators).where(operators.c.id == bindparam("me")).values(online_at=bindparam("at"), absent_s=0)
)
ALL_WAITING = Hot(
    select(_GIVER, _WRITER)
    .where(conversations.c.status == Status.WAITING, conversations.c.department_id == bindparam("department"))
    .order_by(conversations.c.waiting_since, conversations.c.id)
)
NOTE_ASSIGNED = Hot(update(operators).where(operators.c.id == bindparam("me")).values(assigned_at=bindparam("at")))
OWED = Hot(
    select(conversations.c.department_id)
    .distinct()
    .select_from(conversations.join(departments, departments.c.id == conversations.c.department_id))
    .where(conversations.c.status == Status.WAITING, departments.c.assignment != Assignment.MANUAL)
)
PAUSES_OVER = Hot(
    select(conversations.c.id)
    .where(conversations.c.paused_until.is_not(None), conversations.c.paused_until <= bindparam("now"))
    .order_by(conversations.c.paused_until)
    .limit(50)
)
SWEPT_AT = Hot(select(installation.c.swept_at))
NOTE_SWEPT = Hot(update(installation).values(swept_at=bindparam("at")))
COUNT_ABSENCE = Hot(
    update(operators)
    .where(
        is_away(bindparam("seen_before")),
        exists().where(conversations.c.operator_id == operators.c.id, conversations.c.status == Status.ATTENDING),
    )
    .values(absent_s=operators.c.absent_s + bindparam("elapsed"))
)
_GONE = (
    select(conversations.c.id, conversations.c.operator_id)
    .select_from(
        conversations.join(departments, departments.c.id == conversations.c.department_id).join(
            operators, operators.c.id == conversations.c.operator_id
        )
    )
    .where(
        conversations.c.status == Status.ATTENDING,
        departments.c.absence_minutes.is_not(None),
        operators.c.absent_s >= departments.c.absence_minutes * 60,
    )
    .order_by(conversations.c.id)
    .limit(50)
)
GONE = Hot(_GONE)
GONE_FROM = Hot(_GONE.where(conversations.c.id == bindparam("which"), operators.c.id == bindparam("me")))


class Given(NamedTuple):
    """A conversation, and the operator it has or had."""

    conversation: ConversationId
    operator: OperatorId


class Next(NamedTuple):
    """A conversation that waits, and what decides whose it becomes."""

    conversation: ConversationId
    waiting: Waiting


def lock_to_claim(tx: Tx, me: OperatorId, which: ConversationId) -> None:
    """Keep an operator from claiming two at once beyond their limit: their row is locked before the conversation's.

    Not where they hold it already, so that ordinary answers pass each other.
    """
    if needs_row_locks(tx.conn):
        LOCK_TO_CLAIM.run(tx.conn, {"me": me, "which": which})


def lock_operator(tx: Tx, me: OperatorId) -> None:
    """Keep what an operator attends from being added to by others until the end of the transaction."""
    if needs_row_locks(tx.conn):
        LOCK_OPERATOR.run(tx.conn, {"me": me})


def lock_operators(tx: Tx) -> None:
    """Lock all operators, by number. Whoever does so has locked the admins first, as all do who lock several."""
    if needs_row_locks(tx.conn):
        LOCK_OPERATORS.run(tx.conn, {})


def full_at(conn: Connection, me: OperatorId) -> int | None:
    """Return the limit that an operator has reached; None while there is room, or no limit."""
    attending, limit = ROOM.one(conn, {"me": me})
    return limit if limit is not None and attending >= limit else None


def get_rule(conn: Connection, department: DepartmentId) -> Assignment:
    """Return how a department assigns."""
    return Assignment(RULE.scalar(conn, {"department": department}) or Assignment.MANUAL)


def list_candidates(conn: Connection, department: DepartmentId, now: int) -> list[Candidate]:
    """Return who is at the desk, available, and of the department, whether or not they have room."""
    return [Candidate(*row) for row in CANDIDATES.all(conn, {"department": department, **since_when(now)})]


def find_next_waiting(conn: Connection, department: DepartmentId, but: OperatorId | None) -> Next | None:
    """Return what waits longest, of what `but` has not given back."""
    row = NEXT_WAITING.first(conn, {"department": department, "but": but or 0})
    return None if row is None else Next(row[0], Waiting(*row[1:]))


def get_backlog(conn: Connection, department: DepartmentId, now: int, rule: Assignment) -> Backlog:
    """Return how much of what waits in a department would be given to whom now by a rule; raise `NotFound`."""
    if RULE.first(conn, {"department": department}) is None:
        raise NotFound
    waiting = [Waiting(*row) for row in ALL_WAITING.all(conn, {"department": department})]
    return Backlog(len(waiting), share(rule, list_candidates(conn, department, now), waiting))


def note_assigned(tx: Tx, me: OperatorId) -> None:
    """Note that an operator has been given one, for the round."""
    NOTE_ASSIGNED.run(tx.conn, {"me": me, "at": tx.now})


def list_owed(conn: Connection) -> list[DepartmentId]:
    """Return the departments that assign by themselves and have somebody waiting."""
    return [row[0] for row in OWED.all(conn, {})]


def list_pauses_over(conn: Connection, now: int) -> list[ConversationId]:
    """Return paused conversations whose time has come."""
    return [row[0] for row in PAUSES_OVER.all(conn, {"now": now})]


def note_come(tx: Tx, me: OperatorId) -> None:
    """Note that an operator has opened a page: their absence, if there was one, is over."""
    NOTE_COME.run(tx.conn, {"me": me, "at": tx.now})


def note_online(tx: Tx, who: Iterable[OperatorId]) -> None:
    """Note that these operators have a page open still, whichever process noted the last of them gone."""
    statement = update(operators).where(operators.c.id.in_(list(who)))
    tx.conn.execute(statement.values(online_at=tx.now, absent_s=0))


def note_offline(tx: Tx, me: OperatorId) -> None:
    """Note that an operator's last page at one process has closed.

    Another process, or the page that comes with a reload, has a sweep's time to say that they are there all the same.
    """
    left_at = tx.now - (ONLINE_FOR_S - SWEEP_S) * 1_000_000
    tx.conn.execute(
        update(operators).where(operators.c.id == me, operators.c.online_at > left_at).values(online_at=left_at)
    )


def count_absence(tx: Tx) -> None:
    """Add the time since the last sweep, at most `SWEEP_MAX_S`, to everybody who is away and attends something.

    Whichever process sweeps, with all operators locked, counts its share of the time; while no server runs, none is
    counted.
    """
    before: int | None = SWEPT_AT.scalar(tx.conn, {})
    NOTE_SWEPT.run(tx.conn, {"at": tx.now})
    elapsed = min(SWEEP_MAX_S, max(0, (tx.now - before) // 1_000_000)) if before is not None else SWEEP_S
    seen_before = tx.now - ONLINE_FOR_S * 1_000_000
    COUNT_ABSENCE.run(tx.conn, {"seen_before": seen_before, "elapsed": elapsed})


def list_gone(conn: Connection) -> list[Given]:
    """Return attended conversations whose owner has been away for as long as their department allows."""
    return [Given(*row) for row in GONE.all(conn, {})]


def is_gone(conn: Connection, which: ConversationId, me: OperatorId) -> bool:
    """Return whether a conversation is attended by an operator who has been away for as long as is allowed."""
    return GONE_FROM.first(conn, {"which": which, "me": me}) is not None


def list_held(conn: Connection, me: OperatorId, departments_: Iterable[int] | None = None) -> list[ConversationId]:
    """Return what an operator attends or has paused, in some departments or all."""
    wanted: ColumnElement[bool] = and_(conversations.c.operator_id == me, conversations.c.status.in_(HELD))
    if departments_ is not None:
        wanted = and_(wanted, conversations.c.department_id.in_(list(departments_)))
    return list(conn.execute(select(conversations.c.id).where(wanted).order_by(conversations.c.id)).scalars())


def is_active_member(conn: Connection, operator: int, department: int) -> bool:
    """Return whether an operator belongs to a department and is not disabled."""
    found = (
        select(operators.c.id)
        .select_from(operators.join(memberships, memberships.c.operator_id == operators.c.id))
        .where(operators.c.id == operator, operators.c.disabled_at.is_(None), memberships.c.department_id == department)
    )
    return conn.execute(found).first() is not None


def is_member(conn: Connection, operator: int | None, department: int) -> bool:
    """Return whether an operator belongs to a department."""
    found = select(memberships.c.operator_id).where(
        memberships.c.operator_id == operator, memberships.c.department_id == department
    )
    return conn.execute(found).first() is not None
