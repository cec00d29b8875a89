"""What has changed lately in a direct conversation, for a process that has not made the change itself."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, select

from recado.db import marks
from recado.db.bounded import Bounded
from recado.db.direct_people import list_floors
from recado.db.direct_rows import WHOLE, Direct, direct_of
from recado.db.entry_rows import ENTRY, entry_of
from recado.db.hot import Hot
from recado.db.tables import directs, messages
from recado.domain.ids import OperatorId, ThreadId
from recado.domain.threads import Entry, Mark

ENTRIES_MAX = 100
OF_THREAD = Hot(WHOLE.where(directs.c.thread_id == bindparam("thread")))
_CHANGED = and_(messages.c.thread_id == bindparam("thread"), messages.c.rev > bindparam("after"))
ENTRIES_AFTER = Bounded(select(*ENTRY), _CHANGED, keys=("rev", "seq"), newest_first=True)


class DirectChange(NamedTuple):
    """A direct conversation as it is now, from where on each who takes part reads, the entries above `after`, in order.

    `after` is later than was asked for where there is more than is read at once: pages miss a version and fetch.
    """

    direct: Direct
    floors: dict[OperatorId, int]
    after: int
    entries: list[Entry]
    marks: list[Mark]

    @property
    def version(self) -> int:
        """The version that its pages have once they have heard all of it."""
        return self.direct.counters.thread.version


def find(conn: Connection, thread: ThreadId, after: int) -> DirectChange | None:
    """Return what has changed after a version; None where the thread is no direct conversation's."""
    row = OF_THREAD.first(conn, {"thread": thread})
    if row is None:
        return None
    direct = direct_of(row)
    newest, more = ENTRIES_AFTER.read(conn, {"thread": thread, "after": after}, ENTRIES_MAX)
    entries = [entry_of(one) for one in reversed(newest)]
    if more:
        after = entries[0].rev
        entries = [one for one in entries if one.rev > after]
    floors = list_floors(conn, direct.id)
    return DirectChange(direct, floors, after, entries, marks.list_marks_of(conn, thread, floors))
