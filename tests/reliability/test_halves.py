"""What a kill interrupts is there whole or not at all: a transfer with its note, and the way to a newer schema."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from itertools import count, cycle, pairwise
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import inspect, select

from recado.db import migrate
from recado.db.tables import conversations, messages
from recado.domain.threads import Activity
from tests.process import ROOT
from tests.reliability.conftest import Figure, House
from tests.reliability.judge import canary, reading
from tests.reliability.senders import Load
from tests.reliability.sizes import size
from tests.reliability.wire import LostError, Party
from tests.reliability.world import pages, populate
from tests.reliability.zygote import Zygote
from tests.servers import PostgresServer

KILLS = size(10, 300)
CHATS = 8
UPGRADES = size(12, 200)


async def hand_around(boss: Party, load: Load, chat: int, departments: list[int], kept: list[str]) -> None:
    """Hand a conversation from department to department, each time with a note, asking again until that is done."""
    for department in cycle(departments):
        note = canary()
        body = {"department": department, "note": note, "client_id": str(uuid.uuid4())}
        while note not in kept:
            if load.enough:
                return
            await load.up.wait()
            with contextlib.suppress(LostError):
                answer = await boss.post(f"/conversations/{chat}/transfer", body)
                assert answer.status in {200, 429, 503}, answer.body
                if answer.status == 200:
                    kept.append(note)
                    load.count()


def judge_whole(url: str, acknowledged: list[str]) -> int:
    """Every transfer is a note, its line after it, and the department that it says; gives how many there are."""
    entry = select(messages.c.thread_id, messages.c.rev, messages.c.kind, messages.c.body, messages.c.activity)
    standing = select(conversations.c.thread_id, conversations.c.department_id)
    with reading(url) as connection:
        rows = connection.execute(entry.order_by(messages.c.thread_id, messages.c.seq)).all()
        where = dict(connection.execute(standing).all())
    transfers, stands, notes = 0, dict[int, int | None](), []
    for first, second in pairwise(rows):
        if first.kind == "note":
            notes.append(first.body)
            assert (second.thread_id, second.rev, second.kind) == (first.thread_id, first.rev, "activity")
            line = msgspec.json.decode(second.activity, type=Activity)
            assert line.kind == "transferred"
            stands[first.thread_id] = line.department
            transfers += 1
    assert stands == where
    assert len(set(notes)) == len(notes)
    assert set(acknowledged) <= set(notes)
    assert sum(1 for row in rows if row.kind == "activity" and '"transferred"' in str(row.activity)) == transfers
    return transfers


@pytest.mark.slow
@pytest.mark.timeout(size(300, 14_400))
async def test_a_transfer_that_a_kill_interrupts_is_whole_or_did_not_happen(
    house: House, zygote: Zygote, figure: Figure
) -> None:
    world = populate(house.url, attended=CHATS, supervisor="sara")
    server, load, chance, kept = house.server(), Load(), random.Random(8), list[str]()
    try:
        await asyncio.to_thread(server.start, zygote.start)
        async with pages(server) as opened:
            listed = await (await opened.of(world.members["admin"])).get("/departments")
            departments = [one["id"] for one in listed.json]
            async with asyncio.TaskGroup() as group:
                for talk in world.talks:
                    page = await opened.another(world.members["sara"])
                    group.create_task(hand_around(page, load, talk.chat.id, departments, kept))
                for _ in range(KILLS):
                    await load.more(chance.randint(CHATS, 40))
                    load.up.clear()
                    server.kill()
                    await asyncio.to_thread(server.start, zygote.start)
                    load.up.set()
                await load.more(2 * CHATS)
                load.enough = True
    finally:
        server.kill()
    stored = judge_whole(house.url, kept)
    figure(f"{KILLS} kills, {stored} transfers with their notes")


def upgrading(url: str, data: Path) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RECADO_")}
    settings = {"RECADO_DATA": str(data), "RECADO_DATABASE_URL": url}
    command = (sys.executable, "-m", "recado", "migrate")
    return subprocess.Popen(command, cwd=ROOT, env={**kept, **settings}, stdout=subprocess.DEVNULL)


def tables(url: str) -> set[str]:
    with reading(url) as connection:
        return set(inspect(connection).get_table_names())


def empty_file(path: Path) -> Path:
    path.touch()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Gives the address of a database without a schema, a new one each time."""
    numbers = count()
    if request.param == "sqlite":
        return lambda: f"sqlite:///{empty_file(tmp_path / f'{next(numbers)}.db')}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return lambda: server.url(server.create())


@pytest.mark.slow
def test_an_upgrade_that_is_killed_changed_nothing_and_the_next_one_completes(
    address: Callable[[], str], tmp_path: Path, figure: Figure
) -> None:
    began = time.monotonic()
    assert upgrading(address(), tmp_path).wait() == 0
    whole_s = time.monotonic() - began
    url, killed = address(), Counter[str]()
    for turn in range(UPGRADES):
        process = upgrading(url, tmp_path)
        try:
            process.wait(whole_s * (0.3 + 0.7 * turn / UPGRADES))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        state = migrate.pending(url).state
        assert state == "current" or (state == "empty" and tables(url) <= {"alembic_version"})
        killed[state] += 1
        if state == "current":
            url = address()
    assert killed["empty"] > 0, "none was killed in time"
    assert upgrading(url, tmp_path).wait() == 0
    assert migrate.pending(url).state == "current"
    figure(f"{UPGRADES} upgrades killed: {killed['empty']} had changed nothing, {killed['current']} were whole")
