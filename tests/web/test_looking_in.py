"""A look-in lasts as long as a page of its supervisor has the conversation open, and its owner sees when it is over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from recado.actions import look_ins
from recado.db.look_ins import list_open
from recado.domain.actors import Operator
from recado.domain.routing import LOOKED_AWAY_S, ONLINE_FOR_S
from recado.workers.timers import Timers
from tests.web.doors import CONSOLE, House
from tests.web.sockets import Socket, connected
from tests.world import Chat, World


@asynccontextmanager
async def page_of(house: House, operator: Operator, which: Chat | None = None) -> AsyncIterator[Socket]:
    """A page of theirs, which has a conversation open."""
    cookie = f"__Host-recado={house.world.signs_in(operator)}"
    async with connected(house.app, f"{CONSOLE}/socket", cookie=cookie) as socket:
        await socket.until("hello")
        if which is not None:
            await opens(socket, which)
        yield socket


async def opens(socket: Socket, which: Chat | None) -> list[Any]:
    """What the page was told until that was done."""
    socket.say({"type": "looking", "conversation": which.id if which else None})
    return await socket.answered()


@pytest.fixture
def chat(house: House) -> Chat:
    """What Ana attends and Sara looks into."""
    chat = house.world.looked_into(lambda _: None)
    house.world.act(look_ins.look_in, house.world.sara, chat.id)
    return chat


async def goes_on(house: House) -> bool:
    """Whether Sara looks in, once all is done that was asked for."""
    while later := list(house.world.desk._later.values()):
        await asyncio.wait(later)
        await asyncio.sleep(0)  # what was done takes itself out by a callback
    return bool(house.world.see(list_open))


def ends_in(frames: list[Any]) -> list[str]:
    """Who ended a look-in, by the lines that a page was told."""
    entries = [entry for frame in frames for entry in frame.get("entries", [])]
    looked = [entry for entry in entries if (entry["activity"] or {}).get("kind") == "looked_away"]
    return [entry["author"]["kind"] for entry in looked]


@pytest.mark.parametrize("to", ["another conversation", "none"])
async def test_leaving_it_on_the_page_ends_it_at_once_and_its_owner_hears_it(house: House, chat: Chat, to: str) -> None:
    other = house.world.waiting(house.world.julian) if to == "another conversation" else None
    async with page_of(house, house.world.ana) as ana, page_of(house, house.world.sara, chat) as sara:
        assert await goes_on(house)
        told = await opens(sara, other)
        assert not await goes_on(house)
        assert ends_in(await ana.answered()) == ["operator"]
        assert [one["id"] for one in told if one["type"] == "conversation.left"] == [chat.id]


async def test_it_ends_with_the_last_of_her_pages_only(house: House, chat: Chat) -> None:
    async with page_of(house, house.world.sara, chat) as first, page_of(house, house.world.sara, chat) as second:
        await opens(first, None)
        assert await goes_on(house)
        await opens(second, None)
        assert not await goes_on(house)


async def test_what_is_looked_into_anew_is_not_ended_by_an_earlier_leaving(house: House, chat: Chat) -> None:
    world = house.world
    async with page_of(house, world.sara, chat) as sara:
        assert await goes_on(house)
        left_at = world.clock()
        await opens(sara, None)
        assert not await goes_on(house), "what she left has ended before her page is heard further"
        world.act(look_ins.look_in, world.sara, chat.id)
        world.act(look_ins.look_away, world.sara, chat.id, left_at)
        assert await goes_on(house)
        left_at = world.clock()
        await opens(sara, chat)
        assert await goes_on(house)
        world.act(look_ins.look_away, world.sara, chat.id, left_at)
        assert await goes_on(house), "another page of hers has opened it since"
        world.act(look_ins.look_away, world.sara, chat.id, world.clock())
        assert not await goes_on(house)


async def passes(world: World, seconds: float) -> None:
    world.clock.pass_s(seconds)
    await Timers(world.desk).turn()


async def test_a_page_that_is_loaded_anew_keeps_it(house: House, chat: Chat) -> None:
    async with page_of(house, house.world.sara, chat):
        pass
    assert await goes_on(house)
    await passes(house.world, LOOKED_AWAY_S - 1)
    async with page_of(house, house.world.sara, chat):
        assert await goes_on(house)
        await passes(house.world, LOOKED_AWAY_S)
        assert await goes_on(house)


async def test_a_page_that_is_closed_ends_it_in_a_while(house: House, chat: Chat) -> None:
    async with page_of(house, house.world.ana) as ana:
        async with page_of(house, house.world.sara, chat):
            pass
        assert await goes_on(house)
        assert ends_in(await ana.answered()) == []
        await passes(house.world, LOOKED_AWAY_S)
        assert not await goes_on(house)
        assert ends_in(await ana.answered()) == ["system"]


async def test_a_page_that_stays_open_keeps_it_and_one_that_shows_something_else_does_not(
    house: House, chat: Chat
) -> None:
    timers = Timers(house.world.desk)
    async with page_of(house, house.world.sara, chat) as sara:
        for _ in range(3):
            house.world.clock.pass_s(ONLINE_FOR_S)
            await timers.sweep()
        assert await goes_on(house)
        house.world.act(look_ins.look_away, house.world.sara, chat.id)
        await opens(sara, None)
        house.world.act(look_ins.look_in, house.world.sara, chat.id)
        house.world.clock.pass_s(ONLINE_FOR_S)
        await timers.sweep()
        assert not await goes_on(house)
