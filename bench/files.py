"""Files: one large one through the door, ranges of stored ones under the load of messages, texts beside uploads."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bench import cast
from bench.clients import connect, request
from bench.figures import Figure, percentile
from bench.live import Pace, bare_deliver, converse
from bench.offices import Plan, Sender, Who, body, catalogue, sender, sending
from bench.servers import BenchError, Server, bare, recado

SIZE = 20_000_000
PART = 1_000_000
"""What a page sends at once."""
ROUNDS = 9

UNDER = Pace(pairs=50, per_s=100, seconds=15)
RANGE = 256 * 1024
RANGE_EVERY_S = 0.02

AT_ONCE = 10
PACE_S = 0.4
"""So often each of them sends a part: 2.5 MB a second, the line of an office for each."""
APART_S = 0.84
"""They begin one after the other, and their parts fall between each other's."""
TEXTS = Pace(pairs=50, per_s=100, seconds=10)
TURNS = 3

Measure = Callable[[], Awaitable[list[Figure]]]


async def upload() -> list[Figure]:
    """Return how fast a file of 20 MB is in the store, beside one request whose bytes go to the disk and no further.

    It is sent in one part as that request is, and in parts as pages send it.
    """
    content = catalogue(SIZE)
    whole, parts, least = [], [], []
    with tempfile.TemporaryDirectory() as name:
        people = cast.make(Path(name), operators=1, chats=1)
        with recado(Path(name)) as server, bare("route") as route:
            line = await connect(route)
            asked = body(route, "PUT", "/files", ("X", "y"), content)
            async with sender(server, people.attending()[0]) as page:
                for _ in range(ROUNDS + 1):
                    whole.append(await _sent(page, content, SIZE))
                    parts.append(await _sent(page, content, PART))
                    began = time.perf_counter()
                    await line.ask(asked)
                    least.append(time.perf_counter() - began)
            line.close()
    taken, in_parts, bare_taken = (statistics.median(one[1:]) for one in (whole, parts, least))
    return [
        Figure("upload.mb_per_s", SIZE / 1e6 / taken, "MB/s"),
        Figure("bare_upload.mb_per_s", SIZE / 1e6 / bare_taken, "MB/s"),
        Figure("upload.of_bare", bare_taken / taken, ""),
        Figure("upload.in_parts_of_bare", bare_taken / in_parts, ""),
    ]


async def _sent(page: Sender, content: bytes, size: int) -> float:
    """Send a file and let it go; return after how many seconds it was stored."""
    began = time.perf_counter()
    which = await page.send(content, size)
    taken = time.perf_counter() - began
    await page.give_up(which)
    return taken


async def ranges() -> list[Figure]:
    """Return how soon the first byte of a part of a stored file comes while messages are sent and pushed."""
    content = catalogue(SIZE)
    with tempfile.TemporaryDirectory() as name:
        people = cast.make(Path(name), operators=UNDER.pairs, chats=UNDER.pairs)
        with recado(Path(name)) as server:
            async with sender(server, people.attending()[0]) as page:
                which = await page.send(content, SIZE)
                await page.attach(which)
                path = f"/api/v1/console/files/{which}"
                load = asyncio.create_task(converse(server, people, UNDER))
                taken = await _ranges(server, path, page.who, load)
                await load
    with bare("http") as server:
        bare_load = asyncio.create_task(bare_deliver(server, UNDER))
        least = await _ranges(server, "/part", ("X", "y"), bare_load)
        await bare_load
    return [
        Figure("range.first_byte_p50_ms", percentile(taken, 0.50), "ms"),
        Figure("range.first_byte_p99_ms", percentile(taken, 0.99), "ms"),
        Figure("bare_range.first_byte_p50_ms", percentile(least, 0.50), "ms"),
        Figure("bare_range.first_byte_p99_ms", percentile(least, 0.99), "ms"),
    ]


async def _ranges(server: Server, path: str, who: Who, load: asyncio.Task[Any]) -> list[float]:
    """Read a part here and there as long as the load lasts; return after how many milliseconds each first byte came."""
    line = await connect(server)
    chance = random.Random(2)
    taken = []
    while not load.done():
        start = chance.randrange(SIZE - RANGE)
        head = request(server, "GET", path, who).removesuffix(b"\r\n")
        began = time.perf_counter()
        answer = await line.ask(head + f"Range: bytes={start}-{start + RANGE - 1}\r\n\r\n".encode())
        taken.append(1000 * (line.first_byte_at - began))
        if len(answer.body) != RANGE:
            raise BenchError(
                f"{len(answer.body)} bytes with status {answer.status} are not the part that was asked for"
            )
        await asyncio.sleep(RANGE_EVERY_S)
    line.close()
    return taken


async def texts() -> list[Figure]:
    """Return how much longer texts take while ten files come in at the speed of ten offices' lines."""
    alone, beside = [], []
    with tempfile.TemporaryDirectory() as name:
        people = cast.make(Path(name), operators=TEXTS.pairs, chats=TEXTS.pairs)
        with recado(Path(name)) as server:
            plan = Plan(server.port, people.attending()[:AT_ONCE], SIZE, PART, PACE_S, APART_S)
            for _ in range(TURNS):
                alone.append(percentile((await converse(server, people, TEXTS)).answered_ms, 0.99))
                async with sending(plan):
                    beside.append(percentile((await converse(server, people, TEXTS)).answered_ms, 0.99))
    without, during = statistics.median(alone), statistics.median(beside)
    return [
        Figure("uploads.text_p99_ms", during, "ms"),
        Figure("uploads.text_alone_p99_ms", without, "ms"),
        Figure("uploads.text_p99_ratio", during / without, ""),
    ]
