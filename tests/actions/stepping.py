"""Stops a transaction between two of its statements, so that another one comes in between: never by chance."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Self

import psycopg
import pytest
from psycopg import errors

from recado.db import postgres
from recado.db.database import Tx
from recado.db.dialect import driver_error, is_worth_repeating
from tests.world import World, somebody_waits

GUARD_S = 30.0
MARKS = ("FOR UPDATE", "FOR NO KEY UPDATE", "UPDATE ", "INSERT ", "DELETE ", "pg_advisory")
"""What a statement that locks something holds."""

Do = Callable[[Tx], object]


class Stop:
    """The place where a transaction stops, once: before its `at`-th statement that locks something, or at its end."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.locked = 0
        self.reached, self.go_on = threading.Event(), threading.Event()

    def pass_by(self, statement: str) -> None:
        if any(mark in statement for mark in MARKS):
            self.locked += 1
            self.left -= 1
            if self.left == 0:
                self.wait()

    def wait(self) -> None:
        if not self.reached.is_set():
            self.reached.set()
            self.go_on.wait(GUARD_S)


class Stepper:
    """Runs two transactions, the second while the first stands still; notes whether two waited for each other."""

    def __init__(self) -> None:
        self.here = threading.local()
        self.deadlocks = 0
        self.pool = ThreadPoolExecutor(2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown()

    def run(self, world: World, first: Do, second: Do, at: int) -> tuple[list[object], int]:
        """What became of both, and how many statements of the first lock something."""
        stop = Stop(at)

        def stopping(tx: Tx) -> object:
            self.here.stop = stop
            try:
                value = first(tx)
                stop.wait()
            finally:
                del self.here.stop
                stop.reached.set()
            return value

        one = self.pool.submit(world.database.write_blocking, stopping)
        stop.reached.wait(GUARD_S)
        other = self.pool.submit(world.database.write_blocking, second)
        while not _ended(other, 0.01) and not somebody_waits(world):
            pass
        stop.go_on.set()
        return [future.exception() or future.result() for future in (one, other)], stop.locked


def _ended(future: "Future[object]", within_s: float) -> bool:
    return bool(wait([future], within_s).done)


@contextmanager
def stepper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stepper]:
    """A stepper that sees every statement on its way to PostgreSQL; on SQLite it stops at the end alone."""
    made, execute = Stepper(), psycopg.Cursor.execute

    def stepped(cursor: Any, query: Any, *args: Any, **options: Any) -> Any:
        if (stop := getattr(made.here, "stop", None)) is not None:
            stop.pass_by(str(query))
        return execute(cursor, query, *args, **options)

    def noting(error: BaseException) -> bool:
        made.deadlocks += isinstance(driver_error(error), errors.DeadlockDetected)
        return is_worth_repeating(error)

    monkeypatch.setattr(psycopg.Cursor, "execute", stepped)
    monkeypatch.setattr(postgres, "is_worth_repeating", noting)
    with made:
        yield made
