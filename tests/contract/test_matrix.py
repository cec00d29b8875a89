"""Every route for every kind of person, on what is theirs, somebody else's, or nobody's.

Only those get through who may; for the others the foreign looks exactly like the missing, and nothing happens.
"""

import httpx
import pytest
from litestar.routes import HTTPRoute

from recado.actions import people
from recado.domain.actors import Operator, Role
from tests.contract.routes import DESCRIPTION, PAGES, ROUTES, Route, body_of, path_of
from tests.contract.scene import Scene, Target, expected, set_the_scene
from tests.web.doors import PROBLEM, House
from tests.world import holds

SETTINGS = {"admin", "supervisor"}
COLLEAGUE = 2
"""The number of an operator who is not the admin."""
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


def test_no_route_of_the_product_is_missing_here(house: House) -> None:
    found = {
        f"{method} {route.path_format}"
        for route in house.app.routes
        if isinstance(route, HTTPRoute) and route.path_format not in PAGES
        for method in set(route.methods) - {"OPTIONS"}
        if not route.path_format.startswith(DESCRIPTION)
    }
    assert found == {route.name for route in ROUTES}


def address(route: Route, target: Target, invitation: int = 1) -> object:
    """What stands in the path for a conversation, its draft, or (in settings) the first row there is."""
    if "{which}" in route.path:
        return target.public_id
    if route.needs == "drafter":
        return target.draft
    if route.needs not in SETTINGS or target.status is None:
        return target.number
    if route.path.endswith("/reset-link"):
        return COLLEAGUE
    return invitation if "/invitations/" in route.path else 1


async def ask(scene: Scene, route: Route, name: str, target: Target, invitation: int = 1) -> httpx.Response:
    path = path_of(route, address(route, target, invitation))
    return await scene.callers[name](route.method, path, body_of(route))


@pytest.mark.parametrize("route", [one for one in ROUTES if one.needs != "anybody"], ids=lambda route: route.name)
async def test_who_may_not_gets_nothing_and_changes_nothing(house: House, route: Route) -> None:
    scene, members = set_the_scene(house), house.world.members()
    before, since = house.world.contents(), house.world.mark
    refusals = 0
    for name, person in scene.who.items():
        answers: dict[str, httpx.Response] = {}
        for which, target in scene.targets.items():
            status = expected(route, person, target, members)
            if status < 400:
                continue
            refusals += 1
            answer = answers[which] = await ask(scene, route, name, target)
            assert answer.status_code == status, (name, which, answer.text)
            assert answer.headers["content-type"] == PROBLEM
            assert not any(holds(answer.content, one.word) for one in scene.targets.values())
        unknown = answers.get("missing")
        for which, answer in answers.items():
            if answer.status_code == 404 and unknown is not None:
                assert answer.content == unknown.content, (name, which)
    assert refusals > 0
    assert house.world.contents() == before
    assert house.world.recorder.told[since:] == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_who_may_gets_through_and_hears_nothing_of_what_they_may_not_see(house: House, route: Route) -> None:
    """What changes something is done once, by the first who may; what only looks is done by all."""
    scene, members = set_the_scene(house), house.world.members()
    invitation = house.world.act(people.invite, house.world.adela, Role.OPERATOR, [], None)[0].id
    pairs = [
        (name, target)
        for name, person in scene.who.items()
        for target in scene.targets.values()
        if expected(route, person, target, members) < 400 and not (route.needs in SETTINGS and target.status is None)
    ]
    assert pairs or route.status >= 400
    for name, target in pairs[:1] if route.method in CHANGES else pairs:
        answer = await ask(scene, route, name, target, invitation)
        assert answer.status_code == route.status, (name, target.status, answer.text)
        check_what_is_heard(scene, route, name, answer, members)


def check_what_is_heard(
    scene: Scene, route: Route, name: str, answer: httpx.Response, members: dict[int, set[int]]
) -> None:
    """A canary may stand in an answer only for those who read its conversation now."""
    person = scene.who[name]
    for target in scene.targets.values():
        if target.status is None or not holds(answer.content, target.word):
            continue
        if isinstance(person, Operator):
            reading = next(one for one in ROUTES if one.needs == "reader")
            looks_in = route.needs == "looker"
            assert expected(route if looks_in else reading, person, target, members) == 200, (route.name, name)
        else:
            assert person is not None
            assert target.visitor == person.id, (route.name, name)
