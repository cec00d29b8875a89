"""What the desk takes while nothing happens: the time to start, its memory, and a socket's share of it."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import cast
from bench.clients import Place, listening, visitors_place
from bench.figures import Figure
from bench.servers import Server, bare, recado
from demo.seed import seed
from recado.actions import customers
from recado.db.database import Tx
from recado.desk import SYSTEM
from recado.domain.ids import InboxId
from recado.settings import load
from recado.web.tokens import Seal

STARTS = 5
SOCKETS = 5_000
SETTLE_S = 2.0


@contextmanager
def _demo() -> Iterator[Path]:
    """A data directory with the demo's data."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        seed(load({"RECADO_DATA": name}).database_url, cast.SITE)
        yield data


async def start() -> list[Figure]:
    """Return the seconds from the command to the first answer."""
    with _demo() as data:
        taken, least = [], []
        for _ in range(STARTS):
            with recado(data) as server:
                taken.append(server.ready_s)
            with bare("route") as server:
                least.append(server.ready_s)
    return [
        Figure("start.ready_s", statistics.median(taken), "s"),
        Figure("bare_route.ready_s", statistics.median(least), "s"),
    ]


async def idle() -> list[Figure]:
    """Return the memory with the demo's data, and how much more each of many visitors' open pages takes."""
    with _demo() as data:
        tokens = _visitors(data)
        with recado(data) as server:
            await asyncio.sleep(SETTLE_S)
            resting = server.rss_kb()
            share = await _share(server, [visitors_place(token) for token in tokens])
    with bare("route") as server:
        bare_resting = server.rss_kb()
    with bare("http") as server:
        bare_share = await _share(server, [Place(f"/{number}", {}) for number in range(SOCKETS)])
    return [
        Figure("idle.rss_mb", resting / 1024, "MiB"),
        Figure("idle.kb_per_socket", share, "KiB"),
        Figure("bare_route.rss_mb", bare_resting / 1024, "MiB"),
        Figure("bare_http.kb_per_socket", bare_share, "KiB"),
    ]


def _visitors(data: Path) -> list[str]:
    """Let visitors come to the demo's first inbox; return their tokens."""
    database = cast.open_store(data)
    seal = Seal(load({"RECADO_DATA": str(data)}).secret)

    def come(tx: Tx) -> list[str]:
        key = tx.conn.exec_driver_sql("SELECT key FROM inboxes WHERE id = 1").scalar_one()
        browser = cast.BROWSER
        came = [customers.arrive(tx, SYSTEM, key, cast.SITE, None, browser) for _ in range(SOCKETS)]
        assert all(one.inbox.id == InboxId(1) for one in came)
        return [seal.make(one.visitor, tx.now)[0] for one in came]

    try:
        return database.write_blocking(come)
    finally:
        database.close_blocking()


async def _share(server: Server, places: list[Place]) -> float:
    """Return by how many KiB the server grows for each open socket."""
    before = server.rss_kb()
    async with listening(server, places):
        await asyncio.sleep(SETTLE_S)
        return (server.rss_kb() - before) / len(places)
