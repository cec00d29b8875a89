"""The database goes away under a server and comes back: refusals and no losses, and everybody shows the same again."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from recado.db.migrate import upgrade
from tests.process import PATIENCE, Server, several
from tests.reliability.conftest import Figure
from tests.reliability.follower import AWAY, Follower
from tests.reliability.judge import judge_stored, judge_view, stored
from tests.reliability.senders import Load
from tests.reliability.sizes import size
from tests.reliability.test_storage import seen_by_readiness, store_told, visitors, writing
from tests.reliability.world import Pages, World, pages, populate
from tests.reliability.zygote import Zygote
from tests.servers import PostgresServer
from tools.machine import find_postgres

AWAY_S = size(3, 30)
RECOVERED_S = 30
PROCESSES = 2


@pytest.fixture
def cluster() -> Iterator[PostgresServer]:
    """A PostgreSQL that this test alone may stop."""
    programs = find_postgres()
    if programs is None:
        pytest.fail("No PostgreSQL is here: `python3 dev.py test` brings one.")
    server = PostgresServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.remove()


class Desk(NamedTuple):
    """Processes on one PostgreSQL, with everybody's pages at the first."""

    url: str
    servers: list[Server]
    world: World
    opened: Pages


@pytest.fixture
async def desk(cluster: PostgresServer, tmp_path: Path, zygote: Zygote) -> AsyncIterator[Desk]:
    url = cluster.url(cluster.create())
    upgrade(url)
    world = populate(url, attended=10)
    with several(PROCESSES, tmp_path, url) as servers:
        for server in servers:
            await asyncio.to_thread(server.start, zygote.start)
        async with pages(servers[0]) as opened:
            yield Desk(url, servers, world, opened)


def refusal(desk: Desk) -> tuple[int, str | None]:
    """How a message is answered now: the status, and the seconds after which to try again."""
    talk, server = desk.world.talks[0], desk.servers[0]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with contextlib.closing(connection):
        headers = {
            "Authorization": f"Bearer {talk.guest.token}",
            "Origin": server.base_url,
            "Content-Type": "application/json",
        }
        body = json.dumps({"client_id": str(uuid.uuid4()), "body": "never stored"})
        connection.request("POST", f"/api/v1/widget/conversations/{talk.chat.public_id}/messages", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Retry-After")


@pytest.mark.slow
async def test_a_database_that_was_away_costs_refusals_and_nothing_else(
    desk: Desk, cluster: PostgresServer, figure: Figure
) -> None:
    load, before = Load(), stored(desk.url)
    async with contextlib.AsyncExitStack() as stack:
        senders = await visitors(desk.world, load, desk.opened)
        watching, guests = [], {talk.guest.id: talk.guest for talk in desk.world.talks}
        for sender in senders:
            party = await desk.opened.another(guests[sender.author[1]])
            party.port = desk.servers[-1].port
            watching.append(await stack.enter_async_context(Follower(party, [sender.conversation])))
        owner = await desk.opened.of(desk.world.members["ana"])
        socket = await owner.open_socket()
        async with writing(senders, load):
            await load.more(100)
            await asyncio.to_thread(cluster.stop)
            assert not await store_told(socket)
            assert await asyncio.to_thread(refusal, desk) == (503, "1")
            await asyncio.gather(*(seen_by_readiness(server) for server in desk.servers))
            with pytest.raises(AWAY):
                await (await owner.open_socket()).hear()
            await asyncio.sleep(AWAY_S)
            await asyncio.to_thread(cluster.start)
            began = time.monotonic()
            assert await store_told(socket)
            await load.more(100)
            recovered_s = time.monotonic() - began
        rows = stored(desk.url)
        judge_stored(load.ledger, rows, before=before)
        for page, talk in zip(watching, desk.world.talks, strict=True):
            last = max(row.public_seq or 0 for row in rows if row.public_id == talk.chat.public_id)
            await page.shows({talk.chat.public_id: last})
            judge_view(page.views[talk.chat.public_id].shown, rows, talk.chat.public_id)
            assert page.start_overs == 0
    for server in desk.servers:
        assert await asyncio.to_thread(server.is_ready, 10)
    assert set(load.statuses) <= {200, 201, 503}, load.statuses
    assert recovered_s <= RECOVERED_S * PATIENCE
    figure(f"{load.statuses[503]} sends refused; 100 more stored {recovered_s:.2f} s after the database was back")
