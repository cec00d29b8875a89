"""A send is the same message for ever: its answer is cut, it is sent again, by others, with other words."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import uuid
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest

from tests.process import Guest, Member, serving
from tests.reliability.conftest import House
from tests.reliability.follower import Follower, View, Which, load_all
from tests.reliability.judge import Row, canary, judge_bytes, judge_order, judge_view, stored
from tests.reliability.sizes import size
from tests.reliability.wire import Party
from tests.reliability.world import Pages, World, pages, populate
from tests.reliability.zygote import Zygote

CUTS = size(5, 200)
EACH = 200


class Scene(NamedTuple):
    """A running desk and its people's pages."""

    url: str
    world: World
    pages: Pages

    def rows_with(self, body: str) -> list[Row]:
        """Where these words are stored."""
        return [row for row in stored(self.url) if row.body == body]


@pytest.fixture
async def scene(house: House, zygote: Zygote) -> AsyncIterator[Scene]:
    """Two attended conversations, some waiting, and visitors who have not written yet."""
    world = populate(house.url, attended=2, waiting=2 * CUTS, strangers=CUTS + 2)
    with serving(house.server(), zygote.start) as server:
        async with pages(server) as opened:
            yield Scene(house.url, world, opened)


class Way(NamedTuple):
    """One way to send: whose page, to which address."""

    party: Party
    path: str

    async def send(self, client_id: str, body: str) -> Any:
        return await self.party.post(self.path, {"client_id": client_id, "body": body})


async def ways(scene: Scene, turn: int) -> list[Way]:
    """All ways to send: into one's own conversation, the first words of all, an answer, an answer that claims."""
    attended, waiting = scene.world.talks[0], scene.world.talks[2 + turn]
    assert attended.owner is not None
    answerer = scene.world.members["ana"]
    return [
        Way(await scene.pages.of(attended.guest), f"conversations/{attended.chat.public_id}/messages"),
        Way(await scene.pages.of(scene.world.strangers[turn]), "conversations"),
        Way(await scene.pages.of(attended.owner), f"conversations/{attended.chat.id}/messages"),
        Way(await scene.pages.of(answerer), f"conversations/{waiting.chat.id}/messages"),
    ]


async def retry_often(way: Way, client_id: str, body: str) -> set[int]:
    """Send the same again ten times, then ten times at once; gives the places that the answers name."""
    answers = [await way.send(client_id, body) for _ in range(10)]
    answers += await asyncio.gather(*(way.send(client_id, body) for _ in range(10)))
    assert {answer.status for answer in answers} <= {200, 201}, answers
    assert sum(answer.status == 201 for answer in answers) <= 1
    assert {answer.json["entry"]["body"] for answer in answers} == {body}
    return {answer.json["entry"]["seq"] for answer in answers}


async def test_an_answer_that_was_cut_and_twenty_retries_make_one_message(scene: Scene) -> None:
    for turn in range(CUTS):
        for way in await ways(scene, turn):
            client_id, body = str(uuid.uuid4()), canary()
            request = way.party.request("POST", way.path, {"client_id": client_id, "body": body})
            await way.party.ask_and_leave(request, leave_after=turn % 2)
            places = await retry_often(way, client_id, body)
            (row,) = scene.rows_with(body)
            assert places == {row.public_seq if way.party.api == "widget" else row.seq}
    judge_order(stored(scene.url))


async def test_the_same_id_of_another_sender_is_another_message(scene: Scene) -> None:
    first, second = scene.world.talks[0], scene.world.talks[1]
    assert first.owner is not None
    client_id, words = str(uuid.uuid4()), [canary() for _ in range(3)]
    guest, other = await scene.pages.of(first.guest), await scene.pages.of(second.guest)
    owner = await scene.pages.of(first.owner)
    answers = [
        await guest.say(first.chat.public_id, client_id, words[0]),
        await owner.say(first.chat.id, client_id, words[1]),
        await other.say(second.chat.public_id, client_id, words[2]),
    ]
    assert [answer.status for answer in answers] == [201, 201, 201]
    assert [len(scene.rows_with(body)) for body in words] == [1, 1, 1]
    judge_bytes("the first visitor", guest.kept, words[:1])
    judge_bytes("the second visitor", other.kept, words[2:])


