"""The few things in which the databases differ, as small functions, so that no other module names one of them.

Statements made with these are the same object for both databases and can be module constants.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors as postgres
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, TableClause
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as _insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

PRESENT = 7_262_226
"""The lock of those who serve a store that several may serve."""

SQLITE_READONLY = 8
SQLITE_IOERR = 10
SQLITE_CORRUPT = 11
SQLITE_FULL = 13
SQLITE_NOMEM = 7

_STORAGE = (postgres.DiskFull, postgres.OutOfMemory, postgres.IoError)
_AGAIN = (postgres.SerializationFailure, postgres.DeadlockDetected)
_WAITED = (
    postgres.LockNotAvailable,
    postgres.QueryCanceled,
    postgres.TooManyConnections,
    postgres.ConfigurationLimitExceeded,
)


def insert(table: TableClause) -> Insert:
    """Return an INSERT with `on_conflict_do_update`, `on_conflict_do_nothing` and `excluded`, for both databases.

    Name the columns (`index_elements`), not the constraint: only PostgreSQL knows constraints by name.
    """
    return _insert(table)


def for_update(statement: Select[Any]) -> Select[Any]:
    """Return `statement` locking its rows to the end of the transaction; SQLite's one writer has locked all already."""
    return statement.with_for_update()


def for_reference(statement: Select[Any]) -> Select[Any]:
    """Return `statement` keeping its rows from being deleted, for as long; whoever changes them is not held up."""
    return statement.with_for_update(read=True, key_share=True)


class _Bytes(FunctionElement[int]):
    type = BigInteger()
    inherit_cache = True


@compiles(_Bytes)
def _bytes(element: _Bytes, compiler: Any, **how: Any) -> str:
    return f"octet_length({compiler.process(element.clauses, **how)})"


@compiles(_Bytes, "sqlite")
def _bytes_in_sqlite(element: _Bytes, compiler: Any, **how: Any) -> str:
    return f"length(CAST({compiler.process(element.clauses, **how)} AS BLOB))"


def bytes_of(text: ColumnElement[str]) -> ColumnElement[int]:
    """Return how many bytes a text has in UTF-8. PostgreSQL knows without reading a long one."""
    return _Bytes(text)


def finds_as_asked(conn: Connection) -> bool:
    """Return whether a row is found only when it is fetched, so that what is not fetched costs nothing."""
    return conn.dialect.name == "sqlite"


def driver_error(error: BaseException) -> BaseException:
    """Return what the driver raised, without SQLAlchemy's wrapping."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig
    return error


def is_unique_violation(error: BaseException) -> bool:
    """Tell whether a row was refused because another with the same key is there."""
    cause = driver_error(error)
    if isinstance(cause, sqlite3.IntegrityError):
        return cause.sqlite_errorname in {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
    return isinstance(cause, postgres.UniqueViolation)


class OvertakenError(Exception):
    """Another transaction stored first what this one looked for in vain: it is run again, and finds it there."""


@contextmanager
def key_taken(conn: Connection, refusal: Exception) -> Iterator[None]:
    """Raise `refusal` where what is done within would store a second row under one key; nothing of it stays then.

    Looking first is not enough where two may look at the same time.
    """
    try:
        with conn.begin_nested():
            yield
    except (DBAPIError, sqlite3.IntegrityError, postgres.UniqueViolation) as error:
        if is_unique_violation(error):
            raise refusal from None
        raise


def is_storage_failure(error: BaseException) -> bool:
    """Tell whether disk or memory failed: full, unreadable, damaged. On SQLite the transaction must not go on."""
    cause = driver_error(error)
    if isinstance(cause, sqlite3.Error):
        # The low byte is the kind, the rest says where. An error made by the driver itself has no code.
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        return code in {SQLITE_FULL, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOMEM}
    return isinstance(cause, _STORAGE)


def is_read_only(error: BaseException) -> bool:
    """Tell whether the store takes no writes from anybody: its volume, or the server it is on, can only be read."""
    cause = driver_error(error)
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF == SQLITE_READONLY
    return isinstance(cause, postgres.ReadOnlySqlTransaction)


def is_worth_repeating(error: BaseException) -> bool:
    """Tell whether the transaction lost against another one and may win when it is run again."""
    return isinstance(driver_error(error), (OvertakenError, *_AGAIN))


def is_out_of_reach(error: BaseException) -> bool:
    """Tell whether the database could not be reached or did not let us in, rather than disliking the statement."""
    cause = driver_error(error)
    return isinstance(cause, _WAITED) or (
        isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) and cause.sqlstate is None
    )


def others_are_here(conn: Connection) -> bool:
    """Return whether another process serves this store: each holds its share of a lock for as long as it does."""
    if conn.dialect.name == "sqlite":
        return False
    alone = conn.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({PRESENT})").scalar_one()
    return not alone


def be_here(conn: Connection) -> None:
    """Be one of those who serve this store, for as long as this connection lasts."""
    if conn.dialect.name != "sqlite":
        conn.exec_driver_sql(f"SELECT pg_advisory_lock_shared({PRESENT})")


def needs_row_locks(conn: Connection) -> bool:
    """Return whether a row must be locked before it is decided on; with one writer, nobody else is there."""
    return conn.dialect.name != "sqlite"


def lock_word(conn: Connection, word: str) -> None:
    """Keep others who lock the same word waiting until the end of the transaction: for what has no row yet to lock."""
    if needs_row_locks(conn):
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (word,))
