"""What travels between a caller and the threads of a database: the call, its outcome, and the events it made.

Callers stand on an event loop (or, blocking, on a thread of their own); transactions run on other threads. `Intake` is
the way in: bounded, people before background work. A `Teller` is the way out: it publishes what a commit made known
and only then settles the callers, with one wake-up of the loop for all that is ready. Nothing here knows a database.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection

from recado.domain.errors import Busy, Failure

Event = tuple[object, tuple[object, ...]]
"""What `Tx.emit` was given: the event and its audience."""

Publish = Callable[[list[Event]], None]


class Tx:
    """One transaction, as its function sees it: a connection, one time, and a way to say what happened."""

    __slots__ = ("_events", "conn", "now")

    def __init__(self, conn: Connection, now: int, events: list[Event]) -> None:
        self.conn = conn
        self.now = now
        """Microseconds UTC, the same throughout the transaction."""
        self._events = events

    def emit(self, event: object, *audience: object) -> None:
        """Publish `event` to `audience` once this transaction is stored; never, if it is not."""
        self._events.append((event, audience))


class Call:
    """A function waiting for its transaction, and afterwards its outcome: `error`, or else `value`."""

    __slots__ = ("asked_at", "error", "fn", "future", "reading", "teller", "value")

    def __init__(self, fn: Callable[[Any], Any], teller: Teller, *, reading: bool) -> None:
        self.fn = fn
        self.teller = teller
        self.future = teller.make_future()
        self.reading = reading
        self.asked_at = monotonic()
        self.value: Any = None
        self.error: BaseException | None = None

    def refuse(self, error: BaseException) -> None:
        """Settle this call alone, with an error and without events."""
        self.error = error
        self.teller.tell([], [self])


class Teller(Protocol):
    """Where outcomes go. Calls with the same teller may share a transaction."""

    def make_future(self) -> asyncio.Future[Any] | None:
        """Return what an asynchronous caller waits for; None for a blocking one."""

    def tell(self, events: list[Event], calls: list[Call]) -> None:
        """Take over what one commit made known and whom it answers. Called on the thread of the transaction."""


class LoopTeller:
    """Tells callers on an event loop. One wake-up serves all that was committed until the loop gets to it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, publish: Publish) -> None:
        self.loop = loop
        self._publish = publish
        self._told: deque[tuple[list[Event], list[Call]]] = deque()
        self._awake = False

    def make_future(self) -> asyncio.Future[Any]:
        return self.loop.create_future()

    def tell(self, events: list[Event], calls: list[Call]) -> None:
        self._told.append((events, calls))
        if not self._awake:
            self._awake = True
            try:
                self.loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:  # the loop is closed: nobody listens any more, and what is stored is stored
                self._told.clear()

    def _deliver(self) -> None:
        # First the flag, then the deque: a commit that slips in between costs an idle wake-up, never a lost one.
        self._awake = False
        while self._told:
            events, calls = self._told.popleft()
            if events:
                self._announce(events)
            for call in calls:
                self._settle(call)

    def _announce(self, events: list[Event]) -> None:
        try:
            self._publish(events)
        except Exception as error:  # noqa: BLE001 - what is stored must be answered whatever listeners do
            self.loop.call_exception_handler({"message": "publishing after a commit failed", "exception": error})

    @staticmethod
    def _settle(call: Call) -> None:
        future = call.future
        if future is None or future.done():  # done: the caller was cancelled; what was stored stays stored
            return
        error = call.error
        if error is None:
            future.set_result(call.value)
        elif isinstance(error, StopIteration):  # a future cannot hold it
            future.set_exception(RuntimeError(f"a transaction function raised {error!r}"))
        else:
            future.set_exception(error)


