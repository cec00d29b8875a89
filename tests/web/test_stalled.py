"""A page whose machine reads no more, or is no longer there: it holds nothing of ours for long."""

import json

import pytest

from recado.domain.events import ToOperators, VisitorPresence
from recado.domain.ids import ConversationId
from recado.web import socket as sockets
from recado.web import transport
from recado.workers.timers import TURN_S, Timers
from tests.web.doors import CONSOLE, WIDGET, House
from tests.web.served import served, until
from tests.web.sockets import connected

FOUND_DEAD_S = 60
FRAMES = 200
"""Fewer than an outbox holds: it is the reader who must overflow it, not the test."""


async def test_a_page_that_reads_no_more_is_let_go_with_its_connection(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (sockets.CLOSE_WITHIN_S, transport.LINGER_S) == (5.0, 2.0)
    monkeypatch.setattr(sockets, "CLOSE_WITHIN_S", 0.1)
    monkeypatch.setattr(transport, "LINGER_S", 0.1)
    ana, hub = house.world.ana, house.world.desk.hub
    cookie = f"__Host-recado={house.world.signs_in(ana)}"
    async with served(house) as server:
        page = await server.open(f"{CONSOLE}/socket", Cookie=cookie)
        await until(lambda: ana.id in hub.online_operators())
        assert server.connections == 1

        def overflowed() -> bool:
            for number in range(FRAMES):
                hub.tell(VisitorPresence(ConversationId(number), online=True), ToOperators(frozenset((ana.id,))))
            return ana.id not in hub.online_operators()

        await until(overflowed)
        await until(lambda: server.connections == 0)
        page.close()


async def test_a_page_of_which_nothing_is_heard_is_let_go_and_shown_as_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sockets.SILENCE_S + sockets.CLOSE_WITHIN_S + max(transport.LINGER_S, TURN_S) <= FOUND_DEAD_S
    monkeypatch.setattr(sockets, "CLOSE_WITHIN_S", 0.1)
    monkeypatch.setattr(transport, "LINGER_S", 0.1)
    world = house.world
    chat = world.attended(world.ana)
    async with served(house) as server, connected(house.app, f"{CONSOLE}/socket", cookie=cookie_of(house)) as ana:
        await ana.until("hello")  # and is heard with the usual patience from here on
        monkeypatch.setattr(sockets, "SILENCE_S", 0.3)
        page = await server.open(f"{WIDGET}/socket")
        page.send(frame(json.dumps({"type": "hello", "token": house.token(world.lucia)}).encode()))
        there = await ana.until("visitor.presence")
        assert (there["conversation"], there["online"]) == (chat.id, True)
        await until(lambda: server.connections == 0)
        await Timers(world.desk).turn()
        away = await ana.until("visitor.presence")
        assert (away["conversation"], away["online"]) == (chat.id, False)
        page.close()


async def test_of_its_handshake_nothing_lies_with_a_socket_that_has_said_something(house: House) -> None:
    async with served(house) as server:
        page = await server.open(f"{WIDGET}/socket")
        (before,) = server.held
        assert before.scope["headers"]
        page.send(frame(json.dumps({"type": "hello", "token": house.token(house.world.lucia)}).encode()))
        await until(lambda: house.world.desk.hub.is_online(house.world.lucia.id))
        (socket,) = server.held
        assert (socket.request, socket.response, socket.scope["headers"]) == (None, None, [])
        page.close()


async def test_a_socket_is_written_to_beyond_what_its_page_has_taken(house: House) -> None:
    """A file's last piece has its turn until all of it is read; a frame for a page waits for no reader."""
    async with served(house) as server:
        page = await server.open(f"{WIDGET}/socket")
        (socket,) = server.held
        low, high = socket.transport.get_write_buffer_limits()
        assert 0 < low < high
        page.close()


def cookie_of(house: House) -> str:
    return f"__Host-recado={house.world.signs_in(house.world.ana)}"


def frame(payload: bytes) -> bytes:
    """A text frame as a browser writes it, with a mask of zeros."""
    return bytes([0x81, 0x80 | 126]) + len(payload).to_bytes(2, "big") + bytes(4) + payload
