"""Several processes on one PostgreSQL are one desk: what is stored by any of them is shown by all, at once or soon."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from websockets.exceptions import ConnectionClosed

from recado.actions import conversations, people
from recado.actions.people import OperatorChanges
from recado.app import now_us
from recado.db import people as people_rows
from recado.db.database import Database, open_database
from recado.db.migrate import upgrade
from recado.domain.actors import Operator, Role
from recado.domain.ids import OperatorId
from recado.files.store import place_of
from recado.server import CannotStartError, joining
from tests.process import PATIENCE, Guest, Member, Server, several
from tests.reliability.conftest import Figure, House, percentile
from tests.reliability.desks import LiveDesk, fresh
from tests.reliability.follower import Follower
from tests.reliability.judge import canary, judge_bytes, judge_view, stored
from tests.reliability.wire import Party, Socket
from tests.reliability.world import Pages, World, pages, populate
from tests.reliability.zygote import Zygote
from tests.servers import PostgresServer
from tests.world import at_once

PROCESSES = 3
SOON_S = 2.0
"""How long what no word has told of may take."""


@pytest.fixture
def shared(postgres: PostgresServer, tmp_path: Path) -> Iterator[House]:
    """A migrated, empty database that several processes can share."""
    with postgres.database(postgres.template("schema", upgrade)) as url:
        yield House(tmp_path, url)


class Desk(NamedTuple):
    """A desk of several processes, and its people's pages, each at a process of its own."""

    house: House
    servers: list[Server]
    world: World
    pages: Pages

    async def at(self, process: int, who: Member | Guest) -> Party:
        """A page of somebody, at this process."""
        party = await self.pages.another(who)
        party.port = self.servers[process].port
        return party


@pytest.fixture
async def desk(shared: House, zygote: Zygote) -> AsyncIterator[Desk]:
    world = populate(shared.url, attended=6, waiting=12, supervisor="luz")
    with several(PROCESSES, shared.data, shared.url) as servers:
        for server in servers:
            await asyncio.to_thread(server.start, zygote.start)
        async with pages(servers[0]) as opened:
            yield Desk(shared, servers, world, opened)


async def until(socket: Socket, kind: str, **expected: Any) -> dict[str, Any]:
    """The next event of this kind with these values."""
    async with asyncio.timeout(SOON_S * PATIENCE):
        while True:
            event = await socket.hear()
            if event["type"] == kind and expected.items() <= event.items():
                return event


async def greeted(party: Party) -> Socket:
    socket = await party.open_socket()
    await until(socket, "hello")
    return socket


async def test_what_one_process_stores_is_told_by_all_at_once(desk: Desk, figure: Figure) -> None:
    talk = desk.world.talks[0]
    assert talk.owner is not None
    guest, owner = await desk.at(0, talk.guest), await desk.at(1, talk.owner)
    async with Follower(guest, [talk.chat.public_id]) as theirs, Follower(owner, [talk.chat.id]) as mine:
        took_ms = []
        for _ in range(50):
            began = time.perf_counter()
            said = await guest.say(talk.chat.public_id, str(uuid.uuid4()), canary())
            await mine.shows({talk.chat.id: said.json["entry"]["seq"] + 1})
            took_ms.append((time.perf_counter() - began) * 1000)
            answered = await owner.say(talk.chat.id, str(uuid.uuid4()), canary())
            await mine.shows({talk.chat.id: answered.json["entry"]["seq"]})
            words = answered.json["entry"]["body"]
            await theirs.until(lambda page, words=words: last_of(page) == words)  # type: ignore[misc]
        rows = stored(desk.house.url)
        judge_view(mine.views[talk.chat.id].shown, rows, talk.chat.id)
        judge_view(theirs.views[talk.chat.public_id].shown, rows, talk.chat.public_id)
        said_here = {row.body for row in rows if row.conversation == talk.chat.id}
        judge_bytes("the visitor", guest.kept, said_here | {talk.first})
        fetched = sum("changes" in path for path in owner.asked)
    assert fetched <= 5, f"{fetched} gaps in 100 messages"
    usual, worst = percentile(took_ms, 0.5), percentile(took_ms, 0.99)
    figure(f"from sending at one process to seeing at another p50 {usual:.1f} ms, p99 {worst:.1f} ms")


def last_of(page: Follower) -> str:
    """The words at the bottom of its one conversation."""
    (view,) = page.views.values()
    return view.bubbles[-1]


