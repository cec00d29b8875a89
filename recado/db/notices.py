"""What notifies operators, in the database: each one's own, an admin's for all."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, literal, select, update

from recado.db.database import Tx
from recado.db.dialect import insert as upsert
from recado.db.hot import Hot
from recado.db.tables import conversation_alerts, direct_people, notice_defaults, operators
from recado.domain.actors import Operator
from recado.domain.directs import Alerts
from recado.domain.ids import ConversationId, DirectId, OperatorId
from recado.domain.notices import (
    ALERTS_MAX,
    BUILT_IN,
    Choices,
    Chosen,
    Defaults,
    Notices,
    NoticesState,
    chosen_of,
    resolve,
)

DEFAULTS_ID = 1

OWN = Hot(
    select(
        operators.c.notices,
        operators.c.zone,
        operators.c.dnd_until,
        operators.c.notices_at,
        operators.c.email,
        select(notice_defaults.c.chosen).where(notice_defaults.c.id == DEFAULTS_ID).scalar_subquery(),
    ).where(operators.c.id == bindparam("me"))
)
ALERTS = Hot(
    select(conversation_alerts.c.conversation_id, conversation_alerts.c.alerts)
    .where(conversation_alerts.c.operator_id == bindparam("me"))
    .order_by(conversation_alerts.c.conversation_id)
)
DIRECTS = Hot(
    select(direct_people.c.direct_id, direct_people.c.alerts)
    .where(direct_people.c.operator_id == bindparam("me"), direct_people.c.alerts != literal("all"))
    .order_by(direct_people.c.direct_id)
)
CHANGED_AFTER = Hot(
    select(operators.c.id, operators.c.notices_at).where(
        operators.c.notices_at > bindparam("after", type_=operators.c.notices_at.type)
    )
)


def get(conn: Connection, me: OperatorId) -> Notices:
    """Return what holds for an operator."""
    return get_state(conn, me).notices


def get_for(conn: Connection, me: Operator) -> NoticesState:
    """Return what one's own page of choices opens with."""
    return get_state(conn, me.id)


def get_state(conn: Connection, me: OperatorId) -> NoticesState:
    """Return what an operator has chosen, what holds for who has chosen nothing, and what holds for them."""
    stored, zone, dnd_until, at, email, for_all = OWN.one(conn, {"me": me})
    chosen, defaults = chosen_of(stored), resolve(chosen_of(for_all), BUILT_IN)
    alerts: dict[ConversationId, Alerts] = dict(ALERTS.all(conn, {"me": me}))
    directs: dict[DirectId, Alerts] = dict(DIRECTS.all(conn, {"me": me}))
    notices = Notices(resolve(chosen, defaults), zone, dnd_until, alerts, directs, at or 0)
    return NoticesState(chosen, defaults, notices, email, mail=False, push_key="", browsers=[])


def list_changed(conn: Connection, after: int) -> dict[OperatorId, int]:
    """Return whose notices have changed after a time, and when."""
    return dict(CHANGED_AFTER.all(conn, {"after": after}))


def set_own(tx: Tx, me: OperatorId, values: dict[str, Any]) -> None:
    """Set columns of what notifies an operator, whose row the caller has locked. It is no change that others see."""
    before: int = OWN.one(tx.conn, {"me": me})[3] or 0
    at = max(tx.now, before + 1)
    tx.conn.execute(update(operators).where(operators.c.id == me).values(notices_at=at, **values))


def columns_of(chosen: Chosen) -> dict[str, Any]:
    """Return choices as they are stored."""
    return {"notices": msgspec.json.encode(chosen).decode()}


def set_alerts(tx: Tx, me: OperatorId, which: ConversationId, alerts: Alerts) -> None:
    """Set what an operator hears of one conversation; of more than are kept, those set longest ago are forgotten."""
    mine = conversation_alerts.c.operator_id == me
    if alerts == "all":
        tx.conn.execute(delete(conversation_alerts).where(mine, conversation_alerts.c.conversation_id == which))
        return
    row = {"operator_id": me, "conversation_id": which, "alerts": alerts, "set_at": tx.now}
    statement = upsert(conversation_alerts).values(row)
    again = {"alerts": alerts, "set_at": tx.now}
    keys = ["operator_id", "conversation_id"]
    tx.conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=again))
    latest = (conversation_alerts.c.set_at.desc(), conversation_alerts.c.conversation_id.desc())
    kept = select(conversation_alerts.c.conversation_id).where(mine).order_by(*latest).limit(ALERTS_MAX)
    tx.conn.execute(delete(conversation_alerts).where(mine, conversation_alerts.c.conversation_id.not_in(kept)))


# ── an admin's, for all ─────────────────────────────────────────────────────────────────────────────────────────


def get_defaults(conn: Connection) -> Defaults:
    """Return what holds for all who have not chosen."""
    row = conn.execute(select(notice_defaults.c.chosen, notice_defaults.c.version)).first()
    return Defaults(BUILT_IN, 0) if row is None else Defaults(resolve(chosen_of(row[0]), BUILT_IN), row[1])


def set_defaults(tx: Tx, choices: Choices, version: int) -> bool:
    """Set what holds for all who have not chosen; return whether it was of this version until now."""
    stored = msgspec.json.encode(choices).decode()
    if version:
        changed = update(notice_defaults).where(notice_defaults.c.version == version)
        return tx.conn.execute(changed.values(chosen=stored, version=version + 1)).rowcount == 1
    first = upsert(notice_defaults).values(id=DEFAULTS_ID, chosen=stored, version=1)
    made = first.on_conflict_do_nothing(index_elements=["id"]).returning(notice_defaults.c.id)
    return tx.conn.execute(made).first() is not None
