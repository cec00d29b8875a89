"""Pages come back, or come just now, in the middle of everything: what they show is what a fresh load shows."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import random
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from tests.process import PATIENCE, serving
from tests.reliability.conftest import Figure, House
from tests.reliability.desks import LiveDesk, fresh
from tests.reliability.follower import Follower, load_all
from tests.reliability.judge import canary, judge_view, stored
from tests.reliability.proxy import Fault, Proxy
from tests.reliability.sizes import size
from tests.reliability.wire import Manners, Party
from tests.reliability.world import Pages, Talk, World, pages, populate
from tests.reliability.zygote import Zygote

LOADS = size(30, 1_000)
EVENTS = size(300, 10_000)
HERD = size(200, 500)
BACK_S = 30.0
MANY = 501
"""More changes than are told one by one."""


class Scene(NamedTuple):
    """A running desk."""

    url: str
    world: World
    pages: Pages


@pytest.fixture
async def scene(house: House, zygote: Zygote) -> AsyncIterator[Scene]:
    world = populate(house.url, attended=6, waiting=40, strangers=40)
    with serving(house.server(), zygote.start) as server:
        async with pages(server) as opened:
            yield Scene(house.url, world, opened)


# ── a cursor that means nothing ──────────────────────────────────────────────────────────────────────────────────


async def test_a_cursor_that_is_too_new_too_old_or_of_another_server_means_start_over(scene: Scene) -> None:
    talk = scene.world.talks[0]
    assert talk.owner is not None
    guest, owner = await scene.pages.of(talk.guest), await scene.pages.of(talk.owner)
    for party, which in ((guest, talk.chat.public_id), (owner, talk.chat.id)):
        state = (await party.get(f"conversations/{which}")).json
        version, epoch = state["conversation"]["version"], state["epoch"]

        async def changes(since: int, of: str, party: Party = party, which: int | str = which) -> dict[str, object]:
            answer = await party.get(f"conversations/{which}/changes?since={since}&epoch={of}")
            assert answer.status == 200
            return dict(answer.json)

        known = await changes(version, epoch)
        assert (known["start_over"], known["entries"]) == (False, [])
        assert (await changes(version + 1, epoch))["start_over"]
        assert (await changes(2**62, epoch))["start_over"]
        assert (await changes(version, "another-server"))["start_over"]
    for _ in range(MANY):
        assert (await guest.say(talk.chat.public_id, str(uuid.uuid4()), "one more")).status == 201
    epoch = (await owner.get("desk")).json["epoch"]
    too_old = (await owner.get(f"conversations/{talk.chat.id}/changes?since=1&epoch={epoch}")).json
    assert (too_old["start_over"], too_old["entries"]) == (True, [])


async def test_a_page_that_is_told_to_start_over_does_so_once_and_is_right(scene: Scene) -> None:
    talk = scene.world.talks[0]
    assert talk.owner is not None
    guest, owner = await scene.pages.of(talk.guest), await scene.pages.another(talk.owner)
    async with Proxy(owner.port) as proxy:
        owner.port, owner.manners = proxy.port, Manners(0.2, 0.4, 5.0)
        async with Follower(owner, [talk.chat.id]) as page:
            proxy.cut(Fault.BLACKHOLE)
            for _ in range(MANY):
                assert (await guest.say(talk.chat.public_id, str(uuid.uuid4()), canary())).status == 201
            proxy.mend()
            rows = [row for row in stored(scene.url) if row.conversation == talk.chat.id]
            await page.shows({talk.chat.id: rows[-1].seq})
            assert page.start_overs == 1
            judge_view((await load_all(owner, talk.chat.id)), rows, talk.chat.id)
            shown = page.views[talk.chat.id].shown
            assert [entry["seq"] for entry in shown] == [row.seq for row in rows]


# ── between fetching and hearing ─────────────────────────────────────────────────────────────────────────────────


class Bustle:
    """People who write, answer, read and close by a seeded list, until there was enough of it."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._chance = random.Random(11)
        self.counts: Counter[str] = Counter()
        self.open: list[Talk] = [*scene.world.talks]

    async def run(self) -> None:
        for _ in range(EVENTS):
            verb = self._chance.choice(["write", "write", "write", "come", "answer", "seen", "read", "close"])
            talk = self._chance.choice(self.open)
            self.counts[verb] += await getattr(self, f"_{verb}")(talk)

    async def _write(self, talk: Talk) -> bool:
        party = await self._scene.pages.of(talk.guest)
        return (await party.say(talk.chat.public_id, str(uuid.uuid4()), canary())).status == 201

    async def _come(self, _: Talk) -> bool:
        if not self._scene.world.strangers:
            return False
        party = await self._scene.pages.of(self._scene.world.strangers.pop())
        return (await party.post("conversations", {"client_id": str(uuid.uuid4()), "body": canary()})).status == 201

    async def _by_operator(self, talk: Talk, path: str, body: object) -> bool:
        names = [name for name, one in self._scene.world.members.items() if one.department]
        who = talk.owner or self._scene.world.members[self._chance.choice(names)]
        party = await self._scene.pages.of(who)
        return (await party.post(f"conversations/{talk.chat.id}/{path}", body)).status < 300

    async def _answer(self, talk: Talk) -> bool:
        return await self._by_operator(talk, "messages", {"client_id": str(uuid.uuid4()), "body": canary()})

    async def _read(self, talk: Talk) -> bool:
        return await self._by_operator(talk, "read", {"seq": self._chance.randint(1, 9)})

    async def _close(self, talk: Talk) -> bool:
        return await self._by_operator(talk, "close", {})

    async def _seen(self, talk: Talk) -> bool:
        party = await self._scene.pages.of(talk.guest)
        answer = await party.post(f"conversations/{talk.chat.public_id}/read", {"seq": self._chance.randint(1, 9)})
        return answer.status == 204


