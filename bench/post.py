"""What a message costs: visitors write at full speed into attended conversations, durable, pushed to two live pages.

Beside it the same requests to bare servers and the same rows to a bare SQLite, in turns within one run: the machine's
speed swings, the ratio does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench import cast
from bench.clients import Ear, listening, operators_place, visitors_place
from bench.figures import Figure
from bench.servers import BenchError, Server, bare, recado
from recado.db import migrate

CLIENTS = 64
CONVERSATIONS = 256
OPERATORS = 16
ROUNDS = 3
WARM_UP_S = 2
ROUND_S = 5
COMMIT_S = 1.0
SCRIPT = Path(__file__).parent / "post.lua"
PUSHES = 2


class Told(msgspec.Struct, frozen=True):
    """What wrk counted."""

    requests: int
    duration_us: int
    refused: int
    broken: int
    p50_us: int
    p99_us: int


class Round(NamedTuple):
    """One round under load. `load_cpu_ms` is what the load generator itself took for a request."""

    cpu_ms: float
    per_s: float
    p50_ms: float
    p99_ms: float
    load_cpu_ms: float


class Load:
    """The load generator: wrk with the visitors' requests."""

    def __init__(self, chats: Iterable[cast.Chat], folder: Path) -> None:
        self._visitors = folder / "visitors.lua"
        rows = [f'{{"/api/v1/widget/conversations/{one.public_id}/messages","{one.token}"}}' for one in chats]
        self._visitors.write_text(f"return {{{','.join(rows)}}}")
        self._runs = 0
        self.accepted = 0

    async def run(self, server: Server, seconds: int) -> Round:
        """Load a server and return what it cost."""
        self._runs += 1
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(SCRIPT), server.origin]
        command += ["--", str(self._visitors), server.origin, str(self._runs)]
        cpu, own = server.cpu_s(), _children_cpu_s()
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        cpu, own = server.cpu_s() - cpu, _children_cpu_s() - own
        told = msgspec.json.decode(output.splitlines()[-1], type=Told)
        if told.refused or told.broken or not told.requests:
            raise BenchError(f"of {told.requests} requests {told.refused} were refused and {told.broken} broke")
        self.accepted += told.requests
        done = told.requests
        return Round(
            1000 * cpu / done, done * 1e6 / told.duration_us, told.p50_us / 1000, told.p99_us / 1000, 1000 * own / done
        )


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def measure() -> list[Figure]:
    """Return the figures of posting and the bare ones beside it; raise `BenchError` for a message lost or untold."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        people = cast.make(data, operators=OPERATORS, chats=CONVERSATIONS)
        load = Load(people.chats, data)
        raw, routed = [], []
        commits = [_commit_rows_per_s()]
        with recado(data) as server, bare("http") as http, bare("route") as route:
            async with _pages(server, people) as ears:
                await load.run(server, WARM_UP_S)
                posts = [await load.run(server, ROUND_S) for _ in range(ROUNDS)]
                await _check_pushes(ears, load)
            _check_stored(data, load)
            for _ in range(ROUNDS):
                raw.append(await load.run(http, ROUND_S // 2))
                routed.append(await load.run(route, ROUND_S // 2))
                commits.append(_commit_rows_per_s())
    return _figures(posts, raw, routed, commits)


@contextlib.asynccontextmanager
async def _pages(server: Server, people: cast.Cast) -> AsyncIterator[list[Ear]]:
    """The page of every owner, and the second tab of every visitor."""
    places = [operators_place(cookie) for cookie in people.cookies]
    places += [visitors_place(chat.token) for chat in people.chats]
    async with listening(server, places) as ears:
        yield ears


async def _check_pushes(ears: list[Ear], load: Load) -> None:
    """Every accepted message has been told to two pages. What was under way when wrk stopped is accepted, too."""
    wanted = PUSHES * load.accepted
    before = -1
    while sum(ear.messages for ear in ears) != before:
        before = sum(ear.messages for ear in ears)
        await asyncio.sleep(0.3)
    if before < wanted:
        raise BenchError(f"{before} pushes instead of {wanted}")


def _check_stored(data: Path, load: Load) -> None:
    with contextlib.closing(sqlite3.connect(data / "recado.db")) as store:
        (found,) = store.execute("SELECT count(*) FROM messages WHERE author_kind = 'visitor'").fetchone()
    if found < load.accepted + CONVERSATIONS:
        raise BenchError(f"{found} messages stored instead of {load.accepted + CONVERSATIONS}")


_INSERT = (
    "INSERT INTO messages (thread_id, seq, public_seq, rev, public_rev, kind, author_kind, author_id, client_id,"
    " request_hash, body, at) VALUES (1, ?1, ?1, ?1, ?1, 'public', 'visitor', 1, ?2, x'00', ?3, 0)"
)
_THREAD = (
    "INSERT INTO threads (id, seq, public_seq, version, public_version, inbound_count, excerpt, excerpt_by, last_at,"
    " changed_at, created_at) VALUES (1, 0, 0, 0, 0, 0, '', 'system', 0, 0, 0)"
)


def _commit_rows_per_s() -> float:
    """Return how many messages a second SQLite alone stores, as many in a commit as there are clients."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bare.db"
        migrate.upgrade(f"sqlite:///{path}")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as store:
            for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _THREAD):
                store.execute(line)
            rows, began = 0, time.perf_counter()
            while time.perf_counter() - began < COMMIT_S:
                store.execute("BEGIN IMMEDIATE")
                for _ in range(CLIENTS):
                    rows += 1
                    store.execute(_INSERT, (rows, f"{rows:036x}", "x" * 100))
                store.execute("COMMIT")
            return rows / (time.perf_counter() - began)


def _figures(posts: list[Round], raw: list[Round], routed: list[Round], commits: list[float]) -> list[Figure]:
    def middle(rounds: list[Round], field: str) -> float:
        return float(statistics.median(getattr(one, field) for one in rounds))

    return [
        Figure("post.cpu_ms_per_message", middle(posts, "cpu_ms"), "ms"),
        Figure("post.messages_per_s", middle(posts, "per_s"), "/s"),
        Figure("post.p50_ms", middle(posts, "p50_ms"), "ms"),
        Figure("post.p99_ms", middle(posts, "p99_ms"), "ms"),
        Figure("bare_http.cpu_ms_per_request", middle(raw, "cpu_ms"), "ms"),
        Figure("bare_http.requests_per_s", middle(raw, "per_s"), "/s"),
        Figure("bare_route.cpu_ms_per_request", middle(routed, "cpu_ms"), "ms"),
        Figure("bare_route.requests_per_s", middle(routed, "per_s"), "/s"),
        Figure("bare_commit.rows_per_s", statistics.median(commits), "/s"),
        Figure("load.requests_per_cpu_s", 1000 / middle(raw, "load_cpu_ms"), "/s"),
    ]
