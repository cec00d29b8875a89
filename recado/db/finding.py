"""Finding a conversation by whom it is with, among the lists of the desk.

Names are compared one by one, since each is folded first. What that costs is bounded by how far a list is searched,
whatever the history behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, select

from recado.db.conversation_rows import FACTS, FROM, conversation_of
from recado.db.conversations import READABLE
from recado.db.dialect import holds
from recado.db.hot import Hot
from recado.db.lists import ARCHIVES_OF, DEPARTMENTS_OF
from recado.db.tables import conversations, customers
from recado.domain.actors import Operator
from recado.domain.conversations import HELD, Found, Status
from recado.domain.customers import EMAIL_MAX
from recado.domain.ids import ConversationId
from recado.domain.text import folded, line_of

REACH = 5_000
"""So far each list is searched: of who waits the first, of what is closed the latest."""
FOUND_MAX = 50
WORDS_MAX = 4
"""What a name is asked for by; more words than these narrow nothing further."""

_CALLED = func.coalesce(customers.c.name, "") + " " + func.coalesce(customers.c.email, "")
_WORDS = [f"word{number}" for number in range(WORDS_MAX)]


def _walk(*order: ColumnElement[Any], where: tuple[ColumnElement[bool], ...]) -> Hot:
    """Return a statement for the numbers of those who are called so among the first `reach` that fulfil `where`."""
    near = (
        select(conversations.c.id, conversations.c.customer_id)
        .where(*where)
        .order_by(*order)
        .limit(bindparam("reach"))
        .subquery()
    )
    found = select(near.c.id).select_from(near.join(customers, customers.c.id == near.c.customer_id))
    return Hot(found.where(*(holds(_CALLED, bindparam(word)) for word in _WORDS)).limit(bindparam("limit")))


_ID = conversations.c.id
_MINE = conversations.c.operator_id == bindparam("me")
_OF_DEPARTMENT = conversations.c.department_id == bindparam("department")
_IS_CLOSED = conversations.c.status == Status.CLOSED
_LATEST = conversations.c.closed_at.desc(), _ID.desc()
HELD_BY_ME = _walk(_ID, where=(_MINE, conversations.c.status.in_(HELD)))
WAITING = _walk(conversations.c.waiting_since, _ID, where=(_OF_DEPARTMENT, conversations.c.status == Status.WAITING))
CLOSED = _walk(*_LATEST, where=(_MINE, _IS_CLOSED))
ARCHIVE = _walk(*_LATEST, where=(_OF_DEPARTMENT, _IS_CLOSED))


def _walks(conn: Connection, me: Operator) -> Iterator[tuple[Hot, dict[str, Any]]]:
    yield HELD_BY_ME, {}
    for (department,) in DEPARTMENTS_OF.all(conn, {"me": me.id}):
        yield WAITING, {"department": department}
    yield CLOSED, {}
    for (department,) in ARCHIVES_OF.all(conn, {"me": me.id}):
        yield ARCHIVE, {"department": department}


def _find_numbers(conn: Connection, me: Operator, words: list[str]) -> list[ConversationId]:
    """Return up to one more than are shown, in the order of the lists."""
    asked: dict[str, Any] = {"me": me.id, "reach": REACH, "limit": FOUND_MAX + 1}
    asked |= dict(zip(_WORDS, words + [""] * WORDS_MAX, strict=False))
    found: dict[ConversationId, None] = {}
    for walk, where in _walks(conn, me):
        found |= dict.fromkeys(number for (number,) in walk.all(conn, asked | where))
        if len(found) > FOUND_MAX:
            break
    return list(found)[: FOUND_MAX + 1]


def find_by_name(conn: Connection, me: Operator, name: str) -> Found:
    """Return the conversations of this operator's lists whose customer's name or address holds every word of `name`."""
    words = folded(line_of(name, "name", EMAIL_MAX) or "").split()
    if not words:
        return Found([], more=False)
    # The longest first: it is most likely the one that is missing, and then the others are not looked for.
    numbers = _find_numbers(conn, me, sorted(words, key=len, reverse=True)[:WORDS_MAX])
    rows = conn.execute(select(*FACTS).select_from(FROM).where(_ID.in_(numbers), READABLE), {"me": me.id})
    by_number = {row.id: row for row in (conversation_of(row).row() for row in rows)}
    return Found([by_number[one] for one in numbers[:FOUND_MAX] if one in by_number], more=len(numbers) > FOUND_MAX)
