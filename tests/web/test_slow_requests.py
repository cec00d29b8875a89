"""Requests that come slowly, never end, or are all head: they hold no connection for long, and no memory."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recado.server import NOT_ON_ITS_WAY, listen
from recado.web import transport
from tests.web.doors import CONSOLE, House, settings_for
from tests.web.served import SMALL, Served, served, until

WINDOW_S = 0.4
HEAD = b"POST /api/v1/console/session HTTP/1.1\r\nHost: desk.example\r\nContent-Type: application/json\r\n"
BODY = b'{"username": "ana", "password": "%s"}' % (b"x" * 3_000)
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
GUARD_S = 20.0


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the server wait for nobody long, from when it is called."""
    assert (transport.WINDOW_S, transport.UNREAD_S) == (20.0, 60.0)

    def shorten() -> None:
        monkeypatch.setattr(transport, "WINDOW_S", WINDOW_S)
        monkeypatch.setattr(transport, "UNREAD_S", WINDOW_S)

    return shorten


class Client:
    """A connection on which bytes are written as slowly as a test likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self._writer = writer

    @classmethod
    async def of(cls, server: Served) -> "Client":
        return cls(*await asyncio.open_connection(*server.address))

    async def write(self, pieces: Iterator[bytes], pause_s: float = 0.0) -> None:
        """Write until all is written or the other side has had enough."""
        try:
            for piece in pieces:
                self._writer.write(piece)
                await self._writer.drain()
                await asyncio.sleep(pause_s)
        except ConnectionError:
            return

    async def status(self) -> int | None:
        """The status of the answer; None where the connection just ends."""
        async with asyncio.timeout(GUARD_S):
            try:
                line = await self.reader.readline()
            except ConnectionError:
                return None
        return int(line.split()[1]) if line else None

    async def ended(self) -> None:
        """Wait until the server has ended it."""
        async with asyncio.timeout(GUARD_S):
            try:
                while await self.reader.read(65_536):
                    pass
            except ConnectionError:
                pass
        self.leave()

    def leave(self) -> None:
        self._writer.transport.abort()


def forever(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


async def test_a_connection_on_which_nothing_is_asked_is_ended(house: House, hurry: Callable[[], None]) -> None:
    hurry()
    async with served(house) as server:
        idle = await Client.of(server)
        assert await idle.status() == 408
        await idle.ended()
        await until(lambda: server.connections == 0)


@pytest.mark.parametrize("piece", [b"X-A: b\r\n", b"a"])
async def test_a_head_that_never_ends_is_given_up(house: House, piece: bytes, hurry: Callable[[], None]) -> None:
    hurry()
    async with served(house) as server:
        slow = await Client.of(server)
        writing = asyncio.create_task(slow.write(forever(piece), WINDOW_S / 20))
        await slow.write(iter([HEAD]))
        assert await slow.status() == 408
        await slow.ended()
        await writing


async def test_a_body_that_comes_in_drops_is_given_up(
    house: House, capsys: pytest.CaptureFixture[str], hurry: Callable[[], None]
) -> None:
    hurry()
    async with served(house) as server:
        dripping = await Client.of(server)
        await dripping.write(iter([HEAD + b"Content-Length: 5000\r\n\r\n{"]))
        writing = asyncio.create_task(dripping.write(forever(b" "), WINDOW_S / 20))
        assert await dripping.status() == 408
        await dripping.ended()
        await writing
        assert "request_failed" not in capsys.readouterr().out, "anybody could fill the log"


async def test_a_body_that_moves_on_is_heard_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many windows it takes: each has ended when its piece has come."""
    monkeypatch.setattr(transport, "SLOWEST", 100)
    async with served(house) as server:
        steady = await Client.of(server)
        await steady.write(iter([HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY)]))
        await until(lambda: server.connections == 1)
        (protocol,) = server.held
        await until(lambda: not protocol._in_head)
        pieces = [BODY[at : at + 300] for at in range(0, len(BODY), 300)]
        for piece in pieces[:-1]:
            await steady.write(iter([piece]))
            await until(lambda: protocol._came >= len(piece))  # noqa: B023 - called before the next
            protocol._judge()
            assert protocol._came == 0
        await steady.write(iter(pieces[-1:]))
        assert await steady.status() == 401
        steady.leave()


async def test_a_connection_that_is_kept_is_not_kept_by_empty_lines(house: House, hurry: Callable[[], None]) -> None:
    async with served(house) as server:
        client = await Client.of(server)
        await client.write(iter([b"GET /healthz HTTP/1.1\r\nHost: desk.example\r\n\r\n"]))
        assert await client.status() == 200
        hurry()
        await client.write(iter([b"\r\n"]))
        await client.ended()
        await until(lambda: server.connections == 0)


