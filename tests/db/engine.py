"""What the engine's tests share: one table, a clock that counts, and a database opened on it."""

import asyncio
import itertools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, bindparam, func, insert, select

from recado.db.database import Database, Event, Tx, open_database
from tests.servers import PostgresServer

GUARD_S = 30.0
"""How long a test waits for what must happen, before it fails."""

metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("count", Integer, nullable=False, server_default="0"),
)
ADD = insert(things).values(name=bindparam("name"))
NAMES = select(things.c.name).order_by(things.c.id)


class Listener:
    """Publishes into a list, where tests also note when callers were answered."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.batches: list[list[Any]] = []

    def __call__(self, events: list[Event]) -> None:
        self.batches.append([event for event, _ in events])
        self.heard += [event for event, _ in events]


def add(name: str) -> Callable[[Tx], str]:
    """A transaction that stores a thing and tells of it."""

    def transaction(tx: Tx) -> str:
        tx.conn.execute(ADD, {"name": name})
        tx.emit(f"{name} added", "everybody")
        return name

    return transaction


def add_then_raise(name: str, error: BaseException) -> Callable[[Tx], str]:
    def transaction(tx: Tx) -> str:
        add(name)(tx)
        raise error

    return transaction


def names(conn: Connection) -> list[str]:
    return list(conn.execute(NAMES).scalars())


def count(conn: Connection) -> int:
    return conn.execute(select(func.count()).select_from(things)).scalar_one()


@contextmanager
def address(kind: str, folder: Path, postgres: Callable[[], PostgresServer]) -> Iterator[str]:
    """The address of a new database of this kind; the server is asked for only where it is needed."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/recado.db"
    else:
        with postgres().database() as url:
            yield url


@asynccontextmanager
async def opened(url: str, listener: Listener | None = None, **options: Any) -> AsyncIterator[Database]:
    """The database at `url` with its table, closed at the end."""
    ticks = itertools.count(1)
    database = open_database(url, clock=lambda: next(ticks), publish=listener or Listener(), **options)
    try:
        await database.write(lambda tx: metadata.create_all(tx.conn))
        yield database
    finally:
        async with asyncio.timeout(GUARD_S):
            await database.close()


class Gate:
    """A transaction function that holds its thread until it is opened."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._entered = asyncio.Event()
        self._open = threading.Event()

    def __call__(self, _: object) -> None:
        with suppress(RuntimeError):  # the loop is gone when a test has failed
            self._loop.call_soon_threadsafe(self._entered.set)
        assert self._open.wait(GUARD_S)

    async def entered(self) -> None:
        async with asyncio.timeout(GUARD_S):
            await self._entered.wait()

    def open(self) -> None:
        self._open.set()


@asynccontextmanager
async def held(database: Database) -> AsyncIterator[None]:
    """While this is entered a first transaction keeps the writer, so that what is asked for joins it in its group."""
    gate = Gate()
    holding = asyncio.ensure_future(database.write(gate))
    await gate.entered()
    try:
        yield
        await settle()
    finally:
        gate.open()
        await outcomes(holding)


async def settle() -> None:
    """Let every task that can go on do so."""
    for _ in range(5):
        await asyncio.sleep(0)


async def outcomes(*waiting: "asyncio.Future[Any]") -> list[Any]:
    """What became of each: its value or its error. Nobody may hang."""
    async with asyncio.timeout(GUARD_S):
        return await asyncio.gather(*waiting, return_exceptions=True)
