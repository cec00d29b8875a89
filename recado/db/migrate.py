"""The schema's history: bring a database up to date, or say how far it is behind or ahead.

Revisions live in `migrations/versions`. First they expand, a release later they contract: the code of one release runs
on the schema of the next, so that servers can be restarted one after the other. A developer makes a revision from the
difference between `tables/` and the history with `python -m recado.db.migrate "Add tags"`, and reads what it wrote.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

MIGRATIONS = Path(__file__).parent / "migrations"

ONE_AT_A_TIME = 7_230_140_417
"""The number of PostgreSQL's advisory lock under which one process migrates and others wait."""


class Pending(NamedTuple):
    """How a database's schema stands to this code."""

    state: Literal["empty", "behind", "current", "ahead"]
    """`ahead`: a later release has migrated it; this code still runs on it, as long as it is one release later."""
    found: str | None
    """The database's revision."""
    wanted: str | None
    """This code's revision."""


class SchemaError(Exception):
    """The data does not fit the schema that was reached; nothing was changed."""


def pending(url: str) -> Pending:
    """Return how the database at `url` stands; it is not changed. A SQLite file that is missing is `empty`."""
    address = make_url(url)
    wanted = _history().get_current_head()
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return Pending("empty", None, wanted)
    engine = _engine(url)
    with engine.connect() as conn:
        found = MigrationContext.configure(conn).get_current_revision()
    return Pending(_state(found, wanted), found, wanted)


def upgrade(url: str) -> Pending:
    """Bring the database at `url` up to this code's revision and return how it stood before.

    All revisions together are one transaction: a kill at any moment leaves the schema as it was. Nothing happens to a
    schema that is current or ahead. No server may be running on a SQLite file meanwhile.
    """
    before = pending(url)
    if before.state in {"empty", "behind"}:
        with _transaction(url) as conn:
            command.upgrade(_config(conn), "head")
    return before


def revise(message: str) -> Path:
    """Write the revision that leads from the history to `tables/` and return its file."""
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{scratch}/recado.db"
        upgrade(url)
        number = f"{len(list(_history().walk_revisions())) + 1:04d}"
        with _transaction(url) as conn:
            made = command.revision(_config(conn), message, autogenerate=True, rev_id=number)
    assert made is not None
    assert not isinstance(made, list)
    return Path(made.path)


def _state(found: str | None, wanted: str | None) -> Literal["empty", "behind", "current", "ahead"]:
    if found is None:
        return "empty"
    if found == wanted:
        return "current"
    known = {revision.revision for revision in _history().walk_revisions()}
    return "behind" if found in known else "ahead"


def _config(conn: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = conn
    return config


def _history() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        # isolation_level None: we say BEGIN ourselves, so that changes of the schema are in the transaction too.
        return create_engine(address, poolclass=NullPool, connect_args={"isolation_level": None})
    return create_engine(address.set(drivername="postgresql+psycopg"), poolclass=NullPool)


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    """Give a connection in a transaction that nobody else migrates beside; commit unless something is raised."""
    with _engine(url).connect() as conn:
        if conn.dialect.name == "sqlite":
            with _sqlite_transaction(conn):
                yield conn
        else:
            conn.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
            yield conn
            conn.commit()


@contextmanager
def _sqlite_transaction(conn: Connection) -> Iterator[None]:
    driver = conn.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA busy_timeout=5000")
    driver.execute("PRAGMA synchronous=FULL")
    # Tables are rebuilt to change them, which must not cascade. References are checked at the end instead.
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute("BEGIN IMMEDIATE")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise SchemaError(f"{len(broken)} rows refer to rows that are missing, first {tuple(broken[0])}")
        driver.execute("COMMIT")
    finally:
        if driver.in_transaction:
            driver.execute("ROLLBACK")


def main() -> None:
    """Write a revision, for `python -m recado.db.migrate "Add tags"`."""
    parser = argparse.ArgumentParser(description="Write a revision from the difference between tables and history.")
    parser.add_argument("message", help='what it does, as in "Add tags"')
    revise(parser.parse_args().message)


if __name__ == "__main__":
    main()
