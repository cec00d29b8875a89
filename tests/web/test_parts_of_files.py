"""Of a part that comes slowly little is in memory; it moves on or is over. Of one sender a few come at once."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from recado.domain.actors import Author
from recado.domain.errors import Busy
from recado.domain.ids import FileId
from recado.files import intake
from recado.web import berths as places
from recado.web import parts, precedence
from recado.web.berths import SLOWEST, WINDOW_S, Berths, Pace
from recado.web.parts import OF_ONE, crowds_of
from recado.web.uploads import Uploads
from tests.files.samples import PDF
from tests.web.doors import CONSOLE, House, part_of
from tests.web.files import PART, Sending
from tests.world import Chat, new_client_id

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


async def test_the_disk_begins_with_a_file_at_the_end_of_each_part(
    house: House, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(intake, "_begin_range", lambda file, *_: sizes.append(os.fstat(file).st_size))
    which = await begun(ana)
    for at in (0, 1000):
        await ana.part(which, at, PDF + bytes(1000 - len(PDF)))
    assert sizes == [1000, 2000]


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


class _Text(NamedTuple):
    stored: asyncio.Task[httpx.Response]
    over: asyncio.Event
    """Set, it lets the text come to its end."""


def taking(house: House, which: str) -> Callable[[], Awaitable[bool]]:
    """Whether a part of this file is being waited for."""
    uploads = part_of(house.app, "uploads", Uploads)

    async def found() -> bool:
        await asyncio.sleep(0)
        return FileId(which) in uploads._coming

    return found


@asynccontextmanager
async def storing(house: House, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[_Text]:
    """A text that is being stored."""
    under_way, over, act = asyncio.Event(), asyncio.Event(), house.world.desk.act

    async def held(*asked: Any, **named: Any) -> object:
        under_way.set()
        await over.wait()
        return await act(*asked, **named)

    monkeypatch.setattr(house.world.desk, "act", held)
    said = {"client_id": new_client_id(), "body": "Hola"}
    path = f"{CONSOLE}/conversations/{chat.id}/messages"
    stored = asyncio.create_task(house.operator(house.world.ana)("POST", path, said))
    try:
        async with asyncio.timeout(GUARD_S):
            await under_way.wait()
        yield _Text(stored, over)
    finally:
        over.set()
        assert (await stored).status_code == 201


async def test_a_part_and_each_piece_of_one_is_taken_behind_a_text_that_is_being_stored(
    house: House, chat: Chat, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precedence, "ASIDE_S", GUARD_S)
    which = await begun(ana)
    async with storing(house, chat, monkeypatch) as text:
        part = asyncio.create_task(ana.part(which, 0, PDF))
        for _ in range(5):
            assert (await ana.look(which)).json()["offset"] == 0
            assert not await taking(house, which)()
        text.over.set()
        assert (await part).json()["offset"] == len(PDF)

    come = asyncio.Event()

    async def coming() -> AsyncIterator[bytes]:
        await come.wait()
        yield bytes(parts.GATHERED)

    at = len(PDF)
    sent = {**house.operator(house.world.ana).headers, "origin": "https://desk.example", "content-type": PART}
    path = f"{CONSOLE}/uploads/{which}?offset={at}"
    part_too = asyncio.create_task(house.client.request("PATCH", path, content=coming(), headers=sent))
    await until(taking(house, which))
    async with storing(house, chat, monkeypatch) as text:
        come.set()
        for _ in range(5):
            assert (await ana.look(which)).json()["offset"] == at
        text.over.set()
        assert (await part_too).json()["offset"] == at + parts.GATHERED


async def test_texts_without_end_hold_up_no_file(
    house: House, chat: Chat, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    which = await begun(ana)
    async with storing(house, chat, monkeypatch) as text:
        assert (await ana.part(which, 0, PDF)).json()["offset"] == len(PDF)
        assert not text.stored.done()


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
    monkeypatch.setattr(places, "WINDOW_S", 0.0)
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
                patched.setattr(places, "TURN_S", 0.01)
                held_up = await ana.part(which, 0, PDF)
                assert (held_up.status_code, held_up.json()["code"]) == (503, "busy")
                assert held_up.headers["retry-after"] == "1"
            lucia = Sending(house, house.visitor(house.world.lucia), chat, visitor=True)
            assert (await lucia.whole("a.pdf", PDF)).status_code == 200
            waiting = asyncio.create_task(ana.part(which, 0, PDF))
        assert (await waiting).status_code == 200


async def test_where_the_desk_has_all_its_places_its_slowest_part_goes_on_later_and_no_visitor_waits(
    house: House, chat: Chat, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LATEST_S", 0.01)
    monkeypatch.setattr(parts, "OF_DESK", 2)
    slow, quick = await begun(ana), await begun(ana)
    lucia = Sending(house, house.visitor(house.world.lucia), chat, visitor=True)

    async def both_come() -> bool:
        return [(await ana.look(one)).json()["offset"] for one in (slow, quick)] == [7, len(PDF)]

    async with hanging(house, slow, [PDF[:7]]) as ended, hanging(house, quick, [PDF]) as goes_on:
        await until(both_come)
        assert (await lucia.whole("a.pdf", PDF)).status_code == 200
        with monkeypatch.context() as patched:
            patched.setattr(places, "TURN_S", 0.01)
            assert (await ana.whole("a.pdf", PDF)).status_code == 503
        monkeypatch.setattr(places, "SETTLED_S", 0.0)
        assert (await ana.whole("a.pdf", PDF)).status_code == 200
        answer = await ended
        assert (answer.status_code, answer.json()["offset"]) == (409, 7)
        assert not goes_on.done()


class Line:
    """A part of a sender's that comes in until it is ended."""

    def __init__(self, berths: Berths, number: int, machine: str | None, *, of_desk: bool = False) -> None:
        self.pace, self._over = asyncio.get_running_loop().create_future(), asyncio.Event()
        self._crowds = crowds_of(of_desk=of_desk, machine=machine)
        self.task = asyncio.create_task(self._come(berths, Author("visitor", number)))

    async def _come(self, berths: Berths, who: Author) -> None:
        async with berths.one(who, OF_ONE, self._crowds, self._over.set) as pace:
            self.pace.set_result(pace)
            await self._over.wait()

    async def comes(self, count: int = 0) -> None:
        async with asyncio.timeout(GUARD_S):
            (await self.pace).keep(0, count)

    async def close(self) -> None:
        self._over.set()
        await self.task


