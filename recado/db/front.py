"""The side of a database that callers see, the same for both: it turns functions into calls and waits for outcomes."""

from __future__ import annotations

import asyncio
import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from recado.db.calls import Call, Intake, LoopTeller, Publish, Teller, Tx, Waiter
from recado.domain.errors import Busy, Unknown

T = TypeVar("T")

Died = Callable[[BaseException], None]
"""Told, on the dying thread, that a thread of the database has ended by a fault of the program."""

logger = logging.getLogger(__name__)


class Front(ABC):
    """Callers' side of `recado.db.database.Database`. `_writes` and `_reads` may be one intake or two."""

    def __init__(self, *, writes: Intake, reads: Intake, publish: Publish, died: Died | None) -> None:
        self._writes = writes
        self._reads = reads
        self._publish = publish
        self._died = died
        self._teller: LoopTeller | None = None

    async def write(self, fn: Callable[[Tx], T], *, background: bool = False) -> T:
        teller = self._teller_here()
        call = Call(fn, teller, reading=False)
        self._writes.offer(call, background=background)
        return cast(T, await cast("asyncio.Future[Any]", call.future))

    async def read(self, fn: Callable[[Connection], T]) -> T:
        teller = self._teller_here()
        call = Call(fn, teller, reading=True)
        self._reads.offer(call, background=False)
        return cast(T, await cast("asyncio.Future[Any]", call.future))

    def write_blocking(self, fn: Callable[[Tx], T]) -> T:
        return cast(T, self._blocking(fn, self._writes, reading=False))

    def read_blocking(self, fn: Callable[[Connection], T]) -> T:
        return cast(T, self._blocking(fn, self._reads, reading=True))

    async def close(self) -> None:
        await asyncio.to_thread(self.close_blocking)

    def close_blocking(self) -> None:
        """End after all that waits has been done; later calls are told `Busy`. May be called again."""
        self._writes.end(Busy)
        self._reads.end(Busy)
        self._join()
        self._writes.drop(Busy)
        self._reads.drop(Busy)

    def _teller_here(self) -> LoopTeller:
        loop = asyncio.get_running_loop()
        teller = self._teller
        if teller is None or teller.loop is not loop:
            teller = self._teller = LoopTeller(loop, self._publish)
        return teller

    def _blocking(self, fn: Callable[[Any], Any], intake: Intake, *, reading: bool) -> Any:
        waiter = Waiter(self._publish)
        call = Call(fn, cast(Teller, waiter), reading=reading)
        intake.offer(call, background=False)
        return waiter.wait_for(call)

    def _fail(self, error: BaseException, intake: Intake) -> None:
        """A thread ends by a fault of the program: nobody is left waiting, and whoever opened the database hears it."""
        logger.critical("a database thread has died", exc_info=error)
        try:
            if self._died is not None:
                self._died(error)
        finally:
            intake.drop(Unknown)

    @abstractmethod
    def _join(self) -> None:
        """Wait until the threads have ended and their connections are closed."""


class Pool:
    """Some threads that take calls one at a time; each makes its own `Serve` and with it its own connection."""

    def __init__(
        self,
        name: str,
        size: int,
        intake: Intake,
        make: Callable[[], Serve],
        fail: Callable[[BaseException, Intake], None],
    ) -> None:
        self._intake = intake
        self._make = make
        self._fail = fail
        self._threads = [threading.Thread(target=self._run, name=f"{name}-{number}") for number in range(size)]
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        serve = self._make()
        call: Call | None = None
        try:
            while (call := self._intake.take()) is not None:
                serve.answer(call)
        except BaseException as error:  # noqa: BLE001 - told to everybody concerned
            if call is not None:
                call.refuse(Unknown())
            self._fail(error, self._intake)
        finally:
            serve.close()


class Serve(ABC):
    """One thread's way to answer calls."""

    @abstractmethod
    def answer(self, call: Call) -> None:
        """Run the call and tell its outcome, whatever happens."""

    @abstractmethod
    def close(self) -> None:
        """Give the connection back."""
