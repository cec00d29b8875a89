"""One person at a page, on the wire: keep-alive HTTP and a socket, and every byte that reaches them is kept.

Written on bare sockets, since the clients share the machine with the server that they press.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import Counter
from typing import Any, NamedTuple, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from tests.process import Guest, Member, Server

CANARY = re.compile(rb"canary-[0-9a-f]{20}")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Manners(NamedTuple):
    """How a page looks after its connections: how often it asks for a sign of life, and what it takes for an end."""

    ping_every_s: float = 20.0
    dead_after_s: float = 10.0
    answer_within_s: float = 60.0


class LostError(ConnectionError):
    """The connection ended before the answer was there."""


class Answer(NamedTuple):
    """What the server said."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """The code of a refusal."""
        found: str | None = self.json.get("code")
        return found


class Kept:
    """Every byte that one person received, by all their connections."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def keep(self, data: bytes) -> None:
        self._chunks.append(data)

    def canaries(self) -> set[str]:
        """The canaries in all that was received."""
        self._chunks = [b"".join(self._chunks)]
        return {found.decode() for found in CANARY.findall(self._chunks[0])}


class Connection(asyncio.Protocol):
    """One keep-alive connection; one request at a time."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._buffer = b""
        self._answer: asyncio.Future[Answer] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_ends = self._buffer.find(b"\r\n\r\n")
        if head_ends < 0:
            return
        head, begins = self._buffer[:head_ends], head_ends + 4
        length = _LENGTH.search(head)
        ends = begins + (int(length[1]) if length else 0)
        if len(self._buffer) < ends:
            return
        whole, self._buffer = self._buffer[:ends], self._buffer[ends:]
        self._kept.keep(whole)
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(int(head[9:12]), whole[begins:]))

    def connection_lost(self, _: Exception | None) -> None:
        self._kept.keep(self._buffer)
        self.transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LostError("the server has gone"))

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for its answer; raises `LostError`."""
        if self.transport is None:
            raise LostError("not connected")
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer


class Socket:
    """A socket that shows now and then that it lives, and notices when the other side does not, as pages do."""

    def __init__(self, socket: ClientConnection, kept: Kept, manners: Manners) -> None:
        self._socket = socket
        self._kept = kept
        self._manners = manners
        self._pinged_at = time.monotonic()
        self._heard_at = self._pinged_at

    async def hear(self) -> dict[str, Any]:
        """The next event; raises `websockets.ConnectionClosed`, and `TimeoutError` where nobody answers any more."""
        while True:
            now = time.monotonic()
            if self._heard_at < self._pinged_at < now - self._manners.dead_after_s:
                raise TimeoutError
            if now - self._pinged_at > self._manners.ping_every_s and self._heard_at >= self._pinged_at:
                self._pinged_at = now
                await self._socket.send('{"type":"ping"}')
            try:
                async with asyncio.timeout(min(self._manners.ping_every_s, self._manners.dead_after_s)):
                    frame = await self._socket.recv(decode=False)
            except TimeoutError:
                continue
            self._heard_at = time.monotonic()
            self._kept.keep(frame)
            heard: dict[str, Any] = json.loads(frame)
            if heard["type"] != "pong":
                return heard

    async def say(self, frame: str | bytes) -> None:
        """Send a frame."""
        await self._socket.send(frame)

    async def close(self) -> None:
        """Close in order, or give it up where nobody answers."""
        try:
            async with asyncio.timeout(self._manners.dead_after_s):
                await self._socket.close()
        except TimeoutError:
            self._socket.transport.abort()


PART = "application/offset+octet-stream"


class Party:
    """Somebody with a page open. `api` is their door: console or widget; `port` may be another way to the server."""

    def __init__(self, name: str, server: Server, api: str, headers: str) -> None:
        self.name = name
        self.api = api
        self.kept = Kept()
        self.server = server
        self.port = server.port
        self.manners = Manners()
        self.statuses: Counter[int] = Counter()
        self.asked: list[str] = []
        self._headers = f"Host: 127.0.0.1:{server.port}\r\nOrigin: {server.base_url}\r\n{headers}"
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Break all connections but the socket."""
        for connection in self._all:
            if connection.transport is not None:
                connection.transport.abort()
        self._all.clear()
        self._idle.clear()

    def request(self, method: str, path: str, body: object = None) -> bytes:
        """The bytes of a request to this person's door: of JSON, or of a part of a file."""
        raw = isinstance(body, bytes)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = "" if body is None else f"Content-Type: {PART if raw else 'application/json'}\r\n"
        line = f"{method} /api/v1/{self.api}/{path} HTTP/1.1\r\n"
        head = f"{line}{self._headers}{kind}Content-Length: {len(content)}\r\n\r\n"
        return head.encode() + content

    async def ask(self, method: str, path: str, body: object = None) -> Answer:
        """Ask on an idle connection, or on a new one; raises `ConnectionError` when there is no answer."""
        self.asked.append(path)
        try:
            async with asyncio.timeout(self.manners.answer_within_s):
                connection = self._idle.pop() if self._idle else await self.connect()
                answer = await connection.ask(self.request(method, path, body))
        except TimeoutError:
            # Whoever hears nothing on one connection trusts none of those that lie idle.
            self.leave()
            raise LostError("no answer in time") from None
        self.statuses[answer.status] += 1
        if connection.transport is not None:
            self._idle.append(connection)
        return answer

    async def get(self, path: str) -> Answer:
        return await self.ask("GET", path)

    async def post(self, path: str, body: object) -> Answer:
        return await self.ask("POST", path, body)

    async def say(self, conversation: int | str, client_id: str, body: str) -> Answer:
        """Send a message into a conversation."""
        return await self.post(f"conversations/{conversation}/messages", {"client_id": client_id, "body": body})

    async def connect(self) -> Connection:
        """A new connection; it ends with this person."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(self.kept), "127.0.0.1", self.port)
        self._all.add(connection)
        return connection

    async def ask_and_leave(self, request: bytes, leave_after: int) -> None:
        """Send a request and break the connection: at once, or when so many bytes of the answer have come."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        await writer.drain()
        if leave_after:
            await reader.read(leave_after)
        writer.transport.abort()

    async def open_socket(self) -> Socket:
        """A socket of this person."""
        address = f"ws://127.0.0.1:{self.port}/api/v1/{self.api}/socket"
        lines = (line.split(": ", 1) for line in self._headers.split("\r\n") if line.startswith("Cookie"))
        socket = await connect(
            address,
            origin=Origin(self.server.base_url),
            additional_headers=[(name, value) for name, value in lines],
            compression=None,
            ping_interval=None,
            max_size=None,
            max_queue=None,
            proxy=None,
            open_timeout=self.manners.answer_within_s,
        )
        if self.api == "widget":
            token = self._headers.split("Bearer ")[1].split("\r\n")[0]
            await socket.send(json.dumps({"type": "hello", "token": token}))
        return Socket(socket, self.kept, self.manners)


def at_console(server: Server, member: Member) -> Party:
    """An operator's page."""
    return Party(member.name, server, "console", f"Cookie: __Host-recado={member.cookie}\r\n")


def at_widget(server: Server, guest: Guest) -> Party:
    """A visitor's page."""
    return Party(f"visitor {guest.id}", server, "widget", f"Authorization: Bearer {guest.token}\r\n")
