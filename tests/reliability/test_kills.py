"""The server is killed while people write: what was acknowledged is there once, whole, in its place, for everybody."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import defaultdict

import pytest

from tests.process import PATIENCE, READY_S, Server
from tests.reliability.conftest import Figure, House, percentile
from tests.reliability.follower import Follower, Which
from tests.reliability.judge import Row, judge_bytes, judge_stored, judge_view, stored
from tests.reliability.senders import Load, Sender
from tests.reliability.sizes import size
from tests.reliability.world import Pages, World, pages, populate
from tests.reliability.zygote import Zygote

KILLS = {"sqlite": size(40, 1_500), "postgresql": size(8, 1_500)}
"""The usual run has them all on the one database whose files are the server's own."""
MESSAGES_A_KILL = 100
SENDERS = 20
BY_COMMAND = 20
"""The first start, and every so manieth after it, is by the command line itself; the others are forked."""


async def restart(server: Server, load: Load, zygote: Zygote, kill: int) -> float:
    """Kill the server at whatever it is doing and start it again; gives the seconds until it was ready."""
    load.up.clear()
    server.kill()
    starter = None if kill % BY_COMMAND == 1 else zygote.start
    took_s = await asyncio.to_thread(server.start, starter)
    load.up.set()
    return took_s


async def cast(world: World, load: Load, opened: Pages) -> list[Sender]:
    """The senders: three of four are visitors, the others the owners of conversations."""
    senders = []
    for number, talk in enumerate(world.talks):
        assert talk.owner is not None
        if number % 4 == 0:
            party = await opened.of(talk.owner)
            senders.append(Sender(load, party, ("operator", talk.owner.id), talk.chat.id))
        else:
            senders.append(Sender(load, await opened.of(talk.guest), ("visitor", talk.guest.id), talk.chat.public_id))
    return senders


async def press(server: Server, load: Load, senders: list[Sender], zygote: Zygote, kills: int) -> list[float]:
    """All write at full speed until there were kills and messages enough; gives how long each restart took."""
    chance = random.Random(20)
    writers = asyncio.gather(*(sender.write(lambda: not load.enough) for sender in senders))
    took_s = []
    try:
        for kill in range(1, kills + 1):
            left = max(0, kills * MESSAGES_A_KILL - load.acknowledged)
            await load.more(chance.randint(1, 2 * left // (kills - kill + 1) + 1))
            await asyncio.sleep(chance.random() * 0.01)
            took_s.append(await restart(server, load, zygote, kill))
        await load.more(max(1, kills * MESSAGES_A_KILL - load.acknowledged))
        load.enough = True
        await writers
    finally:
        writers.cancel()
    return took_s


async def follow(world: World, opened: Pages, load: Load, stack: contextlib.AsyncExitStack) -> list[Follower]:
    """The pages that watch: all operators with what they attend, and five visitors with their own."""
    owned = defaultdict(list)
    for talk in world.talks:
        assert talk.owner is not None
        owned[talk.owner].append(talk.chat.id)
    watching = [Follower(await opened.of(member), chats, load.up) for member, chats in owned.items()]
    watching += [Follower(await opened.of(one.guest), [one.chat.public_id], load.up) for one in world.talks[:5]]
    for follower in watching:
        await stack.enter_async_context(follower)
    return watching


async def judge_shown(followers: list[Follower], rows: list[Row]) -> None:
    """Every page shows in the end what is stored, and has received nothing of other conversations."""
    last: dict[Which, int] = {row.conversation: row.seq for row in rows}
    last |= {row.public_id: row.public_seq for row in rows if row.public_seq}
    for follower in followers:
        own = set(follower.views)
        await follower.shows({which: last[which] for which in own})
        for which, view in follower.views.items():
            judge_view(view.shown, rows, which)
        allowed = {row.body[:27] for row in rows if row.conversation in own or row.public_id in own}
        judge_bytes(follower.party.name, follower.party.kept, allowed)


@pytest.mark.slow
@pytest.mark.timeout(size(300, 14_400))
async def test_what_was_acknowledged_survives_every_kill(house: House, zygote: Zygote, figure: Figure) -> None:
    world = populate(house.url, attended=SENDERS)
    before = stored(house.url)
    server, load, kills = house.server(), Load(), KILLS[house.kind]
    try:
        await asyncio.to_thread(server.start, None)
        async with pages(server) as opened, contextlib.AsyncExitStack() as stack:
            followers = await follow(world, opened, load, stack)
            took_s = await press(server, load, await cast(world, load, opened), zygote, kills)
            rows = stored(house.url)
            judge_stored(load.ledger, rows, before=before)
            await judge_shown(followers, rows)
    finally:
        server.kill()
    assert load.acknowledged >= kills * MESSAGES_A_KILL
    assert max(took_s) <= READY_S * PATIENCE
    assert set(load.statuses) <= {200, 201, 429, 503}, load.statuses
    figure(
        f"{len(took_s)} kills, {load.acknowledged} messages, {load.statuses[200]} stored though unanswered; "
        f"ready again p50 {percentile(took_s, 0.5):.2f} s, by the command {took_s[0]:.2f} s"
    )
