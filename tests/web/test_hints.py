"""Hints of sockets: who is there, who looks, who types. They may be lost; a page may not be, for want of one."""

import asyncio
from typing import Any

import pytest

from recado.domain.errors import Busy
from recado.live.hub import VisitorSocket
from recado.web.limits import Limits
from recado.web.widget.socket import WidgetSocket
from tests.web.doors import CONSOLE, WIDGET, House
from tests.web.sockets import connected

NEVER = 2**62


async def busy(*_: Any) -> None:
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


async def test_a_visitor_who_loads_the_page_anew_is_not_said_to_be_gone(house: House) -> None:
    world, hub = house.world, house.world.desk.hub
    world.waiting(world.lucia)
    cookie = f"__Host-recado={world.signs_in(world.ana)}"
    async with connected(house.app, f"{CONSOLE}/socket", cookie=cookie) as ana:
        await ana.next()
        leaving, coming = (WidgetSocket(world.desk, Limits(lambda: 0.0), world.lucia) for _ in range(2))
        going = asyncio.create_task(leaving.tell_presence())
        await asyncio.sleep(0)
        hub.add(socket := VisitorSocket(world.lucia.id, NEVER))
        await coming.tell_presence()
        await going
        assert [frame["online"] for frame in await ana.answered()] == [True, True]
        hub.remove(socket)
        await leaving.tell_presence()
        assert (await ana.until("visitor.presence"))["online"] is False
