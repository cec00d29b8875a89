"""Connections fail in every way while people write: nothing is missing, nothing is shown twice, nothing is reloaded."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from tests.process import PATIENCE, Guest, Member, Server, serving
from tests.reliability.conftest import Figure, House, percentile
from tests.reliability.follower import AWAY, Follower, Poller, Which
from tests.reliability.judge import Row, judge_bytes, judge_stored, judge_view, stored
from tests.reliability.proxy import Fault, Proxy
from tests.reliability.senders import Load, Sender
from tests.reliability.sizes import SOAK, size
from tests.reliability.wire import Manners
from tests.reliability.world import Pages, World, pages, populate
from tests.reliability.zygote import Zygote

KILLS = 3
VISITORS = size(40, 200)
OPERATORS_PAGES = size(4, 20)
"""Of each of five operators."""
AT_ONCE = size(15, 40)
"""How many pages are without a connection at one time."""
PAUSE_S = 0.3
BACK_S = 2.0
QUICK = Manners(ping_every_s=0.4, dead_after_s=0.8, answer_within_s=2.0)
USUAL = Manners(answer_within_s=20.0)


class Client(NamedTuple):
    """A page behind a proxy of its own, what it follows, and what it writes."""

    proxy: Proxy
    follower: Follower
    sender: Sender


class Desk(NamedTuple):
    """A running desk with everybody's pages."""

    server: Server
    world: World
    load: Load
    clients: list[Client]


class Way(NamedTuple):
    """Whether sockets get through, and how many cuts there are."""

    page: type[Follower]
    cuts: int


WAYS = {"sockets": Way(Follower, size(150, 10_000)), "no sockets": Way(Poller, size(50, 3_000))}


class Opener(NamedTuple):
    """Opens pages behind proxies."""

    opened: Pages
    stack: contextlib.AsyncExitStack
    load: Load
    way: Way

    async def client(self, who: Guest | Member, which: list[Which]) -> Client:
        party = await self.opened.another(who)
        proxy = await self.stack.enter_async_context(Proxy(party.server.port, sockets=self.way.page is Follower))
        party.port, party.manners = proxy.port, USUAL if SOAK else QUICK
        follower = self.way.page(party, which, self.load.up)
        kind = "operator" if isinstance(who, Member) else "visitor"
        return Client(proxy, follower, Sender(self.load, party, (kind, who.id), which[0]))


@contextlib.asynccontextmanager
async def everybody(server: Server, world: World, way: Way) -> AsyncIterator[Desk]:
    """All visitors and, several times, all operators, each behind a proxy; all of them follow what is theirs."""
    load = Load()
    owned: dict[Member, list[Which]] = {member: [] for member in world.members.values()}
    for talk in world.talks:
        assert talk.owner is not None
        owned[talk.owner].append(talk.chat.id)
    async with pages(server) as opened, contextlib.AsyncExitStack() as stack:
        opener = Opener(opened, stack, load, way)
        clients = [await opener.client(talk.guest, [talk.chat.public_id]) for talk in world.talks]
        for member, chats in owned.items():
            if chats:
                clients += [await opener.client(member, [*chats]) for _ in range(OPERATORS_PAGES)]
        for client in clients:
            await stack.enter_async_context(client.follower)
        yield Desk(server, world, load, clients)


class Cutter:
    """Cuts connections by a seeded list, and now and then kills the server as well."""

    def __init__(self, desk: Desk, zygote: Zygote, cuts: int) -> None:
        self._desk = desk
        self._cuts = cuts
        self._zygote = zygote
        self._chance = random.Random(7)
        self._cut: set[Client] = set()
        self._may_cut = asyncio.Semaphore(AT_ONCE)
        self.counts: Counter[Fault] = Counter()
        self.kills = 0

    async def run(self) -> None:
        """Make all cuts; afterwards everything is mended."""
        async with asyncio.TaskGroup() as group:
            for number in range(1, self._cuts + 1):
                await self._may_cut.acquire()
                group.create_task(self._cut_one())
                await asyncio.sleep(self._chance.random() * 0.1)
                if number % (self._cuts // KILLS) == 0:
                    await self._kill()

    async def _cut_one(self) -> None:
        client = self._chance.choice([one for one in self._desk.clients if one not in self._cut])
        fault = self._chance.choice(list(Fault))
        self.counts[fault] += 1
        self._cut.add(client)
        client.proxy.cut(fault)
        lasts_s = 90.0 if SOAK and fault is Fault.BLACKHOLE else 0.3 + self._chance.random() * 2
        await asyncio.sleep(lasts_s)
        client.proxy.mend()
        self._cut.discard(client)
        self._may_cut.release()

    async def _kill(self) -> None:
        self.kills += 1
        self._desk.load.up.clear()
        self._desk.server.kill()
        await asyncio.to_thread(self._desk.server.start, self._zygote.start)
        self._desk.load.up.set()


async def judge_shown(desk: Desk, rows: list[Row], *, reloads: bool = False) -> None:
    """Everybody shows what is stored of theirs, came to that without starting over, and received nothing else."""
    last: dict[Which, int] = {row.conversation: row.seq for row in rows}
    last |= {row.public_id: row.public_seq for row in rows if row.public_seq}
    for _, follower, _ in desk.clients:
        own = set(follower.views)
        await follower.shows({which: last[which] for which in own})
        for which, view in follower.views.items():
            judge_view(view.shown, rows, which)
        allowed = {row.body[:27] for row in rows if row.conversation in own or row.public_id in own}
        judge_bytes(follower.party.name, follower.party.kept, allowed)
        assert reloads or follower.start_overs == 0, f"{follower.party.name} started over"


@pytest.mark.slow
@pytest.mark.timeout(size(300, 14_400))
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_whatever_cuts_them_off_pages_are_made_up_for_what_they_missed(
    house: House, zygote: Zygote, figure: Figure, way: Way
) -> None:
    world = populate(house.url, attended=VISITORS)
    before = stored(house.url)
    with serving(house.server(), zygote.start) as server:
        async with everybody(server, world, way) as desk:
            if way.page is Poller:
                with pytest.raises(AWAY):
                    await desk.clients[0].follower.party.open_socket()
            cutter = Cutter(desk, zygote, way.cuts)
            writing = [one.sender.write(lambda: not desk.load.enough, PAUSE_S) for one in desk.clients]
            writers = asyncio.gather(*writing)
            await cutter.run()
            desk.load.enough = True
            async with asyncio.timeout(60):
                await writers
            rows = stored(house.url)
            judge_stored(desk.load.ledger, rows, before=before)
            await judge_shown(desk, rows)
            returns_s = [one for client in desk.clients for one in client.follower.returns_s]
        assert "Traceback" not in server.log_text(), server.log_text()
    assert set(desk.load.statuses) <= {200, 201, 429, 502, 503}, desk.load.statuses
    assert set(cutter.counts) == set(Fault)
    assert cutter.kills >= KILLS
    back_s = percentile(returns_s, 0.99) if returns_s else 0.0
    assert back_s <= BACK_S * PATIENCE
    figure(
        f"{way.cuts} cuts of {len(Fault)} kinds, {cutter.kills} kills, {len(desk.clients)} pages, "
        f"{desk.load.acknowledged} messages; {len(returns_s)} returns, caught up p99 {back_s:.2f} s after the greeting"
    )
