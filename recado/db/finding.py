"""Finding a conversation by whom it is with, among the lists of the desk.

Each list is walked along its index, a page at a time, and those of a kind are merged by time. `REACH` is spent once,
over all of them, and a name is folded once, by the same rule on every database: the history adds nothing to what a
question costs, nor do its words; a further list adds a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import chain, islice
from operator import itemgetter

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select

from recado.db.conversation_rows import FROM, ROW, row_of
from recado.db.conversations import READABLE
from recado.db.hot import Hot, Row
from recado.db.lists import ARCHIVES_OF, DEPARTMENTS_OF
from recado.db.tables import conversations, customers
from recado.domain.actors import Operator
from recado.domain.conversations import HELD, Found, Status
from recado.domain.customers import EMAIL_MAX
from recado.domain.ids import ConversationId, DepartmentId
from recado.domain.text import folded, line_of

REACH = 5_000
"""So many are looked at, over all lists together: of what I hold and of who waits up to half, who waits longest first;
of what is closed the latest."""
PAGE = 100
FOUND_MAX = 50

_ID = conversations.c.id
_WHEN = itemgetter(0, 1)


def _walk(at: ColumnElement[int], *where: ColumnElement[bool], latest: bool) -> Hot:
    """Return a statement for a page of whom conversations are with, by time and number, onwards from `after`."""
    number: ColumnElement[int] = _ID
    after: ColumnElement[int] = bindparam("after")
    after_id: ColumnElement[int] = bindparam("after_id")
    later = at >= after, or_(at > after, number > after_id)
    earlier = at <= after, or_(at < after, number < after_id)
    return Hot(
        select(at, _ID, customers.c.name, customers.c.email)
        .select_from(conversations.outerjoin(customers, customers.c.id == conversations.c.customer_id))
        .where(*where, *(earlier if latest else later))
        .order_by(*((at.desc(), _ID.desc()) if latest else (at, _ID)))
        .limit(bindparam("limit"))
    )


_MINE = conversations.c.operator_id == bindparam("me")
_OF_DEPARTMENT = conversations.c.department_id == bindparam("department")
_IS_CLOSED = conversations.c.status == Status.CLOSED
HELD_BY_ME = _walk(conversations.c.opened_at, _MINE, conversations.c.status.in_(HELD), latest=False)
WAITING = _walk(conversations.c.waiting_since, _OF_DEPARTMENT, conversations.c.status == Status.WAITING, latest=False)
CLOSED = _walk(conversations.c.closed_at, _MINE, _IS_CLOSED, latest=True)
ARCHIVE = _walk(conversations.c.closed_at, _OF_DEPARTMENT, _IS_CLOSED, latest=True)


def _pages(
    conn: Connection, walk: Hot, me: Operator, start: int, department: DepartmentId | None = None
) -> Iterator[Row]:
    """Yield the rows of a list from `start` on; none is read before it is wanted, but for the rest of its page."""
    asked = {"me": me.id, "department": department, "limit": PAGE, "after": start, "after_id": start}
    while rows := walk.all(conn, asked):
        yield from rows
        if len(rows) < PAGE:
            return
        asked["after"], asked["after_id"] = _WHEN(rows[-1])


def _open(conn: Connection, me: Operator) -> Iterator[Row]:
    yield from _pages(conn, HELD_BY_ME, me, -1)
    mine = DEPARTMENTS_OF.all(conn, {"me": me.id})
    yield from merge(*(_pages(conn, WAITING, me, -1, department) for (department,) in mine), key=_WHEN)


def _closed(conn: Connection, me: Operator) -> Iterator[Row]:
    archives = [_pages(conn, ARCHIVE, me, 2**62, opened) for (opened,) in ARCHIVES_OF.all(conn, {"me": me.id})]
    before = None
    for row in merge(_pages(conn, CLOSED, me, 2**62), *archives, key=_WHEN, reverse=True):
        if row != before:  # what I have closed myself stands in an archive too
            yield row
        before = row


def _find_numbers(conn: Connection, me: Operator, words: list[str]) -> Iterator[ConversationId]:
    looked_at = chain(islice(_open(conn, me), REACH // 2), _closed(conn, me))
    for _, number, name, email in islice(looked_at, REACH):
        called = folded(f"{name or ''} {email or ''}")
        if all(word in called for word in words):
            yield number


def find_by_name(conn: Connection, me: Operator, name: str) -> Found:
    """Return the conversations of this operator's lists whose customer's name or address holds every word of `name`."""
    # The longest first: it is most likely the one that is missing, and then the others are not looked for.
    words = sorted(set(folded(line_of(name, "name", EMAIL_MAX) or "").split()), key=len, reverse=True)
    if not words:
        return Found([], more=False)
    numbers = list(islice(_find_numbers(conn, me, words), FOUND_MAX + 1))
    rows = conn.execute(select(*ROW).select_from(FROM).where(_ID.in_(numbers), READABLE), {"me": me.id})
    by_number = {row.id: row for row in map(row_of, rows)}
    return Found([by_number[one] for one in numbers[:FOUND_MAX] if one in by_number], more=len(numbers) > FOUND_MAX)
