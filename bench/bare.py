"""Bare servers under the product's own server settings: what the machine and the libraries allow at best.

`python -m bench.bare http PORT`: one raw ASGI function, no framework. It answers requests with a fixed body, keeps
sockets by their path, and a POST to `/push/PATH` sends a fixed frame to all that connected to `/PATH`. `/part` is a
part of a long file.
`python -m bench.bare route PORT`: a Litestar route that decodes a message and encodes an answer, and one that writes
what comes to the disk; nothing else.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from litestar import Litestar, Request, get, post, put
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from recado import server, settings

ANSWER_BYTES = 470
"""About what the product answers to a message."""

ANSWER = msgspec.json.encode({"entry": "x" * (ANSWER_BYTES - 12)})
FRAME = msgspec.json.encode({"type": "message.posted", "entries": "x" * 400}).decode()
LONG_BYTES = 20_000_000
HELLO = '{"type":"hello"}'

_folder = ""
"""Where files come to lie while it serves."""
_sockets: defaultdict[str, set[ASGISendCallable]] = defaultdict(set)


async def raw(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer whatever comes with as little as ASGI allows."""
    if scope["type"] == "websocket":
        await _socket(scope["path"], receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)
    else:
        await _live(receive, send)


async def _live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _answer(scope: Any, receive: ASGIReceiveCallable, send: Any) -> None:
    path = scope["path"]
    while (await receive()).get("more_body"):
        pass
    if path == "/part":
        await _part(dict(scope["headers"])[b"range"], send)
        return
    if path.startswith("/push"):
        for push in tuple(_sockets[path.removeprefix("/push")]):
            await push({"type": "websocket.send", "bytes": None, "text": FRAME})
    length = str(len(ANSWER)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


async def _part(asked: bytes, send: Any) -> None:
    """Answer with a part of the long file."""
    start, end = map(int, asked.removeprefix(b"bytes=").split(b"-"))
    piece = _read(start, end + 1)
    length = str(len(piece)).encode()
    await send({"type": "http.response.start", "status": 206, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": piece})


def _read(start: int, end: int) -> bytes:
    path = Path(_folder, "long")
    if not path.exists():
        path.write_bytes(bytes(LONG_BYTES))
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)


async def _socket(path: str, receive: ASGIReceiveCallable, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
    await send({"type": "websocket.send", "bytes": None, "text": HELLO})
    _sockets[path].add(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    _sockets[path].discard(send)


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is posted to the product, too."""

    client_id: str
    body: str


class Answer(msgspec.Struct, frozen=True):
    """About as much as the product answers."""

    entry: str


_FIXED = Answer("x" * (ANSWER_BYTES - 12))


@get("/readyz")
async def ready() -> Answer:
    """Return a fixed answer."""
    return _FIXED


@post("/{path:path}", sync_to_thread=False)
def routed(path: str, data: Message) -> Answer:  # noqa: ARG001 - taken apart, as the product's route does
    """Return a fixed answer to a message."""
    return _FIXED


@put("/files", request_max_body_size=None)
async def stored(request: Request[Any, Any, Any]) -> Answer:
    """Write a file down as it comes, let the disk have it, and return a fixed answer."""
    with Path(_folder, "stored").open("wb") as file:  # noqa: ASYNC230 - it has nothing else to do meanwhile
        async for piece in request.stream():
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return _FIXED


def main(kind: str, port: int) -> None:
    """Serve until told to end."""
    app: Any = raw if kind == "http" else Litestar([ready, routed, stored], openapi_config=None, logging_config=None)
    global _folder
    with tempfile.TemporaryDirectory() as _folder:
        given = settings.load({"RECADO_DATA": _folder, "RECADO_PORT": str(port)})
        with server.listen(given) as listening:
            uvicorn.Server(server.configuration(app, given)).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
