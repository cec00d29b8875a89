"""The people of the checks: departments and operators, visitors with conversations, and their pages."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from tests.process import Chat, FoundDesk, Guest, Member, Server, found_desk
from tests.reliability.judge import canary
from tests.reliability.wire import Party, at_console, at_widget

SALES = ("ana", "luis", "marta")
SUPPORT = ("nora", "pablo")
TEAM = {"Sales": SALES, "Support": SUPPORT}


class Talk(NamedTuple):
    """A visitor's conversation, who attends it, and the words it began with."""

    guest: Guest
    chat: Chat
    owner: Member | None
    first: str


class World(NamedTuple):
    """A desk on which people talk."""

    members: dict[str, Member]
    talks: list[Talk]
    strangers: list[Guest]
    """Visitors who have not written yet."""


def talks(desk: FoundDesk, department: str, count: int, owners: Sequence[str] = ()) -> list[Talk]:
    """Conversations of as many visitors; attended in turn by `owners`, or waiting."""
    guests = desk.guests(department, count)
    firsts = [canary() for _ in guests]
    chats = desk.chats(list(zip(guests, firsts, strict=True)))
    for turn, owner in enumerate(owners):
        desk.claim(desk.members[owner], chats[turn :: len(owners)])
    holders = [desk.members[owners[turn % len(owners)]] if owners else None for turn in range(count)]
    return [Talk(*one) for one in zip(guests, chats, holders, firsts, strict=True)]


def populate(url: str, *, attended: int, waiting: int = 0, strangers: int = 0, supervisor: str | None = None) -> World:
    """Two departments, five operators, and so many conversations, half of them in each department."""
    with found_desk(url, TEAM, supervisor=supervisor) as desk:
        made = talks(desk, "Sales", (attended + 1) // 2, SALES) + talks(desk, "Support", attended // 2, SUPPORT)
        made += talks(desk, "Sales", (waiting + 1) // 2) + talks(desk, "Support", waiting // 2)
        return World(desk.members, made, desk.guests("Sales", strangers))


class Pages:
    """One page a person, opened when it is asked for."""

    def __init__(self, server: Server, stack: contextlib.AsyncExitStack) -> None:
        self._server = server
        self._stack = stack
        self._open: dict[str, Party] = {}

    async def of(self, who: Member | Guest) -> Party:
        """The page of somebody; always the same."""
        name = f"{type(who).__name__} {who.id}"
        if name not in self._open:
            self._open[name] = await self.another(who)
        return self._open[name]

    async def another(self, who: Member | Guest) -> Party:
        """One more page of somebody."""
        party = at_console(self._server, who) if isinstance(who, Member) else at_widget(self._server, who)
        return await self._stack.enter_async_context(party)


@contextlib.asynccontextmanager
async def pages(server: Server) -> AsyncIterator[Pages]:
    """The pages of one test; closed at its end."""
    async with contextlib.AsyncExitStack() as stack:
        yield Pages(server, stack)
