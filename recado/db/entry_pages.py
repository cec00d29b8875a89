"""Pages of a thread in both directions, around an entry or around a moment, and what changed in it.

Who may read it is asked before, and from where on: what is up to a reader's `floor` is not read for them. A page ends
where its count or its text is full; pages go by `more`, never by counts.

A moment is found by halving: within a thread `at` grows with `seq`, so some fifteen steps along the index of the
numbers find a day among 20,000 entries, and no message pays for an index of its own by time.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, select

from recado.db.bounded import Bounded
from recado.db.entry_rows import ENTRY, entry_of
from recado.db.hot import Hot
from recado.db.tables import messages
from recado.domain.conversations import EntryPage
from recado.domain.ids import ThreadId
from recado.domain.threads import Entry, Thread

_IN_THREAD = and_(messages.c.thread_id == bindparam("thread"), messages.c.seq > bindparam("floor"))
PRECEDING = Bounded(select(*ENTRY), _IN_THREAD, messages.c.seq < bindparam("before"), keys=("seq",), newest_first=True)
FOLLOWING = Bounded(select(*ENTRY), _IN_THREAD, messages.c.seq > bindparam("after"), keys=("seq",))
CHANGED = Bounded(select(*ENTRY), _IN_THREAD, messages.c.rev > bindparam("since"), keys=("rev", "seq"))
AT_OR_AFTER = Hot(
    select(messages.c.seq, messages.c.at)
    .where(messages.c.thread_id == bindparam("thread"), messages.c.seq >= bindparam("seq"))
    .order_by(messages.c.seq)
    .limit(1)
)


class Place(NamedTuple):
    """Which part of a thread is asked for: one of these, the others None."""

    before: int | None = None
    after: int | None = None
    around: int | None = None
    at: int | None = None


def list_before(
    conn: Connection, thread: ThreadId, before: int | None, limit: int, floor: int = 0
) -> tuple[list[Entry], bool]:
    """Return at most `limit` entries older than `before` (None: the newest), ascending, and whether more exist."""
    rows, more = PRECEDING.read(conn, {"thread": thread, "before": before or 2**62, "floor": floor}, limit)
    return [entry_of(row) for row in reversed(rows)], more


def list_changed(conn: Connection, thread: ThreadId, since: int, limit: int, floor: int = 0) -> list[Entry] | None:
    """Return the entries changed after version `since`, ascending by `seq`; None where an answer cannot carry them."""
    rows, more = CHANGED.read(conn, {"thread": thread, "since": since, "floor": floor}, limit)
    return None if more else sorted((entry_of(row) for row in rows), key=lambda entry: entry.seq)


def read(conn: Connection, thread: Thread, place: Place, limit: int, floor: int = 0) -> EntryPage:
    """Return at most `limit` entries at a place, ascending, and whether there are others on either side."""
    if place.before is not None:
        older, more = list_before(conn, thread.id, place.before, limit, floor)
        return EntryPage(older, more, newer=place.before <= thread.seq, anchor=None)
    if place.after is not None:
        entries, newer = _list_after(conn, thread.id, place.after, limit, floor)
        return EntryPage(entries, more=place.after > floor, newer=newer, anchor=None)
    seq = place.around if place.at is None else find_seq_at(conn, thread, place.at, floor)
    return _around(conn, thread, max(floor + 1, min(seq or 1, thread.seq)), limit, floor)


def _around(conn: Connection, thread: Thread, seq: int, limit: int, floor: int) -> EntryPage:
    """Half of the page lies before the entry, half begins with it."""
    older, more = list_before(conn, thread.id, seq, limit // 2, floor)
    entries, newer = _list_after(conn, thread.id, seq - 1, limit - len(older), floor)
    return EntryPage(older + entries, more, newer, seq)


def find_seq_at(conn: Connection, thread: Thread, at: int, floor: int = 0) -> int:
    """Return the number of the first entry at or after a moment; the last entry's where all are older."""
    low, high = floor + 1, max(floor + 1, thread.seq)
    while low < high:
        middle = (low + high) // 2
        found = AT_OR_AFTER.first(conn, {"thread": thread.id, "seq": middle})
        if found is not None and found[1] < at:
            low = min(found[0] + 1, high)
        else:
            high = middle
    return low


def _list_after(conn: Connection, thread: ThreadId, after: int, limit: int, floor: int) -> tuple[list[Entry], bool]:
    rows, newer = FOLLOWING.read(conn, {"thread": thread, "after": after, "floor": floor}, limit)
    return [entry_of(row) for row in rows], newer
