"""Direct conversations in the database: finders that take the reader first, and the statements that change one.

Whoever does not take part finds nothing, whatever their role: each finder joins the reader's own row, and there is no
other way in. What is read of the thread begins after the reader's floor.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, insert, or_, select, update

from recado.db.database import Tx
from recado.db.dialect import needs_row_locks
from recado.db.direct_people import stored
from recado.db.direct_rows import ITEMS, LAST_AT, WHOLE, Direct, Mine, direct_of, mine_of
from recado.db.hot import Hot
from recado.db.lists import Cursor
from recado.db.tables import direct_people, directs, read_marks
from recado.domain.actors import Operator
from recado.domain.conversations import COUNT_CAP
from recado.domain.directs import Box, DirectCounts, DirectItem, DirectPage
from recado.domain.errors import NotFound
from recado.domain.ids import DirectId, OperatorId, ThreadId

_HERE = direct_people.c.left_at.is_(None)
_MINE = and_(direct_people.c.operator_id == bindparam("me"), _HERE)
READ_BY = Hot(ITEMS.where(directs.c.id == bindparam("id"), _MINE))
BY_ID = Hot(WHOLE.where(directs.c.id == bindparam("id")))
OF_THREAD = Hot(select(directs.c.id).where(directs.c.thread_id == bindparam("thread")))
THREAD_OF = Hot(select(directs.c.thread_id).where(directs.c.id == bindparam("id")))
OPENED_WITH = Hot(
    select(directs.c.id).where(directs.c.started_by == bindparam("me"), directs.c.opened_with == bindparam("client_id"))
)
WITH = Hot(
    ITEMS.where(directs.c.people == bindparam("people"), _MINE).order_by(directs.c.id.desc()).limit(bindparam("limit"))
)
LOCK = Hot(select(directs.c.id).where(directs.c.id == bindparam("id")).with_for_update())
_STANDS: dict[Box, Any] = {
    "open": direct_people.c.archived_at.is_(None),
    "inbox": and_(direct_people.c.received_at.is_not(None), direct_people.c.archived_at.is_(None)),
    "sent": and_(direct_people.c.started_at.is_not(None), direct_people.c.archived_at.is_(None)),
    "archived": direct_people.c.archived_at.is_not(None),
}
LISTS = {
    box: Hot(
        ITEMS.where(
            _MINE,
            stands,
            direct_people.c.last_at <= bindparam("after"),
            or_(direct_people.c.last_at < bindparam("after"), direct_people.c.direct_id < bindparam("after_id")),
        )
        .order_by(direct_people.c.last_at.desc(), direct_people.c.direct_id.desc())
        .limit(bindparam("limit"))
    )
    for box, stands in _STANDS.items()
}
UNREAD = Hot(
    select(direct_people.c.archived_at.is_not(None))
    .where(direct_people.c.operator_id == bindparam("me"), direct_people.c.unread_since.is_not(None))
    .limit(COUNT_CAP)
)
SAID = Hot(
    update(direct_people)
    .where(direct_people.c.direct_id == bindparam("direct"), _HERE)
    .values(
        last_at=bindparam("at"),
        changed_at=case(
            (direct_people.c.changed_at < bindparam("at", type_=direct_people.c.last_at.type), bindparam("at")),
            else_=direct_people.c.changed_at + 1,
        ),
        archived_at=None,
        received_at=case(
            (direct_people.c.operator_id == bindparam("author"), direct_people.c.received_at),
            else_=func.coalesce(direct_people.c.received_at, bindparam("at", type_=direct_people.c.last_at.type)),
        ),
        unread_since=case(
            (and_(direct_people.c.operator_id == bindparam("author"), bindparam("seen")), None),
            (direct_people.c.operator_id == bindparam("author"), direct_people.c.unread_since),
            else_=func.coalesce(direct_people.c.unread_since, bindparam("at", type_=direct_people.c.last_at.type)),
        ),
    )
)
READ = Hot(
    update(direct_people)
    .where(direct_people.c.direct_id == bindparam("direct"), direct_people.c.operator_id == bindparam("me"))
    .values(
        changed_at=bindparam("at"),
        unread_since=case((bindparam("left") > 0, direct_people.c.unread_since), else_=None),
    )
)


def find(conn: Connection, me: Operator, which: DirectId) -> Mine | None:
    """Return a direct conversation in which this operator takes part; None for a foreign one as for a missing one."""
    row = READ_BY.first(conn, {"id": which, "me": me.id})
    return None if row is None else mine_of(row)


def get(conn: Connection, me: Operator, which: DirectId) -> Mine:
    """Return a direct conversation in which this operator takes part, or raise `NotFound`."""
    found = find(conn, me, which)
    if found is None:
        raise NotFound
    return found


def get_locked(tx: Tx, me: Operator, which: DirectId) -> Mine:
    """Return `get`, and keep the conversation from being changed by others until the end of the transaction."""
    if needs_row_locks(tx.conn):
        LOCK.run(tx.conn, {"id": which})
    return get(tx.conn, me, which)


def get_by_id(conn: Connection, which: DirectId) -> Direct:
    """Return a direct conversation that is known to exist, whoever asks: for actions that have locked it."""
    return direct_of(BY_ID.one(conn, {"id": which}))


def find_opened(conn: Connection, me: Operator, client_id: str) -> DirectId | None:
    """Return the conversation that this operator has started under a client id."""
    found: DirectId | None = OPENED_WITH.scalar(conn, {"me": me.id, "client_id": client_id})
    return found


def find_of_thread(conn: Connection, thread: ThreadId) -> DirectId | None:
    """Return the direct conversation that a thread belongs to; None where it belongs to something else."""
    found: DirectId | None = OF_THREAD.scalar(conn, {"thread": thread})
    return found


def list_with(conn: Connection, me: Operator, people: Collection[OperatorId], limit: int) -> list[DirectItem]:
    """Return those of this operator's in which exactly these people take part, the latest first."""
    asked = {"me": me.id, "people": stored(people), "limit": limit}
    return [mine_of(row).item() for row in WITH.all(conn, asked)]


