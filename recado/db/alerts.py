"""When what waits makes itself heard, in the database: a time in its row, by which the clock finds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, bindparam, func, select, update

from recado.db.database import Tx
from recado.db.hot import Hot
from recado.db.hours import hours_of
from recado.db.tables import conversations, departments
from recado.db.types import Number
from recado.domain.alerts import MINUTE_US, Times, Turn, first_after
from recado.domain.conversations import Status
from recado.domain.hours import Hours
from recado.domain.ids import ConversationId, DepartmentId, OperatorId

AT_ONCE = 50

_FIRST = func.coalesce(departments.c.ring_minutes, departments.c.push_minutes, departments.c.supervisor_minutes)


def first_in(department: ColumnElement[int]) -> ScalarSelect[int]:
    """Return when what begins to wait `begins_at` in a department is first looked at, for the statement that sets it.

    As if that were open: its hours are looked at when the time has come.
    """
    at = select(bindparam("begins_at", type_=Number) + _FIRST * MINUTE_US)
    return at.where(departments.c.id == department).correlate(conversations).scalar_subquery()


ENDED: Mapping[str, Any] = {"alert_at": None, "alert_step": 0, "acknowledged_by": None, "acknowledged_at": None}
"""What is so of a conversation that waits no longer."""

DUE = Hot(
    select(conversations.c.id)
    .where(conversations.c.alert_at.is_not(None), conversations.c.alert_at <= bindparam("now"))
    .order_by(conversations.c.alert_at)
    .limit(AT_ONCE)
)
FACTS = Hot(
    select(
        conversations.c.status,
        conversations.c.alert_step,
        conversations.c.alert_at,
        departments.c.ring_minutes,
        departments.c.push_minutes,
        departments.c.supervisor_minutes,
        departments.c.hours,
    )
    .select_from(conversations.join(departments, departments.c.id == conversations.c.department_id))
    .where(conversations.c.id == bindparam("which"))
)


class Due(NamedTuple):
    """What waits and is to make itself heard since `alert_at`."""

    step: int
    alert_at: int
    times: Times
    hours: Hours | None


def list_due(conn: Connection, now: int) -> list[ConversationId]:
    """Return some of what is due, longest ago first."""
    return [row[0] for row in DUE.all(conn, {"now": now})]


def find_due(conn: Connection, which: ConversationId, now: int) -> Due | None:
    """Return how a conversation stands that waits and is due; None where it is not so any more."""
    status, step, at, ring, push, supervisor, hours = FACTS.one(conn, {"which": which})
    if status != Status.WAITING or at is None or at > now:
        return None
    return Due(step, at, Times(ring, push, supervisor), hours_of(hours))


def note_turn(tx: Tx, which: ConversationId, turn: Turn) -> None:
    """Note how far a conversation has made itself heard, and when it is looked at again."""
    _set(tx, which, alert_step=int(turn.step), alert_at=turn.alert_at)


def forget(tx: Tx, which: ConversationId) -> None:
    """Look at a conversation no more: it waits no longer, as a release that knew nothing of alerts has left it."""
    _set(tx, which, alert_at=None)


def acknowledge(tx: Tx, which: ConversationId, operator: OperatorId) -> None:
    """Note who has heard that a conversation waits: it makes itself heard no more."""
    _set(tx, which, alert_at=None, acknowledged_by=operator, acknowledged_at=tx.now)


def _set(tx: Tx, which: ConversationId, **values: int | None) -> None:
    tx.conn.execute(update(conversations).where(conversations.c.id == which).values(**values))


def renew(tx: Tx, department: DepartmentId, times: Times) -> None:
    """Set anew when what waits in a department is looked at again, by how long it has waited."""
    waits = and_(
        conversations.c.status == Status.WAITING,
        conversations.c.department_id == department,
        conversations.c.acknowledged_by.is_(None),
    )
    for step in range(len(times) + 1):
        after = first_after(times, step)
        at = None if after is None else conversations.c.waiting_since + after * MINUTE_US
        tx.conn.execute(update(conversations).where(waits, conversations.c.alert_step == step).values(alert_at=at))