async def test_a_claim_at_one_process_takes_the_conversation_from_the_pages_of_the_others(desk: Desk) -> None:
    talk = desk.world.talks[6]
    ana, luis, nora = (desk.world.members[name] for name in ("ana", "luis", "nora"))
    winner, loser, foreign = await desk.at(0, ana), await desk.at(1, luis), await desk.at(2, nora)
    guest = await desk.at(2, talk.guest)
    heard = [await greeted(party) for party in (loser, foreign)]
    async with LiveDesk(await desk.at(1, luis), luis.operator) as page:
        assert talk.chat.id in page.rows, "there was nothing to lose"
        answered = await winner.say(talk.chat.id, str(uuid.uuid4()), words := canary())
        assert answered.status == 201
        taken = await until(heard[0], "conversation.taken", id=talk.chat.id)
        assert taken["operator"] == ana.id
        await page.shows(await fresh(loser, luis.operator), SOON_S * PATIENCE)
        assert talk.chat.id not in page.rows
    for _ in range(5):
        assert (await guest.say(talk.chat.public_id, str(uuid.uuid4()), canary())).status == 201
    again = await desk.at(1, ana)
    async with Follower(again, [talk.chat.id]) as mine:
        last = stored(desk.house.url)
        await mine.shows({talk.chat.id: max(row.seq for row in last if row.conversation == talk.chat.id)})
    assert words in again.kept.canaries()
    for party in (loser, foreign):
        judge_bytes(party.name, party.kept, {one.first for one in desk.world.talks})


async def test_what_somebody_has_read_is_read_on_their_pages_at_every_process(desk: Desk) -> None:
    talk = desk.world.talks[6]
    assert talk.owner is None
    ana, luis = (desk.world.members[name] for name in ("ana", "luis"))
    mine, colleague = await greeted(await desk.at(1, ana)), await greeted(await desk.at(1, luis))
    here = await desk.at(0, ana)
    assert (await here.post(f"conversations/{talk.chat.id}/read", {"seq": 1})).status == 204
    read = await until(mine, "thread.read", conversation=talk.chat.id)
    assert (read["version"], read["mark"]["seq"], read["mark"]["reader"]["id"]) == (None, 1, ana.id)
    # What a colleague hears next is not that.
    assert (await here.say(talk.chat.id, str(uuid.uuid4()), canary())).status == 201
    async with asyncio.timeout(SOON_S * PATIENCE):
        while (event := await colleague.hear())["type"] != "conversation.taken":
            assert event["type"] != "thread.read"


async def test_changed_rights_and_ended_sessions_act_in_every_process(desk: Desk) -> None:
    admin, luis = desk.world.members["admin"], desk.world.members["luis"]
    sockets = [await greeted(await desk.at(process, luis)) for process in range(PROCESSES)]
    boss = await desk.at(0, admin)
    assert (await boss.ask("PATCH", f"operators/{luis.id}", {"departments": []})).status == 200
    await asyncio.gather(*(ends_with(socket, 4403) for socket in sockets))
    sockets = [await greeted(await desk.at(process, luis)) for process in range(PROCESSES)]
    team = [await greeted(await desk.at(process, admin)) for process in range(PROCESSES)]
    assert (await boss.ask("PATCH", f"operators/{luis.id}", {"disabled": True})).status == 200
    await asyncio.gather(*(ends_with(socket, 4410) for socket in sockets))
    await asyncio.gather(*(until(socket, "people.changed") for socket in team))


async def test_a_visitor_hears_at_every_process_that_they_may_not_write_and_that_they_may_again(desk: Desk) -> None:
    talk, admin = desk.world.talks[0], desk.world.members["admin"]
    assert talk.owner is not None
    pages_of_theirs = [await greeted(await desk.at(process, talk.guest)) for process in range(PROCESSES)]
    owner, boss = await desk.at(0, talk.owner), await desk.at(1, admin)
    assert (await owner.ask("POST", f"conversations/{talk.chat.id}/block", {})).status == 200
    await asyncio.gather(*(until(page, "visitor.changed", blocked=True) for page in pages_of_theirs))
    (block,) = (await boss.get("blocks")).json
    assert (await boss.ask("DELETE", f"blocks/{block['id']}")).status == 204
    await asyncio.gather(*(until(page, "visitor.changed", blocked=False) for page in pages_of_theirs))