def list_box(conn: Connection, me: Operator, box: Box, after: str | None, limit: int) -> DirectPage:
    """Return a page of one of this operator's lists, the latest message first."""
    cursor = Cursor.parse(after, first=Cursor(2**62, 2**62))
    rows = LISTS[box].all(conn, {"me": me.id, "after": cursor.key, "after_id": cursor.id, "limit": limit + 1})
    mine = [mine_of(row) for row in rows[:limit]]
    following = str(Cursor(rows[limit - 1][LAST_AT], mine[-1].direct.id)) if len(rows) > limit else None
    return DirectPage([one.item() for one in mine], following)


def count(conn: Connection, me: Operator) -> DirectCounts:
    """Return in how many of this operator's own something is unread. The cost is that of what is unread."""
    archived = [bool(put_away) for (put_away,) in UNREAD.all(conn, {"me": me.id})]
    return DirectCounts(archived.count(False), archived.count(True))


def create(
    tx: Tx, me: Operator, thread: ThreadId, client_id: str, people: Collection[OperatorId], name: str | None
) -> DirectId:
    """Store a new direct conversation with those who take part, and return its number."""
    values = {
        "thread_id": thread,
        "name": name,
        "people": stored(people),
        "started_by": me.id,
        "opened_with": client_id,
        "started_at": tx.now,
    }
    number = DirectId(tx.conn.execute(insert(directs).returning(directs.c.id), values).scalar_one())
    rows = [
        {
            "direct_id": number,
            "operator_id": one,
            "floor": 0,
            "last_at": tx.now,
            "joined_at": tx.now,
            "changed_at": tx.now,
            "started_at": tx.now if one == me.id else None,
        }
        for one in people
    ]
    tx.conn.execute(insert(direct_people), rows)
    return number


def note_said(tx: Tx, which: DirectId, author: OperatorId, at: int, *, seen: bool) -> None:
    """Bring a direct conversation to the top of everybody's lists, out of their archives, and unread to the others.

    `seen`: nothing of it is unread to its author either.
    """
    SAID.run(tx.conn, {"direct": which, "author": author, "at": at, "seen": seen})


def note_line(tx: Tx, which: DirectId, at: int) -> None:
    """Bring a direct conversation to the top of everybody's lists; nothing was said that could be unread."""
    tx.conn.execute(update(direct_people).where(direct_people.c.direct_id == which, _HERE).values(last_at=at))


def rename(tx: Tx, which: DirectId, name: str | None) -> None:
    """Call a direct conversation otherwise, for all."""
    tx.conn.execute(update(directs).where(directs.c.id == which).values(name=name))


def note_read(tx: Tx, found: Mine, me: OperatorId, unread: int) -> None:
    """Note that one who takes part has read on, and how much is left to them."""
    READ.run(tx.conn, {"direct": found.direct.id, "me": me, "at": _next(tx, found), "left": unread})


def note_less_said(tx: Tx, which: DirectId, thread: ThreadId, seq: int, count: int) -> None:
    """Note that the message `seq` was taken back and so many are left: who has seen as many has nothing unread."""
    later = (direct_people.c.direct_id == which, direct_people.c.floor >= seq)
    fewer = {"floor_count": direct_people.c.floor_count - 1, "changed_at": direct_people.c.changed_at + 1}
    tx.conn.execute(update(direct_people).where(*later).values(fewer))
    mark = and_(
        read_marks.c.thread_id == thread,
        read_marks.c.reader_kind == "operator",
        read_marks.c.reader_id == direct_people.c.operator_id,
    )
    seen = select(read_marks.c.inbound_count).where(mark).scalar_subquery()
    them = (direct_people.c.direct_id == which, func.coalesce(seen, 0) >= count)
    tx.conn.execute(update(direct_people).where(*them).values(unread_since=None))


def set_own(tx: Tx, found: Mine, me: OperatorId, **values: Any) -> None:
    """Set columns of how a direct conversation stands for one who takes part."""
    mine = (direct_people.c.direct_id == found.direct.id, direct_people.c.operator_id == me)
    tx.conn.execute(update(direct_people).where(*mine).values(changed_at=_next(tx, found), **values))


def _next(tx: Tx, found: Mine) -> int:
    """Return the moment of a change: later than that of the last one, whatever the clocks of two hosts say."""
    return max(tx.now, found.own.at + 1)
