"""Read marks: how far each reader has read in a thread.

A mark is its reader's own row. It keeps the entry's number and how many customers' messages had come by then, so that
"unread" is a subtraction and never a count over history.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, or_, select, update

from recado.db.database import Tx
from recado.db.dialect import insert as upsert
from recado.db.hot import Hot
from recado.db.tables import messages, read_marks, threads
from recado.domain.actors import Author
from recado.domain.ids import ThreadId
from recado.domain.threads import Mark, Thread

MARKS = Hot(
    select(
        read_marks.c.reader_kind,
        read_marks.c.reader_id,
        read_marks.c.seq,
        read_marks.c.inbound_count,
        read_marks.c.at,
    ).where(read_marks.c.thread_id == bindparam("thread"))
)
_ONE_MARK = and_(
    read_marks.c.thread_id == bindparam("thread"),
    read_marks.c.reader_kind == bindparam("kind"),
    read_marks.c.reader_id == bindparam("reader"),
)
COUNTED = Hot(select(read_marks.c.seq, read_marks.c.inbound_count).where(_ONE_MARK))
FIND_MARK = Hot(select(read_marks.c.seq).where(_ONE_MARK))
MOVE_MARK = Hot(
    update(read_marks)
    .where(_ONE_MARK)
    .values(
        seq=bindparam("new_seq"),
        public_seq=bindparam("new_public_seq"),
        inbound_count=bindparam("new_inbound"),
        at=bindparam("new_at"),
    )
)
INSERT_MARK = Hot(insert(read_marks).inline())
INBOUND_AFTER = Hot(
    select(func.count()).where(
        messages.c.thread_id == bindparam("thread"),
        messages.c.seq > bindparam("seq"),
        messages.c.author_kind == "visitor",
        messages.c.kind == "public",
    )
)


def _said_after(whose: ColumnElement[bool]) -> Hot:
    """Return a statement for how many messages of a direct conversation come after an entry, and are whose."""
    return Hot(
        select(func.count()).where(
            messages.c.thread_id == bindparam("thread"),
            messages.c.seq > bindparam("seq"),
            messages.c.kind == "note",
            messages.c.gone.is_distinct_from("undone"),
            whose,
        )
    )


SAID_AFTER = _said_after(messages.c.author_id != bindparam("reader"))
OWN_AFTER = _said_after(messages.c.author_id == bindparam("reader"))
PUBLIC_UP_TO = Hot(
    select(messages.c.public_seq)
    .where(
        messages.c.thread_id == bindparam("thread"),
        messages.c.seq <= bindparam("seq"),
        messages.c.public_seq.is_not(None),
    )
    .order_by(messages.c.seq.desc())
    .limit(1)
)


def list_marks(conn: Connection, thread: ThreadId) -> list[Mark]:
    """Return how far each reader has read."""
    return [
        Mark(Author(kind, reader), seq, inbound, at)
        for kind, reader, seq, inbound, at in MARKS.all(conn, {"thread": thread})
    ]


def list_marks_of(conn: Connection, thread: ThreadId, people: Collection[int]) -> list[Mark]:
    """Return how far each of these operators has read."""
    return [mark for mark in list_marks(conn, thread) if mark.reader.kind == "operator" and mark.reader.id in people]


def seen_by_operators(conn: Connection, thread: ThreadId) -> dict[int, int]:
    """Return how many of the customer's messages each operator has seen."""
    return {
        mark.reader.id: mark.inbound_count
        for mark in list_marks(conn, thread)
        if mark.reader.kind == "operator" and mark.reader.id is not None
    }


def begin_at(tx: Tx, thread: Thread, reader: Author, seq: int, inbound: int) -> None:
    """Set the mark of somebody to whom a thread is new, or new again, wherever it was before."""
    which = {"thread_id": thread.id, "reader_kind": reader.kind, "reader_id": reader.id}
    values = {"seq": seq, "public_seq": 0, "inbound_count": inbound, "at": tx.now}
    statement = upsert(read_marks).values(which | values)
    tx.conn.execute(statement.on_conflict_do_update(index_elements=list(which), set_=values))


def count_own_after(conn: Connection, thread: ThreadId, seq: int, author: Author) -> int:
    """Return how many messages somebody has said in a direct conversation after an entry: those are seen by them."""
    found: int = OWN_AFTER.scalar(conn, {"thread": thread, "seq": seq, "reader": author.id})
    return found


def note_said(tx: Tx, thread: Thread, author: Author) -> Mark:
    """Count what somebody has just said in a direct conversation as seen by themselves, and return their mark.

    It moves to their own words only where they had seen all before them: what they write, and what is sent when they
    are back from where there was no connection, says nothing of what others have written meanwhile.
    """
    which = {"thread": thread.id, "kind": author.kind, "reader": author.id}
    known = COUNTED.first(tx.conn, which)
    seq, inbound = known or (0, 0)
    if inbound == thread.inbound_count - 1:
        seq = thread.seq
    mark = Mark(author, seq, inbound + 1, tx.now)
    if known is None:
        begin_at(tx, thread, author, mark.seq, mark.inbound_count)
    else:
        moved = {"new_seq": mark.seq, "new_public_seq": 0, "new_inbound": mark.inbound_count, "new_at": tx.now}
        MOVE_MARK.run(tx.conn, which | moved)
    return mark


def uncount(tx: Tx, thread: ThreadId, author: Author, seq: int) -> None:
    """Let a message that was taken back unseen count no longer: as said, to its author, to those who read beyond it."""
    tx.conn.execute(
        update(threads).where(threads.c.id == thread).values(inbound_count=threads.c.inbound_count - 1),
    )
    own = and_(read_marks.c.reader_kind == author.kind, read_marks.c.reader_id == author.id)
    counted = (read_marks.c.thread_id == thread, or_(read_marks.c.seq >= seq, own))
    tx.conn.execute(update(read_marks).where(*counted).values(inbound_count=read_marks.c.inbound_count - 1))


class MovedMark(NamedTuple):
    """A mark that was moved on, and how many public entries lie up to it."""

    mark: Mark
    public_seq: int


def move_mark(tx: Tx, thread: Thread, reader: Author, seq: int, *, direct: bool = False) -> MovedMark | None:
    """Set a reader's mark to `seq` if that is further on, and return it; None where it already was.

    Only what lies after `seq` is counted, which is what arrived while an operator was reading; customers have nothing
    to count, since what is inbound is their own.
    """
    which = {"thread": thread.id, "kind": reader.kind, "reader": reader.id}
    seq = min(seq, thread.seq)
    known: int | None = FIND_MARK.scalar(tx.conn, which)
    if seq < 1 or (known is not None and known >= seq):
        return None
    at_seq = {"thread": thread.id, "seq": seq, "reader": reader.id}
    inbound = thread.inbound_count
    if reader.kind == "operator":
        inbound -= (SAID_AFTER if direct else INBOUND_AFTER).scalar(tx.conn, at_seq)
    public_seq: int = PUBLIC_UP_TO.scalar(tx.conn, at_seq) or 0
    if known is None:
        INSERT_MARK.run(
            tx.conn,
            {
                "thread_id": thread.id,
                "reader_kind": reader.kind,
                "reader_id": reader.id,
                "seq": seq,
                "public_seq": public_seq,
                "inbound_count": inbound,
                "at": tx.now,
            },
        )
    else:
        moved = {"new_seq": seq, "new_public_seq": public_seq, "new_inbound": inbound, "new_at": tx.now}
        MOVE_MARK.run(tx.conn, which | moved)
    return MovedMark(Mark(reader, seq, inbound, tx.now), public_seq)
