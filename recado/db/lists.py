"""The lists of the desk: Waiting, Attending, Paused, Closed, the archive; and how many stand in them.

Each is one walk along an index, whatever the history: a page costs what the page holds.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, or_, select

from recado.db.conversation_rows import FROM, ROW, row_of
from recado.db.conversations import MY_DEPARTMENTS
from recado.db.hot import Hot
from recado.db.tables import conversations, departments, memberships, read_marks, threads, visitors
from recado.db.types import Columns
from recado.domain.actors import Operator
from recado.domain.chats import Answer
from recado.domain.conversations import COUNT_CAP, Counts, ListName, Page, Status, VisitorFacts
from recado.domain.errors import Invalid
from recado.domain.ids import ConversationId, DepartmentId, VisitorId

_MINE = and_(
    read_marks.c.thread_id == conversations.c.thread_id,
    read_marks.c.reader_kind == "operator",
    read_marks.c.reader_id == bindparam("me"),
)
_ROWS = select(*ROW, read_marks.c.inbound_count).select_from(FROM.outerjoin(read_marks, _MINE))
_LIMIT: Any = bindparam("limit")
_MARK = len(ROW)
_KEYS = [column.key for column in ROW]
_WAITING_SINCE = _KEYS.index("waiting_since")
_LAST_AT = _KEYS.index("last_at")
_CLOSED_AT = _KEYS.index("closed_at")
_ID = _KEYS.index("id")

WAITING_OF_DEPARTMENT = Hot(
    _ROWS.where(
        conversations.c.status == Status.WAITING,
        conversations.c.department_id == bindparam("department"),
        or_(
            conversations.c.waiting_since > bindparam("after"),
            and_(conversations.c.waiting_since == bindparam("after"), conversations.c.id > bindparam("after_id")),
        ),
        conversations.c.waiting_since >= bindparam("after"),
    )
    .order_by(conversations.c.waiting_since, conversations.c.id)
    .limit(_LIMIT)
)
MINE = Hot(
    _ROWS.where(
        conversations.c.operator_id == bindparam("me"),
        conversations.c.status == bindparam("status"),
        or_(
            threads.c.last_at < bindparam("after"),
            and_(threads.c.last_at == bindparam("after"), conversations.c.id < bindparam("after_id")),
        ),
    )
    .order_by(threads.c.last_at.desc(), conversations.c.id.desc())
    .limit(_LIMIT)
)
CLOSED = Hot(
    _ROWS.where(
        conversations.c.operator_id == bindparam("me"),
        conversations.c.status == Status.CLOSED,
        conversations.c.closed_at <= bindparam("after"),
        or_(
            conversations.c.closed_at < bindparam("after"),
            conversations.c.id < bindparam("after_id"),
        ),
    )
    .order_by(conversations.c.closed_at.desc(), conversations.c.id.desc())
    .limit(_LIMIT)
)
ARCHIVE_OF_DEPARTMENT = Hot(
    _ROWS.where(
        conversations.c.status == Status.CLOSED,
        conversations.c.department_id == bindparam("department"),
        conversations.c.closed_at <= bindparam("after"),
        or_(
            conversations.c.closed_at < bindparam("after"),
            conversations.c.id < bindparam("after_id"),
        ),
    )
    .order_by(conversations.c.closed_at.desc(), conversations.c.id.desc())
    .limit(_LIMIT)
)
DEPARTMENTS_OF = Hot(
    select(memberships.c.department_id)
    .where(memberships.c.operator_id == bindparam("me"))
    .order_by(memberships.c.department_id)
)
ARCHIVES_OF = Hot(
    select(departments.c.id)
    .select_from(departments.join(memberships, memberships.c.department_id == departments.c.id))
    .where(memberships.c.operator_id == bindparam("me"), departments.c.archive)
    .order_by(departments.c.id)
)
COUNT_WAITING = Hot(
    select(func.count()).select_from(
        select(conversations.c.id)
        .where(conversations.c.status == Status.WAITING, conversations.c.department_id.in_(MY_DEPARTMENTS))
        .limit(COUNT_CAP)
        .subquery()
    )
)
COUNT_MINE = Hot(
    select(func.count()).select_from(
        select(conversations.c.id)
        .where(conversations.c.operator_id == bindparam("me"), conversations.c.status == bindparam("status"))
        .limit(COUNT_CAP)
        .subquery()
    )
)
COUNT_UNREAD = Hot(
    select(func.count()).select_from(
        select(conversations.c.id)
        .select_from(conversations.join(threads).outerjoin(read_marks, _MINE))
        .where(
            conversations.c.operator_id == bindparam("me"),
            conversations.c.status == Status.ATTENDING,
            threads.c.inbound_count > func.coalesce(read_marks.c.inbound_count, 0),
        )
        .limit(COUNT_CAP)
        .subquery()
    )
)
VISITOR_FACTS = Hot(
    select(visitors.c.page, visitors.c.locale, visitors.c.agent, visitors.c.data, conversations.c.answers)
    .select_from(conversations.join(visitors, visitors.c.id == conversations.c.visitor_id))
    .where(conversations.c.id == bindparam("id"))
)


class Cursor(NamedTuple):
    """Where a page ends: the sort key of its last row, and that row's number."""

    key: int
    id: int

    @classmethod
    def parse(cls, text: str | None, *, first: Cursor) -> Cursor:
        """Return the cursor written as `KEY-ID`; `first` for None; refuse anything else."""
        if text is None:
            return first
        key, dash, number = text.partition("-")
        if not (dash and key.isdecimal() and number.isdecimal() and len(text) <= 40):
            raise Invalid("after", "cursor", "That is not a cursor of this list.")
        return cls(min(int(key), 2**62), min(int(number), 2**62))

    def __str__(self) -> str:
        return f"{self.key}-{self.id}"