@pytest.mark.slow
async def test_what_happens_while_a_page_loads_is_on_it_as_after_a_fresh_load(scene: Scene) -> None:
    bustle = Bustle(scene)
    members = [one for one in scene.world.members.values() if one.department]
    async with contextlib.AsyncExitStack() as stack:
        happening = asyncio.create_task(bustle.run())
        desks: list[LiveDesk] = []
        for _, member in zip(range(LOADS), itertools.cycle(members), strict=False):
            page = LiveDesk(await scene.pages.another(member), member.operator)
            desks.append(await stack.enter_async_context(page))
        during = sum(not happening.done() for _ in desks)
        await happening
        for page in desks:
            await page.shows(await fresh(page.party, page.me), PATIENCE)
        assert during, "nothing happened while they loaded"
        assert any(page.shown()["attending"] for page in desks)
    assert set(bustle.counts) == {verb for verb, count in bustle.counts.items() if count}, bustle.counts


# ── two tabs ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_two_tabs_of_which_one_was_away_end_with_the_same_unread_as_a_fresh_count(scene: Scene) -> None:
    talk = scene.world.talks[0]
    assert talk.owner is not None
    guest = await scene.pages.of(talk.guest)
    near, far = await scene.pages.another(talk.owner), await scene.pages.another(talk.owner)
    async with Proxy(far.port) as proxy:
        far.port = proxy.port
        async with LiveDesk(near, talk.owner.operator) as one, LiveDesk(far, talk.owner.operator) as other:
            for _ in range(4):
                assert (await guest.say(talk.chat.public_id, str(uuid.uuid4()), "and?")).status == 201
            assert (await fresh(near, talk.owner.operator))["unread"][talk.chat.id] == 5
            proxy.cut(Fault.SLEEP)
            later = asyncio.create_task(far.post(f"conversations/{talk.chat.id}/read", {"seq": 5}))
            assert (await near.post(f"conversations/{talk.chat.id}/read", {"seq": 4})).status == 204
            assert (await guest.say(talk.chat.public_id, str(uuid.uuid4()), "still there?")).status == 201
            proxy.mend()
            assert (await later).status == 204
            now = await fresh(near, talk.owner.operator)
            assert now["unread"][talk.chat.id] == 3
            await one.shows(now, PATIENCE)
            await other.shows(now, PATIENCE)


# ── all at once ──────────────────────────────────────────────────────────────────────────────────────────────────


class Herd:
    """Pages that come back as real ones do: after a random pause that grows with each failure."""

    def __init__(self) -> None:
        self._chance = random.Random(3)
        self.pages: list[Follower] = []

    def pause_s(self, number: int) -> float:
        """As in `ui/shared/live.ts`: half a second at most at first, twice as much each time, 15 s at last."""
        failures = self.pages[number].failures if number < len(self.pages) else 0
        most: float = min(15.0, 0.5 * 2 ** min(failures, 10))
        return self._chance.random() * most

    async def open(self, opened: Pages, talks: list[Talk], stack: contextlib.AsyncExitStack) -> None:
        for number, talk in enumerate(talks):
            pause_s = functools.partial(self.pause_s, number)
            self.pages.append(Follower(await opened.of(talk.guest), [talk.chat.public_id], None, pause_s))
        await asyncio.gather(*(stack.enter_async_context(page) for page in self.pages))


@pytest.mark.slow
async def test_a_herd_that_returns_after_a_restart_is_served_without_a_storm_of_errors(
    house: House, zygote: Zygote, figure: Figure
) -> None:
    world = populate(house.url, attended=HERD)
    herd = Herd()
    with serving(house.server(), zygote.start) as server:
        async with pages(server) as opened, contextlib.AsyncExitStack() as stack:
            await herd.open(opened, world.talks, stack)
            server.kill()
            for page in herd.pages:
                page.party.statuses.clear()
                page.ready.clear()
            await asyncio.to_thread(server.start, zygote.start)
            began = time.monotonic()
            owners = [talk for talk in world.talks if talk.owner is not None]
            for talk in owners[:: max(1, len(owners) // 50)]:
                assert talk.owner is not None
                answer = await (await opened.of(talk.owner)).say(talk.chat.id, str(uuid.uuid4()), canary())
                assert answer.status == 201
            back_s = []
            for page in herd.pages:
                async with asyncio.timeout(BACK_S * PATIENCE):
                    await page.ready.wait()
                back_s.append(time.monotonic() - began)
            last = {row.public_id: row.public_seq for row in stored(house.url) if row.public_seq}
            for page in herd.pages:
                await page.shows({which: last[str(which)] or 0 for which in page.views})
        statuses = sum((page.party.statuses for page in herd.pages), Counter[int]())
    assert set(statuses) == {200}, statuses
    figure(f"{HERD} pages back after a restart: all within {max(back_s):.1f} s")
