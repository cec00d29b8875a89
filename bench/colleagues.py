"""Among colleagues: how soon a message stands on the badge of another screen, and how fast a long inbox opens."""

from __future__ import annotations

import tempfile
import uuid
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from bench import cast
from bench.clients import connect, listening, operators_place, request
from bench.figures import Figure, percentile
from bench.live import Pace, Watch, bare_deliver, send_steadily, settle
from bench.reading import ROWS, ask, bare_get
from bench.servers import bare, recado
from recado.actions import directs
from recado.db.database import Tx
from recado.domain.actors import Operator

OPERATORS = 500
BADGES = Pace(pairs=OPERATORS // 2, per_s=50, seconds=15)
SAID = b'{"type":"direct.posted"'
IN_INBOX = 10_000
AT_ONCE = 500


class Desk(NamedTuple):
    """Operators' cookies by their place, and direct conversations by their numbers: of each pair in turn."""

    cookies: list[str]
    team: list[Operator]
    talks: list[int]


def _made(data: Path, operators: int) -> Desk:
    """Fill an empty data directory with operators of one department, of whom each two neighbours talk."""
    database = cast.open_store(data)

    def fill(tx: Tx) -> Desk:
        desk = cast.make_desk(tx, operators, 1)
        pairs = zip(desk.operators[::2], desk.operators[1::2], strict=True)
        talks = [_start(tx, one, other) for one, other in pairs]
        return Desk([cast.cookie(session) for session in desk.sessions], desk.operators, talks)

    try:
        return database.write_blocking(fill)
    finally:
        database.close_blocking()


def _start(tx: Tx, one: Operator, other: Operator) -> int:
    return directs.start(tx, one, str(uuid.uuid4()), [other.id], "Have you a moment?").sent.direct.id


async def badge() -> list[Figure]:
    """Return after how long a message of a colleague is on the other's page, with 500 operators connected."""
    with tempfile.TemporaryDirectory() as name:
        desk = _made(Path(name), OPERATORS)
        watch = Watch(BADGES.total)
        # Whoever sits at an odd place hears what those at even places say, and the other way round.
        places = [
            operators_place(cookie, watch.ear(number % 2))._replace(counts=SAID)
            for number, cookie in enumerate(desk.cookies)
        ]
        with recado(Path(name)) as server:
            async with listening(server, places):
                lines = [await connect(server) for _ in places]

                def write(number: int) -> bytes:
                    pair = (number // 2) % BADGES.pairs
                    message = {"client_id": str(uuid.uuid4()), "body": f"Is it still there on Saturday? #{number}#"}
                    path = f"/api/v1/console/directs/{desk.talks[pair]}/messages"
                    return request(server, "POST", path, ("Cookie", desk.cookies[2 * pair + number % 2]), message)

                await send_steadily(watch, lines, map(write, range(BADGES.total)), BADGES.per_s)
                await settle(watch)
                for line in lines:
                    line.close()
    with bare("http") as server:
        least = await bare_deliver(server, BADGES)
    return [
        Figure("badge.p50_ms", percentile(watch.taken_ms, 0.50), "ms"),
        Figure("badge.p99_ms", percentile(watch.taken_ms, 0.99), "ms"),
        Figure("bare_badge.p50_ms", percentile(least, 0.50), "ms"),
        Figure("bare_badge.p99_ms", percentile(least, 0.99), "ms"),
    ]


async def inbox() -> list[Figure]:
    """Return how long the first page of an internal inbox of 10,000 takes, and the numbers on its lists."""
    with tempfile.TemporaryDirectory() as name:
        desk = _made(Path(name), 20)
        _fill_inbox(Path(name), desk.team)
        with recado(Path(name)) as server:
            page = f"/api/v1/console/directs?box=inbox&limit={ROWS}"
            taken = await ask(server, cycle([page]), desk.cookies[0], least=ROWS * 100)
            counted = await ask(server, cycle(["/api/v1/console/directs/counts"]), desk.cookies[0], least=10)
    return [
        Figure("directs.p50_ms", percentile(taken, 0.5), "ms"),
        Figure("directs.p99_ms", percentile(taken, 0.99), "ms"),
        Figure("directs.counts_p50_ms", percentile(counted, 0.5), "ms"),
        Figure("bare_route.get_p50_ms", await bare_get(), "ms"),
    ]


def _fill_inbox(data: Path, team: list[Operator]) -> None:
    """Let colleagues start so many conversations with the first of them, by the product's own action."""
    me, *others = team
    database = cast.open_store(data)
    try:
        for begun in range(0, IN_INBOX, AT_ONCE):
            some = [others[number % len(others)] for number in range(begun, begun + AT_ONCE)]
            database.write_blocking(lambda tx, some=some: [_start(tx, one, me) for one in some])  # type: ignore[misc]
    finally:
        database.close_blocking()
