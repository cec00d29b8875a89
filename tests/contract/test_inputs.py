"""Whatever is sent, the answer is a refusal that names the field, and never a fault."""

import functools
import itertools
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from recado.domain.threads import BODY_MAX_BYTES
from recado.web.errors import SHAPES
from tests.contract.routes import CONVERSATION, OWN, ROUTES, Route, body_of
from tests.web.doors import CONSOLE, PROBLEM, WIDGET, Caller, House
from tests.world import SHOP, new_client_id

WITH_BODY = [route for route in ROUTES if route.body is not None]
NEVER_TEXT: tuple[Any, ...] = ([], {}, ["a"], 5, True, 1.5)
NEVER_NUMBER: tuple[Any, ...] = ("a", [], {}, 1.5, True)
NEVER: tuple[tuple[Any, tuple[Any, ...]], ...] = (
    (str, NEVER_TEXT),
    (bool, ("a", 5, [], {})),
    (int | None, NEVER_NUMBER),
    (object, ("a", 5, {})),
)
NESTED = b"[" * 100_000 + b"]" * 100_000
NO_OBJECTS = (b"", b"{", b"null", b"[]", b"5", b'"a"', b"\xff\xfe", b'{"a": 1e400}', b"{}x", NESTED, b'{"a":' * 50_000)
INNER_FIELDS = (
    *("id", "role", "owner", "operator", "operator_id", "author", "department", "department_id", "customer", "visitor"),
    *("verified", "status", "kind", "seq", "rev", "version", "public_seq", "created_at", "at", "disabled_at", "key"),
)
"""What is stored beside what somebody may write."""
HUGE = 10**30
TOO_LONG = "9" * 5_000


def caller_of(house: House, route: Route) -> Caller:
    """Somebody whom this route lets in."""
    if "/widget/" in route.path:
        return house.visitor(house.world.lucia)
    world = house.world
    return house.operator({"admin": world.adela, "supervisor": world.sara}.get(route.needs, world.ana))


def callers_of(house: House, route: Route) -> Iterator[Caller]:
    """The same without end; where one visitor may only ask a few times, a new one each time."""
    if route.path != f"{WIDGET}/conversations":
        return itertools.repeat(caller_of(house, route))
    world = house.world
    return iter([house.visitor(world.comes(world.shop, SHOP)) for _ in range(40)])


@functools.cache
def described(app: Litestar) -> dict[str, Any]:
    """The description of all routes, which takes longer to write than to ask each of them."""
    return app.openapi_schema.to_schema()


def fields_of(house: House, route: Route) -> set[str]:
    """The fields that the description names for a route's body."""
    schema = described(house.app)
    body = schema["paths"][route.path][route.method.lower()]["requestBody"]["content"]["application/json"]["schema"]
    name = str(body["$ref"]).rpartition("/")[2]
    return set(schema["components"]["schemas"][name].get("properties", ()))


def own(house: House, route: Route) -> str:
    """The route's path for something of the caller's own."""
    chat = house.world.attended(house.world.ana, house.world.lucia)
    return route.path.replace("{number}", "1" if route.needs in {"admin", "supervisor"} else str(chat.id)).replace(
        "{which}", chat.public_id
    )


def is_problem(answer: httpx.Response, *, status: int | None = None) -> dict[str, Any]:
    """The refusal, checked to be one and to be what its code says."""
    sent = answer.request
    assert 400 <= answer.status_code < 500, (sent.method, str(sent.url)[:200], sent.content[:200], answer.text[:200])
    assert status in {None, answer.status_code}, answer.text
    assert answer.headers["content-type"] == PROBLEM
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code == SHAPES[problem["code"]].status
    assert problem["title"]
    return problem


