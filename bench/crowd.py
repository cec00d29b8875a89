"""Many at one moment: sixteen operators claim the same conversation, three hundred pages return after a cut."""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from bench import cast
from bench.clients import Line, Place, connect, listen, listening, operators_place, request, visitors_place
from bench.figures import Figure, percentile
from bench.servers import Server, bare, recado

RACERS = 16
RACES = 100
"""For one team: as many messages as an operator may send without a pause."""

TEAMS = 2
SETTLE_S = 10.0
TAKEN = b'{"type":"conversation.taken"'
CONFLICT = 409

RETURNING = 300
"""Half of them operators with a conversation open, half of them visitors."""

RETURNS = 5
MISSED = 2
"""How many messages each conversation got meanwhile."""

Ask = Callable[[Line], Awaitable[object]]


async def claim() -> list[Figure]:
    """Return after how many milliseconds all who lost a race know it: by their answer and by their socket."""
    told: list[float] = []
    least: list[float] = []
    for _ in range(TEAMS):
        told += await _answers()
        least += await _pushes()
    return [
        Figure("claim.p50_ms", percentile(told, 0.50), "ms"),
        Figure("claim.p99_ms", percentile(told, 0.99), "ms"),
        Figure("bare_claim.p50_ms", percentile(least, 0.50), "ms"),
        Figure("bare_claim.p99_ms", percentile(least, 0.99), "ms"),
    ]


async def _answers() -> list[float]:
    """Let a team answer each of its waiting conversations at once; return how long all of it took."""
    with tempfile.TemporaryDirectory() as name:
        people = cast.make(Path(name), operators=RACERS, chats=RACES, attended=False)
        places = [operators_place(cookie)._replace(counts=TAKEN) for cookie in people.cookies]
        with recado(Path(name)) as server:

            def answer(race: int, racer: int) -> Ask:
                path = f"/api/v1/console/conversations/{people.chats[race].number}/messages"
                message = {"client_id": str(uuid.uuid4()), "body": "Good morning, I will see to it."}
                one = request(server, "POST", path, ("Cookie", people.cookies[racer]), message)
                return lambda line: line.ask(one, refused=CONFLICT)

            return await _race(server, places, RACERS - 1, answer)


async def _pushes() -> list[float]:
    """Let as many ask a bare server, which tells them all."""
    with bare("http") as server:

        def push(_: int, racer: int) -> Ask:
            one = request(server, "POST", "/push/all" if racer == 0 else "/", ("X", "y"), {})
            return lambda line: line.ask(one)

        return await _race(server, [Place("/all", {}) for _ in range(RACERS)], RACERS, push)


async def _race(server: Server, places: list[Place], hearing: int, ask: Callable[[int, int], Ask]) -> list[float]:
    """Let all ask at once, again and again; return when the last was answered and the last of `hearing` had heard."""
    heard = 0
    everybody = asyncio.Event()

    def hear(_: bytes) -> None:
        nonlocal heard
        heard += 1
        if heard == hearing:
            everybody.set()

    took = []
    async with listening(server, [place._replace(heard=hear) for place in places]):
        lines = [await connect(server) for _ in places]
        for race in range(RACES):
            heard = 0
            everybody.clear()
            asks = [ask(race, racer) for racer in range(len(lines))]
            began = time.perf_counter()
            async with asyncio.timeout(SETTLE_S):
                await asyncio.gather(*(one(line) for one, line in zip(asks, lines, strict=True)), everybody.wait())
            took.append(1000 * (time.perf_counter() - began))
        for line in lines:
            line.close()
    return took


async def resume() -> list[Figure]:
    """Return how long it takes until pages that all return at one moment are greeted and have what they missed."""
    half = RETURNING // 2
    took: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        people = cast.make(Path(name), operators=half, chats=half)
        with recado(Path(name)) as server:
            for _ in range(RETURNS):
                fetches = await _missing(server, people)
                places = [operators_place(people.cookies[chat.operator]) for chat in people.chats]
                places += [visitors_place(chat.token) for chat in people.chats]
                took += await _return(server, places, fetches)
    least: list[float] = []
    with bare("http") as server:
        fetch = request(server, "GET", "/", ("X", "y"))
        for _ in range(RETURNS):
            places = [Place(f"/{number}", {}) for number in range(RETURNING)]
            least += await _return(server, places, [(fetch, fetch)] * half + [(fetch,)] * half)
    return [
        Figure("resume.p50_ms", percentile(took, 0.50), "ms"),
        Figure("resume.p99_ms", percentile(took, 0.99), "ms"),
        Figure("bare_resume.p50_ms", percentile(least, 0.50), "ms"),
        Figure("bare_resume.p99_ms", percentile(least, 0.99), "ms"),
    ]


async def _missing(server: Server, people: cast.Cast) -> list[tuple[bytes, ...]]:
    """Note where each page is, let its conversation go on without it, and return what it will fetch."""
    line = await connect(server)
    operators, visitors = [], []
    for chat in people.chats:
        theirs = ("Authorization", f"Bearer {chat.token}")
        mine = ("Cookie", people.cookies[chat.operator])
        inside = f"/api/v1/console/conversations/{chat.number}"
        outside = f"/api/v1/widget/conversations/{chat.public_id}"
        known = [
            msgspec.json.decode((await line.ask(request(server, "GET", *page))).body)
            for page in ((inside, mine), (outside, theirs))
        ]
        since = [f"?since={one['conversation']['version']}&epoch={one['epoch']}" for one in known]
        for _ in range(MISSED):
            message = {"client_id": str(uuid.uuid4()), "body": "Are you still there?"}
            await line.ask(request(server, "POST", f"{outside}/messages", theirs, message))
        desk = request(server, "GET", "/api/v1/console/desk", mine)
        operators.append((desk, request(server, "GET", f"{inside}/changes{since[0]}", mine)))
        visitors.append((request(server, "GET", f"{outside}/changes{since[1]}", theirs),))
    line.close()
    return [*operators, *visitors]


async def _return(server: Server, places: Sequence[Place], fetches: Sequence[tuple[bytes, ...]]) -> list[float]:
    """Let everybody connect at once, be greeted and fetch; return the milliseconds that each took."""
    began = time.perf_counter()

    async def come(place: Place, fetch: tuple[bytes, ...]) -> float:
        ear = await listen(server, place)
        line = await connect(server)
        for one in fetch:
            await line.insist(one)
        took = 1000 * (time.perf_counter() - began)
        line.close()
        if ear.transport is not None:
            ear.transport.disconnect(graceful=False)
        return took

    return list(await asyncio.gather(*(come(*one) for one in zip(places, fetches, strict=True))))
