"""What becomes of a message in a direct conversation: edited or deleted by its author, taken back unseen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from recado.actions.directs import refuse_strangers
from recado.db import direct_people, directs, entries, marks, signs
from recado.db.database import Tx
from recado.db.direct_rows import Mine
from recado.db.entries import Found
from recado.domain.actors import Operator
from recado.domain.attachments import is_caption
from recado.domain.directs import EDIT_S, UNDO_S, DirectSent
from recado.domain.errors import Gone, Late, NotFound, Seen
from recado.domain.events import DirectChanged, ToOperators
from recado.domain.ids import DirectId, OperatorId
from recado.domain.permissions import is_own, needs
from recado.domain.routing import UNDO_ON_ITS_WAY_S
from recado.domain.threads import words_of
from recado.domain.versions import check_seen


@needs(Operator)
def edit(
    tx: Tx, operator: Operator, which: DirectId, seq: int, body: str, edits: int, mentions: Iterable[int] = ()
) -> DirectSent:
    """Give one's own message another text. `edits`: how often its author knows it to have been changed."""
    found, own = _own(tx, operator, which, seq)
    text, _ = words_of(body, [one.id for one in own.entry.attachments], short=is_caption(own.entry.body))
    named = sorted(set(mentions))
    if own.entry.gone is not None:
        raise Gone
    if own.entry.body == text:
        return DirectSent(own.entry, found.direct.row())
    check_seen(own.entry.edits, edits)
    _refuse_late(tx, own, EDIT_S, EDIT_S)
    refuse_strangers(found.direct, set(named) - set(own.entry.mentions))
    entries.edit(tx, found.direct.thread_id, own, text, named)
    return _told(tx, which, own)


@needs(Operator)
def delete(tx: Tx, operator: Operator, which: DirectId, seq: int) -> DirectSent:
    """Delete one's own message; everybody sees that there was one."""
    found, own = _own(tx, operator, which, seq)
    if own.entry.gone is not None:
        return DirectSent(own.entry, found.direct.row())
    _refuse_late(tx, own, EDIT_S, EDIT_S)
    entries.take_out(tx, found.direct.thread_id, own, "deleted")
    return _told(tx, which, own)


@needs(Operator)
def undo(tx: Tx, operator: Operator, which: DirectId, seq: int) -> DirectSent:
    """Take back what one has just said, as long as none of the others has seen it."""
    found, own = _own(tx, operator, which, seq)
    if own.entry.gone is not None:
        return DirectSent(own.entry, found.direct.row())
    if _has_been_seen(tx, found, own):
        raise Seen
    _refuse_late(tx, own, UNDO_S + UNDO_ON_ITS_WAY_S, UNDO_S)
    thread = found.direct.counters.thread
    entries.take_out(tx, thread.id, own, "undone")
    marks.uncount(tx, thread.id, operator.author, seq)
    directs.note_less_said(tx, which, thread.id, seq, thread.inbound_count - 1)
    directs.set_own(tx, found, operator.id)
    told = _told(tx, which, own)
    later = [one for one, floor in direct_people.list_floors(tx.conn, which).items() if floor >= seq]
    for person in (operator.id, *later):
        for event, audience in signs.own_direct(tx.conn, which, person):
            tx.emit(event, audience)
    return told


def _has_been_seen(tx: Tx, found: Mine, own: Found) -> bool:
    """Return whether any of the others has read as far; whoever begins after it has not, wherever their mark is."""
    floors = direct_people.list_floors(tx.conn, found.direct.id)
    return any(
        mark.reader != own.entry.author and mark.seq >= own.entry.seq > floors.get(OperatorId(mark.reader.id or 0), 0)
        for mark in marks.list_marks(tx.conn, found.direct.thread_id)
    )


def _own(tx: Tx, operator: Operator, which: DirectId, seq: int) -> tuple[Mine, Found]:
    """Return a direct conversation, locked, in which this operator takes part, and a message of theirs in it."""
    mine = directs.get_locked(tx, operator, which)
    found = entries.find(tx.conn, mine.direct.thread_id, seq) if seq > mine.own.floor else None
    if found is None or found.entry.kind == "activity" or not is_own(found.entry.author, operator):
        raise NotFound
    return mine, found


def _refuse_late(tx: Tx, own: Found, within_s: int, said_s: int) -> None:
    if tx.now - own.entry.at > within_s * 1_000_000:
        raise Late(said_s)


def _told(tx: Tx, which: DirectId, own: Found) -> DirectSent:
    """Tell those who take part, each what they may read of it; and return the entry as it is now."""
    thread = directs.get_by_id(tx.conn, which).thread_id
    direct_people.renew_line(tx, which, thread)
    after = directs.get_by_id(tx.conn, which)
    changed = entries.list_changed_by(tx.conn, thread, after.counters.thread.version)
    by_floor: defaultdict[int, set[OperatorId]] = defaultdict(set)
    for person, floor in direct_people.list_floors(tx.conn, which).items():
        by_floor[floor].add(person)
    for floor, people in by_floor.items():
        readable = [one for one in changed if one.seq > floor]
        tx.emit(DirectChanged(after.row(), readable), ToOperators(frozenset(people)))
    return DirectSent(next(one for one in changed if one.seq == own.entry.seq), after.row())
