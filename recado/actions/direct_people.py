"""Who takes part in a direct conversation: added later, gone; and what it is called."""

from __future__ import annotations

from collections.abc import Collection

from recado.actions.directs import tell
from recado.db import direct_people, directs, marks, threads
from recado.db.database import Tx
from recado.db.direct_rows import Direct
from recado.domain.actors import Author, Operator
from recado.domain.directs import DirectRow, circle_of, name_of
from recado.domain.errors import Invalid
from recado.domain.events import DirectLeft, DirectPosted, ToOperators
from recado.domain.ids import DirectId, OperatorId
from recado.domain.permissions import needs
from recado.domain.threads import Activity, NewEntry


@needs(Operator)
def add(tx: Tx, operator: Operator, which: DirectId, people: Collection[int], *, from_start: bool) -> DirectRow:
    """Let colleagues take part: from now on, or with all messages that whoever adds them may read themselves.

    Who takes part already is not added once more.
    """
    found = directs.get_locked(tx, operator, which)
    before, thread = found.direct, found.direct.counters.thread
    new = sorted(set(circle_of(operator.id, people)) - set(before.people))
    circle = circle_of(operator.id, {*before.people, *new})
    if not new:
        return before.row()
    if missing := set(new) - direct_people.list_enabled(tx.conn, new):
        raise Invalid("people", "unknown", f"Not to be written to: {', '.join(map(str, sorted(missing)))}.")
    floor, before_it = (found.own.floor, found.floor_count) if from_start else (thread.seq, thread.inbound_count)
    once_here = direct_people.list_known(tx.conn, which, new)
    for person in new:
        author = Author("operator", person)
        own = marks.count_own_after(tx.conn, thread.id, floor, author) if person in once_here else 0
        seen = before_it + own
        direct_people.join(tx, which, person, floor, before_it, unread=seen < thread.inbound_count)
        marks.begin_at(tx, thread, author, floor, seen)
    direct_people.set_people(tx, which, circle)
    direct_people.renew_line(tx, which, thread.id)
    return _say(tx, operator, before, Activity("shown_all" if from_start else "added", None), about=new)


@needs(Operator)
def leave(tx: Tx, operator: Operator, which: DirectId) -> None:
    """Take part no longer: nothing of it is read from then on, also nothing of before."""
    before = directs.get_locked(tx, operator, which).direct
    direct_people.leave(tx, which, operator.id)
    direct_people.set_people(tx, which, set(before.people) - {operator.id})
    direct_people.renew_line(tx, which, before.thread_id)
    row = _say(tx, operator, before, Activity("left", operator.id))
    tx.emit(DirectLeft(which, row.version), ToOperators(frozenset((OperatorId(operator.id),))))


@needs(Operator)
def rename(tx: Tx, operator: Operator, which: DirectId, name: str | None) -> DirectRow:
    """Call it otherwise, for all who take part; without a name it is called by them."""
    before, called = directs.get_locked(tx, operator, which).direct, name_of(name)
    if called == before.name:
        return before.row()
    directs.rename(tx, which, called)
    return _say(tx, operator, before, Activity("renamed", None), called or "")


def _say(
    tx: Tx, operator: Operator, before: Direct, line: Activity, body: str = "", about: Collection[OperatorId] = ()
) -> DirectRow:
    """Add the line that explains a change, and tell those who take part after it."""
    new = NewEntry("activity", operator.author, body, activity=line, mentions=tuple(about), direct=True)
    appended = threads.append(tx, before.thread_id, new)
    directs.note_line(tx, before.id, appended.entry.at)
    after = directs.get_by_id(tx.conn, before.id)
    tell(tx, after, DirectPosted(after.row(), [appended.entry]))
    return after.row()
