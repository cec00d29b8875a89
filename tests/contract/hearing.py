"""What may stand in an answer or a frame, judged by the table of who reads what, at the moment of asking."""

import re
from typing import Any

import msgspec
from sqlalchemy import Connection

from recado.db import conversations, directs, notices, readers
from recado.domain.actors import Operator, Visitor
from recado.domain.ids import ConversationId, DirectId, OperatorId, PublicId
from recado.domain.permissions import Facts, readers_of
from tests.contract.routes import Route
from tests.contract.scene import HERS, INNER, Scene, Target
from tests.web.doors import CONSOLE
from tests.world import World, holds

LOST = {"conversation.taken", "conversation.left"}
"""Frames that say that a conversation is read no more, to those who read it."""
CONTENTLESS = {
    "drafts.changed",
    "people.changed",
    "person.changed",
    "replies.changed",
    "settings.changed",
    "store.changed",
}
"""Frames that are about no conversation, for operators alone."""
OWN = {"visitor.changed"}
"""Frames that are about the visitor whose page hears them."""
SIGN_IN = f"{CONSOLE}/session"
"""Whoever signs in gets what is their own."""
_NUMBERS = re.compile(rb"(?<![\w.-])\d{7}(?![\w.-])")
_ADDRESS = re.compile(rb"\b10\.\d+\.\d+\.\d+\b")


def reads_now(world: World, person: Operator | Visitor, which: Any) -> bool:
    """Whether this person reads this conversation as the store is now; a visitor names it by its public id."""
    if isinstance(person, Visitor):
        return world.see(conversations.find_for_visitor, person, PublicId(which)) is not None

    def look(conn: Connection) -> Facts:
        found = conversations.get(conn, ConversationId(which))
        members = {operator for operator, mine in world.members().items() if found.department.id in mine}
        return readers.facts_of(conn, found)._replace(members=frozenset(map(OperatorId, members)))

    return person.id in readers_of(world.see(look))


def check_answer(scene: Scene, route: Route, name: str, content: bytes, acted_on: Target | None = None) -> None:
    """A canary may stand in an answer only for those who read its conversation, before or since what they did."""
    person = scene.who[name]
    for target in scene.targets.values():
        where = (route.name, name, target.where)
        if holds(content, target.unsent):
            assert isinstance(person, Operator), where
            assert person.id == target.owner, where
        if holds(content, target.word):
            since = target is acted_on and person is not None and _reads_since(scene.house.world, person, target)
            assert scene.reads(person, target) or since, where
    if holds(content, scene.direct.word):
        assert person is not None and person.id in scene.direct.people, (route.name, name)  # noqa: PT018
        assert isinstance(person, Operator), (route.name, name)
    assert name == "owner" or not holds(content, HERS), (route.name, name)
    if not isinstance(person, Operator) and route.path != SIGN_IN:
        check_outward(scene, content)


def _reads_since(world: World, person: Operator | Visitor, target: Target) -> bool:
    return reads_now(world, person, target.public_id if isinstance(person, Visitor) else target.number)


def inward(scene: Scene, content: bytes) -> set[str]:
    """What stands there that no customer may get: a note or an operator's address, a network, an inner number."""
    found = {
        "secret": holds(content, scene.secret),
        "network": _ADDRESS.search(content) is not None,
        "number": any(INNER <= int(one) < INNER + INNER // 2 for one in _NUMBERS.findall(content)),
    }
    return {name for name, there in found.items() if there}


def check_outward(scene: Scene, content: bytes) -> None:
    """No visitor and no stranger gets a note, an operator's address, where somebody came from, or an inner number."""
    assert inward(scene, content) == set(), content


def _check_direct(scene: Scene, person: Operator | Visitor, frame: dict[str, Any]) -> None:
    """A frame about a direct conversation reaches who takes part; that it was left, who took part before."""
    about = frame["id"] if frame["type"] == "direct.left" else frame["direct"]
    which = about["id"] if isinstance(about, dict) else about
    assert isinstance(person, Operator), frame
    takes_part = scene.house.world.see(directs.find, person, DirectId(which)) is not None
    if frame["type"] == "direct.left":
        assert (takes_part, person.id in scene.direct.people) == (False, True), frame
    else:
        assert takes_part, frame


def _check_notices(scene: Scene, person: Operator | Visitor, frame: dict[str, Any]) -> None:
    """What notifies somebody is told to their own pages alone."""
    assert isinstance(person, Operator), frame
    own = scene.house.world.see(notices.get, person.id)
    assert frame["notices"] == msgspec.json.decode(msgspec.json.encode(own)), frame


def _named(scene: Scene, number: int) -> Target:
    return next(target for target in scene.targets.values() if target.number == number)


def check_frame(scene: Scene, name: str, person: Operator | Visitor, frame: dict[str, Any]) -> None:
    """A frame about a conversation reaches who reads it now; that it was lost, who read it when the scene was set."""
    raw, about = msgspec.json.encode(frame), frame.get("conversation")
    which = about["id"] if isinstance(about, dict) else about
    if frame["type"] in LOST:
        assert isinstance(person, Operator), (name, frame)
        assert scene.reads(person, _named(scene, frame["id"])), (name, frame)
        assert not reads_now(scene.house.world, person, frame["id"]), (name, frame)
    elif frame["type"].startswith("direct."):
        _check_direct(scene, person, frame)
    elif frame["type"] == "notices.changed":
        _check_notices(scene, person, frame)
    elif which is not None:
        assert reads_now(scene.house.world, person, which), (name, frame)
    else:
        assert frame["type"] in (CONTENTLESS if isinstance(person, Operator) else OWN), (name, frame)
    if not frame["type"].startswith("direct."):
        assert not holds(raw, scene.direct.word), (name, frame)
    assert name == "owner" or not holds(raw, HERS), (name, frame)
    for target in scene.targets.values():
        assert not holds(raw, target.unsent), (name, frame)
        assert which in {target.number, target.public_id} or not holds(raw, target.word), (name, frame)
    if isinstance(person, Visitor):
        check_outward(scene, raw)
