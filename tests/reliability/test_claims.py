"""Sixteen operators answer the same waiting conversation at once, again and again: one has it, the others learn who."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from recado.db.migrate import upgrade
from tests.process import PATIENCE, Chat, FoundDesk, Member, Server, found_desk, serving, several
from tests.reliability.conftest import Figure, House, percentile
from tests.reliability.judge import Row, canary, judge_bytes, judge_order, stored
from tests.reliability.sizes import size
from tests.reliability.wire import Answer, Party
from tests.reliability.world import Talk, pages, talks
from tests.reliability.zygote import Zygote
from tests.servers import PostgresServer

ROUNDS = {"sqlite": size(500, 10_000), "postgresql": size(50, 10_000)}
"""The usual run has them all on one database, and a tenth where each costs several times as much."""
RACERS = tuple(f"racer{number:02}" for number in range(16))
TOLD_MS = 250


class Attempt(NamedTuple):
    """One operator's answer in one race."""

    member: Member
    client_id: str
    words: str
    answer: Answer
    ms: float


class Ear:
    """What an operator's socket told, by conversation, with the moment of each."""

    def __init__(self, member: Member, party: Party) -> None:
        self.member = member
        self.party = party
        self.taken: dict[int, tuple[dict[str, Any], float]] = {}
        self.claimed: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
        self.greeted = asyncio.Event()
        self._changed = asyncio.Event()

    async def listen(self) -> None:
        socket = await self.party.open_socket()
        while True:
            event = await socket.hear()
            if event["type"] == "hello":
                self.greeted.set()
            elif event["type"] == "conversation.taken":
                assert event["id"] not in self.taken, "told twice"
                self.taken[event["id"]] = event, time.perf_counter()
            elif event["type"] == "conversation.claimed":
                self.claimed[event["conversation"]["id"]].append(event)
            self._changed.set()

    async def hears_of(self, which: int) -> None:
        """Wait until this page knows that somebody has the conversation."""
        async with asyncio.timeout(PATIENCE):
            while which not in self.taken and which not in self.claimed:
                self._changed.clear()
                await self._changed.wait()


class Race:
    """The operators at the barrier, with their pages."""

    def __init__(self, ears: list[Ear]) -> None:
        self.ears = ears
        self.refused_ms: list[float] = []
        self.taken_ms: list[float] = []
        self.winners: dict[int, Attempt] = {}
        self.losers: list[Attempt] = []

    async def run(self, chat: Chat) -> Attempt:
        """All answer at once; gives the attempt that won, when all know it."""
        barrier = asyncio.Barrier(len(self.ears))
        attempts = await asyncio.gather(*(self._answer(ear, chat, barrier) for ear in self.ears))
        began = time.perf_counter() - max(attempt.ms for attempt in attempts) / 1000
        (winner,) = [attempt for attempt in attempts if attempt.answer.status == 201]
        lost = [attempt for attempt in attempts if attempt is not winner]
        expected = {"id": winner.member.id, "name": winner.member.name}
        for attempt in lost:
            assert (attempt.answer.status, attempt.answer.code) == (409, "taken"), attempt.answer
            assert attempt.answer.json["operator"] == expected
        await asyncio.gather(*(ear.hears_of(chat.id) for ear in self.ears))
        told = [ear.taken[chat.id] for ear in self.ears if ear.member is not winner.member]
        assert {event["operator"] for event, _ in told} == {winner.member.id}
        self.refused_ms += [attempt.ms for attempt in lost]
        self.taken_ms += [(moment - began) * 1000 for _, moment in told]
        self.winners[chat.id] = winner
        self.losers += lost
        return winner

    @staticmethod
    async def _answer(ear: Ear, chat: Chat, barrier: asyncio.Barrier) -> Attempt:
        client_id, words = str(uuid.uuid4()), canary()
        async with barrier:
            began = time.perf_counter()
            answer = await ear.party.say(chat.id, client_id, words)
            return Attempt(ear.member, client_id, words, answer, (time.perf_counter() - began) * 1000)