async def test_the_same_id_with_other_words_is_refused_and_the_first_stays(scene: Scene) -> None:
    for way in await ways(scene, 0):
        client_id, body, other = str(uuid.uuid4()), canary(), canary()
        first = await way.send(client_id, body)
        assert first.status == 201
        refused = [await way.send(client_id, other)]
        refused += await asyncio.gather(*(way.send(client_id, other) for _ in range(5)))
        assert {(answer.status, answer.code) for answer in refused} == {(409, "client_id_reused")}
        assert not scene.rows_with(other)
        assert len(scene.rows_with(body)) == 1
        again = await way.send(client_id, body)
        assert (again.status, again.json["entry"]) == (200, first.json["entry"])


async def writers(scene: Scene) -> tuple[list[Party], list[Which]]:
    """Three pages of a visitor and two of the operator who attends them, and the conversation's name at each."""
    talk = scene.world.talks[0]
    assert talk.owner is not None
    who: list[Guest | Member] = [talk.guest] * 3 + [talk.owner] * 2
    parties = [await scene.pages.another(one) for one in who]
    names: list[Which] = [talk.chat.public_id] * 3
    return parties, [*names, talk.chat.id, talk.chat.id]


async def write_many(party: Party, which: Which, count: int) -> None:
    for _ in range(count):
        answer = await party.say(which, str(uuid.uuid4()), canary())
        assert answer.status == 201, answer


@pytest.mark.slow
async def test_five_who_write_at_once_are_shown_one_order_also_after_a_reload(scene: Scene) -> None:
    parties, names = await writers(scene)
    async with contextlib.AsyncExitStack() as stack:
        followers = [Follower(party, [name]) for party, name in zip(parties, names, strict=True)]
        for follower in followers:
            await stack.enter_async_context(follower)
        work = [write_many(party, name, EACH) for party, name in zip(parties, names, strict=True)]
        await asyncio.gather(*work)
        rows = [row for row in stored(scene.url) if row.public_id == names[0]]
        judge_order(rows)
        for follower, name in zip(followers, names, strict=True):
            await follower.shows({name: rows[-1].seq if isinstance(name, int) else rows[-1].public_seq or 0})
            judge_view(follower.views[name].shown, rows, name)
            judge_view(await load_all(follower.party, name), rows, name)
    said = [[row.body for row in rows if row.kind == "public"]]
    said += [
        [entry["body"] for entry in page.views[name].shown if entry["body"]]
        for page, name in zip(followers, names, strict=True)
    ]
    assert all(one == said[0] for one in said)
    assert len(said[0]) == 5 * EACH + 2


async def test_echo_answer_event_and_reload_make_one_bubble_in_any_order(scene: Scene) -> None:
    talk = scene.world.talks[0]
    assert talk.owner is not None
    sides: list[tuple[Guest | Member, Which]] = [(talk.guest, talk.chat.public_id), (talk.owner, talk.chat.id)]
    for who, which in sides:
        party = await scene.pages.of(who)
        client_id, body = str(uuid.uuid4()), canary()
        async with Follower(party, [which]) as page:
            answer = await party.say(which, client_id, body)
            seq = answer.json["entry"]["seq"]
            await page.shows({which: seq})
            (event,) = [one for one in page.heard if one["type"] == "message.posted"]
        reload = await load_all(party, which)
        told = {"answer": [answer.json["entry"]], "event": event["entries"], "reload": reload}
        before = [entry["body"] for entry in reload if entry["seq"] != seq]
        for order in itertools.permutations(told):
            view = View()
            view.merge(entry for entry in reload if entry["seq"] != seq)
            view.echo(client_id, body)
            assert view.bubbles == [*before, body]
            for name in order:
                view.merge(told[name])
                assert view.bubbles == [*before, body], f"after {name} of {order}"
            assert not view.echoes
