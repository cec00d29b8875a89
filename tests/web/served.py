"""The application behind the server's own protocol, on a loopback port: for what only a real connection shows."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from uvicorn.server import ServerState

from recado.server import configuration
from tests.web.doors import BASE, House

SMALL = 4096
GUARD_S = 20.0


async def until(true: Callable[[], bool]) -> None:
    """Waits for what the server does on its own."""
    async with asyncio.timeout(GUARD_S):
        while not true():  # noqa: ASYNC110 - the server has no event for a test
            await asyncio.sleep(0.01)


class Served:
    """The application on a port; `connections` are those that the server still holds."""

    def __init__(self, address: tuple[str, int], state: ServerState) -> None:
        self.address = address
        self._state = state

    @property
    def connections(self) -> int:
        return len(self._state.connections)

    @property
    def held(self) -> list[Any]:
        """The server's ends of them."""
        return [*self._state.connections]

    async def open(self, path: str, **headers: str) -> socket.socket:
        """A page's socket that can hold little unread, once the handshake is answered."""
        mine = socket.socket()
        mine.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        mine.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(mine, self.address)
        sent = {
            "Host": "desk.example",
            "Origin": BASE,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Version": "13",
        } | headers
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
        await loop.sock_sendall(mine, "\r\n".join(lines).encode())
        async with asyncio.timeout(GUARD_S):
            assert (await loop.sock_recv(mine, 12)) == b"HTTP/1.1 101"
        return mine


@asynccontextmanager
async def served(house: House) -> AsyncIterator[Served]:
    """The house on a port, where the system keeps little of what is not read."""
    config = configuration(house.app, house.settings)
    config.load()
    state = ServerState()
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    listening.bind(("127.0.0.1", 0))
    loop = asyncio.get_running_loop()

    def protocol() -> asyncio.Protocol:
        made: asyncio.Protocol = config.http_protocol_class(config, state, {})  # type: ignore[call-arg]
        return made

    server = await loop.create_server(protocol, sock=listening)
    try:
        yield Served(listening.getsockname(), state)
    finally:
        server.close()
