"""How soon others see it: from one screen to another, and from one visitor to everybody who watches."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bench import cast
from bench.clients import Line, Place, connect, listening, operators_place, request, visitors_place
from bench.figures import Figure, percentile
from bench.servers import BenchError, Server, bare, recado

PAIRS = 100
"""Each is an operator and a visitor with a socket each: 200 sockets."""

PER_S = 100
DELIVER_S = 15
SETTLE_S = 3.0
BARE_S = 5

BUSY_PAIRS = 500
BUSY_PER_S = 50
BUSY_S = 120

FANOUT_OPERATORS = 50
FANOUT_PAGES = 20
FANOUTS = 150
FANOUT_EVERY_S = 0.1

_MARK = re.compile(rb"#(\d+)#")


class Pace(NamedTuple):
    """How many pairs write how many messages a second in all, and for how many seconds."""

    pairs: int
    per_s: int
    seconds: int

    @property
    def total(self) -> int:
        """How many messages that makes."""
        return self.per_s * self.seconds


USUAL = Pace(PAIRS, PER_S, DELIVER_S)
BUSY = Pace(BUSY_PAIRS, BUSY_PER_S, BUSY_S)


class Watch:
    """When each of `total` numbered messages was sent, and when who should see it did."""

    def __init__(self, total: int) -> None:
        self._sent: dict[int, float] = {}
        self._total = total
        self.taken_ms: list[float] = []
        self.answered_ms: list[float] = []
        self.seen_all = asyncio.Event()

    def send(self, number: int) -> None:
        """Note that a message leaves now."""
        self._sent[number] = time.perf_counter()

    def answered(self, number: int) -> None:
        """Note that a message has been acknowledged."""
        self.answered_ms.append(1000 * (time.perf_counter() - self._sent[number]))

    def ear(self, side: int) -> Callable[[bytes], None]:
        """Return what a page of this side hears with: messages of the other side count."""

        def heard(payload: bytes) -> None:
            found = _MARK.search(payload)
            if found is not None and int(found[1]) % 2 != side:
                self.taken_ms.append(1000 * (time.perf_counter() - self._sent[int(found[1])]))
                if len(self.taken_ms) == self._total:
                    self.seen_all.set()

        return heard


async def deliver() -> list[Figure]:
    """Return how long a message takes from one screen to the other at a steady rate."""
    with tempfile.TemporaryDirectory() as name:
        people = cast.make(Path(name), operators=PAIRS, chats=PAIRS)
        with recado(Path(name)) as server:
            taken = (await converse(server, people, USUAL)).taken_ms
    with bare("http") as server:
        least = await bare_deliver(server, USUAL)
    return [
        Figure("deliver.p50_ms", percentile(taken, 0.50), "ms"),
        Figure("deliver.p99_ms", percentile(taken, 0.99), "ms"),
        Figure("bare_deliver.p50_ms", percentile(least, 0.50), "ms"),
        Figure("bare_deliver.p99_ms", percentile(least, 0.99), "ms"),
    ]


async def busy() -> list[Figure]:
    """Return how long it takes until a message is acknowledged, and seen, with 1,000 sockets open for two minutes."""
    with tempfile.TemporaryDirectory() as name:
        people = cast.make(Path(name), operators=BUSY.pairs, chats=BUSY.pairs)
        with recado(Path(name)) as server:
            watch = await converse(server, people, BUSY)
    with bare("http") as server:
        least = await bare_deliver(server, BUSY)
    return [
        Figure("busy.p50_ms", percentile(watch.answered_ms, 0.50), "ms"),
        Figure("busy.p99_ms", percentile(watch.answered_ms, 0.99), "ms"),
        Figure("busy.seen_p99_ms", percentile(watch.taken_ms, 0.99), "ms"),
        Figure("bare_busy.seen_p50_ms", percentile(least, 0.50), "ms"),
        Figure("bare_busy.seen_p99_ms", percentile(least, 0.99), "ms"),
    ]


async def converse(server: Server, people: cast.Cast, pace: Pace) -> Watch:
    """Let operators (odd numbers) and visitors (even ones) write in turn; return when each message was where."""
    watch = Watch(pace.total)
    places = [operators_place(people.cookies[chat.operator], watch.ear(1)) for chat in people.chats]
    places += [visitors_place(chat.token, watch.ear(0)) for chat in people.chats]
    async with listening(server, places):
        lines = [await connect(server) for _ in range(2 * pace.pairs)]

        def write(number: int) -> bytes:
            chat = people.chats[(number // 2) % pace.pairs]
            message = {"client_id": str(uuid.uuid4()), "body": f"Is it still there on Saturday? #{number}#"}
            if number % 2:
                path = f"/api/v1/console/conversations/{chat.number}/messages"
                return request(server, "POST", path, ("Cookie", people.cookies[chat.operator]), message)
            path = f"/api/v1/widget/conversations/{chat.public_id}/messages"
            return request(server, "POST", path, ("Authorization", f"Bearer {chat.token}"), message)

        await send_steadily(watch, lines, map(write, range(pace.total)), pace.per_s)
        await settle(watch)
        for line in lines:
            line.close()
    return watch


async def send_steadily(watch: Watch, lines: list[Line], requests: Iterator[bytes], per_s: int) -> None:
    """Send each request at its time, whether or not those before have been answered."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    answers = []

    async def ask(number: int, one: bytes) -> None:
        watch.send(number)
        await lines[number % len(lines)].insist(one)
        watch.answered(number)

    for number, one in enumerate(requests):
        await asyncio.sleep(began + number / per_s - loop.time())
        answers.append(asyncio.create_task(ask(number, one)))
    await asyncio.gather(*answers)


