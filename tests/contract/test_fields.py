"""What customers receive is what is documented for them, field by field, and nothing of what is the desk's own."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from recado.describe import frame_schemas
from recado.domain.actors import Visitor
from tests.contract.routes import ROUTES, Route
from tests.contract.scene import expected
from tests.contract.stage import Ears, Stage
from tests.contract.test_events import VISITORS
from tests.contract.test_matrix import ask
from tests.web.doors import WIDGET, House
from tests.world import SHOP

OUTWARD = [route for route in ROUTES if route.path.startswith(WIDGET) and route.status in {200, 201} and not route.raw]
VISIT = {"token", "expires_at", "resume_key", "epoch", "wire", "visitor", "inbox", "answering", "people", "blocked"}
FACE = {
    "name",
    "department",
    "colour",
    "ink",
    "scheme",
    "corner",
    "theme",
    "greeting",
    "away",
    "departments",
    "locale_hint",
}
ASKED = {"ask_name", "ask_email", "ask_when_away", "fields", "key", "label", "kind", "options", "required"}
WHEN = {"open", "opens_at", "within_s", "text"}
SELF = {"email", "verified"}
TALK = {"conversations", "lines", "names", "conversation", "entries", "more", "start_over", "entry"}
ENTRY = {"id", "status", "seq", "rev", "version", "author", "body", "at", "client_id", "opened_at", "operator"}
AFTERWARDS = {"quote", "text", "edited", "gone"}
MARKS = {"visitor_read", "operator_read"}
FILES = {
    "attachments",
    "name",
    "type",
    "size",
    "width",
    "height",
    "thumbnail",
    "sound",
    "ms",
    "peaks",
    "offset",
    "file",
}
FILE_RULES = {"formats", "endings", "max_bytes", "caption_max", "files_max", "sound_max_ms"}
KNOWN = VISIT | FACE | ASKED | WHEN | SELF | TALK | ENTRY | AFTERWARDS | MARKS | FILES | FILE_RULES
"""Every name of a field that a customer may ever receive. Whoever adds one has thought of who reads it."""


class Described:
    """The description of the interface, by which values are judged."""

    def __init__(self, house: House) -> None:
        self._whole = house.app.openapi_schema.to_schema()
        self._parts = self._whole["components"]["schemas"] | frame_schemas()

    def answer(self, route: Route) -> Any:
        """The schema of a route's answer."""
        operation = self._whole["paths"][route.path][route.method.lower()]
        return operation["responses"][str(route.status)]["content"]["application/json"]["schema"]

    def frame(self, kind: str) -> Any:
        """The schema of a visitor's frame."""
        return self._parts["WidgetEvent"]["discriminator"]["mapping"][kind]

    def kinds(self, schema: Any) -> Iterator[Any]:
        """A schema, or what it may be instead of each other, with references followed."""
        if isinstance(schema, str):
            schema = {"$ref": schema}
        if "$ref" in schema:
            yield from self.kinds(self._parts[schema["$ref"].rpartition("/")[2]])
        elif several := schema.get("oneOf") or schema.get("anyOf"):
            for one in several:
                yield from self.kinds(one)
        else:
            yield schema

    def names(self, schema: Any) -> set[str]:
        """The names of all fields that a value of this schema may have, at any depth."""
        found: set[str] = set()
        for kind in self.kinds(schema):
            for name, below in kind.get("properties", {}).items():
                found |= {name} | self.names(below)
            for below in (kind.get("items"), kind.get("additionalProperties")):
                found |= self.names(below) if isinstance(below, dict) else set()
        return found

    def strays(self, value: Any, schema: Any, at: str = "") -> list[str]:
        """The places of what a value has and its schema does not name."""
        kinds = list(self.kinds(schema))
        if isinstance(value, list):
            items = next(kind["items"] for kind in kinds if "items" in kind)
            return [stray for one in value for stray in self.strays(one, items, f"{at}[]")]
        if not isinstance(value, dict):
            return []
        known: dict[str, Any] = {}
        for kind in kinds:
            known |= kind.get("properties", {})
        rest = next((one for kind in kinds if isinstance(one := kind.get("additionalProperties"), dict)), None)
        found = []
        for name, below in value.items():
            where = known.get(name, rest)
            found += [f"{at}.{name}"] if where is None else self.strays(below, where, f"{at}.{name}")
        return found


@pytest.fixture
def described(stage: Stage) -> Described:
    return Described(stage.house)


@pytest.mark.parametrize("route", OUTWARD, ids=lambda route: route.name)
async def test_an_answer_to_a_customer_has_the_fields_that_are_documented(
    stage: Stage, described: Described, route: Route
) -> None:
    schema, target = described.answer(route), stage.scene.targets["attending"]
    assert described.names(schema) <= KNOWN, described.names(schema) - KNOWN
    for name, person in stage.scene.who.items():
        if isinstance(person, Visitor) and expected(stage.scene, route, person, target) < 400:
            answer = await ask(stage.scene, route, name, target)
            assert answer.status_code == route.status, answer.text
            assert described.strays(answer.json(), schema) == []


async def test_so_have_the_answers_to_a_browser_that_comes(stage: Stage, described: Described) -> None:
    house, shop = stage.house, stage.world.shop
    for method, path, body in (
        ("POST", "/visits", {"inbox": shop, "site": SHOP, "data": {"plan": "basic"}}),
        ("GET", "/inboxes/{which}", None),
    ):
        headers: dict[str, str | None] = {"origin": SHOP} if method == "GET" else {}
        answer = await house.nobody()(method, (WIDGET + path).replace("{which}", shop), body, headers=headers)
        assert answer.status_code == 200, answer.text
        schema = described.answer(Route(method, WIDGET + path, "anybody"))
        assert described.names(schema) <= KNOWN, described.names(schema) - KNOWN
        assert described.strays(answer.json(), schema) == []


@pytest.mark.parametrize("kind", VISITORS)
async def test_so_has_a_frame(stage: Stage, ears: Ears, described: Described, kind: str) -> None:
    await VISITORS[kind](stage, ears)
    frames = [frame for _, person, frame in await ears.heard() if isinstance(person, Visitor)]
    assert [frame for frame in frames if frame["type"] == kind]
    for frame in frames:
        schema = described.frame(frame["type"])
        assert described.names(schema) - {"type"} <= KNOWN, described.names(schema) - KNOWN
        assert described.strays(frame, schema) == []


def test_a_field_that_nobody_documented_would_be_found(described: Described) -> None:
    route = next(one for one in OUTWARD if one.path.endswith("/changes"))
    value = json.loads('{"entries": [{"seq": 1, "note": "x", "author": {"kind": "visitor", "email": "y"}}]}')
    assert described.strays(value, described.answer(route)) == [".entries[].note", ".entries[].author.email"]
