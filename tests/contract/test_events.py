"""Every live event for every kind of person, and what whoever loses access no longer hears.

Each event is brought about with everybody's page open; who hears it must be able to read what it is about. A new event
that nothing here brings about fails a test.
"""

from collections.abc import Awaitable, Callable
from typing import Any, get_args

import httpx
import msgspec
import pytest

from recado.actions import look_ins, people, queue
from recado.actions.people import OperatorChanges
from recado.domain.actors import Operator, Role, Visitor
from recado.domain.conversations import ListName
from recado.domain.events import ConsoleEvent, StoreChanged, ToTeam
from recado.domain.ids import ConversationId
from recado.domain.outward_events import WidgetEvent
from tests.contract.hearing import check_frame, reads_now
from tests.contract.routes import CONVERSATION, ROUTES, path_of
from tests.contract.scene import Target
from tests.contract.stage import Ears, Stage
from tests.web.doors import CONSOLE, WIDGET
from tests.web.sockets import connected
from tests.world import canary, holds, new_client_id

Doing = Callable[[Stage, Ears], Awaitable[object]]


def by(name: str, method: str, path: str, body: Any = None) -> Doing:
    """Somebody asks for this; `{attending}` and the like stand for a conversation, as its side names it."""

    async def do(stage: Stage, _: Ears) -> None:
        person = stage.scene.who[name]
        which = {
            one: target.public_id if isinstance(person, Visitor) else target.number
            for one, target in stage.scene.targets.items()
        }
        which["direct"] = stage.scene.direct.number
        door = WIDGET if isinstance(person, Visitor) else CONSOLE
        sent = body | {"client_id": new_client_id()} if isinstance(body, dict) and set(body) == {"body"} else body
        answer = await stage.scene.callers[name](method, door + path.format(**which), sent)
        assert answer.status_code < 300, answer.text

    return do


def says(name: str, kind: str, target: str) -> Doing:
    """Somebody's page says this over its socket."""

    async def do(stage: Stage, ears: Ears) -> None:
        about = stage.scene.targets[target]
        outside = isinstance(stage.scene.who[name], Visitor)
        ears[name].say({"type": kind, "conversation": about.public_id if outside else about.number})
        await ears[name].answered()

    return do


async def comes(stage: Stage, ears: Ears) -> None:
    """The customer of the waiting conversation opens a page."""
    julian = stage.world.julian
    async with connected(stage.house.app, f"{WIDGET}/socket") as page:
        page.say({"type": "hello", "token": stage.house.token(julian)})
        await page.until("hello")


async def writes_again(stage: Stage, _: Ears) -> None:
    """The customer of the closed conversation writes into it."""
    target = stage.scene.targets["closed"]
    nuria = Visitor(target.visitor, stage.world.lucia.inbox_id)  # type: ignore[arg-type]
    path = f"{WIDGET}/conversations/{target.public_id}/messages"
    answer = await stage.house.visitor(nuria)("POST", path, {"client_id": new_client_id(), "body": "One more"})
    assert answer.status_code == 201


async def cannot_store(stage: Stage, _: Ears) -> None:
    """The store fails, as the caretaker tells it."""
    stage.world.desk.hub.tell(StoreChanged(well=False), ToTeam())


async def drops(stage: Stage, _: Ears) -> None:
    """The owner of the attended conversation gives up a file that was to wait in their draft."""
    which = stage.scene.targets["attending"].upload
    assert (await stage.scene.callers["owner"]("DELETE", f"{CONSOLE}/uploads/{which}")).status_code == 204


