"""The team: the first admin, invitations, sessions, and what may be changed of an operator."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import msgspec

from recado.actions import audit, rights
from recado.db import accounts, invitations, people
from recado.db.database import Tx
from recado.db.dialect import key_taken
from recado.domain.actors import Operator, Role, System
from recado.domain.audit import Detail, Kind
from recado.domain.customers import email_of
from recado.domain.errors import Invalid, NotFound, Outdated
from recado.domain.events import AssignmentDue, PeopleChanged, PersonChanged, RightsChanged, SessionsEnded, ToTeam
from recado.domain.ids import DepartmentId, InvitationId, OperatorId, hash_of, new_secret
from recado.domain.people import (
    INVITATION_S,
    NAME_MAX,
    USERNAME_PATTERN,
    Availability,
    InvitationItem,
    Locale,
    Me,
    OperatorItem,
    Theme,
    Welcome,
)
from recado.domain.permissions import needs
from recado.domain.routing import CHAT_LIMIT_MAX
from recado.domain.text import required_line
from recado.domain.versions import Seen, check_seen


class Newcomer(NamedTuple):
    """What somebody who joins says of themselves. `password_hash` is made before the transaction."""

    name: str
    username: str
    password_hash: str
    email: str | None = None


class Came(NamedTuple):
    """Where a session comes from, as the browser and the connection tell."""

    agent: str | None
    address: str | None


class SignedIn(NamedTuple):
    """A new session: its secret, and whose it is."""

    token: str
    me: Me


def username_of(text: str) -> str:
    """Return a user name in its one spelling, lower case; refuse what is none."""
    name = text.strip().lower()
    if not re.fullmatch(USERNAME_PATTERN, name):
        raise Invalid("username", "not_a_username", "Letters, digits, dot, dash; 2 to 64; no accents or spaces.")
    return name


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────


@needs(System)
def begin_session(tx: Tx, _actor: System, operator: OperatorId, came: Came) -> SignedIn:
    """Begin a session for an operator whose password was right; always under a new secret."""
    token = new_secret()
    agent = came.agent[:400] if came.agent else None
    accounts.forget_sessions(tx, operator)
    people.create_session(tx, operator, hash_of(token), agent, came.address)
    return SignedIn(token, people.get_me(tx.conn, operator))


@needs(Operator)
def end_session(tx: Tx, operator: Operator, token: str) -> None:
    """Sign out: the session ends, its sockets with it."""
    people.end_session(tx, hash_of(token))
    tx.emit(SessionsEnded(operator.id, hash_of(token)))


@needs(Operator)
def note_session(tx: Tx, _operator: Operator, token: str) -> None:
    """Note that a session is in use, so that it does not idle out."""
    people.note_session(tx, hash_of(token))


# ── joining ──────────────────────────────────────────────────────────────────────────────────────────────────────


@needs(System)
def set_up(tx: Tx, _actor: System, token: str, newcomer: Newcomer, came: Came) -> SignedIn:
    """Make the first admin with the one-time token. The door shuts for ever; whoever comes second finds nothing."""
    if not invitations.pass_setup(tx, hash_of(token)):
        raise NotFound
    first = _create(tx, newcomer, Role.ADMIN, [])
    audit.note(tx, _actor, Kind.INSTALLATION_SET_UP, "installation", 1, operator=first)
    return begin_session(tx, _actor, first, came)


@needs(Role.ADMIN)
def invite(
    tx: Tx, admin: Operator, role: Role, departments: list[DepartmentId], name: str | None
) -> tuple[InvitationItem, str]:
    """Make an invitation and return it with its secret, which is not stored and not shown again."""
    _check_departments(tx, departments)
    token = new_secret()
    expires_at = tx.now + INVITATION_S * 1_000_000
    called = required_line(name, "name", NAME_MAX) if name and name.strip() else None
    number = invitations.create(tx, admin.id, hash_of(token), role, departments, called, expires_at)
    audit.note(tx, admin, Kind.OPERATOR_INVITED, "invitation", number, role=role, departments=departments)
    item = next(one for one in invitations.list_open(tx.conn, tx.now) if one.id == number)
    return item, token


@needs(Role.ADMIN)
def withdraw(tx: Tx, admin: Operator, which: InvitationId) -> None:
    """Withdraw an invitation: its link opens nothing any more."""
    if not invitations.remove(tx, which):
        raise NotFound
    audit.note(tx, admin, Kind.INVITATION_WITHDRAWN, "invitation", which)


@needs(System)
def look_at_invitation(tx: Tx, _actor: System, token: str) -> Welcome:
    """Return what an invitation offers to whoever holds its link."""
    found = invitations.find(tx.conn, hash_of(token), tx.now)
    if found is None:
        raise NotFound
    return Welcome(found.role, found.departments, found.name)


@needs(System)
def accept(tx: Tx, _actor: System, token: str, newcomer: Newcomer, came: Came) -> SignedIn:
    """Accept an invitation: the newcomer becomes an operator and is signed in. It works once."""
    found = invitations.find(tx.conn, hash_of(token), tx.now)
    if found is None or not invitations.remove(tx, found.id):
        raise NotFound
    departments = [DepartmentId(one.id) for one in found.departments]
    operator = _create(tx, newcomer, found.role, departments)
    audit.note(tx, _actor, Kind.OPERATOR_JOINED, "operator", operator, invitation=found.id, role=found.role)
    tx.emit(PeopleChanged(), ToTeam())
    return begin_session(tx, _actor, operator, came)


def _create(tx: Tx, newcomer: Newcomer, role: Role, departments: list[DepartmentId]) -> OperatorId:
    username = username_of(newcomer.username)
    values = {
        "username": username,
        "name": required_line(newcomer.name, "name", NAME_MAX),
        "email": email_of(newcomer.email),
        "password_hash": newcomer.password_hash,
        "role": role,
    }
    with key_taken(tx.conn, Invalid("username", "taken", "Somebody has this user name already.")):
        operator = people.create_operator(tx, values)
    people.set_departments(tx, operator, departments)
    return operator


# ── changing ─────────────────────────────────────────────────────────────────────────────────────────────────────


class OwnChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What operators change of themselves; what is left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    email: str | msgspec.UnsetType | None = msgspec.UNSET
    locale: Locale | msgspec.UnsetType | None = msgspec.UNSET
    theme: Theme | msgspec.UnsetType = msgspec.UNSET
    desk_window: bool | msgspec.UnsetType = msgspec.UNSET
    availability: Availability | msgspec.UnsetType = msgspec.UNSET


class OperatorChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an admin changes of an operator; what is left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    role: Role | msgspec.UnsetType = msgspec.UNSET
    departments: list[int] | msgspec.UnsetType = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET
    chat_limit: int | msgspec.UnsetType | None = msgspec.UNSET
    version: Seen = msgspec.UNSET


@needs(Operator)
def change_me(tx: Tx, operator: Operator, changes: OwnChanges) -> Me:
    """Change one's own name, address, language, theme, where the desk opens, or whether one takes conversations."""
    values = _given(changes)
    values |= _checked(values)
    if values:
        people.change_operator(tx, operator.id, values)
    known = [one for one in ("name", "email") if one in values]
    if known:
        audit.note(tx, operator, Kind.OPERATOR_CHANGED, "operator", operator.id, fields=known)
        tx.emit(PeopleChanged(), ToTeam())
    if "availability" in values:
        tx.emit(PersonChanged(people.get_person(tx.conn, operator.id)), ToTeam())
        tx.emit(AssignmentDue(tuple(people.departments_of(tx.conn, operator.id))))
    return people.get_me(tx.conn, operator.id)


