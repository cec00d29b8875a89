"""A store as a busy desk has it after years: 200,000 conversations, 1,000,000 messages. Made once, then kept.

The desk is made by the product's actions; conversations are put into its tables in bulk, with their counters as the
actions would have left them.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bench import cast
from bench.servers import ROOT
from recado.actions import people
from recado.db.database import Tx
from recado.desk import SYSTEM
from recado.domain.ids import OperatorId

FOLDER = ROOT / ".bench"
CONVERSATIONS = 200_000
LONG_THREADS = 2_000
LONG, SHORT = 203, 3
"""Entries of a long thread and of each other: a million in all."""

OPERATORS = 20
DEPARTMENTS = 5
SECOND_US = 1_000_000
AT_ONCE = 5_000
BODY = "Hello, is the lamp with the green shade still there on Saturday? I would come by at about eleven."


class Big(NamedTuple):
    """The store: its data directory, an operator's cookie, and long threads that this operator may read."""

    data: Path
    cookie: str
    threads: list[int]


class Row(NamedTuple):
    """A conversation to be stored; all its numbers are `id`."""

    id: int
    entries: int
    status: str
    department: int
    operator: int
    opened_at: int


def open_big() -> Big:
    """Return the store, made now where it is not there yet or was made for another schema."""
    data = FOLDER / f"big-{_fingerprint()}"
    if not (data / "whole").exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        data.mkdir(parents=True)
        print(f"  making a store of {CONVERSATIONS:,} conversations, once …", flush=True)
        began = time.monotonic()
        _make(data)
        (data / "whole").touch()
        print(f"  … in {time.monotonic() - began:.0f} s", flush=True)
    return _enter(data)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in (*sorted((ROOT / "recado" / "db").glob("*tables.py")), Path(__file__), Path(cast.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _enter(data: Path) -> Big:
    """Sign the first of the operators in and find their long threads."""
    database = cast.open_store(data)
    with contextlib.closing(sqlite3.connect(data / "recado.db")) as store:
        (number,) = store.execute("SELECT id FROM operators WHERE username = 'operator0'").fetchone()
        statement = (
            "SELECT c.id FROM conversations c JOIN threads t ON t.id = c.thread_id"
            " WHERE c.operator_id = ? AND t.seq = ? ORDER BY c.id"
        )
        found = [row[0] for row in store.execute(statement, (number, LONG))]

    def sign_in(tx: Tx) -> str:
        return people.begin_session(tx, SYSTEM, OperatorId(number), people.Came(None, None)).token

    try:
        return Big(data, cast.cookie(database.write_blocking(sign_in)), found)
    finally:
        database.close_blocking()


def _make(data: Path) -> None:
    database = cast.open_store(data)
    try:
        desk = database.write_blocking(lambda tx: cast.make_desk(tx, OPERATORS, DEPARTMENTS))
    finally:
        database.close_blocking()
    with contextlib.closing(sqlite3.connect(data / "recado.db", isolation_level=None)) as store:
        store.execute("PRAGMA synchronous=OFF")
        store.execute("PRAGMA cache_size=-400000")
        store.execute("BEGIN")
        for some in in_groups(_rows(desk)):
            put(store, some)
        store.execute("COMMIT")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _rows(desk: cast.Desk) -> Iterator[Row]:
    """One conversation in five waits, one in ten is attended, the rest are closed; long threads are spread out."""
    chance = random.Random(1)
    began = cast.now_us() - CONVERSATIONS * 60 * SECOND_US
    every = CONVERSATIONS // LONG_THREADS
    for number in range(1, CONVERSATIONS + 1):
        status = chance.choices(("waiting", "attending", "closed"), (2, 1, 7))[0]
        place = chance.randrange(OPERATORS)
        yield Row(
            number,
            LONG if number % every == 0 else SHORT,
            status,
            desk.departments[place % DEPARTMENTS],
            desk.operators[place].id,
            began + number * 60 * SECOND_US,
        )


def in_groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Return the rows by as many as are stored at once."""
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _insert(store: sqlite3.Connection, table: str, columns: str, rows: Iterator[Sequence[Any]]) -> None:
    marks = ", ".join("?" for _ in columns.split())
    store.executemany(f"INSERT INTO {table} ({', '.join(columns.split())}) VALUES ({marks})", rows)  # noqa: S608 - ours


def put(store: sqlite3.Connection, rows: list[Row]) -> None:
    """Put conversations with their visitors, threads and messages into the tables."""
    _insert(
        store,
        "visitors",
        "id inbox_id site created_at seen_at",
        ((row.id, row.department, cast.SITE, row.opened_at, row.opened_at) for row in rows),
    )
    _insert(
        store,
        "threads",
        "id seq public_seq version public_version inbound_count excerpt excerpt_by last_at changed_at created_at",
        (
            (row.id, *[row.entries] * 4, (row.entries + 1) // 2, BODY, "visitor", *[_last(row)] * 2, row.opened_at)
            for row in rows
        ),
    )
    _insert(
        store,
        "conversations",
        "id public_id thread_id inbox_id department_id visitor_id opened_with status operator_id waiting_since"
        " opened_at claimed_at closed_at",
        (_conversation(row) for row in rows),
    )
    _insert(
        store,
        "messages",
        "thread_id seq public_seq rev public_rev kind author_kind author_id client_id request_hash body at",
        (_message(row, seq) for row in rows for seq in range(1, row.entries + 1)),
    )


def _last(row: Row) -> int:
    return row.opened_at + row.entries * SECOND_US


def _conversation(row: Row) -> tuple[Any, ...]:
    waiting = row.status == "waiting"
    return (
        *(row.id, f"public-{row.id}", row.id, row.department, row.department, row.id, f"{row.id:036x}", row.status),
        None if waiting else row.operator,
        row.opened_at if waiting else None,
        row.opened_at,
        None if waiting else row.opened_at,
        _last(row) if row.status == "closed" else None,
    )


def _message(row: Row, seq: int) -> tuple[Any, ...]:
    by = ("visitor", row.id) if seq % 2 or row.status == "waiting" else ("operator", row.operator)
    client_id = f"{row.id:018x}{seq:018x}"
    return (row.id, *[seq] * 4, "public", *by, client_id, b"\0" * 16, BODY, row.opened_at + seq * SECOND_US)
