"""Departments with their rules, and the reasons for closing."""

from __future__ import annotations

from typing import Any

import msgspec

from recado.actions import audit, look_ins
from recado.db import departments
from recado.db import look_ins as look_in_rows
from recado.db.database import Tx
from recado.db.dialect import key_taken
from recado.domain.actors import Operator, Role
from recado.domain.audit import Kind
from recado.domain.conversations import Reason
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import AssignmentDue, SettingsChanged, ToTeam
from recado.domain.ids import DepartmentId
from recado.domain.people import NAME_MAX
from recado.domain.permissions import needs
from recado.domain.routing import ABSENCE_MAX_MINUTES, REOPEN_DAYS_MAX, Department, Rules
from recado.domain.text import required_line


class DepartmentChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an admin changes of a department; what is left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    rules: Rules | msgspec.UnsetType = msgspec.UNSET


class ReasonChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an admin changes of a reason for closing; what is left out stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    retired: bool | msgspec.UnsetType = msgspec.UNSET


@needs(Role.ADMIN)
def create(tx: Tx, admin: Operator, name: str) -> Department:
    """Make a department; whoever makes it is not in it."""
    cleaned = required_line(name, "name", NAME_MAX)
    with key_taken(tx.conn, _name_taken("There is a department of this name already.")):
        number = departments.create(tx, cleaned)
    audit.note(tx, admin, Kind.DEPARTMENT_CREATED, "department", number)
    return _changed(tx, number)


@needs(Role.ADMIN)
def change(tx: Tx, admin: Operator, which: DepartmentId, changes: DepartmentChanges) -> Department:
    """Give a department another name or other rules. Who looks in where that is no longer allowed looks away."""
    values: dict[str, Any] = {}
    if changes.name is not msgspec.UNSET:
        values["name"] = required_line(changes.name, "name", NAME_MAX)
    if changes.rules is not msgspec.UNSET:
        values |= _checked(changes.rules)
    with key_taken(tx.conn, _name_taken("There is a department of this name already.")):
        if not departments.change(tx, which, values):
            raise NotFound
    audit.note(tx, admin, Kind.DEPARTMENT_CHANGED, "department", which, fields=sorted(values))
    if values.get("look_in") is False:
        for conversation, operator in look_in_rows.list_open(tx.conn, departments_=[which]):
            look_ins.end(tx, conversation, operator, admin.author)
    tx.emit(AssignmentDue((which,)))
    return _changed(tx, which)


def _checked(rules: Rules) -> dict[str, Any]:
    if rules.absence_minutes is not None and not 1 <= rules.absence_minutes <= ABSENCE_MAX_MINUTES:
        raise Invalid("absence_minutes", "out_of_range", f"From 1 to {ABSENCE_MAX_MINUTES} minutes, or never.")
    if not 0 <= rules.reopen_days <= REOPEN_DAYS_MAX:
        raise Invalid("reopen_days", "out_of_range", f"From 0 to {REOPEN_DAYS_MAX} days.")
    return msgspec.structs.asdict(rules)


def _changed(tx: Tx, which: DepartmentId) -> Department:
    tx.emit(SettingsChanged(), ToTeam())
    return next(one for one in departments.list_all(tx.conn) if one.id == which)


def _name_taken(detail: str) -> Invalid:
    return Invalid("name", "taken", detail)


@needs(Role.ADMIN)
def create_reason(tx: Tx, admin: Operator, name: str) -> Reason:
    """Make a reason for closing."""
    cleaned = required_line(name, "name", NAME_MAX)
    with key_taken(tx.conn, _name_taken("There is a reason of this name already.")):
        number = departments.create_reason(tx, cleaned)
    return _reason(tx, admin, number)


@needs(Role.ADMIN)
def change_reason(tx: Tx, admin: Operator, which: int, changes: ReasonChanges) -> Reason:
    """Rename a reason, or retire it: it can no longer be chosen, and stays where it was given."""
    values: dict[str, Any] = {}
    if changes.name is not msgspec.UNSET:
        values["name"] = required_line(changes.name, "name", NAME_MAX)
    if changes.retired is not msgspec.UNSET:
        values["retired_at"] = tx.now if changes.retired else None
    with key_taken(tx.conn, _name_taken("There is a reason of this name already.")):
        if values and not departments.change_reason(tx, which, values):
            raise NotFound
    return _reason(tx, admin, which)


def _reason(tx: Tx, admin: Operator, which: int) -> Reason:
    found = next((one for one in departments.list_reasons(tx.conn) if one.id == which), None)
    if found is None:
        raise NotFound
    audit.note(tx, admin, Kind.REASONS_CHANGED, "reason", which)
    tx.emit(SettingsChanged(), ToTeam())
    return found
