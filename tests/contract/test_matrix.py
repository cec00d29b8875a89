"""Every route for every kind of person, on what is theirs, somebody else's, or nobody's.

Only those get through who may; for the others the foreign looks exactly like the missing, and nothing happens. Whatever
happens is heard by those alone who may know of it.
"""

from collections.abc import Iterator

import httpx
import pytest
from litestar.routes import HTTPRoute

from recado.domain.actors import Operator
from tests.contract.hearing import check_answer, check_frame, inward
from tests.contract.routes import DESCRIPTION, PAGES, ROUTES, Route, body_of, path_of
from tests.contract.scene import HERS, Scene, Target, expected
from tests.contract.stage import Ears, Stage
from tests.web.doors import CONSOLE, PROBLEM
from tests.world import PASSWORD, holds

SETTINGS = {"admin", "supervisor"}
COLLEAGUE = 2
"""The number of an operator who is not the admin."""
CHANGES = {"POST", "PUT", "PATCH", "DELETE"}


def test_no_route_of_the_product_is_missing_here(stage: Stage) -> None:
    found = {
        f"{method} {route.path_format}"
        for route in stage.house.app.routes
        if isinstance(route, HTTPRoute) and route.path_format not in PAGES
        for method in set(route.methods) - {"OPTIONS"}
        if not route.path_format.startswith(DESCRIPTION)
    }
    assert found == {route.name for route in ROUTES}


def address(scene: Scene, route: Route, target: Target) -> object:
    """What stands in the path for a conversation, its draft, or (in settings) the first row there is."""
    if "{which}" in route.path:
        return address_of_text(route, target)
    if route.needs == "drafter":
        return target.draft
    if route.needs in {"participant", "starter"}:
        return target.number if target.where is None else scene.direct.number
    if route.needs not in SETTINGS or target.where is None:
        return target.number
    if route.path.endswith("/reset-link"):
        return COLLEAGUE
    return scene.invitation if "/invitations/" in route.path else 1


def address_of_text(route: Route, target: Target) -> str:
    """What stands in the path where that is no number: the conversation outside, its file, or one on its way."""
    if "/uploads/" in route.path:
        return target.upload if route.needs == "uploader" else target.coming
    if route.path.endswith("/sound"):
        return target.voice
    return target.file if "/files/" in route.path else target.public_id


async def ask(scene: Scene, route: Route, name: str, target: Target) -> httpx.Response:
    path = path_of(route, address(scene, route, target))
    return await scene.callers[name](route.method, path, body_of(route))


@pytest.mark.parametrize("route", [one for one in ROUTES if one.needs != "anybody"], ids=lambda route: route.name)
async def test_who_may_not_gets_nothing_and_changes_nothing(stage: Stage, route: Route) -> None:
    scene, world = stage.scene, stage.world
    before, since = world.contents(), world.mark
    refusals = 0
    for name, person in scene.who.items():
        answers: dict[str, httpx.Response] = {}
        for which, target in scene.targets.items():
            status = expected(scene, route, person, target)
            if status < 400:
                continue
            refusals += 1
            answer = answers[which] = await ask(scene, route, name, target)
            assert answer.status_code == status, (name, which, answer.text)
            assert answer.headers["content-type"] == PROBLEM
            check_answer(scene, route, name, answer.content)
        unknown = answers.get("missing")
        for which, answer in answers.items():
            if answer.status_code == 404 and unknown is not None:
                assert answer.content == unknown.content, (name, which)
    assert refusals > 0
    assert world.contents() == before
    assert world.recorder.told[since:] == []


def allowed(scene: Scene, route: Route) -> Iterator[tuple[str, Target]]:
    """Who is answered this route's status, about what; where the path names nothing, each person once."""
    targets = scene.targets.values() if "{" in route.path else [scene.targets["attending"]]
    for name, person in scene.who.items():
        if route.needs == "anybody" and name not in {"nobody", "visitor", "owner"}:
            continue
        for target in targets:
            missing = route.needs in SETTINGS and target.where is None
            if expected(scene, route, person, target) == route.status and not missing:
                yield name, target


@pytest.mark.parametrize("route", [one for one in ROUTES if one.method == "GET"], ids=lambda route: route.name)
async def test_who_may_look_sees_what_they_may_and_leaves_no_trace(stage: Stage, route: Route) -> None:
    scene, world = stage.scene, stage.world
    before, since = world.contents(), world.mark
    tried = 0
    for name, target in allowed(scene, route):
        tried += 1
        answer = await ask(scene, route, name, target)
        assert answer.status_code == route.status, (name, target, answer.text)
        check_answer(scene, route, name, answer.content)
    assert tried > 0
    if route.path != "/readyz":
        assert world.contents() == before
    assert world.recorder.told[since:] == []


async def test_what_no_customer_may_get_is_found_in_what_operators_get(stage: Stage) -> None:
    """So that it would be found where it must not be."""
    owner, target = stage.scene.callers["owner"], stage.scene.targets["attending"]
    thread = await owner("GET", f"{CONSOLE}/conversations/{target.number}")
    assert inward(stage.scene, thread.content) == {"secret", "number"}
    assert holds((await owner("GET", f"{CONSOLE}/notices")).content, HERS), "nor any colleague"
    assert (await owner("POST", f"{CONSOLE}/session", {"username": "ana", "password": PASSWORD})).status_code == 200
    sessions = await owner("GET", f"{CONSOLE}/me/sessions")
    assert "network" in inward(stage.scene, sessions.content)


@pytest.mark.parametrize("route", [one for one in ROUTES if one.method in CHANGES], ids=lambda route: route.name)
async def test_what_somebody_does_is_heard_by_those_who_may_know(stage: Stage, ears: Ears, route: Route) -> None:
    """Each person who may does it to each thing that they may; each time the store is then put back."""
    scene = stage.scene
    tried = 0
    for name, target in allowed(scene, route):
        tried += 1
        answer = await ask(scene, route, name, target)
        assert answer.status_code == route.status, (name, target, answer.text)
        check_answer(scene, route, name, answer.content, acted_on=target)
        for whose, person, frame in await ears.heard():
            check_frame(scene, whose, person, frame)
        stage.put_back()
        await ears.open()
    assert tried > 0


@pytest.mark.parametrize("kind", ["", "/thumbnail", "/sound"])
async def test_a_file_among_colleagues_is_missing_to_everybody_else(stage: Stage, kind: str) -> None:
    scene = stage.scene
    which = scene.direct.voice if kind == "/sound" else scene.direct.file
    got = set()
    for name, person in scene.who.items():
        path = f"{CONSOLE}/files/{{which}}{kind}"
        answer, unknown = [await scene.callers[name]("GET", path.format(which=one)) for one in (which, "no-such-file")]
        if isinstance(person, Operator) and person.id in scene.direct.people:
            assert (answer.status_code, unknown.status_code) == (200, 404), name
            got.add(name)
        else:
            assert (answer.status_code, answer.content) == (unknown.status_code, unknown.content), name
            assert answer.status_code in {401, 404}, name
    assert got == {"owner", "colleague"}
