"""Column types that the tables share. What differs between the databases is said here and in `dialect`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, text
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.type_api import TypeEngine

Number: TypeEngine[int] = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit integer; on SQLite the word INTEGER, which alone makes a primary key the row's own number."""


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints and indexes are named, the same on every database, so that a revision can speak of them."""

Columns = Sequence[Any]
"""A row as its reader takes it apart: by position, in the order of the statement's columns."""


def key() -> Column[int]:
    """Return a table's own number."""
    return Column("id", Number, primary_key=True)


def moment(name: str, *, nullable: bool = False) -> Column[int]:
    """Return a time: microseconds UTC."""
    return Column(name, Number, nullable=nullable)


def reference(name: str, target: str, *, nullable: bool = False, cascade: bool = False) -> Column[int]:
    """Return a reference to another table's number; `cascade` where the row has no meaning without the other."""
    return Column(name, Number, ForeignKey(target, ondelete="CASCADE" if cascade else None), nullable=nullable)


def one_of(name: str, values: type[StrEnum] | tuple[str, ...]) -> CheckConstraint:
    """Return the constraint that a text column holds one of these words, and no other, on every database."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{name} IN ({words})", name=f"{name}_known")


def index_where(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """Return an index over only the rows that fulfil `condition`."""
    clause = text(condition)
    options: dict[str, Any] = {"sqlite_where": clause, "postgresql_where": clause}
    return Index(name, *columns, unique=unique, **options)


def index_where_shared(*columns: str) -> Index:
    """Return an index for what only several processes on one database ask for: a database of one has not got it."""
    return Index(None, *columns, info={"only on": "postgresql"})


def is_on(kind: str, thing: SchemaItem) -> bool:
    """Return whether a database of this kind has a part of the schema."""
    return bool(thing.info.get("only on", kind) == kind)
