"""What no page of ours sends: bad frames on a socket, and handshakes from other sites. The process and others go on."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from typing import NamedTuple

import pytest

from tests.process import PATIENCE, Server, serving
from tests.reliability.conftest import House
from tests.reliability.wire import Party
from tests.reliability.world import World, pages, populate

TEXT, BINARY, CONTINUES, PING, RESERVED = 1, 2, 0, 9, 11
MIB = 1024 * 1024


def frame(opcode: int, payload: bytes, *, last: bool = True, masked: bool = True, says: int | None = None) -> bytes:
    """A frame as a page writes it; `says` is another length than it has."""
    length = len(payload) if says is None else says
    head = bytes([(0x80 if last else 0) | opcode])
    mask = 0x80 if masked else 0
    if length < 126:
        head += bytes([mask | length])
    elif length < 65536:
        head += bytes([mask | 126]) + struct.pack("!H", length)
    else:
        head += bytes([mask | 127]) + struct.pack("!Q", length)
    return head + (bytes(4) if masked else b"") + payload


def huge() -> Iterator[bytes]:
    yield frame(TEXT, b"x" * MIB, says=16 * MIB)
    for _ in range(15):
        yield b"x" * MIB


def endless(piece: bytes) -> Iterator[bytes]:
    yield frame(TEXT, b'{"type":"', last=False)
    for _ in range(400):
        yield frame(CONTINUES, piece, last=False) * 50


def flood(one: bytes) -> Iterator[bytes]:
    for _ in range(200):
        yield one * 50


FRAMES: dict[str, Callable[[], Iterator[bytes]]] = {
    "16 MiB in one frame": huge,
    "pieces without end": lambda: endless(b"x" * 1000),
    "empty pieces without end": lambda: endless(b""),
    "half a character": lambda: iter([frame(TEXT, b'{"type":"ping\xff"}')]),
    "JSON nested 8,000 deep": lambda: iter([frame(TEXT, b"[" * 8_000)]),
    "JSON nested 100,000 deep": lambda: iter([frame(TEXT, b"[" * 100_000)]),
    "an unknown type": lambda: iter([frame(TEXT, b'{"type":"subscribe","to":"*"}')]),
    "bytes": lambda: iter([frame(BINARY, b"\x00\x01")]),
    "a reserved kind": lambda: iter([frame(RESERVED, b"")]),
    "no mask": lambda: iter([frame(TEXT, b'{"type":"ping"}', masked=False)]),
    "a piece of nothing": lambda: iter([frame(CONTINUES, b"x")]),
    "10,000 pings of the protocol": lambda: flood(frame(PING, b"1234")),
    "10,000 pings of ours": lambda: flood(frame(TEXT, b'{"type":"ping"}')),
}
FLOODS = {name for name in FRAMES if name.startswith(("16 MiB", "10,000")) or name.endswith("end")}


class Scene(NamedTuple):
    """A running desk, an operator's page and a visitor's."""

    server: Server
    world: World
    operator: Party
    visitor: Party


@pytest.fixture
async def scene(house: House) -> AsyncIterator[Scene]:
    """Started by the command, with the caps that people meet."""
    world = populate(house.url, attended=2)
    with serving(house.server()) as server:
        async with pages(server) as opened:
            talk = world.talks[0]
            assert talk.owner is not None
            yield Scene(server, world, await opened.of(talk.owner), await opened.of(talk.guest))


def handshake(party: Party, origin: str | None) -> bytes:
    """What a browser sends to open a socket, from a page of this origin."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = party.request("GET", "socket").decode().split("\r\n")
    kept = [line for line in lines if line and not line.startswith(("Origin:", "Content-Length:"))]
    kept += ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    kept += [] if origin is None else [f"Origin: {origin}"]
    return "\r\n".join([*kept, "", ""]).encode()


async def closing_code(reader: asyncio.StreamReader) -> int | None:
    """The code with which the server closes; None where it just ends the connection."""
    while True:
        try:
            kind, length = await reader.readexactly(2)
            if length == 126:
                (length,) = struct.unpack("!H", await reader.readexactly(2))
            payload = await reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        if kind & 0x0F == 8:
            return int(struct.unpack("!H", payload[:2])[0])


async def write_all(writer: asyncio.StreamWriter, pieces: Iterator[bytes]) -> None:
    """Write on until the other side has had enough."""
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        return


async def ended_with(scene: Scene, party: Party, pieces: Iterator[bytes]) -> int | None:
    """How a socket ends on which this is written."""
    reader, writer = await asyncio.open_connection("127.0.0.1", scene.server.port)
    writer.write(handshake(party, scene.server.base_url))
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    if party.api == "widget":
        token = party.request("GET", "").decode().split("Bearer ")[1].split("\r\n")[0]
        writer.write(frame(TEXT, f'{{"type":"hello","token":"{token}"}}'.encode()))
    writing = asyncio.create_task(write_all(writer, pieces))
    try:
        async with asyncio.timeout(10 * PATIENCE):
            return await closing_code(reader)
    finally:
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        writer.transport.abort()


async def test_a_bad_frame_ends_its_own_socket_and_nothing_else(scene: Scene) -> None:
    for party in (scene.operator, scene.visitor):
        beside = await party.open_socket()
        assert (await beside.hear())["type"] == "hello"
        for kind, pieces in FRAMES.items():
            code = await ended_with(scene, party, pieces())
            # A flood may be cut off before the close can be read: whoever writes on is told by a RST.
            assert code in {1002, 1003, 1007, 1008, 1009, 4400} or (code is None and kind in FLOODS), (kind, code)
            talk = scene.world.talks[0]
            sent = await scene.visitor.say(talk.chat.public_id, str(uuid.uuid4()), kind)
            assert sent.status == 201
            async with asyncio.timeout(PATIENCE):
                while (await beside.hear())["type"] != "message.posted":
                    pass
        await beside.close()
    assert scene.server.is_ready(10)
    assert "socket_failed" not in scene.server.log_text()


async def test_a_handshake_from_any_other_page_is_denied_with_valid_keys_too(scene: Scene) -> None:
    for party in (scene.operator, scene.visitor):
        for origin in ("https://evil.test", "null", None, "http://127.0.0.1.evil.test", "https://shop.example"):
            reader, writer = await asyncio.open_connection("127.0.0.1", scene.server.port)
            writer.write(handshake(party, origin))
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 403"), origin
            writer.close()
        await (await party.open_socket()).close()
