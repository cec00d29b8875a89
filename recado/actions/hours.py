"""When a department answers."""

from __future__ import annotations

import msgspec

from recado.actions import audit
from recado.db import alerts, departments
from recado.db import hours as rows
from recado.db.database import Tx
from recado.domain.actors import Operator, Role
from recado.domain.audit import Kind
from recado.domain.errors import NotFound, Outdated
from recado.domain.events import SettingsChanged, ToTeam
from recado.domain.hours import Hours, checked
from recado.domain.ids import DepartmentId
from recado.domain.permissions import needs
from recado.domain.routing import Department
from recado.domain.versions import Seen, check_seen


@needs(Role.ADMIN)
def set_hours(
    tx: Tx, admin: Operator, which: DepartmentId, hours: Hours | None, seen: Seen = msgspec.UNSET
) -> Department:
    """Give a department its table; None lets it answer always. `seen`: the version that was looked at."""
    before = departments.find(tx.conn, which)
    if before is None:
        raise NotFound
    version = check_seen(before.version, seen)
    if not rows.change(tx, which, None if hours is None else checked(hours), version):
        raise Outdated
    alerts.renew(tx, which, before.rules.alerts)
    audit.note(tx, admin, Kind.DEPARTMENT_CHANGED, "department", which, fields=["hours"])
    tx.emit(SettingsChanged(), ToTeam())
    after = departments.find(tx.conn, which)
    assert after is not None
    return after