_START = Cursor(-1, 0)
_END = Cursor(2**62, 2**62)


def _page(rows: list[Columns], limit: int, key: int) -> Page:
    """Return the first `limit` rows as a page; `key` is the column that the cursor continues from."""
    kept = rows[:limit]
    items = [row_of(row) for row in kept]
    seen: dict[int, int] = {
        item.id: row[_MARK] for item, row in zip(items, kept, strict=True) if row[_MARK] is not None
    }
    following = str(Cursor(kept[-1][key], items[-1].id)) if len(rows) > limit else None
    return Page(items, seen, following)


def list_waiting(conn: Connection, me: Operator, after: str | None, limit: int) -> Page:
    """Return who waits in this operator's departments, longest first.

    One walk along the index per department, merged: the cost does not depend on how many wait.
    """
    cursor = Cursor.parse(after, first=_START)
    asked = {"me": me.id, "after": cursor.key, "after_id": cursor.id, "limit": limit + 1}
    walks: list[Iterable[Columns]] = [
        WAITING_OF_DEPARTMENT.all(conn, asked | {"department": department})
        for (department,) in DEPARTMENTS_OF.all(conn, {"me": me.id})
    ]
    merged = heapq.merge(*walks, key=lambda row: (row[_WAITING_SINCE], row[_ID]))
    return _page(list(islice(merged, limit + 1)), limit, _WAITING_SINCE)


def list_attending(conn: Connection, me: Operator, after: str | None, limit: int) -> Page:
    """Return what this operator attends, the latest entry first."""
    return _list_mine(conn, me, Status.ATTENDING, after, limit)


def list_paused(conn: Connection, me: Operator, after: str | None, limit: int) -> Page:
    """Return what this operator has put aside, the latest entry first."""
    return _list_mine(conn, me, Status.PAUSED, after, limit)


def _list_mine(conn: Connection, me: Operator, status: Status, after: str | None, limit: int) -> Page:
    cursor = Cursor.parse(after, first=_END)
    asked = {"me": me.id, "status": status, "after": cursor.key, "after_id": cursor.id, "limit": limit + 1}
    return _page(list(MINE.all(conn, asked)), limit, _LAST_AT)


def list_closed(conn: Connection, me: Operator, after: str | None, limit: int) -> Page:
    """Return what this operator has closed, the latest first."""
    cursor = Cursor.parse(after, first=_END)
    asked = {"me": me.id, "after": cursor.key, "after_id": cursor.id, "limit": limit + 1}
    return _page(list(CLOSED.all(conn, asked)), limit, _CLOSED_AT)


def list_archive(
    conn: Connection, me: Operator, after: str | None, limit: int, department: DepartmentId | None = None
) -> Page:
    """Return what anybody has closed in those of this operator's departments whose archive is open, latest first.

    With a `department`, of that one alone; nothing where it is not one of them.
    """
    cursor = Cursor.parse(after, first=_END)
    asked = {"me": me.id, "after": cursor.key, "after_id": cursor.id, "limit": limit + 1}
    walks: list[Iterable[Columns]] = [
        ARCHIVE_OF_DEPARTMENT.all(conn, asked | {"department": opened})
        for (opened,) in ARCHIVES_OF.all(conn, {"me": me.id})
        if department in {None, opened}
    ]
    merged = heapq.merge(*walks, key=lambda row: (-row[_CLOSED_AT], -row[_ID]))
    return _page(list(islice(merged, limit + 1)), limit, _CLOSED_AT)


LISTS = {
    "waiting": list_waiting,
    "attending": list_attending,
    "paused": list_paused,
    "closed": list_closed,
    "archive": list_archive,
}


def list_page(conn: Connection, me: Operator, name: ListName, after: str | None, limit: int) -> Page:
    """Return a page of the named list."""
    return LISTS[name](conn, me, after, limit)


def count(conn: Connection, me: Operator) -> Counts:
    """Return how many wait for this operator, and how many they attend, have paused and have to read."""
    return Counts(
        COUNT_WAITING.scalar(conn, {"me": me.id}),
        COUNT_MINE.scalar(conn, {"me": me.id, "status": Status.ATTENDING}),
        COUNT_MINE.scalar(conn, {"me": me.id, "status": Status.PAUSED}),
        COUNT_UNREAD.scalar(conn, {"me": me.id}),
    )


def visitor_facts(conn: Connection, conversation: int) -> VisitorFacts:
    """Return what is known of a conversation's visitor; whether they are online, the caller knows."""
    page, locale, agent, data, answers = VISITOR_FACTS.one(conn, {"id": conversation})
    return VisitorFacts(page, locale, agent, online=False, data=_told(data), answers=_told(answers))


def _told(stored: str | None) -> list[Answer]:
    return [] if stored is None else msgspec.json.decode(stored, type=list[Answer])


def visitors_of(conn: Connection, which: list[ConversationId]) -> dict[ConversationId, VisitorId]:
    """Return whose conversations these are."""
    rows = conn.execute(select(conversations.c.id, conversations.c.visitor_id).where(conversations.c.id.in_(which)))
    return {row[0]: row[1] for row in rows}