async def settle(watch: Watch) -> None:
    """Wait until all has been seen; raise where that takes too long."""
    try:
        async with asyncio.timeout(SETTLE_S):
            await watch.seen_all.wait()
    except TimeoutError:
        raise BenchError(f"only {len(watch.taken_ms)} messages were seen on the other screen") from None


async def bare_deliver(server: Server, pace: Pace) -> list[float]:
    """Return the same of a bare server: a request that pushes one fixed frame to one of as many sockets."""
    taken: list[float] = []
    sent: list[float] = []
    places = [Place(f"/{n}", {}, None, lambda _: taken.append(time.perf_counter())) for n in range(2 * pace.pairs)]
    async with listening(server, places):
        line = await connect(server)
        for number in range(pace.per_s * min(pace.seconds, BARE_S)):
            await asyncio.sleep(1 / pace.per_s)
            sent.append(time.perf_counter())
            await line.ask(request(server, "POST", f"/push/{number % len(places)}", ("X", "y"), {}))
            await asyncio.sleep(0)
        line.close()
        await asyncio.sleep(0.2)
    return [1000 * (end - start) for start, end in zip(sent, taken, strict=True)]


async def fanout() -> list[Figure]:
    """Return when the last of 1,000 pages has a visitor's message in a conversation that waits."""
    with tempfile.TemporaryDirectory() as name:
        people = cast.make(Path(name), operators=FANOUT_OPERATORS, chats=10, attended=False)
        places = [operators_place(cookie) for cookie in people.cookies * FANOUT_PAGES]
        with recado(Path(name)) as server:

            def write(number: int) -> bytes:
                chat = people.chats[number % len(people.chats)]
                path = f"/api/v1/widget/conversations/{chat.public_id}/messages"
                message = {"client_id": str(uuid.uuid4()), "body": "Is it still there on Saturday?"}
                return request(server, "POST", path, ("Authorization", f"Bearer {chat.token}"), message)

            last = await _fan(server, places, write)
    with bare("http") as server:
        everywhere = [Place("/all", {}) for _ in places]
        least = await _fan(server, everywhere, lambda _: request(server, "POST", "/push/all", ("X", "y"), {}))
    return [
        Figure("fanout.last_p50_ms", percentile(last, 0.50), "ms"),
        Figure("fanout.last_p99_ms", percentile(last, 0.99), "ms"),
        Figure("bare_fanout.last_p50_ms", percentile(least, 0.50), "ms"),
        Figure("bare_fanout.last_p99_ms", percentile(least, 0.99), "ms"),
    ]


async def _fan(server: Server, places: list[Place], write: Callable[[int], bytes]) -> list[float]:
    """Send messages now and then; return after how many milliseconds the last ear has heard each."""
    seen = 0
    everybody = asyncio.Event()

    def heard(_: bytes) -> None:
        nonlocal seen
        seen += 1
        if seen % len(places) == 0:
            everybody.set()

    last = []
    async with listening(server, [place._replace(heard=heard) for place in places]):
        line = await connect(server)
        for number in range(FANOUTS):
            await asyncio.sleep(FANOUT_EVERY_S)
            everybody.clear()
            began = time.perf_counter()
            answer = asyncio.create_task(line.ask(write(number)))
            async with asyncio.timeout(SETTLE_S):
                await everybody.wait()
            last.append(1000 * (time.perf_counter() - began))
            await answer
        line.close()
    return last
