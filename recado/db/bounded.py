"""Messages, as many as an answer carries: up to a count, and up to so much text. What lies beyond stays in the store.

SQLite finds each row when it is asked for the next, and is not asked further. PostgreSQL sends all that a statement
finds: there the statement adds up the lengths, which it knows without reading the texts, and ends by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, asc, bindparam, desc, func, select

from recado.db.dialect import bytes_of, finds_as_asked
from recado.db.hot import Hot, Row
from recado.db.tables import messages
from recado.domain.threads import PAGE_BYTES


class Bounded:
    """A constant statement over messages, in the order of `keys`, that ends with the message that fills an answer."""

    def __init__(
        self, rows: Select[Any], *conditions: ColumnElement[bool], keys: tuple[str, ...], newest_first: bool = False
    ) -> None:
        way, size = desc if newest_first else asc, bytes_of(messages.c.body)
        order = [way(messages.c[key]) for key in keys]
        sizes = (
            select(messages.c.id, *(messages.c[key] for key in keys), size.label("size"))
            .where(*conditions)
            .order_by(*order)
            .limit(bindparam("limit"))
            .subquery()
        )
        # Up to two rows back: the row after the one that fills it is read too, which tells that there are more.
        text = func.sum(sizes.c.size).over(order_by=[way(sizes.c[key]) for key in keys], rows=(None, -2))
        sums = select(sizes.c.id, text.label("text")).subquery()
        fitting = select(sums.c.id).where(func.coalesce(sums.c.text, 0) < PAGE_BYTES)
        self._body = list(rows.selected_columns).index(messages.c.body)
        self._asked = Hot(rows.order_by(*order).where(*conditions).limit(bindparam("limit")))
        self._fitting = Hot(rows.order_by(*order).where(messages.c.id.in_(fitting)))

    def statement(self, conn: Connection) -> Hot:
        """Return the statement that this database is asked with."""
        return self._asked if finds_as_asked(conn) else self._fitting

    def read(self, conn: Connection, parameters: Mapping[str, Any], limit: int) -> tuple[list[Row], bool]:
        """Return the rows, at most `limit` and at least one where there is any, and whether there are more."""
        found: list[Row] = []
        text = 0
        with self.statement(conn).each(conn, {**parameters, "limit": limit + 1}) as rows:
            for row in rows:
                if len(found) == limit or text >= PAGE_BYTES:
                    return found, True
                found.append(row)
                body: str = row[self._body]
                text += len(body) if body.isascii() else len(body.encode())
        return found, False
