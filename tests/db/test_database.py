"""What both engines promise alike."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from recado.db.database import Database, Tx, open_database
from recado.db.dialect import for_update, insert, is_unique_violation
from recado.domain.errors import Busy, NotFound
from tests.db.engine import Gate, Listener, add, add_then_raise, address, count, names, opened, outcomes, settle, things


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with address(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as found:
        yield found


async def test_what_was_returned_is_stored(url: str) -> None:
    async with opened(url) as database:
        assert await database.write(add("anvil")) == "anvil"
        assert await database.read(names) == ["anvil"]


async def test_it_says_which_database_it_is(url: str) -> None:
    async with opened(url) as database:
        assert url.startswith(database.kind)


async def test_events_are_published_before_the_caller_goes_on(url: str) -> None:
    listener = Listener()
    async with opened(url, listener) as database:
        await database.write(add("anvil"))
        assert listener.heard == ["anvil added"]


async def test_a_refusal_leaves_nothing_behind_and_publishes_nothing(url: str) -> None:
    listener = Listener()
    async with opened(url, listener) as database:
        with pytest.raises(NotFound):
            await database.write(add_then_raise("anvil", NotFound()))
        assert await database.read(names) == []
        assert listener.heard == []


async def test_a_fault_of_the_function_reaches_its_caller_and_nobody_else(url: str) -> None:
    async with opened(url) as database:
        with pytest.raises(ZeroDivisionError):
            await database.write(add_then_raise("anvil", ZeroDivisionError()))
        with pytest.raises(RuntimeError, match="StopIteration"):
            await database.write(add_then_raise("anvil", StopIteration()))
        assert await database.write(add("bucket")) == "bucket"


async def test_a_function_may_live_with_a_violated_key(url: str) -> None:
    def add_once(tx: Tx) -> str:
        try:
            with tx.conn.begin_nested():
                add("anvil")(tx)
        except IntegrityError as error:
            return "there already" if is_unique_violation(error) else "another fault"
        return "new"

    async with opened(url) as database:
        assert await database.write(add_once) == "new"
        assert await database.write(add_once) == "there already"
        assert await database.write(add("bucket")) == "bucket"
        assert await database.read(names) == ["anvil", "bucket"]


async def test_time_stands_still_in_a_transaction_and_comes_from_the_clock(url: str) -> None:
    async with opened(url) as database:
        first = await database.write(lambda tx: (tx.now, tx.now))
        second = await database.write(lambda tx: (tx.now, tx.now))
        assert (first, second) == ((2, 2), (3, 3))


async def test_reading_sees_one_moment(url: str) -> None:
    reader = Gate()

    def read_twice(conn: Connection) -> tuple[int, int]:
        before = count(conn)
        reader(conn)
        return before, count(conn)

    async with opened(url) as database:
        await database.write(add("anvil"))
        reading = asyncio.ensure_future(database.read(read_twice))
        await reader.entered()
        await database.write(add("bucket"))
        reader.open()
        assert await outcomes(reading) == [(1, 1)]
        assert await database.read(count) == 2


async def test_reading_cannot_write(url: str) -> None:
    async with opened(url) as database:
        with pytest.raises(DBAPIError, match=r"read-?only"):
            await database.read(lambda conn: conn.execute(things.insert(), {"name": "anvil"}))
        await database.write(add("bucket"))
        assert await database.read(names) == ["bucket"]


async def test_a_reader_sees_what_its_caller_was_told_before(url: str) -> None:
    async with opened(url) as database:
        for number in range(50):
            await database.write(add(f"thing {number}"))
            assert await database.read(count) == number + 1


async def test_64_writers_at_once_are_all_served(url: str) -> None:
    async def write_ten(database: Database, writer: int) -> None:
        for number in range(10):
            await database.write(add(f"{writer}/{number}"))
            await database.read(count)

    async with opened(url) as database:
        assert (
            await outcomes(*(asyncio.ensure_future(write_ten(database, writer)) for writer in range(64))) == [None] * 64
        )
        assert await database.read(count) == 640


async def test_a_full_queue_says_busy(url: str) -> None:
    async with opened(url, threads=1, queue_limit=4) as database:
        gate = Gate()
        holding = asyncio.ensure_future(database.write(gate))
        await gate.entered()
        waiting = [asyncio.ensure_future(database.write(add(f"thing {number}"))) for number in range(4)]
        await settle()
        with pytest.raises(Busy) as busy:
            await database.write(add("one too many"))
        assert busy.value.retry_after_s >= 1
        gate.open()
        assert await outcomes(holding, *waiting) == [None, "thing 0", "thing 1", "thing 2", "thing 3"]
        assert await database.read(count) == 4


async def test_background_work_leaves_half_the_queue_to_people(url: str) -> None:
    async with opened(url, threads=1, queue_limit=4) as database:
        gate = Gate()
        holding = asyncio.ensure_future(database.write(gate))
        await gate.entered()
        work = [asyncio.ensure_future(database.write(add(f"work {number}"), background=True)) for number in range(2)]
        await settle()
        with pytest.raises(Busy):
            await database.write(add("more work"), background=True)
        person = asyncio.ensure_future(database.write(add("person")))
        await settle()
        gate.open()
        await outcomes(holding, *work, person)
        assert await database.read(names) == ["person", "work 0", "work 1"]


async def test_who_has_waited_too_long_is_told_while_the_disk_still_hangs(url: str) -> None:
    async with opened(url, threads=1, patience_s=0.05) as database:
        gate = Gate()
        holding = asyncio.ensure_future(database.write(gate))
        await gate.entered()
        assert [type(error) for error in await outcomes(asyncio.ensure_future(database.write(add("late"))))] == [Busy]
        assert not holding.done()
        gate.open()
        await outcomes(holding)
        assert await database.read(names) == []


async def test_a_caller_who_leaves_before_its_turn_is_not_run(url: str) -> None:
    async with opened(url, threads=1) as database:
        gate = Gate()
        holding = asyncio.ensure_future(database.write(gate))
        await gate.entered()
        leaving = asyncio.ensure_future(database.write(add("left")))
        staying = asyncio.ensure_future(database.write(add("stayed")))
        await settle()
        leaving.cancel()
        await settle()
        gate.open()
        assert isinstance((await outcomes(holding, leaving, staying))[1], asyncio.CancelledError)
        assert await database.read(names) == ["stayed"]


async def test_a_caller_who_leaves_during_its_turn_changes_nothing_for_others(url: str) -> None:
    listener = Listener()
    gate = Gate()

    def slow(tx: Tx) -> None:
        add("slow")(tx)
        gate(tx)

    async with opened(url, listener, threads=1) as database:
        leaving = asyncio.ensure_future(database.write(slow))
        await gate.entered()
        staying = asyncio.ensure_future(database.write(add("stayed")))
        await settle()
        leaving.cancel()
        await settle()
        gate.open()
        assert (await outcomes(staying)) == ["stayed"]
        assert await database.read(names) == ["slow", "stayed"]
        assert listener.heard == ["slow added", "stayed added"]


async def test_a_listener_that_fails_costs_no_caller_its_answer(url: str) -> None:
    told: list[str] = []

    def fail(_: object) -> None:
        raise ZeroDivisionError

    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
    database = open_database(url, clock=lambda: 1, publish=fail)
    try:
        await database.write(lambda tx: tx.emit("heard by nobody"))
    finally:
        await database.close()
    assert told == ["publishing after a commit failed"]


async def test_closing_does_what_waits_and_refuses_what_comes_later(url: str) -> None:
    listener = Listener()
    async with opened(url, listener, threads=1) as database:
        gate = Gate()
        holding = asyncio.ensure_future(database.write(gate))
        await gate.entered()
        waiting = asyncio.ensure_future(database.write(add("waiting")))
        await settle()
        closing = asyncio.ensure_future(database.close())
        await settle()
        with pytest.raises(Busy):
            await database.write(add("late"))
        with pytest.raises(Busy):
            await database.read(names)
        gate.open()
        assert await outcomes(holding, waiting, closing) == [None, "waiting", None]
    async with opened(url) as database:
        assert await database.read(names) == ["waiting"]


def test_it_works_without_an_event_loop(url: str) -> None:
    listener = Listener()
    database = open_database(url, clock=lambda: 1, publish=listener)
    try:
        database.write_blocking(lambda tx: things.create(tx.conn))
        assert database.write_blocking(add("anvil")) == "anvil"
        assert listener.heard == ["anvil added"]
        with pytest.raises(NotFound):
            database.write_blocking(add_then_raise("bucket", NotFound()))
        assert database.read_blocking(names) == ["anvil"]
    finally:
        database.close_blocking()
    with pytest.raises(Busy):
        database.read_blocking(names)


async def test_one_statement_inserts_or_updates_on_either(url: str) -> None:
    row = insert(things).values(name="anvil", count=1)
    total = things.c.count + row.excluded.count
    statement = row.on_conflict_do_update(index_elements=[things.c.name], set_={"count": total}).returning(
        things.c.count
    )
    leave = row.on_conflict_do_nothing(index_elements=[things.c.name]).returning(things.c.id)
    async with opened(url) as database:
        assert await database.write(lambda tx: tx.conn.execute(statement).scalar_one()) == 1
        assert await database.write(lambda tx: tx.conn.execute(statement).scalar_one()) == 2
        assert await database.write(lambda tx: tx.conn.execute(leave).first()) is None


async def test_one_statement_locks_rows_on_either(url: str) -> None:
    lock = for_update(select(things.c.id).where(things.c.name == "anvil"))
    change = update(things).where(things.c.name == "anvil").values(count=things.c.count + 1)

    def change_locked(tx: Tx) -> int:
        tx.conn.execute(lock).scalar_one()
        return tx.conn.execute(change).rowcount

    async with opened(url) as database:
        await database.write(add("anvil"))
        assert await database.write(change_locked) == 1


def test_another_kind_of_address_is_an_error(url: str) -> None:
    with pytest.raises(ValueError, match="not a database"):
        open_database("oracle://host/name", clock=lambda: 1, publish=Listener())
    with pytest.raises(ValueError, match="needs a file"):
        open_database("sqlite://", clock=lambda: 1, publish=Listener())