class Waiter:
    """Tells one blocking caller. Events are published on the caller's own thread, before its result."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._told: SimpleQueue[list[Event]] = SimpleQueue()

    def make_future(self) -> None:
        return None

    def tell(self, events: list[Event], calls: list[Call]) -> None:
        del calls  # only ever the one that waits below
        self._told.put(events)

    def wait_for(self, call: Call) -> Any:
        """Block until `call` is settled; return its value or raise its error."""
        events = self._told.get()
        if events:
            self._publish(events)
        if call.error is not None:
            raise call.error
        return call.value


class Limits(NamedTuple):
    """How many calls may wait, and for how long."""

    queue: int
    patience_s: float


class Intake:
    """Calls that wait for a thread, in order, people before background work.

    At most `limits.queue` wait (half of it for background work, so that it never crowds people out), and none longer
    than `limits.patience_s`: beyond that a caller is told `Busy`, certain to mean that nothing was stored. For every
    call appended one token is put; a thread takes a token before it looks, so that waiting needs no lock of ours.
    """

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.queue
        self._patience_s = limits.patience_s
        self._people: deque[Call] = deque()
        self._background: deque[Call] = deque()
        self._tokens: SimpleQueue[None] = SimpleQueue()
        self._sweeping: LoopTeller | None = None
        self._end: type[Failure] | None = None

    def offer(self, call: Call, *, background: bool) -> None:
        """Let `call` wait for its turn. Raises `Busy` where it would wait too long, and whatever `end` was told."""
        if self._end is not None:
            raise self._end()
        waiting = self._background if background else self._people
        if len(waiting) >= (self._limit // 2 if background else self._limit):
            raise Busy
        waiting.append(call)
        self._tokens.put(None)
        if self._sweeping is not call.teller and isinstance(call.teller, LoopTeller):
            self._sweep_later(call.teller)

    def take(self) -> Call | None:
        """Return the next call that is still wanted, waiting for one; None once ended and empty."""
        while True:
            self._tokens.get()
            call = self._pop()
            if call is None:
                if self._end is None:
                    continue  # its call was swept away
                self._tokens.put(None)  # for the next thread
                return None
            if self._is_wanted(call):
                return call

    def take_neighbour(self, teller: Teller) -> Call | None:
        """Return the next call at once if it may share a transaction with those of `teller`, else None."""
        while self._people or self._background:
            try:
                # Whoever waits here holds a transaction open, with callers who are not answered yet.
                self._tokens.get_nowait()
            except Empty:
                return None
            call = self._pop()
            if call is None:
                self._tokens.put(None)
                return None
            if call.teller is not teller:
                self._people.appendleft(call)
                self._tokens.put(None)
                return None
            if self._is_wanted(call):
                return call
        return None

    def end(self, reason: type[Failure]) -> None:
        """Refuse every later call with `reason`. What waits is still taken."""
        self._end = reason
        self._tokens.put(None)

    def drop(self, reason: type[Failure]) -> None:
        """Refuse all that waits, too."""
        self.end(reason)
        while (call := self._pop()) is not None:
            call.refuse(reason())

    def _pop(self) -> Call | None:
        for waiting in (self._people, self._background):
            try:
                return waiting.popleft()
            except IndexError:
                continue
        return None

    def _is_wanted(self, call: Call) -> bool:
        if call.future is not None and call.future.done():
            return False
        if monotonic() - call.asked_at > self._patience_s:
            call.refuse(Busy())
            return False
        return True

    # A thread held up by a slow disk takes nothing, so the loop itself sends away those who have waited too long.

    def _sweep_later(self, teller: LoopTeller) -> None:
        self._sweeping = teller
        teller.loop.call_later(self._patience_s / 2, self._sweep, teller)

    def _sweep(self, teller: LoopTeller) -> None:
        if self._sweeping is teller:
            self._sweeping = None
        oldest = monotonic() - self._patience_s
        for waiting in (self._people, self._background):
            while (call := self._pop_before(oldest, waiting)) is not None:
                call.refuse(Busy())
        if self._people or self._background:
            self._sweep_later(teller)

    def _pop_before(self, oldest: float, waiting: deque[Call]) -> Call | None:
        try:
            if waiting[0].asked_at >= oldest:
                return None
            call = waiting.popleft()
        except IndexError:  # empty, or a thread was quicker
            return None
        if call.asked_at < oldest:
            return call
        waiting.appendleft(call)
        # A thread that looked meanwhile has spent a token on nothing. One too many does no harm.
        self._tokens.put(None)
        return None
