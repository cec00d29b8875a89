"""What every answer says of itself: how long it is kept, what it is, and what a page of ours may do."""

import pytest

from tests.contract.routes import ROUTES, Route, body_of
from tests.web.doors import CONSOLE, WIDGET, House
from tests.world import SHOP

DATA = [route for route in ROUTES if route.path.startswith("/api/")]
SEALED = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
POLICY = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
}


@pytest.mark.parametrize("route", DATA, ids=lambda route: route.name)
async def test_data_is_kept_by_nobody_and_taken_for_nothing_else(house: House, route: Route) -> None:
    path = route.path.replace("{number}", "1").replace("{which}", "x") + route.query
    for caller in (house.nobody(), house.operator(house.world.adela), house.visitor(house.world.lucia)):
        answer = await caller(route.method, path, body_of(route))
        assert {name: answer.headers.get(name) for name in SEALED} == SEALED, answer.text


async def test_what_is_no_route_is_sealed_too(house: House) -> None:
    for path in (f"{CONSOLE}/nothing", f"{WIDGET}/nothing", "/api/v2"):
        answer = await house.nobody()("GET", path)
        assert answer.status_code == 404
        assert {name: answer.headers.get(name) for name in SEALED} == SEALED


def policy_of(text: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in text.split(";"))}


async def test_a_page_runs_its_own_scripts_alone_and_is_framed_by_whom_it_is_meant_for(house: House) -> None:
    pages = {"/": ["'none'"], "/desk/1": ["'none'"], f"/widget/{house.world.shop}": [SHOP]}
    for path, ancestors in pages.items():
        answer = await house.nobody()("GET", path)
        policy = policy_of(answer.headers["content-security-policy"])
        assert {name: policy[name] for name in POLICY} == POLICY
        assert policy["frame-ancestors"] == ancestors
        sources = {source for named in policy.values() for source in named}
        assert not [one for one in sources if "unsafe" in one or "*" in one or (one.endswith(":") and one not in LOCAL)]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


LOCAL = {"data:", "blob:"}
"""Kinds of addresses that reach nobody."""
