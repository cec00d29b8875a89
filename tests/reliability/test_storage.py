"""The store under pressure and at the end: busy, full, asked to stop; and flushed before anybody is told."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from recado.db.migrate import upgrade
from tests.process import PATIENCE, SERVE, STOP_S, Server, serving
from tests.reliability.conftest import Figure, House, percentile
from tests.reliability.follower import Follower
from tests.reliability.judge import canary, judge_stored, judge_view, stored
from tests.reliability.senders import Load, Sender
from tests.reliability.sizes import size
from tests.reliability.wire import Socket
from tests.reliability.world import Pages, World, pages, populate
from tests.reliability.zygote import Zygote
from tests.servers import NOT_RUN

WRITERS = 64
BUSY_S = size(4, 60)
RECOVERED_S = 30
VOLUME = "32m"
STRACE = ("strace", "-f", "-y", "--seccomp-bpf", "-s", "6000")
FLUSHES = ("fsync", "fdatasync", "pwrite64", "write", "writev", "sendto", "sendmsg", "recvfrom", "recvmsg", "read")


async def visitors(world: World, load: Load, opened: Pages) -> list[Sender]:
    """Every visitor, ready to write into their own conversation."""
    return [
        Sender(load, await opened.of(talk.guest), ("visitor", talk.guest.id), talk.chat.public_id)
        for talk in world.talks
    ]


@contextlib.asynccontextmanager
async def writing(senders: list[Sender], load: Load) -> AsyncIterator[None]:
    """All write at full speed meanwhile, and finish what they have begun."""
    async with asyncio.TaskGroup() as group:
        for sender in senders:
            group.create_task(sender.write(lambda: not load.enough))
        try:
            yield
        finally:
            load.enough = True


# ── busy ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
async def test_many_who_write_at_once_never_hear_of_a_locked_database(
    house: House, zygote: Zygote, figure: Figure
) -> None:
    world, load = populate(house.url, attended=WRITERS), Load()
    before = stored(house.url)
    took_ms: list[float] = []
    with serving(house.server(), zygote.start) as server:
        async with pages(server) as opened:
            senders = await visitors(world, load, opened)
            looker = await opened.of(world.members["ana"])
            ends_at = time.monotonic() + BUSY_S
            async with writing(senders, load):
                while time.monotonic() < ends_at:
                    began = time.perf_counter()
                    assert (await looker.get("desk")).status == 200
                    took_ms.append((time.perf_counter() - began) * 1000)
        judge_stored(load.ledger, stored(house.url), before=before)
        assert "locked" not in server.log_text()
    assert set(load.statuses) == {201}, load.statuses
    figure(
        f"{WRITERS} writers: {load.acknowledged / BUSY_S:.0f} messages/s; "
        f"a desk beside them p99 {percentile(took_ms, 0.99):.0f} ms"
    )


# ── asked to stop ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_orderly_stop_finishes_or_does_not_acknowledge_and_tells_the_sockets(
    house: House, zygote: Zygote, figure: Figure
) -> None:
    world, load = populate(house.url, attended=20), Load()
    before = stored(house.url)
    server = house.server()
    with serving(server):
        async with pages(server) as opened, contextlib.AsyncExitStack() as stack:
            senders = await visitors(world, load, opened)
            watching = [
                await stack.enter_async_context(Follower(sender.party, [sender.conversation], load.up))
                for sender in senders[:5]
            ]
            async with writing(senders, load):
                await load.more(200)
                load.up.clear()
                took_s = await asyncio.to_thread(server.stop)
                judge_stored(load.ledger, stored(house.url), before=before)
                for page in watching:
                    await page.until(lambda page: bool(page.ends))
                    assert page.ends[0].code == 1012
                await asyncio.to_thread(server.start, zygote.start)
                load.up.set()
                await load.more(200)
            rows = stored(house.url)
            judge_stored(load.ledger, rows, before=before)
            for page, talk in zip(watching, world.talks, strict=False):
                (last,) = [row.public_seq for row in rows if row.public_id == talk.chat.public_id][-1:]
                await page.shows({talk.chat.public_id: last or 0})
                judge_view(page.views[talk.chat.public_id].shown, rows, talk.chat.public_id)
        assert "Traceback" not in server.log_text(), server.log_text()
    assert took_s <= STOP_S * PATIENCE
    assert set(load.statuses) <= {200, 201, 503}, load.statuses
    figure(f"stopped under load in {took_s:.2f} s; answered while stopping: {load.statuses[503]} with 503")


# ── full ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def small_volume(tmp_path: Path) -> Iterator[Path]:
    """A volume of a few megabytes; in a container that lets even root mount nothing, the test counts as not run."""
    place = tmp_path / "volume"
    place.mkdir()
    mount, umount = str(shutil.which("mount")), str(shutil.which("umount"))
    mounted = subprocess.run([mount, "-t", "tmpfs", "-o", f"size={VOLUME}", "tmpfs", place], check=False)
    if mounted.returncode != 0:
        pytest.skip(f"{NOT_RUN}the right to mount")
    try:
        yield place
    finally:
        subprocess.run([umount, place], check=True)


def fill(volume: Path) -> Path:
    """Leave no byte free; gives the file to remove."""
    filler = volume / "filler"
    descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(descriptor, bytes(65536)):
            pass
    except OSError:
        return filler
    finally:
        os.close(descriptor)
    raise AssertionError("the volume has no end")


@pytest.mark.needs("root", "mount")
async def test_a_full_volume_refuses_sends_serves_reads_and_recovers_by_itself(
    small_volume: Path, tmp_path: Path, zygote: Zygote, figure: Figure
) -> None:
    url = f"sqlite:///{small_volume}/recado.db"
    upgrade(url)
    world, load = populate(url, attended=20), Load()
    before = stored(url)
    server = Server(small_volume, url)
    server.log = tmp_path / "server.log"
    with serving(server, zygote.start):
        async with pages(server) as opened:
            talk, owner = world.talks[0], await opened.of(world.members["ana"])
            socket = await owner.open_socket()
            async with writing(await visitors(world, load, opened), load):
                await load.more(100)
                filler = fill(small_volume)
                await refused(load)
                assert not await store_told(socket)
                assert not await store_told(await owner.open_socket()), "a page that opens meanwhile is told as well"
                assert (await owner.get(f"conversations/{talk.chat.id}")).status == 200
                await seen_by_readiness(server)
                filler.unlink()
                assert await store_told(socket)
                began = time.monotonic()
                await load.more(100)
                recovered_s = time.monotonic() - began
            judge_stored(load.ledger, stored(url), before=before)
            assert server.is_ready(10)
    with contextlib.closing(sqlite3.connect(small_volume / "recado.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert set(load.statuses) <= {200, 201, 503}, load.statuses
    assert recovered_s <= RECOVERED_S
    figure(f"{load.statuses[503]} sends refused while full; 100 more stored {recovered_s:.2f} s after it was freed")


async def store_told(socket: Socket) -> bool:
    """What a page is told next of the server's store: whether it is well."""
    async with asyncio.timeout(10 * PATIENCE):
        while (event := await socket.hear())["type"] != "store.changed":
            pass
    return bool(event["well"])


