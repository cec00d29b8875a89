"""Getting in: signing in, one's own password and sessions, and the link for whoever has forgotten their password."""

from __future__ import annotations

from recado.actions import audit
from recado.actions.people import Came, SignedIn, begin_session
from recado.db import accounts, people
from recado.db.database import Tx
from recado.domain.accounts import RESET_S, ResetLook
from recado.domain.actors import Operator, Role, System
from recado.domain.audit import Kind
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import SessionsEnded
from recado.domain.ids import OperatorId, hash_of, new_secret
from recado.domain.permissions import needs


@needs(System)
def sign_in(tx: Tx, actor: System, operator: OperatorId, verified: str, came: Came) -> SignedIn:
    """Begin a session for whoever knew the password of this hash.

    It was compared before this transaction. Where it is another one by now, or its owner was disabled, nobody comes in:
    a session must not outlive what it was begun with.
    """
    if not accounts.holds_password(tx, operator, verified):
        raise NotFound
    return begin_session(tx, actor, operator, came)


@needs(Operator)
def change_password(tx: Tx, operator: Operator, token: str, verified: str, password_hash: str) -> None:
    """Change one's own password, knowing the one that hashes to `verified`; every other session of theirs ends."""
    if not accounts.holds_password(tx, operator.id, verified):
        raise Invalid("current", "wrong_password", "The present password is another one.")
    accounts.set_password(tx, operator.id, password_hash)
    audit.note(tx, operator, Kind.PASSWORD_CHANGED, "operator", operator.id)
    end_other_sessions(tx, operator, token)


@needs(Operator)
def end_own_session(tx: Tx, operator: Operator, which: str) -> None:
    """End one of one's own sessions, by the name it has in the list."""
    found = accounts.find_session(tx.conn, operator.id, which)
    if found is None:
        raise NotFound
    people.end_session(tx, found)
    tx.emit(SessionsEnded(operator.id, found))


@needs(Operator)
def end_other_sessions(tx: Tx, operator: Operator, token: str) -> None:
    """End all of one's own sessions but this one."""
    for ended in accounts.end_other_sessions(tx, operator.id, hash_of(token)):
        tx.emit(SessionsEnded(operator.id, ended))


# ── a forgotten password ─────────────────────────────────────────────────────────────────────────────────────────


@needs(Role.ADMIN)
def make_reset_link(tx: Tx, admin: Operator, which: OperatorId) -> tuple[str, int]:
    """Return the secret of a link for a colleague's new password, and until when it works; the one before it dies.

    Not for oneself: whoever sits at an admin's page for a moment would otherwise need no password to take it over.
    """
    if which == admin.id:
        raise Invalid("operator", "oneself", "Change your own password with the present one.")
    return _make_link(tx, admin, which, admin.id)


@needs(System)
def make_reset_link_for(tx: Tx, desk: System, username: str) -> tuple[str, int]:
    """Return the same for whoever has this user name, where the command line asks."""
    which = people.find_any_named(tx.conn, username)
    if which is None:
        raise NotFound
    return _make_link(tx, desk, which, which)


def _make_link(tx: Tx, actor: Operator | System, which: OperatorId, by: OperatorId) -> tuple[str, int]:
    found = people.find_person(tx.conn, which)
    if found is None:
        raise NotFound
    if found.disabled:
        raise Invalid("operator", "disabled", "Nobody who is disabled can sign in; enable them first.")
    token, expires_at = new_secret(), tx.now + RESET_S * 1_000_000
    accounts.put_reset(tx, which, by, hash_of(token), expires_at)
    audit.note(tx, actor, Kind.RESET_LINK_MADE, "operator", which)
    return token, expires_at


@needs(System)
def look_at_reset(tx: Tx, _desk: System, token: str) -> ResetLook:
    """Return whose new password the holder of this link may set."""
    found = accounts.find_reset(tx.conn, hash_of(token), tx.now)
    if found is None:
        raise NotFound
    return found


@needs(System)
def reset_password(tx: Tx, desk: System, token: str, password_hash: str, came: Came) -> SignedIn:
    """Set a new password by a link, once: every session there was ends, and one begins."""
    which = accounts.use_reset(tx, hash_of(token))
    if which is None:
        raise NotFound
    accounts.set_password(tx, which, password_hash)
    people.end_sessions(tx, which)
    tx.emit(SessionsEnded(which))
    audit.note(tx, desk, Kind.PASSWORD_RESET, "operator", which)
    return begin_session(tx, desk, which, came)