async def ends_with(socket: Socket, code: int) -> None:
    """Wait until the server closes a socket in this way."""
    async with asyncio.timeout(SOON_S * PATIENCE):
        with pytest.raises(ConnectionClosed) as closed:
            await hear_on(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code


async def hear_on(socket: Socket) -> None:
    while True:
        await socket.hear()


async def test_who_is_there_and_who_looks_is_known_at_every_process(desk: Desk) -> None:
    waiting = desk.world.talks[6]
    ana, luis = desk.world.members["ana"], desk.world.members["luis"]
    listener = await greeted(await desk.at(1, luis))
    looker = await greeted(await desk.at(0, ana))
    await looker.say(f'{{"type":"looking","conversation":{waiting.chat.id}}}')
    assert (await until(listener, "looking", conversation=waiting.chat.id))["operators"] == [ana.id]
    page = await greeted(await desk.at(0, waiting.guest))
    await until(listener, "visitor.presence", conversation=waiting.chat.id, online=True)
    state = (await (await desk.at(2, luis)).get("desk")).json
    assert waiting.chat.id in state["online"]
    assert state["looking"][str(waiting.chat.id)] == [ana.id]
    await page.say(f'{{"type":"typing","conversation":"{waiting.chat.public_id}"}}')
    await until(listener, "typing", conversation=waiting.chat.id)
    await page.close()
    await until(listener, "visitor.presence", conversation=waiting.chat.id, online=False)
    await looker.close()
    await until(listener, "looking", conversation=waiting.chat.id, operators=[])


async def test_a_look_in_ends_when_the_last_page_at_any_process_has_left_it(desk: Desk) -> None:
    talk, waiting = desk.world.talks[0], desk.world.talks[6]
    luz, boss = desk.world.members["luz"], await desk.at(0, desk.world.members["admin"])
    assert talk.owner is not None
    (sales,) = [one for one in (await boss.get("departments")).json if one["name"] == "Sales"]
    changes = {"rules": sales["rules"] | {"look_in": True}}
    assert (await boss.ask("PATCH", f"departments/{sales['id']}", changes)).status == 200
    owner, listener = await greeted(await desk.at(2, talk.owner)), await greeted(await desk.at(0, luz))
    her, guest = await desk.at(2, luz), await desk.at(1, talk.guest)
    assert (await her.post(f"conversations/{talk.chat.id}/look-in", {})).status == 200
    first, second = await greeted(await desk.at(0, luz)), await greeted(await desk.at(1, luz))
    await first.say(f'{{"type":"looking","conversation":{talk.chat.id}}}')
    # What is said of the other one behind it says that it has come.
    await second.say(f'{{"type":"looking","conversation":{waiting.chat.id}}}')
    await until(listener, "looking", conversation=waiting.chat.id, operators=[luz.id])
    await second.say(f'{{"type":"looking","conversation":{talk.chat.id}}}')
    await until(listener, "looking", conversation=waiting.chat.id, operators=[])
    await first.say(f'{{"type":"looking","conversation":{waiting.chat.id}}}')
    await until(listener, "looking", conversation=waiting.chat.id, operators=[luz.id])
    said = (await guest.say(talk.chat.public_id, str(uuid.uuid4()), canary())).json["entry"]["body"]
    assert said.encode() in (await her.get(f"conversations/{talk.chat.id}")).body
    await second.say('{"type":"looking","conversation":null}')
    told: list[str] = []
    while told[-2:] != [said, "looked_away"]:
        (entry,) = (await until(owner, "message.posted"))["entries"]
        told.append(entry["body"] or entry["activity"]["kind"])
    assert (await her.get(f"conversations/{talk.chat.id}")).status == 409


# ── words that do not get through ────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def silent(url: str) -> Iterator[Database]:
    """A process that stores and dies before it tells anybody."""
    database = open_database(url, clock=now_us, publish=lambda _: None, threads=1)
    try:
        yield database
    finally:
        database.close_blocking()


async def test_what_a_process_stored_that_died_before_it_told_is_found_by_the_others(desk: Desk) -> None:
    talk, answered = desk.world.talks[0], desk.world.talks[6]
    ana, luis, admin = (desk.world.members[name] for name in ("ana", "luis", "admin"))
    assert talk.owner is not None
    owner = await desk.at(1, talk.owner)
    loser = await greeted(await desk.at(2, luis))
    boss = Operator(OperatorId(admin.id), "Admin", Role.ADMIN)
    words = canary()

    def store(database: Database) -> None:
        write = database.write_blocking
        write(lambda tx: conversations.receive(tx, talk.guest.visitor, talk.chat.public_id, str(uuid.uuid4()), words))
        write(lambda tx: conversations.answer(tx, ana.operator, answered.chat.id, str(uuid.uuid4()), canary()))

    async with Follower(owner, [talk.chat.id]) as page:
        with silent(desk.house.url) as database:
            await asyncio.to_thread(store, database)
            await page.until(lambda page: words in page.party.kept.canaries())
            assert (await until(loser, "conversation.taken", id=answered.chat.id))["operator"] == ana.id
            changes = OperatorChanges(departments=[])
            await asyncio.to_thread(
                database.write_blocking, lambda tx: people.change_operator(tx, boss, luis.operator.id, changes)
            )
            await ends_with(loser, 4403)


async def test_whoever_has_left_a_department_hears_nothing_more_of_it_before_any_word_has_come(desk: Desk) -> None:
    luis, boss = desk.world.members["luis"], Operator(OperatorId(desk.world.members["admin"].id), "Admin", Role.ADMIN)
    with silent(desk.house.url) as database:
        home = database.write_blocking(lambda tx: people_rows.departments_of(tx.conn, luis.operator.id))

        async def move(departments: Sequence[int]) -> None:
            changes = OperatorChanges(departments=list(departments))
            await asyncio.to_thread(
                database.write_blocking, lambda tx: people.change_operator(tx, boss, luis.operator.id, changes)
            )

        for talk in desk.world.talks[6:12]:
            party, guest = await desk.at(2, luis), await desk.at(2, talk.guest)
            loser, (before, after) = await greeted(party), (canary(), canary())
            await guest.say(talk.chat.public_id, str(uuid.uuid4()), before)
            await until(loser, "message.posted")
            await move([])
            assert (await guest.say(talk.chat.public_id, str(uuid.uuid4()), after)).status == 201
            await ends_with(loser, 4403)
            assert before in party.kept.canaries()
            assert after not in party.kept.canaries()
            await move(home)


async def test_without_words_between_processes_everything_is_right_and_only_slower(
    desk: Desk, postgres: PostgresServer
) -> None:
    talk = desk.world.talks[0]
    assert talk.owner is not None
    guest, owner = await desk.at(0, talk.guest), await desk.at(1, talk.owner)
    cut = asyncio.create_task(keep_silent(postgres))
    async with Follower(owner, [talk.chat.id]) as page:
        for _ in range(5):
            said = await guest.say(talk.chat.public_id, str(uuid.uuid4()), canary())
            assert said.status == 201
            await page.shows({talk.chat.id: said.json["entry"]["seq"] + 1})
        assert await asyncio.to_thread(desk.servers[0].is_ready, 10)
        cut.cancel()
        rows = stored(desk.house.url)
        judge_view(page.views[talk.chat.id].shown, rows, talk.chat.id)


async def keep_silent(postgres: PostgresServer) -> None:
    """End every connection for words, as soon as it is there."""
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'recado-channel'"
    with postgres.connect() as connection:
        while True:
            await asyncio.to_thread(connection.execute, end)
            await asyncio.sleep(0.02)


# ── who may serve together ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("own", "why"),
    [
        ({"RECADO_SECRET": "another secret, which nobody else in this desk has got"}, "has another secret"),
        ({}, "keeps files elsewhere"),
    ],
    ids=["secret", "folder"],
)
async def test_a_server_with_a_secret_or_a_folder_of_its_own_does_not_join_the_others(
    desk: Desk, own: dict[str, str], why: str
) -> None:
    server = Server(desk.house.data, desk.house.url)
    done = await asyncio.to_thread(
        subprocess.run,
        server.command,
        env={**os.environ, **server.settings, **own},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"recado: Another server on this database {why}")
    assert len(done.stderr.splitlines()) == 1


def test_both_may_be_changed_while_no_server_runs(shared: House) -> None:
    for which in ("first", "second"):
        secret = f"the {which} secret of this desk, long enough".encode()
        with joining(shared.url, secret, place_of(shared.data / which)):
            pass


def test_of_two_that_start_at_the_same_moment_with_folders_of_their_own_one_serves(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    secret = b"the secret of this desk, which is long enough"
    for _ in range(5):
        with postgres.database(postgres.template("schema", upgrade)) as url, contextlib.ExitStack() as stack:

            def start(which: int, url: str = url, stack: contextlib.ExitStack = stack) -> str:
                return stack.enter_context(joining(url, secret, place_of(tmp_path / str(which))))[0]

            refused, served = sorted(at_once(2, start), key=lambda one: isinstance(one, str))
            assert isinstance(served, str)
            assert isinstance(refused, CannotStartError)
            assert "keeps files elsewhere" in str(refused)