def names(answer: httpx.Response, field: str) -> None:
    problem = is_problem(answer, status=400)
    assert problem["code"] == "invalid"
    fields = [one["field"] for one in problem["errors"]]
    assert any(found == field or found.startswith((f"{field}[", f"{field}.")) for found in fields), problem


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_each_field_of_each_body_is_refused_by_name_when_it_is_of_another_kind(
    house: House, route: Route
) -> None:
    callers, path, right = callers_of(house, route), own(house, route), body_of(route) or {}
    before, since = house.world.contents(), house.world.mark
    for field, value in right.items():
        for wrong in next(never for kind, never in NEVER if isinstance(value, kind)):
            names(await next(callers)(route.method, path, right | {field: wrong}), field)
    assert house.world.contents() == before
    assert house.world.recorder.told[since:] == []


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_unknown_and_missing_fields_are_named(house: House, route: Route) -> None:
    callers, path, right = callers_of(house, route), own(house, route), body_of(route) or {}
    before = house.world.contents()
    known = fields_of(house, route)
    for extra in (one for one in (*INNER_FIELDS, "__proto__", "ñ") if one not in known):
        names(await next(callers)(route.method, path, right | {extra: 1}), extra)
    if route.method != "PATCH" or route.path.endswith("/inboxes/{number}"):
        for field in right:
            names(await next(callers)(route.method, path, {key: right[key] for key in right if key != field}), field)
    assert house.world.contents() == before


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_what_is_no_json_object_is_refused(house: House, route: Route) -> None:
    callers, path = callers_of(house, route), own(house, route)
    before = house.world.contents()
    for raw in NO_OBJECTS:
        if (raw, route.body) == (b"", {}):
            continue
        is_problem(await next(callers)(route.method, path, raw=raw), status=400)
    assert house.world.contents() == before


@pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)
async def test_texts_that_no_store_keeps_are_no_fault(house: House, route: Route) -> None:
    """NUL and half characters in every text, numbers that no column holds in every number."""
    callers, path, right = callers_of(house, route), own(house, route), body_of(route) or {}
    for field, value in right.items():
        if isinstance(value, str):
            raws = [b'"a\\u0000b"', b'"a\\ud800b"', b'"\\udfff"', b'"' + b"a" * 70_000 + b'"', b'"\xed\xa0\x80"']
        else:
            raws = [b"1e400", str(HUGE).encode(), str(-HUGE).encode(), b"9" * 5_000, b"[1e400]", b"[%d]" % HUGE]
        for raw in raws:
            answer = await next(callers)(route.method, path, raw=with_raw(right, field, raw))
            problem = is_problem(answer)
            if answer.status_code == 400:
                assert problem["errors"][0]["field"].split("[")[0] in {field, "body"}, (field, raw[:20], problem)


def with_raw(right: dict[str, Any], field: str, raw: bytes) -> bytes:
    """A right body but for one field, which is spelled as given."""
    body: dict[str, Any] = right | {field: msgspec.Raw(raw)}
    return msgspec.json.encode(body)


