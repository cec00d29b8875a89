"""When a department answers."""

from __future__ import annotations

from recado.actions import audit
from recado.db import departments
from recado.db import hours as rows
from recado.db.database import Tx
from recado.domain.actors import Operator, Role
from recado.domain.audit import Kind
from recado.domain.errors import NotFound
from recado.domain.events import SettingsChanged, ToTeam
from recado.domain.hours import Hours, checked
from recado.domain.ids import DepartmentId
from recado.domain.permissions import needs
from recado.domain.routing import Department


@needs(Role.ADMIN)
def set_hours(tx: Tx, admin: Operator, which: DepartmentId, hours: Hours | None) -> Department:
    """Give a department its table; None lets it answer always."""
    if not rows.change(tx, which, None if hours is None else checked(hours)):
        raise NotFound
    audit.note(tx, admin, Kind.DEPARTMENT_CHANGED, "department", which, fields=["hours"])
    tx.emit(SettingsChanged(), ToTeam())
    return next(one for one in departments.list_all(tx.conn) if one.id == which)
