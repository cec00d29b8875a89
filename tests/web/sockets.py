"""A browser's end of a socket, spoken to the application itself without a network."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar

from tests.web.doors import BASE

GUARD_S = 20.0


class Closed(Exception):  # noqa: N818 - an ending is no error
    """The server has closed the socket, or denied the handshake (then `accepted` is False)."""

    def __init__(self, code: int, *, accepted: bool) -> None:
        super().__init__(code)
        self.code = code
        self.accepted = accepted


class Socket:
    """One open page's connection."""

    def __init__(self) -> None:
        self._to_server: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_page: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._accepted = False
        self.received: list[Any] = []

    def say(self, frame: Any) -> None:
        """Send a frame: JSON of it, text as it is, or bytes."""
        text = frame if isinstance(frame, str) else None
        raw = frame if isinstance(frame, bytes) else None
        if text is None and raw is None:
            text = json.dumps(frame)
        self._to_server.put_nowait({"type": "websocket.receive", "text": text, "bytes": raw})

    async def next(self) -> Any:
        """The next frame; raises `Closed`."""
        while True:
            async with asyncio.timeout(GUARD_S):
                message = await self._to_page.get()
            if message["type"] == "websocket.accept":
                self._accepted = True
            elif message["type"] == "websocket.close":
                raise Closed(message["code"], accepted=self._accepted)
            elif message["type"] == "websocket.send":
                self.received.append(json.loads(message["text"]))
                return self.received[-1]

    async def until(self, kind: str) -> Any:
        """The next frame of this type."""
        while (frame := await self.next())["type"] != kind:
            pass
        return frame

    async def end(self) -> Closed:
        """How the server closes it."""
        while True:
            try:
                await self.next()
            except Closed as closed:
                return closed

    async def answered(self) -> list[Any]:
        """All frames that came before the answer to a ping that is sent now: nothing else is on its way."""
        before = len(self.received)
        self.say({"type": "ping"})
        await self.until("pong")
        return self.received[before:-1]


@asynccontextmanager
async def connected(app: Litestar, path: str, client: str = "10.0.0.1", **headers: str | None) -> AsyncIterator[Socket]:
    """A socket to this path from this address; `origin=None` takes the header away."""
    socket = Socket()
    sent: dict[str, str | None] = {"host": "desk.example", "origin": BASE, **headers}
    raw = [(name.encode(), value.encode()) for name, value in sent.items() if value is not None]
    scope: Any = {
        "type": "websocket",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "wss",
        "path": path.partition("?")[0],
        "raw_path": path.partition("?")[0].encode(),
        "query_string": path.partition("?")[2].encode(),
        "root_path": "",
        "headers": raw,
        "client": (client, 4000),
        "server": ("desk.example", 443),
        "subprotocols": [],
        "state": {},
    }
    socket._to_server.put_nowait({"type": "websocket.connect"})

    async def send(message: Any) -> None:
        socket._to_page.put_nowait(message)

    application: Any = app
    served = asyncio.ensure_future(application(scope, socket._to_server.get, send))
    try:
        yield socket
    finally:
        socket._to_server.put_nowait({"type": "websocket.disconnect", "code": 1000})
        async with asyncio.timeout(GUARD_S):
            await served
