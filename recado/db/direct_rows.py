"""A direct conversation as the database gives it: which columns, and how they become the shapes of who takes part."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, select

from recado.db.tables import direct_people, directs, read_marks, threads
from recado.db.threads import COUNTERS, Counters, counters_of
from recado.db.types import Columns
from recado.domain.directs import DirectItem, DirectRow, Own
from recado.domain.ids import DirectId, OperatorId, ThreadId

_SEEN = (
    select(read_marks.c.inbound_count)
    .where(
        read_marks.c.thread_id == directs.c.thread_id,
        read_marks.c.reader_kind == "operator",
        read_marks.c.reader_id == bindparam("me"),
    )
    .correlate(directs)
    .scalar_subquery()
)
"""Looked up for each row rather than joined: whoever has read little would have all marks gone through."""
FACTS = (
    *COUNTERS,
    directs.c.id,
    directs.c.name,
    directs.c.people,
    directs.c.started_by,
    directs.c.started_at,
)
_OWN = (
    direct_people.c.floor,
    direct_people.c.alerts,
    direct_people.c.started_at,
    direct_people.c.received_at,
    direct_people.c.archived_at,
    direct_people.c.last_at,
    direct_people.c.changed_at,
    _SEEN,
    direct_people.c.floor_count,
)
ITEMS = select(*FACTS, *_OWN).select_from(
    direct_people.join(directs, directs.c.id == direct_people.c.direct_id).join(
        threads, threads.c.id == directs.c.thread_id
    )
)
WHOLE = select(*FACTS).select_from(directs.join(threads, threads.c.id == directs.c.thread_id))
LAST_AT = len(FACTS) + 5
"""The column that a list of one's own goes by."""


class Direct(NamedTuple):
    """A direct conversation with its thread's counters."""

    counters: Counters
    id: DirectId
    name: str | None
    people: list[OperatorId]
    started_by: OperatorId
    started_at: int

    @property
    def thread_id(self) -> ThreadId:
        """The number of its thread."""
        return self.counters.thread.id

    def row(self) -> DirectRow:
        """The shape that those who take part get."""
        thread, excerpt, _, author = self.counters
        return DirectRow(
            self.id,
            self.name,
            self.people,
            self.started_by,
            self.started_at,
            thread.last_at,
            excerpt,
            author,
            thread.inbound_count,
            thread.seq,
            thread.version,
        )


class Mine(NamedTuple):
    """A direct conversation, and how it stands for one who takes part; how much was said before where they begin."""

    direct: Direct
    own: Own
    floor_count: int

    @property
    def readable(self) -> int:
        """How many of its messages they may read."""
        return self.direct.counters.thread.inbound_count - self.floor_count

    def item(self) -> DirectItem:
        """The shape that a list of one's own shows."""
        return DirectItem(self.direct.row(), self.own)


def direct_of(row: Columns) -> Direct:
    """Return the conversation in the columns of `FACTS`, with which the row begins."""
    number, name, people, started_by, started_at = row[len(COUNTERS) : len(FACTS)]
    who = msgspec.json.decode(people, type=list[int])
    return Direct(counters_of(row[: len(COUNTERS)]), number, name, [*map(OperatorId, who)], started_by, started_at)


def mine_of(row: Columns) -> Mine:
    """Return the conversation in the columns of `ITEMS`, as it stands for its reader."""
    floor, alerts, started, received, archived, _, changed, seen, floor_count = row[len(FACTS) :]
    received, started, archived = (one is not None for one in (received, started, archived))
    return Mine(direct_of(row), Own(received, started, archived, floor, seen or 0, alerts, changed), floor_count)
