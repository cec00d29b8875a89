"""The engine on SQLite: one thread writes, in groups; a few threads read.

The writer takes all calls that wait, runs them in one transaction, and commits them together: one flush for many. Where
one fails they are run once more, each in its savepoint, so that it is rolled back alone. Nobody hears anything before
that COMMIT, neither results nor refusals, since a refusal may rest on what a neighbour wrote. A full disk or an I/O
error ends the transaction and not the savepoint, so after every exception the writer looks whether its transaction
still stands; if not, or if the last COMMIT fails, the whole group is told `Unknown`, its events are dropped and the
connection is made anew.

Only the writer's connection writes and checkpoints. Readers cannot write (`mode=ro`, `query_only`), hold no snapshot
longer than one call, and so never keep the log from being taken over into the database.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter
from traceback import clear_frames
from typing import Any, Literal

from sqlalchemy.exc import DBAPIError

from recado.db.calls import Call, Event, Intake, Limits, Publish, Tx, Waiter
from recado.db.dialect import is_out_of_reach, is_read_only, is_storage_failure
from recado.db.front import Died, Front, Pool, Serve
from recado.db.sqlite_store import Store
from recado.domain.errors import Busy, Failure, Unknown

GROUP_LIMIT = 256
GROUP_S = 0.020
"""A group takes no further call after this long: those in it wait for the slowest."""

CHECKPOINT_CALLS = 1000
"""The log is taken over into the database after so many calls, once their callers have been told."""

LOG_PAGES_MAX = 16_384
"""64 MiB: a longer log is taken over whole, waiting for readers, and cut."""

WRITING = (
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # Only a stranger, or a reader while the log is cut, can keep the writer waiting.
    "PRAGMA busy_timeout=500",
    "PRAGMA cache_size=-16384",
    "PRAGMA temp_store=MEMORY",
    # Read errors of a mapped file end the process by a signal instead of an exception.
    "PRAGMA mmap_size=0",
    # The writer checkpoints after its callers have been told; this is for one huge transaction only.
    f"PRAGMA wal_autocheckpoint={LOG_PAGES_MAX}",
    f"PRAGMA journal_size_limit={LOG_PAGES_MAX * 4096}",
    "PRAGMA trusted_schema=OFF",
)
READING = (
    "PRAGMA query_only=ON",
    "PRAGMA busy_timeout=2000",
    "PRAGMA cache_size=-8192",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=0",
    "PRAGMA trusted_schema=OFF",
)

logger = logging.getLogger(__name__)


class _LostError(Exception):
    """The transaction of a whole group is gone, or may not go on."""


class SqliteDatabase(Front):
    """`recado.db.database.Database` in one file."""

    kind: Literal["sqlite"] = "sqlite"

    def __init__(
        self,
        path: Path,
        clock: Callable[[], int],
        publish: Publish,
        *,
        readers: int,
        limits: Limits,
        died: Died | None,
    ) -> None:
        super().__init__(writes=Intake(limits), reads=Intake(limits), publish=publish, died=died)
        self._writer = _Writer(path, clock, self._writes)
        opened: SimpleQueue[BaseException | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, args=(opened,), name="recado-writer", daemon=True)
        self._thread.start()
        if (error := opened.get()) is not None:
            raise error
        self._pool = Pool("recado-reader", readers, self._reads, lambda: _Reader(path), self._fail)

    def _join(self) -> None:
        self._pool.join()
        self._thread.join()

    def _write_all(self, opened: SimpleQueue[BaseException | None]) -> None:
        try:
            self._writer.open()
        except BaseException as error:  # noqa: BLE001 - raised again where the database is opened
            opened.put(error)
            return
        opened.put(None)
        try:
            while (call := self._writes.take()) is not None:
                self._writer.run_group(call)
            # Readers first: the connection that closes last takes the log over, and only the writer's may.
            self._pool.join()
        except BaseException as error:  # noqa: BLE001 - told to everybody concerned
            self._writer.abandon()
            self._fail(error, self._writes)
        finally:
            self._writer.close()


class _Writer:
    """What happens on the writer's thread."""

    def __init__(self, path: Path, clock: Callable[[], int], intake: Intake) -> None:
        self._path = path
        self._clock = clock
        self._intake = intake
        self._store: Store | None = None
        self._calls: list[Call] = []
        self._since_checkpoint = 0

    def open(self) -> Store:
        if self._store is None:
            self._store = Store(self._path, "rwc", WRITING)
        return self._store

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def run_group(self, first: Call) -> None:
        """Run `first` and its neighbours in one transaction and tell them all."""
        events: list[Event] = []
        self._calls = calls = [first]
        try:
            store = self.open()
            store.execute("BEGIN IMMEDIATE")
        except (sqlite3.Error, DBAPIError) as error:
            logger.warning("the database takes no transaction: %s", error)
            self._calls = []
            self.close()
            first.refuse(Busy())
            return
        try:
            self._run_all(store, calls, events)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is unknown what is stored
            logger.warning("a group of %d transactions failed: %s", len(calls), error)
            self.abandon()
            self.close()
            return
        self._calls = []
        first.teller.tell(events, calls)
        self._since_checkpoint += len(calls)
        if self._since_checkpoint >= CHECKPOINT_CALLS:
            self._checkpoint(store)

    def abandon(self) -> None:
        """Tell the group under way that its fate is unknown."""
        calls, self._calls = self._calls, []
        for call in calls:
            call.error = Unknown()
        if calls:
            calls[0].teller.tell([], calls)

    def _run_all(self, store: Store, calls: list[Call], events: list[Event]) -> None:
        """Run all calls of the group and commit.

        While all goes well nobody needs a savepoint, which costs two statements and a copy of each page that changes.
        Who is refused before anything of theirs was stored needs none either. The first that fails after that takes
        what the others stored with it: they are all run once more, each apart.
        """
        try:
            for call in self._joining(calls):
                self._run_first(store, call, events)
            store.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - whose it was is seen when they are run apart
            self._leave(store, error)
        else:
            return
        store.execute("ROLLBACK")
        store.execute("BEGIN IMMEDIATE")
        events.clear()
        for call in calls:
            call.value = call.error = None
        for call in self._joining(calls):
            self._run_apart(store, call, events)
        store.execute("COMMIT")

    def _joining(self, calls: list[Call]) -> Iterator[Call]:
        """Give the calls of a group, and their neighbours, which join it before they are run."""
        deadline = perf_counter() + GROUP_S
        yield from tuple(calls)
        teller = calls[0].teller
        while not isinstance(teller, Waiter) and len(calls) < GROUP_LIMIT and perf_counter() <= deadline:
            neighbour = self._intake.take_neighbour(teller)
            if neighbour is None:
                return
            calls.append(neighbour)
            yield neighbour

    def _run_one(self, store: Store, call: Call, events: list[Event]) -> None:
        call.value = call.fn(Tx(store.conn, self._clock(), events))
        if not store.driver.in_transaction:
            raise _LostError

    def _run_first(self, store: Store, call: Call, events: list[Event]) -> None:
        mark, changes = len(events), store.driver.total_changes
        try:
            self._run_one(store, call, events)
        except Failure as error:
            self._leave(store, error)  # first: what a cursor has stored counts once it is let go of
            if store.driver.total_changes != changes:
                raise
            del events[mark:]
            call.error = error

    def _run_apart(self, store: Store, call: Call, events: list[Event]) -> None:
        mark = len(events)
        store.execute("SAVEPOINT one")
        try:
            self._run_one(store, call, events)
            # Fails where the function returned a cursor.
            store.execute("RELEASE one")
        except BaseException as error:  # noqa: BLE001 - told to the caller
            call.value = None
            self._leave(store, error)
            del events[mark:]
            store.execute("ROLLBACK TO one")
            store.execute("RELEASE one")
            call.error = error

    @staticmethod
    def _leave(store: Store, error: BaseException) -> None:
        """Raise where the transaction is gone; else let go of the cursors that a failed function has left in it."""
        if is_storage_failure(error) or is_read_only(error) or not store.driver.in_transaction:
            raise _LostError(error) from error
        # They hang on its frames, and would keep what was stored.
        clear_frames(error.__traceback__)

    def _checkpoint(self, store: Store) -> None:
        """Take the log over into the database, as far as readers allow; all of it, when it has grown too long.

        A failure (a full disk) is no loss: the log keeps everything, and the next one tries again.
        """
        self._since_checkpoint = 0
        try:
            _, pages, _ = store.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if pages > LOG_PAGES_MAX:
                store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            logger.warning("the log could not be taken over into the database: %s", error)


class _Reader(Serve):
    """What happens on a reader's thread: one short read transaction a call, a consistent view across its statements."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._store: Store | None = None

    def answer(self, call: Call) -> None:
        try:
            call.value = self._read(call.fn)
        except BaseException as error:
            call.error = error
            if isinstance(error, sqlite3.Error | DBAPIError):
                self.close()
                if is_storage_failure(error) or is_out_of_reach(error):
                    logger.warning("the database could not be read", exc_info=error)
                    call.error = Busy()
        call.teller.tell([], [call])

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def _read(self, fn: Callable[[Any], Any]) -> Any:
        store = self._store
        if store is None:
            store = self._store = Store(self._path, "ro", READING)
        store.execute("BEGIN")
        try:
            return fn(store.conn)
        finally:
            if store.driver.in_transaction:
                store.execute("ROLLBACK")