@needs(Role.ADMIN)
def change_operator(tx: Tx, admin: Operator, which: OperatorId, changes: OperatorChanges) -> OperatorItem:
    """Change an operator's name, role, departments, or disable them.

    Whoever loses or gains something is told by their sockets closing: they return with the new scope. A disabled
    operator's sessions end in the same transaction. One admin who can sign in always remains.
    """
    values = _given(changes)
    departments = values.pop("departments", None)
    disabled = values.pop("disabled", None)
    seen = values.pop("version", msgspec.UNSET)
    values |= _checked(values)
    if disabled is not None:
        values["disabled_at"] = tx.now if disabled else None
    people.lock_admins(tx)
    before = people.find_operator(tx.conn, which)
    if before is None:
        raise NotFound
    version, given = check_seen(before.version, seen), values or departments is not None
    if given and not people.change_operator(tx, which, values, version):
        raise Outdated
    if departments is not None:
        _check_departments(tx, departments)
        people.set_departments(tx, which, departments)
    if people.count_admins(tx.conn) == 0:
        raise Invalid("role", "last_admin", "One admin must remain who can sign in.")
    if disabled:
        people.end_sessions(tx, which)
        tx.emit(SessionsEnded(which, disabled=True))
    elif values.keys() & {"role", "disabled_at"} or departments is not None:
        tx.emit(RightsChanged(which))
    tx.emit(PeopleChanged(), ToTeam())
    after = people.find_operator(tx.conn, which)
    assert after is not None
    rights.follow(tx, admin, before, after)
    _note_changes(tx, admin, before, after)
    return after


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Return those of the values that are stored otherwise than they were typed; refuse what cannot be."""
    limit = values.get("chat_limit")
    if limit is not None and not 1 <= limit <= CHAT_LIMIT_MAX:
        raise Invalid("chat_limit", "out_of_range", f"From 1 to {CHAT_LIMIT_MAX} conversations, or no limit.")
    mended: dict[str, Any] = {"email": email_of(values["email"])} if "email" in values else {}
    return mended | ({"name": required_line(values["name"], "name", NAME_MAX)} if "name" in values else {})


def _note_changes(tx: Tx, admin: Operator, before: OperatorItem, after: OperatorItem) -> None:
    """Note which fields changed, with the values of those that give or take rights or work."""
    fields = audit.changed(before, after)
    rights: dict[str, Detail] = {"role": after.role, "disabled": after.disabled, "chat_limit": after.chat_limit}
    rights["departments"] = [one.id for one in after.departments]
    if fields:
        told = {name: rights[name] for name in fields if name in rights}
        audit.note(tx, admin, Kind.OPERATOR_CHANGED, "operator", after.id, fields=fields, **told)


def _given(changes: msgspec.Struct) -> dict[str, Any]:
    """Return the fields that were given."""
    return {
        name: value
        for name, value in ((name, getattr(changes, name)) for name in changes.__struct_fields__)
        if value is not msgspec.UNSET
    }


def _check_departments(tx: Tx, departments: list[DepartmentId]) -> None:
    if departments and people.missing_departments(tx.conn, departments):
        raise Invalid("departments", "unknown", "One of these departments does not exist.")
