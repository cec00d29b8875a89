"""Hot statements say and return the same as SQLAlchemy's own execution, on both databases."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)

from recado.db.database import Tx
from recado.db.dialect import is_unique_violation
from recado.db.hot import Hot
from tests.db.engine import address, opened

lamps = Table(
    "lamps",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text, unique=True),
    Column("lit", Boolean, nullable=False),
    Column("key", LargeBinary),
)
ADD = insert(lamps).inline()
FIND = select(lamps).where(lamps.c.name == bindparam("which"), lamps.c.lit.in_((True, False)))
LIGHT = update(lamps).where(lamps.c.name == bindparam("which")).values(lit=True)
LIGHT_AND_TELL = LIGHT.returning(lamps.c.id, lamps.c.lit)
ANVIL = {"name": "anvil", "lit": False, "key": b"\x00\xff"}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with address(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as found:
        yield found


async def test_it_returns_what_sqlalchemy_returns(url: str) -> None:
    find = Hot(FIND)

    def both(conn: Connection) -> tuple[list[Any], list[Any]]:
        return find.all(conn, {"which": "anvil"}), [tuple(row) for row in conn.execute(FIND, {"which": "anvil"})]

    async with opened(url) as database:
        await database.write(lambda tx: lamps.create(tx.conn))
        await database.write(lambda tx: Hot(ADD).run(tx.conn, ANVIL))
        own, other = await database.read(both)
        assert own == other == [(1, "anvil", False, b"\x00\xff")]
        assert isinstance(own[0][2], bool)


async def test_it_counts_changed_rows(url: str) -> None:
    light = Hot(LIGHT)
    async with opened(url) as database:
        await database.write(lambda tx: lamps.create(tx.conn))
        await database.write(lambda tx: Hot(ADD).run(tx.conn, ANVIL))
        assert await database.write(lambda tx: light.run(tx.conn, {"which": "anvil"})) == 1
        assert await database.write(lambda tx: light.run(tx.conn, {"which": "bucket"})) == 0


async def test_it_gives_the_first_row_the_only_row_or_one_value(url: str) -> None:
    light = Hot(LIGHT_AND_TELL)

    def ask(tx: Tx, which: str) -> list[Any]:
        parameters = {"which": which}
        return [light.first(tx.conn, parameters), light.scalar(tx.conn, parameters)]

    async with opened(url) as database:
        await database.write(lambda tx: lamps.create(tx.conn))
        await database.write(lambda tx: Hot(ADD).run(tx.conn, ANVIL))
        assert await database.write(lambda tx: ask(tx, "anvil")) == [(1, True), 1]
        assert await database.write(lambda tx: light.one(tx.conn, {"which": "anvil"})) == (1, True)
        assert await database.write(lambda tx: ask(tx, "bucket")) == [None, None]
        with pytest.raises(LookupError, match="0 rows instead of one"):
            await database.write(lambda tx: light.one(tx.conn, {"which": "bucket"}))


async def test_a_refused_row_is_the_drivers_error_and_harms_nobody(url: str) -> None:
    add = Hot(ADD)
    async with opened(url) as database:
        await database.write(lambda tx: lamps.create(tx.conn))
        await database.write(lambda tx: add.run(tx.conn, ANVIL))
        with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)) as refused:
            await database.write(lambda tx: add.run(tx.conn, ANVIL))
        assert is_unique_violation(refused.value)
        assert await database.write(lambda tx: add.run(tx.conn, {**ANVIL, "name": "bucket"})) == 1


async def test_a_parameter_that_is_missing_is_an_error(url: str) -> None:
    find = Hot(FIND)
    async with opened(url) as database:
        await database.write(lambda tx: lamps.create(tx.conn))
        assert await database.read(lambda conn: find.all(conn, {"which": "anvil"})) == []
        with pytest.raises((KeyError, psycopg.ProgrammingError)):
            await database.read(lambda conn: find.all(conn, {}))
