"""Passwords, the links that reset them, and a person's own sessions in the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from recado.db.database import Tx
from recado.db.dialect import for_update, insert
from recado.db.people import ADMINS
from recado.db.tables import invitations, operators, password_resets, sessions
from recado.domain.accounts import ResetLook, SessionItem, device_of
from recado.domain.ids import OperatorId
from recado.domain.people import SESSION_IDLE_S, SESSION_MAX_S

ID_DIGITS = 16


def session_id(token_hash: bytes) -> str:
    """Return the name of a session for its owner: the beginning of its hash, which opens nothing."""
    return token_hash.hex()[:ID_DIGITS]


def _is_over(now: int) -> ColumnElement[bool]:
    return or_(
        sessions.c.seen_at <= now - SESSION_IDLE_S * 1_000_000,
        sessions.c.created_at <= now - SESSION_MAX_S * 1_000_000,
    )


def list_sessions(conn: Connection, me: OperatorId, current: bytes, now: int) -> list[SessionItem]:
    """Return an operator's sessions that still open something, the one used last first."""
    rows = conn.execute(
        select(sessions)
        .where(sessions.c.operator_id == me, ~_is_over(now))
        .order_by(sessions.c.seen_at.desc(), sessions.c.created_at.desc(), sessions.c.token_hash)
    )
    return [
        SessionItem(
            session_id(row.token_hash),
            *device_of(row.agent),
            row.address,
            row.created_at,
            row.seen_at,
            row.token_hash == current,
        )
        for row in rows
    ]


def find_session(conn: Connection, me: OperatorId, which: str) -> bytes | None:
    """Return the hash of an operator's own session by its name."""
    mine = conn.execute(select(sessions.c.token_hash).where(sessions.c.operator_id == me)).scalars()
    return next((found for found in mine if session_id(found) == which), None)


def end_other_sessions(tx: Tx, me: OperatorId, kept: bytes) -> list[bytes]:
    """End an operator's sessions but the one that is kept; return the hashes of those that ended."""
    others = delete(sessions).where(sessions.c.operator_id == me, sessions.c.token_hash != kept)
    return list(tx.conn.execute(others.returning(sessions.c.token_hash)).scalars())


def forget_sessions(tx: Tx, operator: OperatorId) -> None:
    """Delete those of an operator's sessions that have run out."""
    tx.conn.execute(delete(sessions).where(sessions.c.operator_id == operator, _is_over(tx.now)))


# ── passwords ────────────────────────────────────────────────────────────────────────────────────────────────────


class Credentials(NamedTuple):
    """What somebody signs in with, as it is stored."""

    username: str
    password_hash: str


def get_credentials(conn: Connection, which: OperatorId) -> Credentials:
    """Return an operator's user name, and the hash of their password."""
    mine = select(operators.c.username, operators.c.password_hash).where(operators.c.id == which)
    return Credentials(*conn.execute(mine).one())


def holds_password(tx: Tx, which: OperatorId, verified: str) -> bool:
    """Return whether this is still the hash of somebody who may sign in, and keep it so to the end."""
    mine = select(operators.c.id).where(
        operators.c.id == which, operators.c.password_hash == verified, operators.c.disabled_at.is_(None)
    )
    return tx.conn.execute(for_update(mine)).first() is not None


def list_disabled(conn: Connection, among: Iterable[OperatorId]) -> set[OperatorId]:
    """Return those of some operators who are disabled."""
    found = select(operators.c.id).where(operators.c.id.in_(list(among)), operators.c.disabled_at.is_not(None))
    return set(conn.execute(found).scalars())


def set_password(tx: Tx, which: OperatorId, password_hash: str) -> None:
    """Store a new password's hash; every link that could have set another one dies."""
    tx.conn.execute(update(operators).where(operators.c.id == which).values(password_hash=password_hash))
    drop_reset(tx, which)


# ── links ────────────────────────────────────────────────────────────────────────────────────────────────────────


def put_reset(tx: Tx, operator: OperatorId, by: OperatorId, token_hash: bytes, expires_at: int) -> None:
    """Store the one link of an operator; the one before it dies."""
    row = {"token_hash": token_hash, "created_by": by, "created_at": tx.now, "expires_at": expires_at}
    tx.conn.execute(
        insert(password_resets)
        .values(operator_id=operator, **row)
        .on_conflict_do_update(index_elements=["operator_id"], set_=row)
    )


def _opens(token_hash: bytes, now: int) -> ColumnElement[bool]:
    """Return the condition that a link can be used: nobody who is disabled gets in by one, or by whom no admin let in.

    What the command line has made names its owner as its maker.
    """
    return and_(
        password_resets.c.token_hash == token_hash,
        password_resets.c.expires_at > now,
        password_resets.c.operator_id.in_(select(operators.c.id).where(operators.c.disabled_at.is_(None))),
        or_(
            password_resets.c.created_by == password_resets.c.operator_id,
            password_resets.c.created_by.in_(ADMINS),
        ),
    )


def find_reset(conn: Connection, token_hash: bytes, now: int) -> ResetLook | None:
    """Return whose password this token sets."""
    row = conn.execute(
        select(operators.c.name, operators.c.username)
        .join(password_resets, password_resets.c.operator_id == operators.c.id)
        .where(_opens(token_hash, now))
    ).first()
    return None if row is None else ResetLook(*row)


def use_reset(tx: Tx, token_hash: bytes) -> OperatorId | None:
    """Use a link up and return whose it was; None where it opens nothing. Of two at once, one gets it."""
    used = delete(password_resets).where(_opens(token_hash, tx.now)).returning(password_resets.c.operator_id)
    found: OperatorId | None = tx.conn.execute(used).scalar()
    return found


def drop_reset(tx: Tx, operator: OperatorId) -> None:
    """Let an operator's link die."""
    tx.conn.execute(delete(password_resets).where(password_resets.c.operator_id == operator))


def drop_links_by(tx: Tx, maker: OperatorId) -> None:
    """Let all links die that somebody has made, to reset passwords and to join, for whoever they are."""
    tx.conn.execute(delete(password_resets).where(password_resets.c.created_by == maker))
    tx.conn.execute(delete(invitations).where(invitations.c.created_by == maker))
