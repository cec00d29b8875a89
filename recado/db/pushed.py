"""What browsers show, in the database: rows of deliveries, and what of them is to be looked at again."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, or_, select, update

from recado.db.database import Tx
from recado.db.hot import Hot
from recado.db.tables import conversations, deliveries, direct_people, directs, read_marks, threads
from recado.domain.conversations import HELD, Status
from recado.domain.deliveries import LEASE_US, Delivery, Run
from recado.domain.ids import ThreadId

_SHOWN = and_(deliveries.c.way == "push", deliveries.c.state == "sent")
OF_THREAD = Hot(select(deliveries.c.id).where(_SHOWN, deliveries.c.thread_id == bindparam("thread")))
_ALL = (
    deliveries.outerjoin(
        directs.join(direct_people, direct_people.c.direct_id == directs.c.id),
        and_(
            directs.c.thread_id == deliveries.c.thread_id,
            direct_people.c.operator_id == deliveries.c.operator_id,
        ),
    )
    .outerjoin(conversations, conversations.c.thread_id == deliveries.c.thread_id)
    .outerjoin(
        read_marks,
        and_(
            read_marks.c.thread_id == deliveries.c.thread_id,
            read_marks.c.reader_kind == "operator",
            read_marks.c.reader_id == deliveries.c.operator_id,
        ),
    )
)
SEEN = Hot(
    select(deliveries.c.id)
    .select_from(_ALL)
    .where(
        _SHOWN,
        or_(
            and_(direct_people.c.direct_id.is_not(None), direct_people.c.unread_since.is_(None)),
            and_(deliveries.c.kind == "waiting", conversations.c.status != Status.WAITING),
            and_(deliveries.c.kind == "mine", conversations.c.status.not_in(HELD)),
            and_(deliveries.c.kind == "mine", conversations.c.operator_id != deliveries.c.operator_id),
            and_(deliveries.c.kind != "internal", read_marks.c.seq >= deliveries.c.shown_seq),
        ),
    )
)
LATELY = Hot(
    select(conversations.c.thread_id)
    .select_from(conversations.join(threads, threads.c.id == conversations.c.thread_id))
    .where(conversations.c.status.in_((Status.WAITING, *HELD)), threads.c.last_at > bindparam("since"))
)
LOUD = Hot(
    select(conversations.c.thread_id).where(
        conversations.c.status == Status.WAITING, conversations.c.alert_step >= bindparam("step")
    )
)
STILL = Hot(select(deliveries.c.shown_seq, deliveries.c.left_to).where(deliveries.c.id == bindparam("id")))


class Showing(NamedTuple):
    """Up to which entry browsers show something of it, None where they show nothing; and which are still to be told."""

    seq: int | None
    left_to: list[int] | None


def get_showing(conn: Connection, which: int) -> Showing:
    """Return what browsers show of one."""
    seq, left_to = STILL.one(conn, {"id": which})
    return Showing(seq, None if left_to is None else msgspec.json.decode(left_to, type=list[int]))


def list_shown(conn: Connection, thread: ThreadId) -> list[int]:
    """Return what browsers show of a thread."""
    return [row[0] for row in OF_THREAD.all(conn, {"thread": thread})]


def list_seen(conn: Connection) -> list[int]:
    """Return what browsers show and somebody has seen meanwhile, or may see no more."""
    return [row[0] for row in SEEN.all(conn, {})]


def list_lately(conn: Connection, since: int) -> list[ThreadId]:
    """Return the threads of open conversations with customers in which something was said since then."""
    return [row[0] for row in LATELY.all(conn, {"since": since})]


def list_loud(conn: Connection, step: int) -> list[ThreadId]:
    """Return the threads of what waits and has become so loud."""
    return [row[0] for row in LOUD.all(conn, {"step": step})]


def look_again(tx: Tx, which: Collection[int]) -> None:
    """Let these be looked at again: whether they are still to be shown."""
    shown = update(deliveries).where(_SHOWN, deliveries.c.id.in_(list(which)))
    tx.conn.execute(shown.values(state="due", due_at=tx.now, attempts=0, left_to=None))


def lease(tx: Tx, delivery: Delivery, run: Run) -> Delivery:
    """Have one to oneself for a while, to show what this run is now."""
    taken = delivery._replace(attempt=delivery.attempt + 1, run=run)
    values = {"attempts": taken.attempt, "since": run.since, "last_seq": run.last_seq}
    _set(tx, delivery, leased_until=tx.now + LEASE_US, **values)
    return taken


def rest(tx: Tx, delivery: Delivery, seq: int | None, answer: str | None = None) -> None:
    """Let one be as it is: browsers show it up to an entry, or show nothing of it."""
    state = "dropped" if seq is None else "sent"
    _set(tx, delivery, state=state, shown_seq=seq, leased_until=None, left_to=None, answer=answer)


def done(tx: Tx, delivery: Delivery, seq: int | None, answer: str) -> None:
    """Note what browsers show now; what has happened meanwhile is looked at again."""
    sent = {"sent_at": tx.now, "shown_seq": seq, "answer": answer}
    _set(tx, delivery, due_at=tx.now, attempts=0, leased_until=None, left_to=None, **sent)


def again(tx: Tx, delivery: Delivery, seq: int | None, left_to: list[int], due_at: int, answer: str) -> None:
    """Let these browsers be told once more, later; what the others show is known."""
    left = msgspec.json.encode(left_to).decode()
    _set(tx, delivery, due_at=due_at, leased_until=None, shown_seq=seq, left_to=left, answer=answer)


def _set(tx: Tx, delivery: Delivery, **values: object) -> None:
    mine = (deliveries.c.id == delivery.id, deliveries.c.attempts == delivery.attempt, deliveries.c.state == "due")
    tx.conn.execute(update(deliveries).where(*mine).values(**values))
