"""Who is there to answer: a page open now, and the desk open a while ago at the most."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, bindparam, update

from recado.db.database import Tx
from recado.db.tables import operators
from recado.domain.ids import OperatorId
from recado.domain.routing import DESK_FOR_S, ONLINE_FOR_S


def is_at_desk() -> ColumnElement[bool]:
    """Return the condition that an operator is there to answer, by the times that `since_when` gives."""
    return and_(operators.c.online_at > bindparam("seen_after"), operators.c.desk_at > bindparam("desk_after"))


def since_when(now: int) -> dict[str, int]:
    """Return since when somebody has to have been seen to be at the desk now."""
    return {"seen_after": now - ONLINE_FOR_S * 1_000_000, "desk_after": now - DESK_FOR_S * 1_000_000}


def note_at_desk(tx: Tx, who: Iterable[OperatorId]) -> None:
    """Note that these operators have the desk open."""
    tx.conn.execute(update(operators).where(operators.c.id.in_(list(who))).values(desk_at=tx.now))