async def seen_by_readiness(server: Server) -> None:
    """Wait until the server says that it is not ready; an answer is kept for a second."""
    async with asyncio.timeout(10 * PATIENCE):
        while await asyncio.to_thread(server.is_ready, 10):
            pass


async def refused(load: Load) -> None:
    """Wait until the senders are refused, many times."""
    async with asyncio.timeout(10 * PATIENCE):
        while load.statuses[503] < 40:
            await load.answered()


# ── durable before the answer ────────────────────────────────────────────────────────────────────────────────────


def finished(trace: str) -> list[str]:
    """The system calls of a trace in the order in which they returned, each in one line with its arguments."""
    begun: dict[str, str] = {}
    calls = []
    for line in trace.splitlines():
        thread, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            begun[thread] = call.removesuffix("<unfinished ...>")
        elif resumed := re.match(r"<\.\.\. \w+ resumed>", call):
            calls.append(begun.pop(thread, "") + call[resumed.end() :])
        else:
            calls.append(call)
    return calls


def place_of(calls: list[str], *parts: str, after: int = -1) -> int:
    """The place of the first call after `after` that has all these parts."""
    for place in range(after + 1, len(calls)):
        if all(part in calls[place] for part in parts):
            return place
    raise AssertionError(f"no call with {parts} in {len(calls)} calls")


@pytest.mark.slow
@pytest.mark.needs("strace")
async def test_a_send_is_flushed_before_the_first_byte_of_its_answer_leaves(house: House, tmp_path: Path) -> None:
    world, words = populate(house.url, attended=1), canary()
    trace = tmp_path / "trace"
    command = [*STRACE, "-e", f"trace={','.join(FLUSHES)}", "-o", str(trace), *SERVE]
    talk = world.talks[0]
    assert talk.owner is not None
    with serving(house.server(command=command)) as server:
        async with pages(server) as opened:
            owner = await opened.of(talk.owner)
            async with Follower(owner, [talk.chat.id]) as page:
                guest = await opened.of(talk.guest)
                answer = await guest.say(talk.chat.public_id, str(uuid.uuid4()), words)
                assert answer.status == 201
                await page.until(lambda page: words in page.party.kept.canaries())
        server.stop()
    calls = finished(trace.read_text(errors="replace"))
    asked = place_of(calls, "POST /api/v1/widget", words)
    if house.kind == "sqlite":
        kept = place_of(calls, "pwrite64(", "recado.db-wal>", words, after=asked)
        flushed = place_of(calls, "sync(", "recado.db-wal>", "= 0", after=kept)
    else:
        place_of(calls, "synchronous_commit=on")
        kept = place_of(calls, "sendto(", words, after=asked)
        flushed = place_of(calls, "recvfrom(", "COMMIT", after=place_of(calls, "sendto(", "COMMIT", after=kept))
    told = place_of(calls, "HTTP/1.1 201", after=asked)
    pushed = place_of(calls, "message.posted", words, after=asked)
    assert kept < flushed < min(told, pushed)
