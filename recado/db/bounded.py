"""Messages, as many as an answer carries: up to a count, and up to so much text. What lies beyond stays in the store.

PostgreSQL does not even read it. SQLite reads each text within the count to learn its length, 25 to 35 ms where 500
have 64 KiB each. To keep lengths in a column, or to read each database in a way of its own, would cost more than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, asc, bindparam, desc, func, select

from recado.db.dialect import bytes_of
from recado.db.hot import Hot, Row
from recado.db.tables import messages
from recado.domain.threads import PAGE_BYTES


class Bounded:
    """A constant statement over messages, in the order of `keys`, that ends with the message that fills an answer."""

    def __init__(
        self, rows: Select[Any], *conditions: ColumnElement[bool], keys: tuple[str, ...], newest_first: bool = False
    ) -> None:
        way, size = desc if newest_first else asc, bytes_of(messages.c.body)
        sizes = (
            select(messages.c.id, *(messages.c[key] for key in keys), size.label("size"))
            .where(*conditions)
            .order_by(*(way(messages.c[key]) for key in keys))
            .limit(bindparam("limit"))
            .subquery()
        )
        # Up to two rows back: the row after the one that fills it is read too, which tells that there are more.
        text = func.sum(sizes.c.size).over(order_by=[way(sizes.c[key]) for key in keys], rows=(None, -2))
        sums = select(sizes.c.id, text.label("text")).subquery()
        fitting = select(sums.c.id).where(func.coalesce(sums.c.text, 0) < PAGE_BYTES)
        self._rows = Hot(
            rows.add_columns(size).where(messages.c.id.in_(fitting)).order_by(*(way(messages.c[key]) for key in keys))
        )

    def read(self, conn: Connection, parameters: Mapping[str, Any], limit: int) -> tuple[list[Row], bool]:
        """Return the rows, at most `limit` and at least one where there is any, and whether there are more."""
        rows = self._rows.all(conn, {**parameters, "limit": limit + 1})
        count = text = 0
        for *_, size in rows:
            if count == limit or text >= PAGE_BYTES:
                break
            count, text = count + 1, text + size
        return [row[:-1] for row in rows[:count]], count < len(rows)
