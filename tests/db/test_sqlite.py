"""The writer of SQLite: groups, refusals among neighbours, and what a full disk does to them."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Connection, text

from recado.db import sqlite
from recado.db.database import Database, DataDirectoryInUseError, Tx, lock_data_directory, open_database
from recado.db.sqlite import SqliteDatabase
from recado.domain.errors import Busy, Closed, Unknown
from tests.db.engine import Gate, Listener, add, add_then_raise, count, held, names, opened, outcomes, settle

ROW = 200_000


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/recado.db"


@pytest.fixture(autouse=True)
def _groups_end_by_number_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "GROUP_S", 60.0)


def start(database: Database, *functions: Callable[[Tx], Any]) -> "list[asyncio.Future[Any]]":
    return [asyncio.ensure_future(database.write(fn)) for fn in functions]


async def together(database: Database, *functions: Callable[[Tx], Any]) -> list[Any]:
    """What becomes of functions that wait at the same moment, and so share a transaction."""
    async with held(database):
        waiting = start(database, *functions)
    return await outcomes(*waiting)


def driver_of(tx: Tx) -> sqlite3.Connection:
    return cast(sqlite3.Connection, tx.conn.connection.driver_connection)


def execute(statement: str) -> Callable[[Tx], Any]:
    return lambda tx: driver_of(tx).execute(statement).fetchall()


def forbid_checkpoints(action: int, name: str | None, *_: str | None) -> int:
    forbidden = action == sqlite3.SQLITE_PRAGMA and name == "wal_checkpoint"
    return sqlite3.SQLITE_DENY if forbidden else sqlite3.SQLITE_OK


def add_large(name: str) -> Callable[[Tx], str]:
    return add(name + "x" * ROW)


async def test_neighbours_are_committed_together(url: str) -> None:
    statements: list[str] = []
    async with opened(url) as database:
        await database.write(lambda tx: driver_of(tx).set_trace_callback(statements.append))
        statements.clear()
        async with held(database):
            waiting = start(database, add("anvil"), add("bucket"), add("candle"))
        await outcomes(*waiting)
        own = [words for words in statements if not words.startswith("INSERT")]
        assert own == ["BEGIN IMMEDIATE", "COMMIT"]


async def test_where_one_is_refused_all_are_run_once_more_and_each_apart(url: str) -> None:
    statements: list[str] = []
    async with opened(url) as database:
        await database.write(lambda tx: driver_of(tx).set_trace_callback(statements.append))
        statements.clear()
        results = await together(database, add("anvil"), add_then_raise("bucket", Closed()), add("candle"))
        assert [type(result) for result in results] == [str, Closed, str]
        own = [words for words in statements if not words.startswith("INSERT")]
        # Four: the first is the one that held the writer.
        apart = [*["SAVEPOINT one", "RELEASE one"] * 2, "SAVEPOINT one", "ROLLBACK TO one", "RELEASE one"]
        apart += ["SAVEPOINT one", "RELEASE one"]
        assert own == ["BEGIN IMMEDIATE", "ROLLBACK", "BEGIN IMMEDIATE", *apart, "COMMIT"]


async def test_who_is_refused_before_anything_was_stored_costs_nobody_a_second_run(url: str) -> None:
    statements: list[str] = []

    def refuse(tx: Tx) -> None:
        tx.emit("not so")
        driver_of(tx).execute("SELECT 1").fetchall()
        raise Closed

    listener = Listener()
    async with opened(url, listener) as database:
        await database.write(lambda tx: driver_of(tx).set_trace_callback(statements.append))
        statements.clear()
        results = await together(database, add("anvil"), refuse, add("candle"))
        assert [type(result) for result in results] == [str, Closed, str]
        own = [words for words in statements if not words.startswith(("INSERT", "SELECT"))]
        assert own == ["BEGIN IMMEDIATE", "COMMIT"]
        assert listener.batches == [["anvil added", "candle added"]]
        # Where another one has them all run once more, it is asked anew.
        again = await together(database, refuse, add_then_raise("bucket", Closed()), add("dice"))
        assert [type(result) for result in again] == [Closed, Closed, str]
        assert await database.read(names) == ["anvil", "candle", "dice"]


async def test_a_group_is_bounded_in_number_and_time(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener()
    async with opened(url, listener) as database:
        monkeypatch.setattr(sqlite, "GROUP_LIMIT", 2)
        await together(database, add("anvil"), add("bucket"), add("candle"))
        assert [len(batch) for batch in listener.batches] == [1, 2]
        monkeypatch.setattr(sqlite, "GROUP_S", 0.0)
        await together(database, add("dice"), add("easel"))
        assert [len(batch) for batch in listener.batches] == [1, 2, 1, 1]


async def test_a_refusal_in_the_middle_leaves_its_neighbours(url: str) -> None:
    listener = Listener()
    async with opened(url, listener) as database:
        results = await together(database, add("anvil"), add_then_raise("bucket", Closed()), add("candle"))
        assert [type(result) for result in results] == [str, Closed, str]
        assert await database.read(names) == ["anvil", "candle"]
        assert listener.batches == [["anvil added", "candle added"]]


async def test_a_refusal_is_told_only_after_the_commit(url: str) -> None:
    async with opened(url) as database:
        first, neighbour = Gate(), Gate()
        waiting = start(database, first, add_then_raise("anvil", Closed()), neighbour)
        await first.entered()
        await settle()
        first.open()
        await neighbour.entered()  # the refused function has run, in a group that is still open
        await settle()
        assert not any(future.done() for future in waiting)
        neighbour.open()
        assert [type(result) for result in await outcomes(*waiting)] == [type(None), Closed, type(None)]


async def test_events_come_in_commit_order_and_before_all_results(url: str) -> None:
    listener = Listener()
    async with opened(url, listener) as database:
        async with held(database):
            waiting = start(database, *(add(f"thing {number}") for number in range(5)))
            for future in waiting:
                future.add_done_callback(lambda done: listener.heard.append(done.result()))
        await outcomes(*waiting)
        await settle()
        things = [f"thing {number}" for number in range(5)]
        assert listener.heard == [*(f"{thing} added" for thing in things), *things]


async def test_a_full_database_in_the_middle_loses_nobody_who_was_told_otherwise(url: str) -> None:
    listener = Listener()
    async with opened(url, listener) as database:
        await database.write(add("before"))
        await database.write(execute("PRAGMA max_page_count=40"))
        results = await together(database, add("anvil"), add_large("bucket"), add("candle"))
        # What came before the one that found no room shares its fate; what came after it is a new group, and since the
        # connection was made anew there is room again.
        assert [type(result) for result in results] == [Unknown, Unknown, str]
        assert await database.read(names) == ["before", "candle"]
        assert listener.heard == ["before added", "candle added"]
        assert await together(database, add("anvil"), add("bucket")) == ["anvil", "bucket"]
        assert await database.read(names) == ["before", "candle", "anvil", "bucket"]


async def test_a_database_that_fills_up_and_is_emptied_again_tells_the_truth_throughout(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener()
    async with opened(url, listener) as database:
        monkeypatch.setattr(sqlite, "WRITING", (*sqlite.WRITING, "PRAGMA max_page_count=300"))
        await database.write(execute("PRAGMA max_page_count=300"))
        tried = [f"{number} " for number in range(60)]
        waiting = [asyncio.ensure_future(database.write(add(name + "x" * 40_000))) for name in tried]
        results = await outcomes(*waiting)
        acknowledged = [result for result in results if isinstance(result, str)]
        assert {type(result) for result in results} == {str, Unknown} or {type(result) for result in results} == {
            Unknown
        }
        assert await database.read(names) == acknowledged
        assert listener.heard == [f"{name} added" for name in acknowledged]
        one_by_one = [await outcomes(*start(database, add(name + "y" * 40_000))) for name in tried]
        assert {type(result) for (result,) in one_by_one} == {str, Unknown}
        stored = len(acknowledged) + sum(isinstance(result, str) for (result,) in one_by_one)
        assert await database.read(count) == stored
        monkeypatch.undo()
        await database.write(execute("PRAGMA max_page_count=100000"))
        assert await database.write(add("room again")) == "room again"


async def test_a_store_that_can_only_be_read_is_nobodys_fault_and_is_tried_again(url: str) -> None:
    def becomes_read_only(tx: Tx) -> str:
        execute("PRAGMA query_only=ON")(tx)
        return add("anvil")(tx)

    async with opened(url) as database:
        with pytest.raises(Unknown):
            await database.write(becomes_read_only)
        await database.write(execute("PRAGMA query_only=ON"))
        with pytest.raises(Busy):
            await database.write(add("bucket"))
        assert await database.write(add("candle")) == "candle"
        assert await database.read(names) == ["candle"]


async def test_a_function_that_ends_the_transaction_makes_all_unknown(url: str) -> None:
    listener = Listener()
    async with opened(url, listener) as database:
        for end in ("ROLLBACK", "COMMIT"):
            results = await together(database, add(f"anvil {end}"), execute(end))
            assert [type(result) for result in results] == [Unknown] * 2
        assert listener.heard == []
        assert await database.write(add("dice")) == "dice"


async def test_a_commit_that_fails_makes_all_unknown(url: str) -> None:
    listener = Listener()
    orphan = "INSERT INTO leaves (root) VALUES (7)"
    async with opened(url, listener) as database:
        await database.write(execute("CREATE TABLE roots (id INTEGER PRIMARY KEY)"))
        await database.write(execute("CREATE TABLE leaves (root REFERENCES roots DEFERRABLE INITIALLY DEFERRED)"))
        results = await together(database, add("anvil"), execute(orphan), add("candle"))
        assert [type(result) for result in results] == [Unknown] * 3
        assert listener.heard == []
        assert await database.read(names) == []
        assert await database.write(add("dice")) == "dice"


async def test_rows_left_unread_do_not_stand_in_the_way_of_the_commit(url: str) -> None:
    def leave_rows_and_refuse(tx: Tx) -> None:
        left = tx.conn.execute(text("INSERT INTO things (name) VALUES ('x'), ('y') RETURNING id"))
        left.fetchone()
        raise Closed

    async with opened(url) as database:
        results = await together(database, add("anvil"), leave_rows_and_refuse, add("candle"))
        assert [type(result) for result in results] == [str, Closed, str]
        assert await database.read(names) == ["anvil", "candle"]


async def test_a_function_that_returns_a_cursor_harms_only_itself(url: str) -> None:
    def return_cursor(tx: Tx) -> object:
        return tx.conn.execute(text("INSERT INTO things (name) VALUES ('x'), ('y') RETURNING id"))

    async with opened(url) as database:
        results = await together(database, add("anvil"), return_cursor, add("candle"))
        assert [type(result) for result in results] == [str, sqlite3.OperationalError, str]
        assert await database.read(names) == ["anvil", "candle"]


async def test_a_writer_that_dies_leaves_nobody_waiting_and_is_heard(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    deaths: list[BaseException] = []
    async with opened(url, died=deaths.append) as database:
        await database.write(add("anvil"))
        async with held(database):
            monkeypatch.setattr(sqlite, "CHECKPOINT_CALLS", 0)
            monkeypatch.setattr(sqlite._Writer, "_checkpoint", lambda *_: 1 / 0)
            monkeypatch.setattr(sqlite, "GROUP_LIMIT", 1)
            waiting = start(database, add("bucket"), add("candle"))
        assert [type(result) for result in await outcomes(*waiting)] == [Unknown, Unknown]
        with pytest.raises(Unknown):
            await database.write(add("dice"))
        assert [type(death) for death in deaths] == [ZeroDivisionError]
        assert await database.read(names) == ["anvil"]


async def test_a_reader_that_dies_leaves_nobody_waiting_and_is_heard(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    deaths: list[BaseException] = []
    async with opened(url, died=deaths.append, threads=1) as database:
        reading = Gate()
        holding: asyncio.Future[None] = asyncio.ensure_future(database.read(reading))
        await reading.entered()
        monkeypatch.setattr(sqlite._Reader, "answer", lambda *_: 1 / 0)
        waiting = [asyncio.ensure_future(database.read(names)) for _ in range(2)]
        await settle()
        reading.open()
        assert [type(result) for result in await outcomes(holding, *waiting)] == [type(None), Unknown, Unknown]
        assert [type(death) for death in deaths] == [ZeroDivisionError]
        assert await database.write(add("anvil")) == "anvil"


async def test_a_database_locked_by_a_stranger_is_busy_and_then_works_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(url) as database:
        await database.write(execute("PRAGMA busy_timeout=1"))
        stranger = sqlite3.connect(tmp_path / "recado.db", isolation_level=None)
        stranger.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            await database.write(add("anvil"))
        stranger.close()
        assert await database.write(add("bucket")) == "bucket"


async def test_it_is_durable_and_checks_references(url: str) -> None:
    def settings(tx: Tx) -> list[Any]:
        wanted = ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
        return [driver_of(tx).execute(f"PRAGMA {name}").fetchone()[0] for name in wanted]

    async with opened(url) as database:
        assert await database.write(settings) == ["wal", 2, 1, 0]


async def test_the_log_stays_bounded_and_is_gone_after_closing(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "recado.db-wal"
    monkeypatch.setattr(sqlite, "CHECKPOINT_CALLS", 1)
    async with opened(url) as database:
        for number in range(40):
            await database.write(add_large(f"{number} "))
            assert log.stat().st_size < 3 * ROW
        monkeypatch.setattr(sqlite, "LOG_PAGES_MAX", 10)
        await database.write(add_large("cut "))
        await database.write(lambda _: None)  # after the checkpoint
        assert log.stat().st_size == 0
    assert not log.exists()


async def test_a_reader_at_work_puts_off_the_cutting_of_the_log_and_nothing_else(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(url) as database:
        reading = Gate()

        def read_slowly(conn: Connection) -> int:
            before = count(conn)
            reading(conn)
            return before + count(conn)

        holding = asyncio.ensure_future(database.read(read_slowly))
        await reading.entered()
        monkeypatch.setattr(sqlite, "CHECKPOINT_CALLS", 1)
        monkeypatch.setattr(sqlite, "LOG_PAGES_MAX", 0)
        assert [await database.write(add(name)) for name in ("anvil", "bucket")] == ["anvil", "bucket"]
        assert (tmp_path / "recado.db-wal").stat().st_size > 0
        reading.open()
        assert await outcomes(holding) == [0]
        assert await database.write(add("candle")) == "candle"
        await database.write(lambda _: None)  # after the checkpoint
        assert (tmp_path / "recado.db-wal").stat().st_size == 0


async def test_a_checkpoint_that_fails_is_no_loss(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(url) as database:
        await database.write(lambda tx: driver_of(tx).set_authorizer(forbid_checkpoints))
        monkeypatch.setattr(sqlite, "CHECKPOINT_CALLS", 1)
        assert [await database.write(add(name)) for name in ("anvil", "bucket")] == ["anvil", "bucket"]
        assert "could not be taken over" in caplog.text
        assert await database.read(names) == ["anvil", "bucket"]


def test_a_database_that_cannot_be_opened_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "recado.db").mkdir()
    with pytest.raises(Exception, match="unable to open"):
        open_database(f"sqlite:///{tmp_path}/recado.db", clock=lambda: 1, publish=Listener())


def test_a_database_of_its_own_is_an_engine_on_a_file(url: str) -> None:
    database = open_database(url, clock=lambda: 1, publish=Listener())
    assert isinstance(database, SqliteDatabase)
    database.close_blocking()
    database.close_blocking()


def test_a_data_directory_has_one_holder(tmp_path: Path) -> None:
    in_use = pytest.raises(DataDirectoryInUseError, match=r"is in use by another Recado \(process \d+\)")
    with lock_data_directory(tmp_path), in_use:
        lock_data_directory(tmp_path)
    lock_data_directory(tmp_path).release()
