"""Deliveries in the database: one row for what somebody has been told of a thread by one way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, or_, select, update

from recado.db.database import Tx
from recado.db.dialect import insert as upsert
from recado.db.hot import Hot
from recado.db.tables import deliveries
from recado.domain.deliveries import LEASE_US, Delivery, Owed, Run, Way
from recado.domain.ids import OperatorId, new_secret

_NOW = bindparam("now", type_=deliveries.c.due_at.type)
_FREE = or_(deliveries.c.leased_until.is_(None), deliveries.c.leased_until <= _NOW)
_DUE = and_(deliveries.c.state == "due", deliveries.c.due_at <= _NOW)
LIST_DUE = Hot(
    select(deliveries.c.id)
    .where(deliveries.c.way == bindparam("way"), _DUE, _FREE)
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(bindparam("limit"))
)
IS_DUE = Hot(select(deliveries.c.id).where(deliveries.c.way == bindparam("way"), _DUE, _FREE).limit(1))
_ROW = (
    deliveries.c.id,
    deliveries.c.stable_id,
    deliveries.c.operator_id,
    deliveries.c.thread_id,
    deliveries.c.kind,
    deliveries.c.since,
    deliveries.c.last_seq,
    deliveries.c.attempts,
    deliveries.c.unclear,
)
GET_DUE = Hot(select(*_ROW).where(deliveries.c.id == bindparam("id"), _DUE, _FREE).with_for_update())
OF_RUN = Hot(
    select(deliveries.c.since, deliveries.c.last_seq, deliveries.c.state).where(
        deliveries.c.operator_id == bindparam("operator"),
        deliveries.c.thread_id == bindparam("thread"),
        deliveries.c.way == bindparam("way"),
        deliveries.c.kind == bindparam("kind"),
    )
)
_KEYS = ["operator_id", "thread_id", "way", "kind"]


def is_due(conn: Connection, way: Way, now: int) -> bool:
    """Return whether anything is to be looked at that goes this way."""
    return IS_DUE.scalar(conn, {"way": way, "now": now}) is not None


def list_due(conn: Connection, way: Way, now: int, limit: int) -> list[int]:
    """Return what is due and nobody sends at this moment, longest due first."""
    return [row[0] for row in LIST_DUE.all(conn, {"way": way, "now": now, "limit": limit})]


def find_due(tx: Tx, which: int) -> Delivery | None:
    """Return one that is still due and that nobody sends, kept from others until the end of the transaction."""
    row = GET_DUE.first(tx.conn, {"id": which, "now": tx.now})
    if row is None:
        return None
    number, stable_id, operator, thread, kind, since, last_seq, attempts, unclear = row
    return Delivery(number, stable_id, operator, thread, kind, Run(since, last_seq), attempts, unclear)


def covers(conn: Connection, owed: Owed) -> bool:
    """Return whether a row says already that this run is told, or is to be, or is not to be told.

    What browsers show is replaced by what is said later, so of theirs a row speaks up to its last entry.
    """
    which = {"operator": owed.operator, "thread": owed.thread, "way": owed.way, "kind": owed.kind}
    row = OF_RUN.first(conn, which)
    if row is None or row[0] != owed.run.since:
        return False
    return row[1] >= owed.run.last_seq or (owed.way != "push" and row[2] != "dropped")


def owe(tx: Tx, owed: Owed) -> None:
    """Let a run be told when it is due, unless a row covers it. One that is being sent is left alone meanwhile."""
    begun = {
        "stable_id": new_secret(),
        "since": owed.run.since,
        "last_seq": owed.run.last_seq,
        "state": "due",
        "attempts": 0,
        "unclear": 0,
        "left_to": None,
        "answer": None,
        "due_at": owed.due_at,
        "leased_until": None,
        "sent_at": None,
        "created_at": tx.now,
    }
    key = {"operator_id": owed.operator, "thread_id": owed.thread, "way": owed.way, "kind": owed.kind}
    statement = upsert(deliveries).values(**key, **begun)
    # What was dropped may have been sent all the same, by a process that could not note it: a run keeps its name.
    same_run = deliveries.c.since == owed.run.since
    shown = deliveries.c.shown_seq
    again = begun | {
        "stable_id": case((same_run, deliveries.c.stable_id), else_=begun["stable_id"]),
        # What browsers show of another run is not this one, and is to be taken away all the same.
        "shown_seq": case((or_(same_run, shown.is_(None)), shown), else_=0),
    }
    speaks_no_more = or_(deliveries.c.state == "dropped", deliveries.c.way == "push")
    news = or_(
        deliveries.c.since != owed.run.since,
        and_(speaks_no_more, deliveries.c.last_seq < owed.run.last_seq),
    )
    free = or_(deliveries.c.leased_until.is_(None), deliveries.c.leased_until <= tx.now)
    tx.conn.execute(statement.on_conflict_do_update(index_elements=_KEYS, set_=again, where=and_(news, free)))


def lease(tx: Tx, delivery: Delivery, run: Run) -> Delivery:
    """Have one to oneself for a while, to send what this run is now."""
    taken = delivery._replace(attempt=delivery.attempt + 1, run=run)
    _set(tx, delivery, attempts=taken.attempt, last_seq=run.last_seq, leased_until=tx.now + LEASE_US)
    return taken


def put_off(tx: Tx, delivery: Delivery, due_at: int) -> None:
    """Let one be due later; it has not been tried."""
    _set(tx, delivery, due_at=due_at)


def end(tx: Tx, delivery: Delivery, state: str, answer: str | None = None) -> None:
    """Let one be done with."""
    sent = {"sent_at": tx.now} if state == "sent" else {}
    _set(tx, delivery, state=state, leased_until=None, answer=answer, unclear=delivery.unclear, **sent)


def again(tx: Tx, delivery: Delivery, due_at: int, answer: str) -> None:
    """Let one be tried once more."""
    _set(tx, delivery, leased_until=None, due_at=due_at, answer=answer, unclear=delivery.unclear)


def _set(tx: Tx, delivery: Delivery, **values: Any) -> None:
    """Change one, if nobody has taken it since."""
    mine = (deliveries.c.id == delivery.id, deliveries.c.attempts == delivery.attempt, deliveries.c.state == "due")
    tx.conn.execute(update(deliveries).where(*mine).values(**values))


def hasten(tx: Tx, operator: OperatorId | None) -> None:
    """Look again at what was put off for somebody, or for all: what holds it up may hold no more.

    What was tried waits on.
    """
    off = update(deliveries).where(
        deliveries.c.state == "due", deliveries.c.attempts == 0, deliveries.c.due_at > tx.now
    )
    if operator is not None:
        off = off.where(deliveries.c.operator_id == operator)
    tx.conn.execute(off.values(due_at=tx.now))
