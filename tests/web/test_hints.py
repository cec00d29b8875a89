"""Hints of sockets: who is there, who looks, who types. They may be lost; a page may not be, for want of one."""

from typing import Any

import pytest

from recado.domain.errors import Busy
from tests.web.doors import CONSOLE, WIDGET, House
from tests.web.sockets import connected


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
