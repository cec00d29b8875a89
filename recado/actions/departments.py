"""Departments with their rules, and the reasons for closing."""

from __future__ import annotations

from typing import Any

import msgspec

from recado.actions import audit, look_ins
from recado.db import alerts, departments
from recado.db import look_ins as look_in_rows
from recado.db.database import Tx
from recado.db.dialect import key_taken
from recado.domain.actors import Operator, Role
from recado.domain.alerts import check_times
from recado.domain.audit import Detail, Kind
from recado.domain.conversations import Reason
from recado.domain.errors import Invalid, NotFound, Outdated
from recado.domain.events import AssignmentDue, SettingsChanged, ToTeam
from recado.domain.ids import DepartmentId
from recado.domain.people import NAME_MAX
from recado.domain.permissions import needs
from recado.domain.routing import (
    ABSENCE_MAX_MINUTES,
    EDIT_MAX_MINUTES,
    REOPEN_DAYS_MAX,
    UNDO_MAX_S,
    Department,
    Rules,
)
from recado.domain.text import required_line
from recado.domain.versions import Seen, check_seen

Unset = msgspec.UnsetType


class DepartmentChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an admin changes of a department; what is left out stays."""

    name: str | Unset = msgspec.UNSET
    rules: Rules | Unset = msgspec.UNSET
    version: Seen = msgspec.UNSET


class ReasonChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an admin changes of a reason for closing; what is left out stays.

    `before`: the reason in front of which it is put, None for the end.
    """

    name: str | Unset = msgspec.UNSET
    retired: bool | Unset = msgspec.UNSET
    before: int | Unset | None = msgspec.UNSET
    version: Seen = msgspec.UNSET


@needs(Role.ADMIN)
def create(tx: Tx, admin: Operator, name: str) -> Department:
    """Make a department; whoever makes it is not in it."""
    cleaned = required_line(name, "name", NAME_MAX)
    with key_taken(tx.conn, _name_taken("There is a department of this name already.")):
        number = departments.create(tx, cleaned)
    audit.note(tx, admin, Kind.DEPARTMENT_CREATED, "department", number)
    tx.emit(SettingsChanged(), ToTeam())
    return _get(tx, number)


@needs(Role.ADMIN)
def change(tx: Tx, admin: Operator, which: DepartmentId, changes: DepartmentChanges) -> Department:
    """Give a department another name or other rules. Who looks in where that is no longer allowed looks away."""
    before = _get(tx, which)
    version = check_seen(before.version, changes.version)
    values: dict[str, Any] = {}
    if changes.name is not msgspec.UNSET:
        values["name"] = required_line(changes.name, "name", NAME_MAX)
    if changes.rules is not msgspec.UNSET:
        values |= _checked(changes.rules)
    with key_taken(tx.conn, _name_taken("There is a department of this name already.")):
        if values and not departments.change(tx, which, values, version):
            raise Outdated
    after = _get(tx, which)
    if before.rules.alerts != after.rules.alerts:
        alerts.renew(tx, which, after.rules.alerts)
    if before.rules.look_in and not after.rules.look_in:
        for conversation, operator in look_in_rows.list_open(tx.conn, departments_=[which]):
            look_ins.end(tx, conversation, operator, admin.author)
    _note_changes(tx, admin, before, after)
    tx.emit(SettingsChanged(), ToTeam())
    tx.emit(AssignmentDue((which,)))
    return after


def _checked(rules: Rules) -> dict[str, Any]:
    if rules.absence_minutes is not None and not 1 <= rules.absence_minutes <= ABSENCE_MAX_MINUTES:
        raise Invalid("absence_minutes", "out_of_range", f"From 1 to {ABSENCE_MAX_MINUTES} minutes, or never.")
    if not 0 <= rules.reopen_days <= REOPEN_DAYS_MAX:
        raise Invalid("reopen_days", "out_of_range", f"From 0 to {REOPEN_DAYS_MAX} days.")
    if not 0 <= rules.edit_minutes <= EDIT_MAX_MINUTES:
        raise Invalid("edit_minutes", "out_of_range", f"From 0 to {EDIT_MAX_MINUTES} minutes.")
    if not 0 <= rules.undo_s <= UNDO_MAX_S:
        raise Invalid("undo_s", "out_of_range", f"From 0 to {UNDO_MAX_S} seconds.")
    check_times(rules.alerts)
    return msgspec.structs.asdict(rules)


def _note_changes(tx: Tx, admin: Operator, before: Department, after: Department) -> None:
    """Note which fields changed, with the values of the rules: they decide who reads and who is given what."""
    rules = audit.changed(before.rules, after.rules)
    fields = [*(["name"] if before.name != after.name else []), *rules]
    if fields:
        values: dict[str, Detail] = {name: getattr(after.rules, name) for name in rules}
        audit.note(tx, admin, Kind.DEPARTMENT_CHANGED, "department", after.id, fields=fields, **values)


def _get(tx: Tx, which: DepartmentId) -> Department:
    found = departments.find(tx.conn, which)
    if found is None:
        raise NotFound
    return found


def _name_taken(detail: str) -> Invalid:
    return Invalid("name", "taken", detail)


# ── reasons for closing ────────────────────────────────────────────────────────────────────────────────────────


@needs(Role.ADMIN)
def create_reason(tx: Tx, admin: Operator, name: str) -> Reason:
    """Make a reason for closing; it stands at the end."""
    cleaned = required_line(name, "name", NAME_MAX)
    with key_taken(tx.conn, _name_taken("There is a reason of this name already.")):
        number = departments.create_reason(tx, cleaned)
    return _told(tx, admin, number, ["created"])


@needs(Role.ADMIN)
def change_reason(tx: Tx, admin: Operator, which: int, changes: ReasonChanges) -> Reason:
    """Rename a reason, move it, or retire it: it can no longer be chosen, and stays where it was given."""
    departments.lock_reasons(tx)
    before = departments.find_reason(tx.conn, which)
    if before is None:
        raise NotFound
    version = check_seen(before.version, changes.version)
    values: dict[str, Any] = {}
    if changes.name is not msgspec.UNSET:
        values["name"] = required_line(changes.name, "name", NAME_MAX)
    if changes.retired is not msgspec.UNSET and changes.retired != before.retired:
        values["retired_at"] = tx.now if changes.retired else None
    with key_taken(tx.conn, _name_taken("There is a reason of this name already.")):
        if values and not departments.change_reason(tx, which, values, version):
            raise Outdated
    if changes.before is not msgspec.UNSET:
        _place(tx, which, changes.before)
        values["position"] = changes.before
    return _told(tx, admin, which, sorted(values))


def _place(tx: Tx, which: int, before: int | None) -> None:
    order = [one.id for one in departments.list_reasons(tx.conn) if one.id != which]
    if before is not None and before not in order:
        raise Invalid("before", "unknown", "There is no such other reason.")
    order.insert(len(order) if before is None else order.index(before), which)
    departments.place_reasons(tx, order)


def _told(tx: Tx, admin: Operator, which: int, fields: list[str]) -> Reason:
    audit.note(tx, admin, Kind.REASONS_CHANGED, "reason", which, fields=fields)
    tx.emit(SettingsChanged(), ToTeam())
    found = departments.find_reason(tx.conn, which)
    assert found is not None
    return found
