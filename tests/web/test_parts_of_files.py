"""Of a part that comes slowly little is in memory; it moves on or is over. Of one sender a few come at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from recado.domain.ids import FileId
from recado.web import parts
from recado.web.parts import SLOWEST, WINDOW_S, Pace
from recado.web.uploads import Uploads
from tests.files.samples import PDF
from tests.web.doors import CONSOLE, House, part_of
from tests.web.files import PART, Sending
from tests.world import Chat

SIZE = 9_000_000
GUARD_S = 20.0


@pytest.fixture
def chat(house: House) -> Chat:
    return house.world.attended()


@pytest.fixture
def ana(house: House, chat: Chat) -> Sending:
    return Sending(house, house.operator(house.world.ana), chat)


async def begun(sender: Sending) -> str:
    answer = await sender.begin("largo.pdf", SIZE)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@asynccontextmanager
async def hanging(house: House, which: str, pieces: list[bytes]) -> AsyncIterator[asyncio.Task[httpx.Response]]:
    """A part of which nothing more comes after these pieces; it is cut at the end."""
    over = asyncio.Event()

    async def coming() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece
        await over.wait()

    sent = {**house.operator(house.world.ana).headers, "origin": "https://desk.example", "content-type": PART}
    path = f"{CONSOLE}/uploads/{which}?offset=0"
    line = asyncio.create_task(house.client.request("PATCH", path, content=coming(), headers=sent))
    try:
        yield line
    finally:
        over.set()
        await line


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(GUARD_S):
        while not await true():  # noqa: ASYNC110 - the server has no event for a test
            await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("latest_s", "pieces", "least"),
    [(1000.0, [bytes(4096)] * 240, 240 * 4096 - parts.GATHERED), (0.01, [b"a few", b" bytes"], 11)],
    ids=["much", "little"],
)
async def test_what_came_of_a_part_that_hangs_is_on_the_disk(
    house: House, ana: Sending, latest_s: float, pieces: list[bytes], least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (parts.GATHERED, parts.LATEST_S) == (64 * 1024, 1.0)
    monkeypatch.setattr(parts, "LATEST_S", latest_s)
    which = await begun(ana)

    async def lies_there() -> bool:
        return bool((await ana.look(which)).json()["offset"] >= least)

    async with hanging(house, which, pieces):
        await until(lies_there)


async def test_a_part_that_was_ended_does_not_go_on_with_what_comes_in_the_same_moment(
    house: House, ana: Sending
) -> None:
    which = await begun(ana)
    uploads = part_of(house.app, "uploads", Uploads)
    over = asyncio.Event()

    async def coming() -> AsyncIterator[bytes]:
        yield PDF
        uploads._end(FileId(which))
        yield PDF
        await over.wait()

    sent = {**house.operator(house.world.ana).headers, "origin": "https://desk.example", "content-type": PART}
    path = f"{CONSOLE}/uploads/{which}?offset=0"
    async with asyncio.timeout(GUARD_S):
        answer = await house.client.request("PATCH", path, content=coming(), headers=sent)
    assert (answer.status_code, answer.json()["offset"]) == (409, len(PDF))


def test_a_part_moves_on_or_is_over() -> None:
    pace = Pace(0)
    pace.keep(WINDOW_S - 1, 1)
    pace.keep(WINDOW_S, SLOWEST - 1)
    pace.keep(2 * WINDOW_S - 1, SLOWEST - 1)
    with pytest.raises(TimeoutError):
        pace.keep(2 * WINDOW_S, 0)


async def test_what_came_of_one_that_did_not_move_on_stays(
    house: House, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "WINDOW_S", 0.0)
    which = await begun(ana)
    async with hanging(house, which, [PDF]) as line:
        answer = await line
    assert (answer.status_code, answer.json()["offset"]) == (409, len(PDF))


async def test_of_one_sender_four_parts_come_at_once_and_others_wait_their_turn(
    house: House, chat: Chat, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def all_come() -> bool:
        await asyncio.sleep(0)
        return [(await ana.look(one)).json()["offset"] for one in several] == [7] * len(several)

    monkeypatch.setattr(parts, "LATEST_S", 0.01)
    several = [await begun(ana) for _ in range(3)]
    last, beyond = await begun(ana), await ana.begin("a.pdf", len(PDF))
    which = beyond.json()["id"]
    async with (
        hanging(house, several[0], [PDF[:7]]),
        hanging(house, several[1], [PDF[:7]]),
        hanging(house, several[2], [PDF[:7]]),
    ):
        async with hanging(house, last, [PDF[:7]]):
            several.append(last)
            await until(all_come)
            with monkeypatch.context() as patched:
                patched.setattr(parts, "TURN_S", 0.01)
                held_up = await ana.part(which, 0, PDF)
                assert (held_up.status_code, held_up.json()["code"]) == (503, "busy")
                assert held_up.headers["retry-after"] == "1"
            lucia = Sending(house, house.visitor(house.world.lucia), chat, visitor=True)
            assert (await lucia.whole("a.pdf", PDF)).status_code == 200
            waiting = asyncio.create_task(ana.part(which, 0, PDF))
        assert (await waiting).status_code == 200
        with monkeypatch.context() as patched:
            patched.setattr(parts, "OF_ALL", 3)
            assert (await lucia.whole("a.pdf", PDF)).status_code == 503
