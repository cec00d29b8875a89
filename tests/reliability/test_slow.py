"""Pages that stop reading: they cost the server little, cost the others nothing, and have everything afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from pathlib import Path

import pytest

from recado.live.outbox import SILENT, TOO_SLOW
from tests.process import PATIENCE, serving
from tests.reliability.conftest import Figure, House, percentile
from tests.reliability.follower import Follower
from tests.reliability.judge import canary, judge_order, judge_view, stored
from tests.reliability.proxy import Proxy
from tests.reliability.sizes import size
from tests.reliability.wire import Manners, Party
from tests.reliability.world import pages, populate
from tests.reliability.zygote import Zygote

STALLED = size(10, 50)
EVENTS = size(1_000, 20_000)
WORDS = "x" * 12_000
LOG = "ñ" + "x" * 60_000
GROWTH_KIB = 2_048
"""Of the server, for each page that stopped reading."""
SEEN_MS = 500
UNHURRIED = Manners(ping_every_s=600, dead_after_s=600)


def rss_kib(pid: int) -> int:
    """The resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


async def tell(guest: Party, which: str, page: Follower, count: int) -> list[float]:
    """Write so often; gives the milliseconds until a page that reads has seen each tenth one."""
    seen_ms = []
    for number in range(count):
        client_id, mark = str(uuid.uuid4()), f"{canary()} {WORDS}"
        began = time.perf_counter()
        answer = await guest.say(which, client_id, mark)
        assert answer.status == 201
        if number % 10 == 0:
            seq = answer.json["entry"]["seq"]
            await page.shows({int(next(iter(page.views))): seq})
            seen_ms.append((time.perf_counter() - began) * 1000)
    return seen_ms


async def stop_later(party: Party, which: int, stack: contextlib.AsyncExitStack) -> tuple[Proxy, Follower]:
    """A page behind a proxy through which it can be made to stop reading."""
    proxy = await stack.enter_async_context(Proxy(party.port, narrow=True))
    party.port, party.manners = proxy.port, UNHURRIED
    return proxy, await stack.enter_async_context(Follower(party, [which]))


@pytest.mark.slow
@pytest.mark.timeout(size(300, 3_600))
async def test_pages_that_stop_reading_are_let_go_and_hold_nobody_up(
    house: House, zygote: Zygote, figure: Figure
) -> None:
    world = populate(house.url, attended=0, waiting=1)
    talk, ana = world.talks[0], world.members["ana"]
    with serving(house.server(), zygote.start) as server:
        assert server.pid is not None
        async with pages(server) as opened, contextlib.AsyncExitStack() as stack:
            guest, reader = await opened.of(talk.guest), await opened.another(ana)
            page = await stack.enter_async_context(Follower(reader, [talk.chat.id]))
            before_ms = await tell(guest, talk.chat.public_id, page, EVENTS // 10)
            stalled = [await stop_later(await opened.another(ana), talk.chat.id, stack) for _ in range(STALLED)]
            at_rest = rss_kib(server.pid)
            sockets = [link for proxy, _ in stalled for link in proxy.links if link.is_socket]
            assert len(sockets) == STALLED
            for link in sockets:
                link.stall()
            during_ms = await tell(guest, talk.chat.public_id, page, EVENTS)
            grown = rss_kib(server.pid) - at_rest
            for link in sockets:
                link.go_on()
            rows = [row for row in stored(house.url) if row.conversation == talk.chat.id]
            judge_order(rows)
            for _, follower in stalled:
                await follower.shows({talk.chat.id: rows[-1].seq})
                assert follower.ends or follower.failures, "it was never let go"
                judge_view(follower.views[talk.chat.id].shown[-400:], rows[-400:], talk.chat.id)
            codes = {end.code for _, follower in stalled for end in follower.ends}
        assert "Traceback" not in server.log_text()
    # Who reads nothing for long is not heard either: on a slow day the server gives them up for that first.
    assert codes <= {TOO_SLOW, SILENT, None, 1006, 1012}
    assert grown <= GROWTH_KIB * STALLED
    usual, worst = percentile(before_ms, 0.99), percentile(during_ms, 0.99)
    assert worst <= SEEN_MS * PATIENCE
    figure(
        f"{STALLED} pages stopped reading during {EVENTS} events: the server grew by {grown / STALLED:.0f} KiB each; "
        f"others saw a message in {worst:.0f} ms (p99), in {usual:.0f} ms without them; closed with {codes}"
    )


@pytest.mark.slow
async def test_nobody_who_reads_is_let_go_for_what_one_visitor_may_send(house: House) -> None:
    """With the caps of a real server: each page of the visitor sends as fast as it can."""
    world = populate(house.url, attended=0, waiting=1)
    talk = world.talks[0]

    async def send_all(page: Party) -> list[int]:
        return [(await page.say(talk.chat.public_id, str(uuid.uuid4()), LOG)).status for _ in range(5)]

    with serving(house.server()) as server:
        async with pages(server) as opened, contextlib.AsyncExitStack() as stack:
            flood = [await opened.another(talk.guest) for _ in range(20)]
            team = [await opened.another(world.members[name]) for name in ("ana", "luis")]
            followers = [await stack.enter_async_context(Follower(one, [talk.chat.id])) for one in team]
            statuses = [status for page in await asyncio.gather(*map(send_all, flood)) for status in page]
            stored_ = [row for row in stored(house.url) if row.conversation == talk.chat.id]
            for follower in followers:
                await follower.shows({talk.chat.id: stored_[-1].seq})
                assert (follower.ends, follower.failures) == ([], 0)
    assert set(statuses) == {201, 429}
    assert statuses.count(201) >= 5
