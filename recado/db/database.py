"""The database as the rest of the house sees it: functions go in, what they return comes out, events follow commits.

A transaction is a plain function. It gets a `Tx` (or, for reading, a connection), touches nothing but the database,
ends within 50 ms and can be run again: the engine may roll it back and repeat it. `open_database` gives the engine for
an address; which one it is makes no difference to callers.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, Self, TypeVar

from sqlalchemy import Connection, make_url

from recado.db.calls import Event, Limits, Publish, Tx
from recado.db.front import Died
from recado.db.postgres import PostgresDatabase
from recado.db.sqlite import SqliteDatabase

__all__ = [
    "DataDirectoryInUseError",
    "DataDirectoryLock",
    "Database",
    "Event",
    "Publish",
    "Tx",
    "lock_data_directory",
    "may_be_shared",
    "open_database",
]

T = TypeVar("T")


class Database(Protocol):
    """What both engines offer. Every method raises `Busy` and `Unknown` besides what the function itself raises."""

    @property
    def kind(self) -> Literal["sqlite", "postgresql"]: ...

    async def write(self, fn: Callable[[Tx], T], *, background: bool = False) -> T:
        """Return what `fn` returned, once it is stored and its events are published.

        What `fn` raises rolls it back alone. A caller that is cancelled before its turn is not run; one that is
        cancelled later may have been stored. `background` work waits until no person does.
        """

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Return what `fn` returned. All its statements see one moment; none can write. Rows, not cursors, go out."""

    def write_blocking(self, fn: Callable[[Tx], T]) -> T:
        """`write` for a thread without an event loop; events are published on that thread."""

    def read_blocking(self, fn: Callable[[Connection], T]) -> T:
        """`read` for a thread without an event loop."""

    async def close(self) -> None:
        """Do what already waits, refuse the rest with `Busy`, and let go of the database."""

    def close_blocking(self) -> None:
        """`close` for a thread without an event loop."""


def open_database(
    url: str,
    *,
    clock: Callable[[], int],
    publish: Publish,
    threads: int | None = None,
    queue_limit: int = 4096,
    patience_s: float = 2.0,
    died: Died | None = None,
) -> Database:
    """Return the open database at `url`: `sqlite:///path` or `postgresql://…`. Nothing is migrated.

    `clock` gives microseconds UTC. `publish` gets a batch's events in commit order, on the event loop's thread, before
    the callers' results are set. `threads` is how many read at once on SQLite (default 4), or work at once on
    PostgreSQL (default 8). `died` hears of a fault that ended a database thread; every call fails from then on.
    Raises `sqlalchemy.exc.DBAPIError` or `sqlite3.Error` when the database cannot be opened, `ValueError` for another
    kind of address.
    """
    address = make_url(url)
    kind = address.get_backend_name()
    limits = Limits(queue=queue_limit, patience_s=patience_s)
    if kind == "sqlite":
        if not address.database or address.database == ":memory:":
            raise ValueError("SQLite needs a file: sqlite:///path")
        path = Path(address.database)
        return SqliteDatabase(path, clock, publish, readers=threads or 4, limits=limits, died=died)
    if kind == "postgresql":
        server = address.set(drivername="postgresql+psycopg")
        return PostgresDatabase(server, clock, publish, threads=threads or 8, limits=limits, died=died)
    raise ValueError(f"not a database that Recado knows: {kind}")


class DataDirectoryInUseError(Exception):
    """Another process works in the data directory."""

    def __init__(self, directory: Path, holder: str) -> None:
        whom = f" (process {holder})" if holder else ""
        super().__init__(f"{directory} is in use by another Recado{whom}.")
        self.directory = directory
        self.holder = holder


class DataDirectoryLock:
    """The right to work in a data directory. The system takes it back when the process ends, however it ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def may_be_shared(url: str) -> bool:
    """Return whether several processes may serve the database at `url` at once."""
    return make_url(url).get_backend_name() == "postgresql"


def lock_data_directory(directory: Path, name: str = "lock") -> DataDirectoryLock:
    """Return the lock on `directory`; raises `DataDirectoryInUseError`, and `OSError` where no file can be made.

    Two processes that write or checkpoint one SQLite file at once can damage it. Processes that share a database of
    another kind may share the directory too, each by a lock of its own `name`.
    """
    path = directory / name
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise DataDirectoryInUseError(directory, holder) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
    return DataDirectoryLock(descriptor)