@contextlib.asynccontextmanager
async def listening(ears: list[Ear]) -> AsyncIterator[None]:
    """All sockets open and greeted; what fails in one fails the test."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ear.listen()) for ear in ears]
        await asyncio.gather(*(ear.greeted.wait() for ear in ears))
        yield
        for task in tasks:
            task.cancel()


def judge_claims(rows: list[Row], race: Race, raced: list[Talk]) -> None:
    """One owner, one claim, one first reply in each conversation, and nothing of those who lost."""
    judge_order(rows)
    threads: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        threads[row.conversation].append(row)
    for talk in raced:
        winner = race.winners[talk.chat.id]
        opening, claim, reply, later = threads[talk.chat.id]
        assert (opening.body, claim.kind, claim.author_id) == (talk.first, "activity", winner.member.id)
        assert (reply.author_id, reply.client_id, reply.body) == (winner.member.id, winner.client_id, winner.words)
        assert later.author_kind == "visitor"
    assert not {attempt.words for attempt in race.losers} & {row.body for row in rows}


def judge_told(race: Race, raced: list[Talk], later: dict[int, str], visitors: list[Party]) -> None:
    """The winner heard of the claim once; nobody received a byte that is not theirs."""
    lost = {attempt.words for attempt in race.losers}
    waiting = {talk.first for talk in raced}
    for ear in race.ears:
        won = {chat for chat, winner in race.winners.items() if winner.member is ear.member}
        assert {chat: len(events) for chat, events in ear.claimed.items()} == dict.fromkeys(won, 1)
        assert not won & ear.taken.keys()
        own = {race.winners[chat].words for chat in won} | {later[chat] for chat in won}
        judge_bytes(ear.member.name, ear.party.kept, waiting | own)
        assert own <= ear.party.kept.canaries(), "there was nothing to leak"
        assert not lost & ear.party.kept.canaries()
    for talk, visitor in zip(raced, visitors, strict=True):
        allowed = {talk.first, race.winners[talk.chat.id].words, later[talk.chat.id]}
        judge_bytes(visitor.name, visitor.kept, allowed)


def people(url: str, rounds: int) -> tuple[FoundDesk, list[Talk]]:
    with found_desk(url, {"Sales": RACERS}) as desk:
        return desk, talks(desk, "Sales", rounds)


async def run_races(url: str, servers: Sequence[Server], desk: FoundDesk, raced: list[Talk]) -> Race:
    """All race for each, their pages at these processes in turn; what came of it is judged."""
    later: dict[int, str] = {}
    async with pages(servers[0]) as opened:
        ears = [Ear(desk.members[name], await opened.of(desk.members[name])) for name in RACERS]
        visitors = [await opened.of(talk.guest) for talk in raced]
        for turn, party in enumerate([*(ear.party for ear in ears), *visitors]):
            party.port = servers[turn % len(servers)].port
        race = Race(ears)
        async with listening(ears):
            for talk, visitor in zip(raced, visitors, strict=True):
                winner = await race.run(talk.chat)
                later[talk.chat.id] = canary()
                sent = await visitor.say(talk.chat.public_id, str(uuid.uuid4()), later[talk.chat.id])
                assert sent.status == 201
                seen = await opened.of(winner.member)
                assert (await seen.get(f"conversations/{talk.chat.id}")).status == 200
                visitor.leave()
    judge_claims(stored(url), race, raced)
    judge_told(race, raced, later, visitors)
    return race


def tell(figure: Figure, race: Race) -> None:
    refused, taken = percentile(race.refused_ms, 0.99), percentile(race.taken_ms, 0.99)
    times = f"losers told (p99) by answer in {refused:.0f} ms, by socket in {taken:.0f} ms"
    figure(f"{len(race.winners)} races of {len(race.ears)}; {times}")
    assert max(refused, taken) <= TOLD_MS * PATIENCE


@pytest.mark.slow
@pytest.mark.timeout(size(300, 14_400))
async def test_of_sixteen_who_answer_at_once_one_wins_and_the_others_learn_who(
    house: House, zygote: Zygote, figure: Figure
) -> None:
    desk, raced = people(house.url, ROUNDS[house.kind])
    with serving(house.server(), zygote.start) as server:
        tell(figure, await run_races(house.url, [server], desk, raced))


@pytest.mark.slow
@pytest.mark.timeout(size(300, 14_400))
async def test_of_sixteen_who_answer_at_once_at_two_processes_one_wins_and_the_others_learn_who(
    postgres: PostgresServer, tmp_path: Path, zygote: Zygote, figure: Figure
) -> None:
    with (
        postgres.database(postgres.template("schema", upgrade)) as url,
        several(2, tmp_path, url) as servers,
    ):
        desk, raced = people(url, ROUNDS["postgresql"])
        for server in servers:
            await asyncio.to_thread(server.start, zygote.start)
        race = await run_races(url, servers, desk, raced)
        won_at = Counter(RACERS.index(winner.member.username) % len(servers) for winner in race.winners.values())
        assert len(won_at) == len(servers), f"all was won at one process: {won_at}"
        tell(figure, race)