@pytest.mark.parametrize("field", ["page", "locale", "site", "inbox"])
async def test_what_a_browser_tells_of_itself_is_no_fault_either(house: House, field: str) -> None:
    world = house.world
    right = {"inbox": world.shop, "site": SHOP, "resume_key": None, "page": None, "locale": None}
    assert (await house.nobody()("POST", f"{WIDGET}/visits", right)).status_code == 200
    before = world.contents()
    for wrong in ("a\0b", "a" * 5_000):
        is_problem(await house.nobody()("POST", f"{WIDGET}/visits", right | {field: wrong}))
    for wrong_kind in NEVER_TEXT:
        names(await house.nobody()("POST", f"{WIDGET}/visits", right | {field: wrong_kind}), field)
    assert world.contents() == before


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("side", ["operator", "visitor"])
async def test_a_message_may_have_64_kib_and_not_a_byte_more(house: House, side: str) -> None:
    chat = house.world.attended()
    caller = house.operator(house.world.ana) if side == "operator" else house.visitor(house.world.lucia)
    path = f"{CONSOLE}/conversations/{chat.id}" if side == "operator" else f"{WIDGET}/conversations/{chat.public_id}"
    for body in ("a" * BODY_MAX_BYTES, "ñ" * (BODY_MAX_BYTES // 2), "\x01" * BODY_MAX_BYTES):
        answer = await caller("POST", f"{path}/messages", {"client_id": new_client_id(), "body": body})
        assert answer.status_code == 201, answer.text
        assert answer.json()["entry"]["body"] == body
    before = house.world.contents()
    for body in ("a" * (BODY_MAX_BYTES + 1), "ñ" * (BODY_MAX_BYTES // 2) + "a", "", "  "):
        names(await caller("POST", f"{path}/messages", {"client_id": new_client_id(), "body": body}), "body")
    assert house.world.contents() == before


async def test_a_body_over_the_limit_is_refused_before_it_is_read(house: House) -> None:
    chat = house.world.attended()
    for caller, path in (
        (house.operator(house.world.ana), CONVERSATION.replace("{number}", str(chat.id))),
        (house.visitor(house.world.lucia), OWN.replace("{which}", chat.public_id)),
    ):
        long = {"client_id": new_client_id(), "body": "a" * 600_000}
        is_problem(await caller("POST", f"{path}/messages", long), status=413)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────

NO_NUMBERS = ("0", "-1", "1.5", "abc", "%00", "1%00", "%ED%A0%80", "%FF", "1e3", str(HUGE), TOO_LONG, "null")
NO_QUERIES = {
    "/conversations": (
        "list=all",
        "list=waiting&list=%00",
        "after=x",
        "after=1",
        "after=1-",
        "after=-1--1",
        "after=" + "9" * 39,
        "after=" + "9" * 19 + "-" + "9" * 19 + "x",
        "after=%00",
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=a",
        "limit=1e400",
        "limit=" + "9" * 5_000,
        "limit=1.5",
    ),
    "/entries": ("", "before=", "before=a", "before=-1", f"before={HUGE}", "before=1&limit=0", "before=%00"),
    "/entries of a moment": (
        "before=1&after=1",
        "around=1&at=1",
        "after=",
        "after=a",
        "around=0",
        f"around={HUGE}",
        "at=-1",
        f"at={HUGE}",
        "at=%00",
        "at=2026-11-21",
        "at=1&limit=201",
        "around=null",
    ),
    "/changes": (
        "",
        "since=0",
        "since=a&epoch=x",
        "since=-1&epoch=x",
        f"since={HUGE}&epoch=x",
    ),
}


@pytest.mark.parametrize("route", [one for one in ROUTES if "{" in one.path], ids=lambda route: route.name)
async def test_an_address_that_can_be_none_is_no_fault(house: House, route: Route) -> None:
    caller = caller_of(house, route)
    before = house.world.contents()
    for wrong in NO_NUMBERS:
        path = route.path.replace("{number}", wrong).replace("{which}", wrong) + route.query
        assert is_problem(await caller(route.method, path, body_of(route))), wrong[:20]
    assert house.world.contents() == before


@pytest.mark.parametrize("side", ["operator", "visitor"])
async def test_queries_that_mean_nothing_are_refused(house: House, side: str) -> None:
    chat = house.world.attended()
    if side == "operator":
        caller, path = house.operator(house.world.ana), f"{CONSOLE}/conversations/{chat.id}"
        for query in NO_QUERIES["/conversations"]:
            is_problem(await caller("GET", f"{CONSOLE}/conversations?{query}"), status=400)
        for query in NO_QUERIES["/entries of a moment"]:
            is_problem(await caller("GET", f"{path}/entries?{query}"), status=400)
    else:
        caller, path = house.visitor(house.world.lucia), f"{WIDGET}/conversations/{chat.public_id}"
    for end in ("/entries", "/changes"):
        for query in NO_QUERIES[end]:
            is_problem(await caller("GET", f"{path}{end}?{query}"), status=400)


async def test_what_is_no_route_is_not_found_and_no_page(house: House) -> None:
    for path in ("/api/v1/nothing", f"{CONSOLE}/nothing", f"{WIDGET}/nothing", "/api/v2/console/desk"):
        assert is_problem(await house.nobody()("GET", path), status=404)["code"] == "not_found"
    assert is_problem(await house.nobody()("POST", f"{CONSOLE}/desk", {}))["code"] in {"method", "unauthenticated"}
