"""The engine on PostgreSQL: some threads, each with its connection, one transaction a call.

Writing is READ COMMITTED: functions lock first and then decide. A transaction that lost a deadlock, or a key, or whose
connection broke before COMMIT, is certain not to be stored and is run again, its events cut; one whose connection
broke during COMMIT is `Unknown`. Reading is REPEATABLE READ, so that all statements of a call see one moment.

Events follow their own commit at once. Two threads that commit within microseconds may tell in the other order:
versions let clients put that right.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Literal, cast

import psycopg
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from recado.db.calls import Call, Event, Intake, Limits, Publish, Tx
from recado.db.dialect import is_out_of_reach, is_read_only, is_storage_failure, is_worth_repeating
from recado.db.front import Died, Front, Pool, Serve
from recado.domain.errors import Busy, Unknown

TRIES = 6
VERSION_MIN = 150_000

OPTIONS = {
    "synchronous_commit": "on",
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}
CONNECT = {
    "options": " ".join(f"-c {name}={value}" for name, value in OPTIONS.items()),
    "application_name": "recado",
    "connect_timeout": 5,
    # A host that vanished is noticed within half a minute instead of hours.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}

logger = logging.getLogger(__name__)


class SilencedError(Exception):
    """A statement failed and the function went on as if it had not: nothing is stored. It needs a savepoint."""


class PostgresDatabase(Front):
    """`recado.db.database.Database` on a server; several processes may share one."""

    kind: Literal["postgresql"] = "postgresql"

    def __init__(
        self,
        url: URL,
        clock: Callable[[], int],
        publish: Publish,
        *,
        threads: int,
        limits: Limits,
        died: Died | None,
    ) -> None:
        intake = Intake(limits)
        super().__init__(writes=intake, reads=intake, publish=publish, died=died)
        engine = create_engine(
            url,
            poolclass=NullPool,
            connect_args=CONNECT,
            use_native_hstore=False,
            query_cache_size=2000,
            hide_parameters=True,  # people's words and hashes of secrets: no error may carry them into the log
        )
        _check_version(engine)
        self._pool = Pool("recado-database", threads, intake, lambda: _Session(engine, clock), self._fail)

    def _join(self) -> None:
        self._pool.join()


def _check_version(engine: Engine) -> None:
    with engine.connect() as conn:
        version = _driver(conn).info.server_version
    if version < VERSION_MIN:
        raise ValueError(f"PostgreSQL 15 or newer is needed; this one is {version // 10_000}")


def _driver(conn: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", conn.connection.driver_connection)


class _Session(Serve):
    """What happens on one thread, with one connection, made when it is needed and again when it broke."""

    def __init__(self, engine: Engine, clock: Callable[[], int]) -> None:
        self._engine = engine
        self._clock = clock
        self._conn: Connection | None = None
        self._reading = False

    def answer(self, call: Call) -> None:
        events: list[Event] = []
        try:
            call.value = self._run(call, events)
        except BaseException as error:  # noqa: BLE001 - told to the caller
            events = []
            call.error = error
        call.teller.tell(events, [call])

    def close(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            try:
                conn.close()
            except (psycopg.Error, DBAPIError):
                logger.debug("a connection that had failed could not be closed", exc_info=True)

    def _run(self, call: Call, events: list[Event]) -> Any:
        """Return the call's value, committed; its own error, rolled back; `Busy` or `Unknown`."""
        for _ in range(TRIES):
            del events[:]
            conn = self._connect(reading=call.reading)
            try:
                value = call.fn(conn if call.reading else Tx(conn, self._clock(), events))
            except BaseException as error:
                if not self._may_repeat(error):
                    raise
                continue
            if self._commit():
                return value
        raise Busy

    def _connect(self, *, reading: bool) -> Connection:
        """Return a connection whose next statement begins a transaction of the right kind."""
        conn = self._conn
        try:
            if conn is None:
                conn = self._conn = self._engine.connect()
                self._begin_with(conn, reading=reading)
            elif self._reading is not reading:
                self._begin_with(conn, reading=reading)
        except (psycopg.Error, DBAPIError) as error:
            logger.warning("the database cannot be reached: %s", error)
            self.close()
            raise Busy from error
        return conn

    def _begin_with(self, conn: Connection, *, reading: bool) -> None:
        driver = _driver(conn)
        driver.isolation_level = IsolationLevel.REPEATABLE_READ if reading else IsolationLevel.READ_COMMITTED
        driver.read_only = reading
        self._reading = reading

    def _commit(self) -> bool:
        """Commit; False when the transaction was rolled back and may be run again. Raises `Unknown`."""
        assert self._conn is not None
        driver = _driver(self._conn)
        if driver.info.transaction_status == TransactionStatus.INERROR:
            self._roll_back()
            # PostgreSQL would answer this COMMIT with a silent ROLLBACK.
            raise SilencedError
        try:
            # The driver's own commit: SQLAlchemy's would end a transaction object that we keep for all calls.
            driver.commit()
        except psycopg.Error as error:
            if not self._roll_back():
                logger.warning("the connection broke during a commit: %s", error)
                raise Unknown from error
            if is_worth_repeating(error):
                return False
            raise
        return True

    def _may_repeat(self, error: BaseException) -> bool:
        """Roll back; tell whether running the function again makes sense. Raises `Busy` when only waiting does."""
        alive = self._roll_back()
        if not alive or is_worth_repeating(error):
            return True
        read_only = not self._reading and is_read_only(error)
        if read_only or is_storage_failure(error) or is_out_of_reach(error):
            raise Busy from error
        return False

    def _roll_back(self) -> bool:
        """Roll back and tell whether the connection lives; one that does not is given up."""
        assert self._conn is not None
        try:
            if not self._conn.invalidated:
                _driver(self._conn).rollback()
                return True
        except psycopg.Error as error:
            logger.debug("no rollback on a broken connection: %s", error)
        self.close()
        return False
