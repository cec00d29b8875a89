"""Files that go out: for as long as their reader may have them, a few at once to each, and little of each in memory."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import nullcontext
from unittest.mock import AsyncMock, Mock

import pytest
import pytest_asyncio

from recado.actions import queue
from recado.db.attachments import Stored
from recado.files.store import PIECE
from recado.web import berths, serving
from recado.web.berths import Pace
from recado.web.serving import Serving, _whole_of
from tests.files.samples import PDF
from tests.web.doors import CONSOLE, WIDGET, House
from tests.web.files import Sending
from tests.web.served import GUARD_S, SMALL, Served, served
from tests.world import Chat

LARGE = PDF + bytes(40 * PIECE)
ONE_PIECE = PDF + bytes(PIECE - len(PDF) - 1)


@pytest.fixture
def chat(house: House) -> Chat:
    return house.world.attended()


@pytest_asyncio.fixture
async def file(house: House, chat: Chat) -> str:
    """A large one, which Ana has sent."""
    ana = Sending(house, house.operator(house.world.ana), chat)
    return str((await ana.sent("a.pdf", LARGE))["id"])


class Reader:
    """Somebody who has asked for a file, and reads what they like."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    @classmethod
    async def asks(cls, server: Served, path: str, **headers: str) -> "Reader":
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        line.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(line, server.address)
        said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        await loop.sock_sendall(line, f"GET {path} HTTP/1.1\r\nHost: desk.example\r\n{said}\r\n".encode())
        return cls(line)

    async def status(self) -> int:
        async with asyncio.timeout(GUARD_S):
            return int((await asyncio.get_running_loop().sock_recv(self._line, 12))[9:])

    async def rest(self) -> int:
        """How many bytes come until the line ends."""
        count = 0
        async with asyncio.timeout(GUARD_S):
            while got := await asyncio.get_running_loop().sock_recv(self._line, PIECE):
                count += len(got)
        return count

    def leave(self) -> None:
        self._line.close()


async def test_who_loses_a_file_while_it_goes_out_gets_no_more_of_it(
    house: House, chat: Chat, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert serving.LOOK_AGAIN_S == 3.0
    monkeypatch.setattr(serving, "LOOK_AGAIN_S", 0.0)
    world = house.world
    cookie = f"__Host-recado={world.signs_in(world.ana)}"
    async with served(house) as server:
        reader = await Reader.asks(server, f"{CONSOLE}/files/{file}", Cookie=cookie)
        assert await reader.status() == 200
        world.act(queue.transfer, world.ana, chat.id, world.department("Soporte"), None)
        assert await reader.rest() < len(LARGE) // 2
        reader.leave()


async def test_to_one_person_a_few_go_out_at_once_and_others_wait_for_one_of_them(
    house: House, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "TO_VISITOR", 2)
    world = house.world
    mine, hers = {"Authorization": f"Bearer {house.token(world.lucia)}"}, f"__Host-recado={world.signs_in(world.ana)}"
    async with served(house) as server:
        path = f"{WIDGET}/files/{file}"
        first, second = [await Reader.asks(server, path, **mine) for _ in range(2)]
        assert (await first.status(), await second.status()) == (200, 200)
        with monkeypatch.context() as patched:
            patched.setattr(berths, "TURN_S", 0.01)
            refused = await Reader.asks(server, path, **mine)
            assert await refused.status() == 503
        others = await Reader.asks(server, f"{CONSOLE}/files/{file}", Cookie=hers)
        assert await others.status() == 200
        waiting = await Reader.asks(server, path, **mine)
        first.leave()
        assert await waiting.status() == 200
        for one in (second, refused, others, waiting):
            one.leave()


async def test_a_file_has_its_turn_until_its_reader_has_the_last_of_it(
    house: House, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "TO_VISITOR", 1)
    ana = Sending(house, house.operator(house.world.ana), chat)
    path = f"{WIDGET}/files/{(await ana.sent('a.pdf', ONE_PIECE))['id']}"
    mine = {"Authorization": f"Bearer {house.token(house.world.lucia)}", "Connection": "close"}
    async with served(house) as server:
        slow = await Reader.asks(server, path, **mine)
        assert await slow.status() == 200
        with monkeypatch.context() as patched:
            patched.setattr(berths, "TURN_S", 0.05)
            refused = await Reader.asks(server, path, **mine)
            assert await refused.status() == 503
        assert await slow.rest() > len(ONE_PIECE)
        next_one = await Reader.asks(server, path, **mine)
        assert await next_one.status() == 200
        for one in (slow, refused, next_one):
            one.leave()


@pytest.mark.parametrize("most", ["TO_VISITORS", "TO_NETWORK"])
async def test_who_reads_hardly_anything_keeps_no_other_visitor_from_files(
    house: House, file: str, most: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, most, 2)
    monkeypatch.setattr(serving, "machine_from", lambda _: "192.0.2.1")
    monkeypatch.setattr(berths, "SETTLED_S", 0.0)
    mine = {"Authorization": f"Bearer {house.token(house.world.lucia)}"}
    async with served(house) as server:
        path = f"{WIDGET}/files/{file}"
        slow = [await Reader.asks(server, path, **mine) for _ in range(2)]
        assert [await one.status() for one in slow] == [200, 200]
        newcomer = await Reader.asks(server, path, **mine)
        assert await newcomer.status() == 200
        reading = [asyncio.create_task(one.rest()) for one in slow]
        done, going_on = await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
        (ended,) = done
        assert isinstance(ended.exception(), ConnectionResetError) or ended.result() < len(LARGE)
        for task in going_on:
            task.cancel()
        for one in (*slow, newcomer):
            one.leave()


async def test_of_what_has_gone_out_nothing_is_kept() -> None:
    alive: list[int] = []

    class Piece(bytes):
        def __del__(self) -> None:
            alive.pop()

    async def read() -> AsyncIterator[bytes]:
        for _ in range(5):
            alive.append(1)
            yield Piece(b"x")

    pieces = Serving(Mock())._going_out(nullcontext(Pace(0.0)), read(), AsyncMock(spec=Stored))
    first = [await anext(pieces)]
    async for _ in _whole_of(first, pieces):
        assert len(alive) <= 1
