"""Hints of sockets: who is there, who looks, who types. They may be lost; a page may not be, for want of one."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from recado.actions import queue
from recado.db import signs
from recado.domain.actors import Visitor
from recado.domain.errors import Busy
from recado.live.outbox import TRY_LATER
from recado.web.limits import HELLOS, HELLOS_PER_NETWORK, SOCKETS_PER_NETWORK, Rate
from recado.web.widget import socket as widget_door
from recado.workers.timers import Timers
from tests.web.doors import CONSOLE, WIDGET, House
from tests.web.sockets import Closed, Socket, connected
from tests.world import SHOP


async def busy(*_: Any) -> None:
    raise Busy


def unreadable(*_: Any, **__: Any) -> None:
    raise Busy


async def test_a_store_that_has_no_time_for_hints_ends_no_socket(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    world = house.world
    chat = world.waiting(world.lucia)
    cookie = f"__Host-recado={world.signs_in(world.ana)}"
    async with (
        connected(house.app, f"{CONSOLE}/socket", cookie=cookie) as ana,
        connected(house.app, f"{WIDGET}/socket") as lucia,
    ):
        assert (await ana.next())["type"] == "hello"
        ana.say({"type": "looking", "conversation": chat.id})
        await ana.until("looking")
        monkeypatch.setattr(world.desk, "see", busy)
        lucia.say({"type": "hello", "token": house.token(world.lucia)})
        assert (await lucia.next())["type"] == "hello"
        lucia.say({"type": "typing", "conversation": chat.public_id})
        ana.say({"type": "typing", "conversation": chat.id})
        ana.say({"type": "looking", "conversation": None})
        assert await lucia.answered() == []
        assert await ana.answered() == []
        assert world.desk.presence.lookers(chat.id) == []


@asynccontextmanager
async def chat_of_lucia(house: House) -> AsyncIterator[Socket]:
    async with connected(house.app, f"{WIDGET}/socket") as lucia:
        lucia.say({"type": "hello", "token": house.token(house.world.lucia)})
        await lucia.until("hello")
        yield lucia


async def test_a_visitor_who_comes_and_goes_is_said_to_be_there_once_and_gone_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, bus, timers = house.world, house.world.desk.bus, Timers(house.world.desk)
    world.waiting(world.lucia)
    async with connected(house.app, f"{CONSOLE}/socket", cookie=f"__Host-recado={world.signs_in(world.ana)}") as ana:
        await ana.next()
        for _ in range(20):
            async with chat_of_lucia(house):
                pass
            await timers.turn()
        assert [frame["online"] for frame in await ana.answered()] == [True]
        assert bus.is_online(world.lucia.id)
        monkeypatch.setattr("recado.live.bus.GONE_AFTER_S", 0.0)
        async with chat_of_lucia(house):
            await timers.turn()
            assert await ana.answered() == []
        await timers.turn()
        assert [frame["online"] for frame in await ana.answered()] == [False]
        assert not bus.is_online(world.lucia.id)
        async with chat_of_lucia(house):
            assert [frame["online"] for frame in await ana.answered()] == [True]


async def test_who_comes_back_while_it_is_looked_up_whom_to_tell_is_not_said_to_be_gone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, timers, see = house.world, Timers(house.world.desk), house.world.desk.see
    world.waiting(world.lucia)
    monkeypatch.setattr("recado.live.bus.GONE_AFTER_S", 0.0)
    async with connected(house.app, f"{CONSOLE}/socket", cookie=f"__Host-recado={world.signs_in(world.ana)}") as ana:
        await ana.next()
        async with chat_of_lucia(house):
            pass
        async with AsyncExitStack() as back:

            async def see_late(*asked: Any) -> Any:
                monkeypatch.setattr(world.desk, "see", see)
                found = await see(*asked)
                await back.enter_async_context(chat_of_lucia(house))
                return found

            monkeypatch.setattr(world.desk, "see", see_late)
            await timers.tell_gone()
            assert [frame["online"] for frame in await ana.answered()] == [True]


async def test_who_has_gone_is_told_once_the_store_can_be_read_again_and_keeps_no_pause_from_ending(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, timers = house.world, Timers(house.world.desk)
    chat, aside = world.attended(world.ana), world.attended(world.ana, world.julian)
    world.act(queue.pause, world.ana, aside.id, world.clock() + 1_000_000)
    world.clock.pass_s(2)
    monkeypatch.setattr("recado.live.bus.GONE_AFTER_S", 0.0)
    async with connected(house.app, f"{CONSOLE}/socket", cookie=f"__Host-recado={world.signs_in(world.ana)}") as ana:
        await ana.next()
        async with chat_of_lucia(house):
            pass
        await ana.until("visitor.presence")
        with monkeypatch.context() as patch:
            patch.setattr(signs, "presence", unreadable)
            with pytest.raises(Busy):
                await timers.turn()
        assert [frame["type"] for frame in await ana.answered()] == ["conversation.resumed"]
        assert world.desk.bus.is_online(world.lucia.id)
        await timers.turn()
        (gone,) = await ana.answered()
        assert (gone["type"], gone["conversation"], gone["online"]) == ("visitor.presence", chat.id, False)
        assert not world.desk.bus.is_online(world.lucia.id)


async def is_let_in(house: House, visitor: Visitor, address: str) -> bool:
    async with connected(house.app, f"{WIDGET}/socket", address) as socket:
        socket.say({"type": "hello", "token": house.token(visitor)})
        try:
            return bool((await socket.next())["type"] == "hello")
        except Closed as closed:
            if closed.code != TRY_LATER:
                raise
            return False


async def test_a_visitor_s_pages_may_come_so_often_and_then_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = house.world
    assert HELLOS.burst >= 2 * widget_door.PAGES_MAX
    monkeypatch.setattr(widget_door, "HELLOS", Rate(1e-9, 3))
    came = [await is_let_in(house, world.lucia, f"192.0.2.{number}") for number in range(5)]
    assert came == [True] * 3 + [False] * 2
    assert await is_let_in(house, world.julian, "192.0.2.1")


async def test_so_may_all_the_visitors_of_a_network_together(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    world = house.world
    assert HELLOS_PER_NETWORK.burst >= 2 * SOCKETS_PER_NETWORK
    monkeypatch.setattr(widget_door, "HELLOS_PER_NETWORK", Rate(1e-9, 3))
    many = [world.comes(world.shop, SHOP) for _ in range(5)]
    assert [await is_let_in(house, one, "192.0.2.1") for one in many] == [True] * 3 + [False] * 2
    assert await is_let_in(house, many[0], "192.0.2.2")
    # A proxy on this machine that the settings do not name: behind it is everybody.
    assert all([await is_let_in(house, one, "127.0.0.1") for one in many])