async def test_a_network_s_slow_parts_keep_out_its_own_at_the_most_and_nobody_of_the_desk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "SETTLED_S", 0.0)
    for name, most in (("OF_NETWORK", 2), ("OF_VISITORS", 3), ("OF_DESK", 1)):
        monkeypatch.setattr(parts, name, most)
    berths = Berths()
    first, second, elsewhere = Line(berths, 1, "10.0.0.1"), Line(berths, 2, "10.0.0.1"), Line(berths, 3, "10.0.0.2")
    for line, count in ((first, 90), (second, 50), (elsewhere, 10)):
        await line.comes(count)
    third = Line(berths, 4, "10.0.0.1")
    await third.comes(200)
    assert [one.task.done() for one in (first, second, elsewhere)] == [False, True, False]
    anybody = Line(berths, 5, None)
    await anybody.comes()
    assert [one.task.done() for one in (first, third, elsewhere)] == [False, False, True]
    ours = Line(berths, 6, "10.0.0.1", of_desk=True)
    await ours.comes()
    assert not any(one.task.done() for one in (first, third, anybody, ours))
    monkeypatch.setattr(places, "SETTLED_S", 0.1)
    later = Line(berths, 7, "10.0.0.2")
    await later.comes()
    monkeypatch.setattr(places, "SETTLED_S", 1000.0)
    monkeypatch.setattr(places, "TURN_S", 0.01)
    with pytest.raises(Busy):
        await Line(berths, 8, "10.0.0.2").task
    for line in (first, third, anybody, ours, later):
        await line.close()
