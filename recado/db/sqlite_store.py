"""A connection to the one file, as the writer or a reader uses it."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

logger = logging.getLogger(__name__)

# What a thread has just opened, on its way to SQLAlchemy.
_opened = threading.local()
# One engine for all: how a statement reads in SQLite's words is found out once, not by each connection for itself.
# Parameters are people's words and the hashes of their secrets: no error may carry them into the log.
_ENGINE = create_engine(
    "sqlite://", creator=lambda: _opened.driver, poolclass=NullPool, query_cache_size=2000, hide_parameters=True
)


class Store:
    """One connection: `conn` for functions, `execute` for our own BEGIN, SAVEPOINT and COMMIT.

    SQLAlchemy is not told of those: its own handling costs more than the statements.
    """

    def __init__(self, path: Path, mode: Literal["ro", "rwc"], pragmas: tuple[str, ...]) -> None:
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        # isolation_level None: the driver begins nothing by itself.
        self.driver = sqlite3.connect(uri, uri=True, isolation_level=None, cached_statements=512)
        for pragma in pragmas:
            self.driver.execute(pragma).fetchall()
        if mode == "rwc" and self.driver.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            raise sqlite3.OperationalError("this file system cannot hold a write-ahead log")
        _opened.driver = self.driver
        self.conn: Connection = _ENGINE.connect()
        self.execute: Callable[[str], sqlite3.Cursor] = self.driver.cursor().execute

    def close(self) -> None:
        try:
            if self.driver.in_transaction:
                self.driver.rollback()
            self.conn.close()
        except (sqlite3.Error, DBAPIError):
            logger.debug("a connection that had failed could not be closed", exc_info=True)
