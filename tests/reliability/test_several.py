"""Several processes of one desk under fire: everybody moves one conversation at once, and processes are killed."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from recado.db.migrate import upgrade
from tests.process import Server, several
from tests.reliability.conftest import Figure
from tests.reliability.judge import canary, judge_stored, stored
from tests.reliability.model import Command
from tests.reliability.senders import Load, Sender
from tests.reliability.sizes import size
from tests.reliability.stage import Cast, Stage, found
from tests.reliability.world import pages, populate
from tests.reliability.zygote import Zygote
from tests.servers import PostgresServer

ROUNDS = size(8, 2_000)
KILLS = size(4, 500)
MESSAGES = size(40, 200)
"""Acknowledged at each process between two kills."""

PROCESSES = 2
TALK = "visitor 1"
RACERS = ("ana", "luis", "sara")


@pytest.fixture
def address(postgres: PostgresServer) -> Iterator[str]:
    """A migrated, empty database for several processes."""
    with postgres.database(postgres.template("schema", upgrade)) as url:
        yield url


@pytest.fixture
def servers(address: str, tmp_path: Path) -> Iterator[list[Server]]:
    """The processes, not started yet; they are killed in the end."""
    with several(PROCESSES, tmp_path, address) as made:
        yield made


async def start(servers: list[Server], zygote: Zygote) -> None:
    for server in servers:
        await asyncio.to_thread(server.start, zygote.start)


def moves(who: str, chance: random.Random) -> Command:
    """One of the doors by which an operator moves a conversation that waits."""
    verb = chance.choice(("answer", "claim", "transfer", "release", "note", "block"))
    to = chance.choice((None, "ana", "luis", "nora", "sara")) if verb == "transfer" else None
    department = chance.choice(("Sales", "Support")) if verb == "transfer" else ""
    return Command(who, verb, TALK, canary() if verb in {"answer", "note"} else "", to, department)


async def back_to_waiting(stage: Stage) -> None:
    """Whoever may brings the conversation back to where everybody can ask for it."""
    talk = stage.model.talks[TALK]
    if TALK in stage.model.blocked:
        await stage.do(Command("sara", "unblock", TALK))
    if talk.status == "closed" and talk.owner is not None:
        await stage.do(Command(talk.owner, "reopen", TALK))
    if talk.department != "Sales":
        await stage.do(Command("sara", "transfer", TALK, department="Sales"))
    if stage.model.talks[TALK].status != "waiting":
        await stage.do(Command("sara", "release", TALK))


@pytest.mark.slow
@pytest.mark.timeout(size(300, 14_400))
async def test_one_conversation_moved_through_every_door_at_two_processes_goes_one_way(
    address: str, servers: list[Server], zygote: Zygote, figure: Figure
) -> None:
    cast: Cast = await asyncio.to_thread(found, address)
    await start(servers, zygote)
    stage, chance, refused, blocked = Stage(cast, address, servers, zygote), random.Random(11), 0, 0
    await stage.open()
    try:
        await stage.do(Command(TALK, "write", TALK, canary()))
        for _ in range(ROUNDS):
            racing = [moves(who, chance) for who in RACERS]
            racing.append(Command(TALK, "write", TALK, canary()))
            codes = await stage.do_at_once(*racing)
            refused += len(codes) - codes.count(None)
            blocked += TALK in stage.model.blocked
            await back_to_waiting(stage)
    finally:
        await stage.close()
    assert stage.taken > ROUNDS
    assert refused, "nobody was ever second"
    assert blocked, "nobody was ever shut out"
    figure(f"{ROUNDS} rounds of {len(RACERS) + 1} at once: {stage.taken} done, {refused} refused")


@pytest.mark.slow
@pytest.mark.timeout(size(300, 14_400))
async def test_what_any_process_acknowledged_survives_its_kill_and_the_others_go_on(
    address: str, servers: list[Server], zygote: Zygote, figure: Figure
) -> None:
    world = populate(address, attended=16)
    before = stored(address)
    await start(servers, zygote)
    loads = [Load() for _ in servers]
    for load in loads[1:]:
        load.ledger = loads[0].ledger
    chance = random.Random(5)
    async with contextlib.AsyncExitStack() as stack:
        around = [await stack.enter_async_context(pages(server)) for server in servers]
        senders = []
        for turn, talk in enumerate(world.talks):
            party = await around[turn % PROCESSES].another(talk.guest)
            senders.append(Sender(loads[turn % PROCESSES], party, ("visitor", talk.guest.id), talk.chat.public_id))
        async with asyncio.TaskGroup() as group:
            for sender in senders:
                group.create_task(sender.write(lambda: not loads[0].enough))
            for kill in range(KILLS):
                await asyncio.gather(*(load.more(chance.randint(1, MESSAGES)) for load in loads))
                hit, spared = kill % PROCESSES, (kill + 1) % PROCESSES
                loads[hit].up.clear()
                await asyncio.to_thread(servers[hit].kill)
                await loads[spared].more(5)
                await asyncio.to_thread(servers[hit].start, zygote.start)
                loads[hit].up.set()
            await asyncio.gather(*(load.more(20) for load in loads))
            loads[0].enough = True
    judge_stored(loads[0].ledger, stored(address), before=before)
    statuses = set(loads[0].statuses) | set(loads[1].statuses)
    assert statuses <= {200, 201, 429, 503}, statuses
    figure(f"{KILLS} kills of one of {PROCESSES}, {loads[0].acknowledged} messages acknowledged, all there once")