TEXT = {"body": "Good morning."}
ANSWER = {"seq": 1_000_005, "edits": 0, "mentions": [], "body": "Good morning to you."}
"""The owner's answer, edited."""
OPERATORS: dict[str, Doing] = {
    "conversation.opened": by("other visitor", "POST", "/conversations", TEXT),
    "message.posted": by("visitor", "POST", "/conversations/{attending}/messages", TEXT),
    "message.changed": by("owner", "PATCH", "/conversations/{attending}/messages", ANSWER),
    "conversation.claimed": by("colleague", "POST", "/conversations/{waiting}/messages", TEXT),
    "conversation.taken": by("colleague", "POST", "/conversations/{waiting}/claim", {}),
    "conversation.left": by("owner", "POST", "/conversations/{attending}/transfer", {"department": 2}),
    "conversation.queued": writes_again,
    "conversation.paused": by("owner", "POST", "/conversations/{attending}/pause", {}),
    "conversation.resumed": by("owner", "POST", "/conversations/{paused}/resume", {}),
    "conversation.changed": by("colleague", "POST", "/conversations/{waiting}/acknowledge", {}),
    "conversation.closed": by("owner", "POST", "/conversations/{attending}/close", {"note": "Nothing more."}),
    "thread.read": by("visitor", "POST", "/conversations/{attending}/read", {"seq": 2}),
    "person.changed": by("owner", "PATCH", "/me", {"availability": "busy"}),
    "people.changed": by("admin", "PATCH", "/operators/2", {"name": "Ana R."}),
    "replies.changed": by("admin", "DELETE", "/replies/1"),
    "drafts.changed": drops,
    "notices.changed": by("owner", "PUT", "/notices/dnd", {"until": None}),
    "settings.changed": by("admin", "POST", "/departments", {"name": "Taller"}),
    "typing": says("visitor", "typing", "attending"),
    "looking": says("colleague", "looking", "waiting"),
    "visitor.presence": comes,
    "store.changed": cannot_store,
    "direct.posted": by("owner", "POST", "/directs/{direct}/messages", TEXT),
    "direct.changed": by("owner", "PATCH", "/directs/{direct}/messages", {"seq": 1_000_001, "edits": 1, **TEXT}),
    "direct.read": by("colleague", "PUT", "/directs/{direct}/read", {"seq": 1_000_004}),
    "direct.own_changed": by("owner", "PUT", "/directs/{direct}/archive", {}),
    "direct.left": by("colleague", "DELETE", "/directs/{direct}/people/me"),
}
VISITORS: dict[str, Doing] = {
    "message.posted": by("owner", "POST", "/conversations/{attending}/messages", TEXT),
    "message.changed": by("owner", "PATCH", "/conversations/{attending}/messages", ANSWER),
    "conversation.changed": by("owner", "POST", "/conversations/{attending}/release", {}),
    "conversation.closed": by("owner", "POST", "/conversations/{attending}/close", {"note": "Nothing more."}),
    "thread.read": by("owner", "POST", "/conversations/{attending}/read", {"seq": 1_000_004}),
    "typing": says("owner", "typing", "attending"),
    "visitor.changed": by("owner", "POST", "/conversations/{attending}/block", {}),
}
TO_THE_SOCKET = {"hello", "pong"}
"""What a socket says to its own page."""


def tags_of(union: Any) -> set[str]:
    return {str(one.__struct_config__.tag) for one in get_args(union)} - TO_THE_SOCKET


def test_no_event_of_the_product_is_missing_here() -> None:
    assert tags_of(ConsoleEvent) == set(OPERATORS)
    assert tags_of(WidgetEvent) == set(VISITORS)


EVENTS = [(Operator, kind, do) for kind, do in OPERATORS.items()] + [
    (Visitor, kind, do) for kind, do in VISITORS.items()
]


@pytest.mark.parametrize(("hearer", "kind", "do"), EVENTS, ids=[f"{who.__name__} {kind}" for who, kind, _ in EVENTS])
async def test_an_event_is_heard_by_those_alone_who_may_know(
    stage: Stage, ears: Ears, hearer: type[Any], kind: str, do: Doing
) -> None:
    await do(stage, ears)
    heard = await ears.heard()
    assert [frame for _, person, frame in heard if isinstance(person, hearer) and frame["type"] == kind]
    for name, person, frame in heard:
        check_frame(stage.scene, name, person, frame)


# ── whoever loses access ─────────────────────────────────────────────────────────────────────────────────────────


def goes(**changes: Any) -> Callable[[Stage, Operator], object]:
    """An admin changes an operator."""
    return lambda stage, person: stage.world.act(
        people.change_operator, stage.world.adela, person.id, OperatorChanges(**changes)
    )


def hands_over(stage: Stage, person: Operator) -> None:
    which = ConversationId(stage.scene.targets["attending"].number)
    stage.world.act(queue.transfer, person, which, stage.world.department("Soporte"))


def looks_away(stage: Stage, person: Operator) -> None:
    stage.world.act(look_ins.look_away, person, ConversationId(stage.scene.targets["attending"].number))