@pytest.mark.parametrize(
    ("begins", "piece"),
    [
        (b"GET /", b"a" * 8_192),
        (b"GET / HTTP/1.1\r\nX-A: ", b"a" * 8_192),
        (b"GET / HTTP/1.1\r\n", b"X-A: bc\r\n" * 1_000),
        (b"POST /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-A: bc\r\n" * 1_000),
        (b"POST /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"a" * 8_192),
    ],
    ids=["address", "one line", "lines", "lines after the body", "words beside a piece"],
)
async def test_what_is_no_body_may_not_grow_for_ever(house: House, begins: bytes, piece: bytes) -> None:
    async with served(house) as server:
        client = await Client.of(server)
        written = 0

        def counted() -> Iterator[bytes]:
            nonlocal written
            yield begins
            while written < 64 * 1024 * 1024:
                written += len(piece)
                yield piece

        await client.write(counted())
        await client.ended()
        # What lies in the system's buffers was written and never read.
        assert written < 16 * 1024 * 1024
        await until(lambda: server.connections == 0)


async def test_an_answer_that_nobody_reads_is_given_up(house: House, hurry: Callable[[], None]) -> None:
    """More is asked for, one after the other, than the system keeps for a reader that does not read."""
    async with served(house) as server:
        deaf = await Client.of(server)
        request = b"GET /api/v1/schema HTTP/1.1\r\nHost: desk.example\r\n\r\n"
        deaf.reader._transport.pause_reading()  # type: ignore[attr-defined]
        await until(lambda: server.connections == 1)
        hurry()
        await deaf.write(iter([request * 100]))
        await until(lambda: server.connections == 0)
        deaf.leave()


async def test_of_a_connection_that_is_no_more_nothing_is_waited_for(house: House) -> None:
    async with served(house) as server:
        deaf = await Client.of(server)
        deaf.reader._transport.pause_reading()  # type: ignore[attr-defined]
        await deaf.write(iter([b"GET /api/v1/schema HTTP/1.1\r\nHost: desk.example\r\nConnection: close\r\n\r\n"]))
        await until(lambda: any(one.transport._unread for one in server.held))
        (protocol,) = server.held
        watch = protocol.transport._unread
        assert watch._timer is not None
        deaf.leave()
        await until(lambda: server.connections == 0)
        assert watch._timer is None


async def test_an_answer_that_is_read_slowly_is_read_to_its_end(house: House) -> None:
    async with served(house) as server:
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        line.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(line, server.address)
        await loop.sock_sendall(line, b"GET /api/v1/schema HTTP/1.1\r\nHost: desk.example\r\n\r\n")
        await until(lambda: any(one._unread._timer for one in server.held))
        (protocol,) = server.held
        for _ in range(3):
            before, read = transport.unsent(protocol.transport), 0
            while read < 4 * transport.SLOWEST:
                read += len(await loop.sock_recv(line, SMALL))
            await until(lambda: before - transport.unsent(protocol.transport) >= transport.SLOWEST)  # noqa: B023
            protocol._unread.judge()
            assert not protocol.transport.is_closing()
        while len(await loop.sock_recv(line, 65_536)) > 0 and protocol._unread._timer:
            pass
        protocol._unread.begin()
        protocol._unread.judge()
        assert protocol.transport.is_closing()
        line.close()


async def test_more_connections_than_there_is_room_for_are_not_begun(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recado.server.room_for_connections", lambda: 3)
    async with served(house) as server:
        idle = [await Client.of(server) for _ in range(3)]
        late = await Client.of(server)
        assert await late.status() is None
        for client in idle:
            client.leave()
        await until(lambda: server.connections == 0)
        again = await Client.of(server)
        await again.write(iter([b"GET /healthz HTTP/1.1\r\nHost: desk.example\r\n\r\n"]))
        assert await again.status() == 200
        again.leave()
        late.leave()


async def test_a_whole_request_in_many_pieces_and_several_in_one_are_answered(house: House) -> None:
    request = b"GET %s/session HTTP/1.1\r\nHost: desk.example\r\n\r\n" % CONSOLE.encode()
    async with served(house) as server:
        client = await Client.of(server)
        await client.write((request[at : at + 1] for at in range(len(request))), 0)
        assert await client.status() == 401
        client.leave()
        several = await Client.of(server)
        await several.write(iter([request * 200]))
        answered = 0
        async with asyncio.timeout(GUARD_S):
            while answered < 200:
                answered += b"HTTP/1.1 401" in await several.reader.readline()
        several.leave()


def test_what_is_not_on_its_way_to_a_reader_waits_here_where_it_is_known_whose_it_is(tmp_path: Path) -> None:
    with listen(settings_for(tmp_path)._replace(host="127.0.0.1", port=0)) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            connection, _ = listening.accept()
            with connection:
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT) == NOT_ON_ITS_WAY
