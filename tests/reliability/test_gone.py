"""Once a colleague has a conversation, nothing later of it reaches anybody else, by any door, under way or not."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from tests.process import Member, serving
from tests.reliability.conftest import House
from tests.reliability.follower import Follower
from tests.reliability.judge import canary, judge_bytes
from tests.reliability.sizes import size
from tests.reliability.wire import Answer, Party
from tests.reliability.world import SALES, SUPPORT, Talk, World, pages, populate
from tests.reliability.zygote import Zygote

ROUNDS = size(8, 500)
LATER = 5
"""How many messages each side writes after the claim."""


class Rival(NamedTuple):
    """Somebody who is not the owner, with a page open on everything."""

    member: Member
    party: Party


def doors(talk: Talk) -> list[tuple[str, str, object]]:
    """Every request that could tell of a conversation."""
    one = f"conversations/{talk.chat.id}"
    return [
        ("GET", "desk", None),
        ("GET", "counts", None),
        *[("GET", f"conversations?list={name}&limit=200", None) for name in ("waiting", "attending", "closed")],
        ("GET", one, None),
        ("GET", f"{one}/entries?before=1000", None),
        ("GET", f"{one}/changes?since=0&epoch=none", None),
        ("PUT", f"{one}/draft", {"mode": "answer", "body": "words of my own"}),
        ("POST", f"{one}/read", {"seq": 3}),
        ("POST", f"{one}/close", {}),
    ]


async def try_all(rival: Rival, talk: Talk) -> list[Answer]:
    """Knock on every door, and try to write at the end."""
    answers = [await rival.party.ask(*door) for door in doors(talk)]
    return [*answers, await rival.party.say(talk.chat.id, str(uuid.uuid4()), "me too")]


async def keep_asking(rival: Rival, talk: Talk, ended: asyncio.Event) -> None:
    """Read by every door again and again, so that requests are under way at every moment of the claim."""
    reading = [door for door in doors(talk) if door[0] == "GET"]
    while not ended.is_set():
        for answer in await asyncio.gather(*(rival.party.ask(*door) for door in reading)):
            assert answer.status in {200, 404, 409}, answer


async def converse(owner: Party, guest: Party, talk: Talk, secret: list[str]) -> None:
    """The owner's answer, which claims, and what both write afterwards: all of it is theirs alone."""
    for turn in range(LATER):
        first, second = secret[2 * turn : 2 * turn + 2]
        answered = await owner.say(talk.chat.id, str(uuid.uuid4()), first)
        written = await guest.say(talk.chat.public_id, str(uuid.uuid4()), second)
        assert (answered.status, written.status) == (201, 201)


class Scene(NamedTuple):
    """An owner to be, everybody else, and the conversations that wait."""

    owner: Party
    rivals: list[Rival]
    guests: list[Party]
    world: World

    @property
    def talks(self) -> list[Talk]:
        """Those of Ana's department; as many wait in the other one."""
        return self.world.talks[:ROUNDS]


@pytest.fixture
async def scene(house: House, zygote: Zygote) -> AsyncIterator[Scene]:
    """Ana will answer; her colleagues, the other department and the admin look on."""
    world = populate(house.url, attended=0, waiting=2 * ROUNDS)
    with serving(house.server(), zygote.start) as server:
        async with pages(server) as opened:
            names = [*SALES[1:], *SUPPORT, "admin"]
            rivals = [Rival(world.members[name], await opened.of(world.members[name])) for name in names]
            guests = [await opened.of(talk.guest) for talk in world.talks[:ROUNDS]]
            yield Scene(await opened.of(world.members["ana"]), rivals, guests, world)


async def test_nothing_written_after_a_claim_reaches_anybody_but_owner_and_visitor(scene: Scene) -> None:
    firsts = {talk.first for talk in scene.world.talks}
    secrets: list[str] = []
    async with contextlib.AsyncExitStack() as stack:
        colleagues = [rival for rival in scene.rivals if rival.member.department == "Sales"]
        everything = [talk.chat.id for talk in scene.talks]
        sockets = [await stack.enter_async_context(Follower(rival.party, everything)) for rival in colleagues]
        sockets += [await stack.enter_async_context(Follower(rival.party, [])) for rival in scene.rivals[2:]]
        owner = await stack.enter_async_context(Follower(scene.owner, everything))
        for rival in colleagues:
            assert scene.talks[0].first in rival.party.kept.canaries(), "there was nothing to leak"
        for talk, guest in zip(scene.talks, scene.guests, strict=True):
            secret = [canary() for _ in range(2 * LATER)]
            secrets += secret
            ended = asyncio.Event()
            asking = asyncio.gather(*(keep_asking(rival, talk, ended) for rival in scene.rivals))
            await converse(scene.owner, guest, talk, secret)
            ended.set()
            await asking
        for page in sockets[: len(colleagues)]:
            await page.until(lambda page: not page.views)
        await owner.until(lambda page: set(secrets) <= page.party.kept.canaries())
    for rival in scene.rivals:
        judge_bytes(rival.member.name, rival.party.kept, firsts)


async def test_a_claimed_conversation_answers_others_with_its_holder_and_nothing_else(scene: Scene) -> None:
    talk, guest = scene.talks[0], scene.guests[0]
    secret = [canary() for _ in range(2 * LATER)]
    await converse(scene.owner, guest, talk, secret)
    for rival in scene.rivals:
        answers = await try_all(rival, talk)
        lists, single, draft = answers[:5], [*answers[5:8], *answers[9:]], answers[8]
        assert {answer.status for answer in lists} == {200}
        assert all(f'"id":{talk.chat.id},"status"'.encode() not in answer.body for answer in lists)
        expected = {(409, "taken")} if rival.member.department == "Sales" else {(404, "not_found")}
        assert {(answer.status, answer.code) for answer in single} == expected
        assert draft.status == (204 if rival.member.department == "Sales" else 404)
        judge_bytes(rival.member.name, rival.party.kept, {one.first for one in scene.world.talks[1:]})
    last = (await scene.owner.get(f"conversations/{talk.chat.id}")).json["entries"][-1]
    assert last["body"] == secret[-1], "somebody else wrote here"


async def test_a_foreign_conversation_is_answered_like_one_that_does_not_exist(scene: Scene) -> None:
    talk = scene.world.talks[ROUNDS]
    missing = talk._replace(chat=talk.chat._replace(id=type(talk.chat.id)(10**9)))
    for rival in [rival for rival in scene.rivals if rival.member.department != "Support"]:
        foreign, absent = await try_all(rival, talk), await try_all(rival, missing)
        assert [answer.status for answer in foreign] == [answer.status for answer in absent]
        assert [answer.body for answer in foreign[5:]] == [answer.body for answer in absent[5:]]
        assert talk.first not in rival.party.kept.canaries()