LOSSES: dict[str, tuple[str, str, Callable[[Stage, Operator], object]]] = {
    "an owner who hands it over": ("owner", "attending", hands_over),
    "an owner who leaves the department": ("owner", "attending", goes(departments=[])),
    "an owner who is disabled": ("owner", "attending", goes(disabled=True)),
    "a colleague who leaves the department": ("colleague", "waiting", goes(departments=[])),
    "a colleague who is disabled": ("colleague", "waiting", goes(disabled=True)),
    "a supervisor who looks away": ("supervisor looking in", "attending", looks_away),
    "a supervisor who is one no more": ("supervisor looking in", "attending", goes(role=Role.OPERATOR)),
    "a supervisor who leaves the department": ("supervisor looking in", "attending", goes(departments=[])),
}


READERS = [route for route in ROUTES if route.method == "GET" and route.needs == "reader"]
WORDLESS = {f"{CONVERSATION}/background", f"{CONVERSATION}/versions"}
"""What is known of a customer, without what is said in the conversation; and what one entry of it said before."""
LISTS = [f"{CONSOLE}/desk", *(f"{CONSOLE}/conversations?list={one}" for one in get_args(ListName))]


async def all_that_reaches(stage: Stage, name: str, target: Target) -> dict[str, httpx.Response]:
    """All answers that could hold a conversation's content, by where they were asked for."""
    paths = {path_of(route, target.number): route for route in READERS} | dict.fromkeys(LISTS)
    return {path: await stage.scene.callers[name]("GET", path) for path in paths}


def assert_read(answers: dict[str, httpx.Response], person: Operator, target: Target, word: str) -> None:
    """Whoever reads the conversation gets its words from every address; a list has it unless they just look in."""
    assert {answer.status_code for answer in answers.values()} == {200}, answers
    for route in READERS:
        assert route.path in WORDLESS or holds(answers[path_of(route, target.number)].content, word), route
    looks_in = target.where is not None and person.id in target.where.lookers
    assert any(holds(answers[path].content, word) for path in LISTS) is not looks_in


@pytest.mark.parametrize("loss", LOSSES)
async def test_whoever_loses_access_gets_no_byte_of_what_is_said_afterwards(
    stage: Stage, ears: Ears, loss: str
) -> None:
    name, which, lose = LOSSES[loss]
    person, target, before, word = stage.scene.who[name], stage.scene.targets[which], canary(), canary()
    assert isinstance(person, Operator)
    writer = Visitor(target.visitor, stage.world.lucia.inbox_id)  # type: ignore[arg-type]
    stage.world.writes(writer, before)
    assert any(one == name and holds(frame, before) for one, _, frame in await ears.heard())
    assert_read(await all_that_reaches(stage, name, target), person, target, before)
    lose(stage, person)
    assert not reads_now(stage.world, person, target.number)
    stage.world.writes(writer, word)
    heard = [frame for one, _, frame in await ears.heard() if one == name]
    await ears.open()
    stage.world.writes(writer, f"{word} again")
    heard += [frame for one, _, frame in await ears.heard() if one == name]
    assert not holds(msgspec.json.encode(heard), word)
    answers = await all_that_reaches(stage, name, target)
    assert [path for path, answer in answers.items() if holds(answer.content, word)] == []


@pytest.mark.parametrize("name", ["owner", "visitor"])
async def test_a_page_that_asks_for_more_than_its_own_hears_nothing(stage: Stage, ears: Ears, name: str) -> None:
    """There is nothing to subscribe to; what is said about what one may not see, or about everything, is not heard."""
    foreign = stage.scene.targets["closed"]
    which: object = foreign.public_id if name == "visitor" else foreign.number
    missing: object = "missing" if name == "visitor" else 999_999
    await says(name, "typing", "attending")(stage, ears)
    assert {frame["type"] for _, _, frame in await ears.heard()} == {"typing"}, "of its own it may"
    for kind in ("typing",) if name == "visitor" else ("typing", "looking"):
        for one in (which, missing):
            ears[name].say({"type": kind, "conversation": one})
    await ears[name].answered()
    assert await ears.heard() == []
    olga = stage.scene.who["last owner"]
    assert isinstance(olga, Operator)
    stage.world.act(queue.reopen, olga, ConversationId(foreign.number))
    heard = [one for one, _, frame in await ears.heard() if holds(frame, foreign.word)]
    assert "last owner" in heard
    assert name not in heard
