"""Browsers that are told of news, in the database: each for as long as the session in which it asked for it."""

from __future__ import annotations

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from recado.db.database import Tx
from recado.db.hot import Hot
from recado.db.tables import installation, operators, push_subscriptions, sessions
from recado.domain.actors import Operator
from recado.domain.ids import OperatorId
from recado.domain.notices import BrowserItem
from recado.domain.people import SESSION_IDLE_S, SESSION_MAX_S
from recado.domain.push import Subscribed

_VALID = and_(
    sessions.c.token_hash == push_subscriptions.c.session,
    sessions.c.seen_at > bindparam("idle_limit"),
    sessions.c.created_at > bindparam("age_limit"),
)
_THERE = push_subscriptions.join(sessions, _VALID).join(
    operators, and_(operators.c.id == push_subscriptions.c.operator_id, operators.c.disabled_at.is_(None))
)
OF_OPERATOR = Hot(
    select(
        push_subscriptions.c.id,
        push_subscriptions.c.endpoint,
        push_subscriptions.c.key,
        push_subscriptions.c.secret,
        push_subscriptions.c.failed_at,
    )
    .select_from(_THERE)
    .where(push_subscriptions.c.operator_id == bindparam("operator"))
    .order_by(push_subscriptions.c.id)
)
SUBSCRIBED = Hot(select(push_subscriptions.c.operator_id).select_from(_THERE).distinct())
BROWSERS = Hot(
    select(
        push_subscriptions.c.id,
        push_subscriptions.c.name,
        push_subscriptions.c.created_at,
        push_subscriptions.c.failed_at,
        push_subscriptions.c.session,
    )
    .select_from(_THERE)
    .where(push_subscriptions.c.operator_id == bindparam("operator"))
    .order_by(push_subscriptions.c.id)
)


def _since(now: int) -> dict[str, int]:
    return {"idle_limit": now - SESSION_IDLE_S * 1_000_000, "age_limit": now - SESSION_MAX_S * 1_000_000}


def list_subscribed(conn: Connection, now: int) -> frozenset[OperatorId]:
    """Return who has a browser that is told."""
    return frozenset(row[0] for row in SUBSCRIBED.all(conn, _since(now)))


def list_of(conn: Connection, operator: OperatorId, now: int) -> list[Subscribed]:
    """Return the browsers in which an operator is told."""
    rows = OF_OPERATOR.all(conn, {"operator": operator, **_since(now)})
    return [Subscribed(number, to, bytes(key), bytes(secret), at is not None) for number, to, key, secret, at in rows]


def list_for_trial(conn: Connection, me: Operator, now: int) -> list[Subscribed]:
    """Return the browser of an operator's own session; where that is not told, all others of theirs."""
    here = {one.id for one in list_browsers(conn, me.id, me.session, now) if one.here}
    told = list_of(conn, me.id, now)
    return [one for one in told if one.id in here] or told


def list_browsers(conn: Connection, operator: OperatorId, session: bytes | None, now: int) -> list[BrowserItem]:
    """Return the browsers in which an operator is told, as they see them."""
    rows = BROWSERS.all(conn, {"operator": operator, **_since(now)})
    return [BrowserItem(number, name, at, failed, bytes(of) == session) for number, name, at, failed, of in rows]


def subscribe(tx: Tx, operator: OperatorId, session: bytes, browser: Subscribed, name: str) -> None:
    """Let a browser be told, instead of what was told before in its session, and of whoever was told in it before."""
    mine = (push_subscriptions.c.session == session) | (push_subscriptions.c.endpoint == browser.endpoint)
    tx.conn.execute(delete(push_subscriptions).where(mine))
    row = {
        "operator_id": operator,
        "session": session,
        "endpoint": browser.endpoint,
        "key": browser.key,
        "secret": browser.secret,
        "name": name,
        "created_at": tx.now,
    }
    tx.conn.execute(insert(push_subscriptions), row)


def unsubscribe(tx: Tx, session: bytes) -> bool:
    """Let the browser of a session be told no more; return whether it was."""
    return tx.conn.execute(delete(push_subscriptions).where(push_subscriptions.c.session == session)).rowcount > 0


def remove(tx: Tx, operator: OperatorId, which: int) -> bool:
    """Let one of an operator's browsers be told no more; return whether it was."""
    mine = (push_subscriptions.c.id == which, push_subscriptions.c.operator_id == operator)
    return tx.conn.execute(delete(push_subscriptions).where(*mine)).rowcount > 0


def forget(tx: Tx, which: int) -> None:
    """Forget a browser of which its service knows nothing any more."""
    tx.conn.execute(delete(push_subscriptions).where(push_subscriptions.c.id == which))


def note_failed(tx: Tx, which: int, at: int | None) -> None:
    """Note since when a browser's service takes nothing for it, or that it does again."""
    tx.conn.execute(update(push_subscriptions).where(push_subscriptions.c.id == which).values(failed_at=at))


# ── the installation's own key ───────────────────────────────────────────────────────────────────────────────────


def find_key(conn: Connection) -> bytes | None:
    """Return the key by which browsers know this installation, sealed."""
    found: bytes | None = conn.execute(select(installation.c.push_key)).scalar()
    return found


def set_key(tx: Tx, sealed: bytes, instead_of: bytes | None) -> bool:
    """Set the key, where it is this one until now. Browsers that know the one before are told no more."""
    was = installation.c.push_key.is_(None) if instead_of is None else installation.c.push_key == instead_of
    if tx.conn.execute(update(installation).where(was).values(push_key=sealed)).rowcount != 1:
        return False
    tx.conn.execute(delete(push_subscriptions))
    return True
