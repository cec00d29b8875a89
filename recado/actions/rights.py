"""What follows from changed rights, in the transaction that changes them: nobody keeps what they may no longer hold."""

from __future__ import annotations

from recado.actions import look_ins
from recado.actions.routing import take_from
from recado.db import accounts, routing
from recado.db import look_ins as look_in_rows
from recado.db.database import Tx
from recado.domain.actors import Operator, Role
from recado.domain.events import AssignmentDue
from recado.domain.ids import ConversationId, DepartmentId, OperatorId
from recado.domain.people import OperatorItem
from recado.domain.permissions import needs
from recado.domain.threads import Cause

AT_ONCE = 5
"""How many conversations are given back with the change itself: more would hold up everybody else's writing."""


class HoldsMuch(Exception):  # noqa: N818 - no error: what is to be done first
    """Nothing was changed: an operator would lose more than `AT_ONCE`. What is too many is given back first."""

    def __init__(self, which: list[ConversationId], cause: Cause) -> None:
        super().__init__(which, cause)
        self.which = which
        self.cause = cause


@needs(Role.ADMIN)
def give_back(tx: Tx, _admin: Operator, operator: OperatorId, which: ConversationId, cause: Cause) -> None:
    """Put one conversation that an operator is about to lose back to Waiting, if it is still theirs."""
    take_from(tx, operator, [which], cause)


def follow(tx: Tx, admin: Operator, before: OperatorItem, after: OperatorItem) -> None:
    """Give back what an operator held where they no longer belong, or everything once disabled; end their look-ins.

    Raises `HoldsMuch` where that is more than one transaction has time for: then the change is not made, so that nobody
    reads for a moment what they have lost. Whoever made it gives back the rest (`give_back`) and asks for it again.

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
        _take(tx, after.id, routing.list_held(tx.conn, after.id), "disabled")
    elif lost:
        _take(tx, after.id, routing.list_held(tx.conn, after.id, lost), "department")
    for which, operator in look_in_rows.list_open(tx.conn, operator=after.id):
        if after.disabled or look_in_rows.may_look_in(tx.conn, operator, which) is None:
            look_ins.end(tx, which, operator, admin.author)
    tx.emit(AssignmentDue(tuple(DepartmentId(one) for one in sorted(departments))))


def _take(tx: Tx, operator: OperatorId, held: list[ConversationId], cause: Cause) -> None:
    if len(held) > AT_ONCE:
        raise HoldsMuch(held[AT_ONCE:], cause)
    take_from(tx, operator, held, cause)
