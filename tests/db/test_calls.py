"""Calls that wait for a thread: none is forgotten, however those who look for work and those who tidy up meet."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

import pytest

from recado.db.calls import Call, Intake, Limits, LoopTeller


class Crowded(deque[Call]):
    """A queue at which others do something in the moments between two steps of whoever tidies up."""

    after_look: Callable[[], None] | None = None
    after_take: Callable[[], None] | None = None

    def __getitem__(self, place: int) -> Call:  # type: ignore[override]
        call = super().__getitem__(place)
        between, self.after_look = self.after_look, None
        if between is not None:
            between()
        return call

    def popleft(self) -> Call:
        call = super().popleft()
        between, self.after_take = self.after_take, None
        if between is not None:
            between()
        return call


@pytest.fixture
def teller() -> Iterator[LoopTeller]:
    loop = asyncio.new_event_loop()
    yield LoopTeller(loop, lambda _: None)
    loop.close()


def ask(intake: Intake, teller: LoopTeller) -> Call:
    call = Call(lambda _: None, teller, reading=False)
    intake.offer(call, background=False)
    return call


def taken(intake: Intake) -> list[Call | None]:
    """What a thread that looks for work finds within far more time than that takes; empty where it finds nothing."""
    found: list[Call | None] = []
    thread = threading.Thread(target=lambda: found.append(intake.take()), daemon=True)
    thread.start()
    thread.join(5)
    return found


def test_a_call_that_is_put_back_is_taken_by_whoever_looked_meanwhile(teller: LoopTeller) -> None:
    intake = Intake(Limits(100, 60))
    crowd = intake._people = Crowded()
    old = ask(intake, teller)
    oldest = time.monotonic()
    fresh = ask(intake, teller)

    def look() -> Call | None:
        intake._tokens.get()
        return intake._pop()

    def takes_the_old_one() -> None:
        assert look() is old
        crowd.after_take = finds_nothing

    def finds_nothing() -> None:
        assert look() is None

    crowd.after_look = takes_the_old_one
    assert intake._pop_before(oldest, crowd) is None
    assert crowd.after_take is None
    assert taken(intake) == [fresh]


def test_whoever_has_a_transaction_open_waits_for_no_neighbour(teller: LoopTeller) -> None:
    intake = Intake(Limits(100, 60))
    first = ask(intake, teller)
    intake._tokens.get()
    found: list[Call | None] = []
    thread = threading.Thread(target=lambda: found.append(intake.take_neighbour(teller)), daemon=True)
    thread.start()
    thread.join(5)
    assert found == [None]
    intake._tokens.put(None)
    assert intake.take_neighbour(teller) is first
