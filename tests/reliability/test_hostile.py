"""Whoever wants the desk to stand still: connections that do nothing, and bytes that mean nothing. It goes on."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import select
import shutil
import socket
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.process import PATIENCE, Server, serving
from tests.reliability.conftest import Figure, House
from tests.reliability.sizes import size
from tests.reliability.test_frames import TEXT, frame, handshake
from tests.reliability.wire import Party
from tests.reliability.world import World, pages, populate
from tests.reliability.zygote import Zygote

HELD = size(300, 5_000)
SENDS = size(20, 500)
FUZZED = size(300, 30_000)
SENT_S = 0.25
AT_ONCE = 20
WORD_S = 1.0
"""What is not answered within this is waited for by the server: it is no whole request."""
ENDED_S = 60.0
HEAD = b"POST /api/v1/widget/visits HTTP/1.1\r\nHost: desk.example\r\nContent-Type: application/json\r\n"
BEGINNINGS = (b"", b"G", b"GET / HTTP/1.1\r\nX-A: b", HEAD, HEAD + b"Content-Length: 400000\r\n\r\n{", b"\r\n")
FAULTS = ("Traceback", "request_failed", "socket_failed", "exception")


class Scene(NamedTuple):
    """A running desk, and a visitor's page."""

    server: Server
    world: World
    visitor: Party
    process: int
    """A descriptor of the server's process, which can be read once that has ended."""


@pytest.fixture
async def scene(migrated_file: Path, tmp_path: Path, zygote: Zygote) -> AsyncIterator[Scene]:
    """On SQLite alone: none of this reaches a database."""
    shutil.copy(migrated_file, tmp_path)
    house = House(tmp_path, f"sqlite:///{tmp_path / migrated_file.name}")
    world = populate(house.url, attended=2)
    with serving(house.server(), zygote.start) as server:
        assert server.pid is not None
        process = os.pidfd_open(server.pid)
        async with pages(server) as opened:
            yield Scene(server, world, await opened.of(world.talks[0].guest), process)
        os.close(process)


async def sends(scene: Scene, count: int) -> list[float]:
    """The visitor writes; gives the seconds that each message took."""
    took = []
    for _ in range(count):
        began = time.perf_counter()
        answer = await scene.visitor.say(scene.world.talks[0].chat.public_id, str(uuid.uuid4()), "Hello?")
        assert answer.status == 201
        took.append(time.perf_counter() - began)
    return took


def assert_well(scene: Scene) -> None:
    """The same process, ready, and with nothing to say."""
    ended = select.poll()
    ended.register(scene.process, select.POLLIN)
    assert not ended.poll(0)
    assert scene.server.is_ready(SENT_S * PATIENCE)
    said = scene.server.log_text()
    assert not [fault for fault in FAULTS if fault in said], said[-2_000:]


@pytest.mark.slow
async def test_connections_that_do_nothing_keep_nobody_out(scene: Scene, figure: Figure) -> None:
    usual = max(await sends(scene, SENDS))
    async with contextlib.AsyncExitStack() as stack:
        idle = []
        for number in range(HELD):
            upgrade = handshake(scene.visitor, scene.server.base_url)
            idle.append(stack.enter_context(socket.create_connection(("127.0.0.1", scene.server.port))))
            idle[-1].sendall(upgrade if number % 10 == 0 else BEGINNINGS[number % len(BEGINNINGS)])
        took = max(await sends(scene, SENDS))
        held = sum(is_held(one) for one in idle)
        assert_well(scene)
    assert held > HELD * 0.8, "the server waits longer than this takes, but for a socket's greeting"
    assert took <= SENT_S * PATIENCE
    figure(f"a message took {took * 1000:.0f} ms at most beside {held} held connections, {usual * 1000:.0f} ms without")


def is_held(mine: socket.socket) -> bool:
    """Whether the server still waits for what comes on a connection: it has neither refused nor ended it."""
    try:
        return mine.recv(16, socket.MSG_DONTWAIT).startswith(b"HTTP/1.1 101")
    except BlockingIOError:
        return True


def mutated(chance: random.Random, raw: bytes) -> bytes:
    """Some bytes changed, left out, doubled or put in."""
    made = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(4):
            case 0:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del made[at : at + chance.randint(1, 20)]
            case 2:
                made[at:at] = made[: chance.randint(1, 40)]
            case _:
                made[at:at] = chance.randbytes(chance.randint(1, 30))
    return bytes(made)


def noise(scene: Scene) -> Iterator[bytes]:
    """Requests and sockets that are nearly right, the same ones in each run."""
    chance = random.Random(7)
    party, which = scene.visitor, scene.world.talks[0].chat.public_id
    right = [
        party.request("GET", "conversations"),
        party.request("POST", f"conversations/{which}/messages", {"client_id": str(uuid.uuid4()), "body": "Hello?"}),
        party.request("POST", f"conversations/{which}/read", {"seq": 1}),
        HEAD + b"Content-Length: 2\r\n\r\n{}",
    ]
    upgrade = handshake(party, scene.server.base_url)
    frames = [frame(TEXT, b'{"type":"hello","token":"x"}'), frame(TEXT, b'{"type":"ping"}')]
    for number in range(FUZZED):
        if number % 3 == 0:
            yield upgrade + b"".join(mutated(chance, chance.choice(frames)) for _ in range(3))
        elif number % 3 == 1:
            yield mutated(chance, upgrade)
        else:
            yield mutated(chance, chance.choice(right))


@pytest.mark.slow
@pytest.mark.timeout(size(300, 7_200))
async def test_no_bytes_end_the_process(scene: Scene) -> None:
    told = noise(scene)
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(tell(scene.server.port, told))
    await sends(scene, 3)
    assert_well(scene)


async def tell(port: int, told: Iterator[bytes]) -> None:
    """Send one after the other, each until the server has ended it: after its first word, or when it has none."""
    for raw in told:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            writer.write(raw)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WORD_S):
                    await reader.read(1)
            with contextlib.suppress(OSError):  # it may have been ended by now
                writer.write_eof()
            async with asyncio.timeout(ENDED_S):
                await reader.read()
        writer.close()
