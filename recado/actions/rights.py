"""What follows from changed rights, in the transaction that changes them: nobody keeps what they may no longer hold."""

from __future__ import annotations

from recado.actions import look_ins
from recado.actions.routing import take_from
from recado.db import accounts, routing
from recado.db import look_ins as look_in_rows
from recado.db.database import Tx
from recado.domain.actors import Operator, Role
from recado.domain.events import AssignmentDue
from recado.domain.ids import DepartmentId
from recado.domain.people import OperatorItem


def follow(tx: Tx, admin: Operator, before: OperatorItem, after: OperatorItem) -> None:
    """Give back what an operator held where they no longer belong, or everything once disabled; end their look-ins.

    Links that an admin has made, to join or to reset a password, die when they are an admin no more; the one to reset
    their own dies with their access.
    """
    if after.disabled:
        accounts.drop_reset(tx, after.id)
    if before.role is Role.ADMIN and (after.disabled or after.role is not Role.ADMIN):
        accounts.drop_links_by(tx, after.id)
    departments = {one.id for one in after.departments}
    lost = [one.id for one in before.departments if one.id not in departments]
    if after.disabled:
        take_from(tx, after.id, routing.list_held(tx.conn, after.id), "disabled")
    elif lost:
        take_from(tx, after.id, routing.list_held(tx.conn, after.id, lost), "department")
    for which, operator in look_in_rows.list_open(tx.conn, operator=after.id):
        if after.disabled or look_in_rows.may_look_in(tx.conn, operator, which) is None:
            look_ins.end(tx, which, operator, admin.author)
    tx.emit(AssignmentDue(tuple(DepartmentId(one) for one in sorted(departments))))
