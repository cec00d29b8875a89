"""What is news to a process that looks around: what stands otherwise than when it looked last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from recado.db import changes, notices
from recado.domain.events import Audience, DraftsChanged, Event, ToOperators, ToTeam
from recado.domain.ids import OperatorId
from recado.live.bus import NEWS


class Standing(NamedTuple):
    """The versions of what all are told of, what files wait in drafts, whose notices have changed lately, and when."""

    versions: changes.Versions | None
    drafted: changes.Drafted
    noticed: dict[OperatorId, int]


UNKNOWN = Standing(None, {}, {})
"""Before the first look: all is news."""


def look(conn: Connection, since: int) -> Standing:
    """Return how things stand; of notices, what has changed after a time."""
    return Standing(changes.versions(conn), changes.drafted(conn), notices.list_changed(conn, since))


def told(before: Standing, now: Standing) -> Iterator[tuple[Event, Audience]]:
    """Return what is told of the difference, but for notices: of those, who needs to hear them."""
    assert now.versions is not None
    for news, old, new in zip(NEWS.values(), before.versions or (None,) * len(NEWS), now.versions, strict=True):
        if old != new:
            yield news, ToTeam()
    others = {operator for operator, _ in before.drafted.items() ^ now.drafted.items()}
    if others:
        yield DraftsChanged(), ToOperators(frozenset(others))


def noticed(before: Standing, now: Standing) -> set[OperatorId]:
    """Return whose notices have changed since."""
    return {operator for operator, at in now.noticed.items() if before.noticed.get(operator) != at}
