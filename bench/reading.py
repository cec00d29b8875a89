"""How fast lists and threads are read from a store with years in it, over HTTP by one operator."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice

from bench import big
from bench.clients import connect, request
from bench.figures import Figure, percentile
from bench.servers import BenchError, Server, bare, recado

ASKED = 400
WARM_UP = 20
ROWS = 50

_THREAD = (
    "SELECT seq, rev, kind, author_kind, author_id, client_id, body, activity, at FROM messages"
    " WHERE thread_id = ? AND seq < 4611686018427387904 ORDER BY seq DESC LIMIT 51"
)
_WAITING = (
    "SELECT c.*, t.*, i.name, d.name FROM conversations c JOIN threads t ON t.id = c.thread_id"
    " JOIN inboxes i ON i.id = c.inbox_id JOIN departments d ON d.id = c.department_id"
    " WHERE c.status = 'waiting' AND c.department_id = ? ORDER BY c.waiting_since, c.id LIMIT 51"
)


async def inbox() -> list[Figure]:
    """Return how long the first page of Waiting takes."""
    store = big.open_big()
    with recado(store.data) as server:
        path = f"/api/v1/console/conversations?list=waiting&limit={ROWS}"
        taken = await ask(server, cycle([path]), store.cookie, least=ROWS * 100)
    (department,) = _look(store, "SELECT department_id FROM conversations WHERE id = ?", store.threads[0])
    least = _query(store, _WAITING, cycle([department]))
    return [
        Figure("inbox.p50_ms", percentile(taken, 0.5), "ms"),
        Figure("inbox.p99_ms", percentile(taken, 0.99), "ms"),
        Figure("bare_inbox.p50_ms", percentile(least, 0.5), "ms"),
        Figure("bare_route.get_p50_ms", await bare_get(), "ms"),
    ]


async def thread() -> list[Figure]:
    """Return how long it takes to open a conversation: its newest page of entries, and what stands around them."""
    store = big.open_big()
    paths = (f"/api/v1/console/conversations/{number}" for number in cycle(store.threads))
    with recado(store.data) as server:
        taken = await ask(server, paths, store.cookie, least=ROWS * 100)
    least = _query(store, _THREAD, cycle(store.threads))
    return [
        Figure("thread.p50_ms", percentile(taken, 0.5), "ms"),
        Figure("thread.p99_ms", percentile(taken, 0.99), "ms"),
        Figure("bare_thread.p50_ms", percentile(least, 0.5), "ms"),
    ]


async def ask(server: Server, paths: Iterator[str], cookie: str, *, least: int) -> list[float]:
    """Return the milliseconds of each request, one after the other; answers shorter than `least` bytes are wrong."""
    line = await connect(server)
    taken = []
    for path in islice(paths, WARM_UP + ASKED):
        asked = request(server, "GET", path, ("Cookie", cookie))
        began = time.perf_counter()
        answer = await line.ask(asked)
        taken.append(1000 * (time.perf_counter() - began))
        if len(answer.body) < least:
            raise BenchError(f"{path} answered {len(answer.body)} bytes: that is not a full page")
    line.close()
    return taken[WARM_UP:]


async def bare_get() -> float:
    """Return the median milliseconds of the same of a bare server: a route that answers a fixed text."""
    with bare("route") as server:
        return percentile(await ask(server, cycle(["/readyz"]), "none", least=1), 0.5)


def _query(store: big.Big, statement: str, values: Iterator[int]) -> list[float]:
    """Return the milliseconds of a bare query of the same rows, on a connection of its own."""
    with contextlib.closing(sqlite3.connect(store.data / "recado.db")) as conn:
        return _timed(lambda: conn.execute(statement, (next(values),)).fetchall())


def _timed(run: Callable[[], object]) -> list[float]:
    taken = []
    for _ in range(ASKED):
        began = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def _look(store: big.Big, statement: str, value: int) -> tuple[int, ...]:
    with contextlib.closing(sqlite3.connect(store.data / "recado.db")) as conn:
        found: tuple[int, ...] = conn.execute(statement, (value,)).fetchone()
        return found
