"""What only a server can do to us: deadlocks, connections that end, a database that is gone."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, text, update
from sqlalchemy.exc import DBAPIError

from recado.db.database import Tx
from recado.db.postgres import SilencedError
from recado.db.postgres_channel import PostgresChannel
from recado.domain.errors import Busy, Unknown
from tests.db.engine import GUARD_S, Gate, Listener, add, names, opened, outcomes, things
from tests.servers import PostgresServer

COUNT = update(things).where(things.c.name == bindparam("thing")).values(count=things.c.count + 1)
END_MYSELF = text("SELECT pg_terminate_backend(pg_backend_pid())")
OWN_NUMBER = text("SELECT pg_backend_pid()")


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as found:
        yield found


def count_both(first: str, second: str, meeting: threading.Barrier, tries: list[str]) -> Callable[[Tx], None]:
    """Lock two rows, meeting another transaction between them, at the first try."""

    def transaction(tx: Tx) -> None:
        tries.append(first)
        tx.emit(f"from {first}")
        tx.conn.execute(COUNT, {"thing": first})
        if tries.count(first) == 1:
            meeting.wait(GUARD_S)
        tx.conn.execute(COUNT, {"thing": second})

    return transaction


async def test_who_loses_a_deadlock_is_run_again_and_publishes_once(url: str) -> None:
    listener = Listener()
    tries: list[str] = []
    meeting = threading.Barrier(2)
    async with opened(url, listener) as database:
        await database.write(add("anvil"))
        await database.write(add("bucket"))
        listener.heard.clear()
        results = await outcomes(
            asyncio.ensure_future(database.write(count_both("anvil", "bucket", meeting, tries))),
            asyncio.ensure_future(database.write(count_both("bucket", "anvil", meeting, tries))),
        )
        assert results == [None, None]
        assert len(tries) >= 3  # who lost may be there again before the winner goes on
        assert sorted(listener.heard) == ["from anvil", "from bucket"]
        counts = await database.read(lambda conn: list(conn.execute(things.select()).mappings()))
        assert [row["count"] for row in counts] == [2, 2]


async def test_who_loses_every_time_is_told_busy(url: str) -> None:
    lose = text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
    async with opened(url) as database:
        with pytest.raises(Busy):
            await database.write(lambda tx: tx.conn.execute(lose))
        assert await database.write(add("anvil")) == "anvil"


async def test_a_connection_that_ended_while_idle_is_replaced_unnoticed(url: str, postgres: PostgresServer) -> None:
    async with opened(url, threads=1) as database:
        number = await database.read(lambda conn: conn.execute(OWN_NUMBER).scalar_one())
        with postgres.connect() as admin:
            # Waits until it has ended.
            admin.execute("SELECT pg_terminate_backend(%s, 10000)", (number,))
        assert await database.write(add("anvil")) == "anvil"
        assert await database.read(lambda conn: conn.execute(OWN_NUMBER).scalar_one()) != number


async def test_a_connection_that_ends_before_the_commit_means_another_try(url: str) -> None:
    listener = Listener()
    tries: list[int] = []

    def end_once(tx: Tx) -> None:
        add("anvil")(tx)
        tries.append(tx.now)
        if len(tries) == 1:
            tx.conn.execute(END_MYSELF)

    async with opened(url, listener) as database:
        await database.write(end_once)
        assert len(tries) == 2
        assert await database.read(names) == ["anvil"]
        assert listener.heard == ["anvil added"]


async def test_a_server_that_can_only_be_read_is_busy(url: str) -> None:
    def write_to_a_standby(tx: Tx) -> str:
        tx.conn.execute(text("SET TRANSACTION READ ONLY"))
        return add("anvil")(tx)

    async with opened(url) as database:
        with pytest.raises(Busy):
            await database.write(write_to_a_standby)
        assert await database.write(add("anvil")) == "anvil"


async def test_a_server_that_takes_too_long_is_busy(url: str) -> None:
    def wait(conn: Connection) -> None:
        conn.execute(text("SET LOCAL statement_timeout = 20"))
        conn.execute(text("SELECT pg_sleep(60)"))

    async with opened(url) as database:
        with pytest.raises(Busy):
            await database.read(wait)
        with pytest.raises(Busy):
            await database.write(lambda tx: wait(tx.conn))
        assert await database.write(add("anvil")) == "anvil"


async def test_a_connection_that_always_ends_is_busy(url: str) -> None:
    async with opened(url) as database:
        with pytest.raises(Busy):
            await database.write(lambda tx: tx.conn.execute(END_MYSELF))
        with pytest.raises(Busy):
            await database.read(lambda conn: conn.execute(END_MYSELF))
        assert await database.write(add("anvil")) == "anvil"


async def test_a_connection_that_ends_during_the_commit_is_unknown(url: str) -> None:
    listener = Listener()
    trap = """
        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER trap AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (NEW.name = 'trap') EXECUTE FUNCTION die()
    """
    async with opened(url, listener) as database:
        await database.write(lambda tx: tx.conn.execute(text(trap)))
        with pytest.raises(Unknown):
            await database.write(add("trap"))
        assert listener.heard == []
        assert await database.write(add("anvil")) == "anvil"
        assert await database.read(names) == ["anvil"]


async def test_what_a_commit_refuses_is_the_callers_error(url: str) -> None:
    async with opened(url) as database:
        await database.write(
            lambda tx: tx.conn.execute(text("CREATE TABLE own (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        )
        twice = text("INSERT INTO own VALUES (1), (1)")
        with pytest.raises(Exception, match="duplicate key"):
            await database.write(lambda tx: tx.conn.execute(twice))
        assert await database.write(add("anvil")) == "anvil"


async def test_a_failure_that_the_function_swallows_is_never_acknowledged(url: str) -> None:
    listener = Listener()

    def swallow(tx: Tx) -> None:
        add("anvil")(tx)
        with suppress(DBAPIError):
            tx.conn.execute(text("SELECT 1/0"))

    async with opened(url, listener) as database:
        with pytest.raises(SilencedError):
            await database.write(swallow)
        assert await database.read(names) == []
        assert listener.heard == []


async def test_a_server_that_is_gone_is_busy_until_it_is_back(postgres: PostgresServer) -> None:
    name = postgres.create()
    url = postgres.url(name)
    async with opened(url, threads=2) as database:
        postgres.drop(name)
        results = await outcomes(
            *(asyncio.ensure_future(database.write(add("anvil"))) for _ in range(4)),
            asyncio.ensure_future(database.read(names)),
        )
        assert [type(result) for result in results] == [Busy] * 5
        with postgres.connect() as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        await database.write(lambda tx: things.create(tx.conn))
        assert await database.write(add("anvil")) == "anvil"
    postgres.drop(name)


def test_of_words_that_repeat_in_one_batch_the_last_counts() -> None:
    channel = object.__new__(PostgresChannel)
    channel._waiting = deque(["v1.5.1", "p", "v1.5.0", "v1.5.1"])
    assert list(channel._payloads()) == ["p v1.5.0 v1.5.1"]


async def test_waiting_too_long_for_a_row_is_busy(url: str) -> None:
    gate = Gate()

    def hold(tx: Tx) -> None:
        tx.conn.execute(COUNT, {"thing": "anvil"})
        gate(tx)

    def wait_shortly(tx: Tx) -> None:
        tx.conn.execute(text("SET LOCAL lock_timeout = 1"))
        tx.conn.execute(COUNT, {"thing": "anvil"})

    async with opened(url) as database:
        await database.write(add("anvil"))
        holding = asyncio.ensure_future(database.write(hold))
        await gate.entered()
        assert [type(error) for error in await outcomes(asyncio.ensure_future(database.write(wait_shortly)))] == [Busy]
        gate.open()
        await outcomes(holding)


async def test_writing_is_durable_and_the_two_kinds_of_transaction_alternate(url: str) -> None:
    def settings(conn: Connection) -> list[Any]:
        wanted = ("synchronous_commit", "transaction_isolation", "transaction_read_only")
        return [conn.execute(text(f"SHOW {name}")).scalar_one() for name in wanted]

    async with opened(url, threads=1) as database:
        for _ in range(2):
            assert await database.write(lambda tx: settings(tx.conn)) == ["on", "read committed", "off"]
            assert await database.read(settings) == ["on", "repeatable read", "on"]
