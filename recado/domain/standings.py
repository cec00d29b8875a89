"""Where a conversation stood before a line of its thread: what must be known to say who lost it by that line."""

from __future__ import annotations

from typing import NamedTuple

from recado.domain.conversations import Status
from recado.domain.ids import OperatorId
from recado.domain.threads import Activity

_SAME = frozenset({"paused", "resumed", "looked_in", "looked_away"})


class Standing(NamedTuple):
    """What decides who reads a conversation, besides look-ins and the archive. Paused is as attended here."""

    status: Status
    department: int
    owner: OperatorId | None


def before(line: Activity, after: Standing) -> Standing:
    """Return where a conversation stood before a line, from the line and where it stood after it.

    A line is not for a block of what was closed already: that moved nothing.
    """
    kind, department = line.kind, after.department
    if kind in _SAME:
        return after
    if kind == "reopened":
        return Standing(Status.CLOSED, department, line.operator)
    if kind in {"claimed", "assigned"} or (kind == "blocked" and line.origin is not None):
        return Standing(Status.WAITING, department, None)
    if kind == "transferred":
        department = department if line.origin is None else line.origin
        if line.operator is None:
            return Standing(Status.WAITING, department, None)
    return Standing(Status.ATTENDING, department, line.operator)
