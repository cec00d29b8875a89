"""Requests that another site's page makes, and what a session's cookie allows: refused, and without effect."""

import pytest

from tests.contract.routes import ROUTES, Route, body_of
from tests.web.doors import CONSOLE, PROBLEM, WIDGET, House
from tests.world import PASSWORD, SHOP

FOREIGN = "https://evil.test"
CHANGES = [route for route in ROUTES if route.method != "GET"]
FORGERIES: dict[str, dict[str, str | None]] = {
    "a foreign origin": {"origin": FOREIGN},
    "no origin that can be named": {"origin": "null"},
    "a name that begins like ours": {"origin": "https://desk.example.evil.test"},
    "another scheme": {"origin": "http://desk.example"},
    "another port": {"origin": "https://desk.example:8443"},
    "the browser says cross-site": {"origin": None, "sec-fetch-site": "cross-site"},
    "the browser says same-site": {"origin": None, "sec-fetch-site": "same-site"},
}
FORMS = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "text/plain;a=application/json",
)


def path_of(house: House, route: Route) -> str:
    chat = house.world.attended(house.world.ana, house.world.lucia)
    number = "1" if route.needs == "admin" else str(chat.id)
    return route.path.replace("{number}", number).replace("{which}", chat.public_id)


@pytest.mark.parametrize("route", CHANGES, ids=lambda route: route.name)
async def test_no_other_site_changes_anything(house: House, route: Route) -> None:
    path = path_of(house, route)
    person = house.world.adela if route.needs == "admin" else house.world.ana
    caller = house.visitor(house.world.lucia) if WIDGET in path else house.operator(person)
    before, since = house.world.contents(), house.world.mark
    for name, headers in FORGERIES.items():
        answer = await caller(route.method, path, body_of(route), headers=headers)
        said = answer.json()
        assert (answer.status_code, said["code"], said["address"]) == (403, "origin", "https://desk.example"), name
        assert "access-control-allow-origin" not in answer.headers
    for kind in FORMS:
        answer = await caller(route.method, path, body_of(route) or {}, headers={"content-type": kind})
        assert answer.status_code in {400, 415}, (kind, answer.text)
        assert answer.headers["content-type"] == PROBLEM
    assert house.world.contents() == before
    assert house.world.recorder.told[since:] == []


FROM_A_FOREIGN_PAGE: dict[str, dict[str, str | None]] = {
    "a form": {
        "origin": FOREIGN,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "content-type": "application/x-www-form-urlencoded",
    },
    "a form of an old browser": {"origin": None, "content-type": "application/x-www-form-urlencoded"},
    "a form that looks like JSON": {"origin": "null", "content-type": "text/plain"},
    "a fetch without cors": {
        "origin": FOREIGN,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "no-cors",
        "content-type": "text/plain;charset=UTF-8",
    },
    "a beacon": {"origin": FOREIGN, "sec-fetch-mode": "no-cors", "content-type": "application/json"},
}
OVERRIDES = ("x-http-method-override", "x-http-method", "x-method-override")


@pytest.mark.parametrize("route", CHANGES, ids=lambda route: route.name)
async def test_no_form_beacon_or_link_of_another_site_does_anything(house: House, route: Route) -> None:
    path = path_of(house, route)
    person = house.world.adela if route.needs == "admin" else house.world.ana
    caller = house.visitor(house.world.lucia) if WIDGET in path else house.operator(person)
    overridden: dict[str, str | None] = dict.fromkeys(OVERRIDES, route.method)
    before, since = house.world.contents(), house.world.mark
    for name, headers in FROM_A_FOREIGN_PAGE.items():
        answer = await caller("POST", path, body_of(route) or {}, headers=headers)
        assert answer.status_code in {403, 405, 415}, (name, answer.text)
        answer = await caller(
            "POST", f"{path}?_method={route.method}", body_of(route) or {}, headers=headers | overridden
        )
        assert answer.status_code in {403, 405, 415}, (name, answer.text)
    link: dict[str, str | None] = {"origin": None, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    for method in ("GET", "HEAD"):
        answer = await caller(method, f"{path}?_method={route.method}", headers=link | overridden)
        assert answer.status_code in {200, 404, 405}, (method, answer.text)
        assert "set-cookie" not in answer.headers
    assert house.world.contents() == before
    assert house.world.recorder.told[since:] == []


async def test_reading_across_sites_is_allowed_to_nobody_either(house: House) -> None:
    answer = await house.operator(house.world.ana)("GET", f"{CONSOLE}/desk", headers={"origin": FOREIGN})
    assert "access-control-allow-origin" not in answer.headers


async def test_the_loader_s_call_is_for_the_inbox_s_sites_alone(house: House) -> None:
    path = f"{WIDGET}/inboxes/{house.world.shop}"
    for origin, status in ((SHOP, 200), (FOREIGN, 403), (None, 403), ("null", 403), (f"{SHOP}.evil.test", 403)):
        answer = await house.nobody()("GET", path, headers={"origin": origin})
        assert answer.status_code == status, origin
        assert answer.headers.get("access-control-allow-origin") == (SHOP if status == 200 else None)
        assert "access-control-allow-credentials" not in answer.headers


# ── the session's cookie ─────────────────────────────────────────────────────────────────────────────────────────


async def test_cookies_that_others_have_set_for_this_host_take_nobodys_session(house: House) -> None:
    session = house.world.signs_in(house.world.ana)
    for others in ('a="; b', "mark={1,2}", "=", "; ;", "x__Host-recado=no"):
        asked = house.nobody(cookie=f"{others}; __Host-recado={session}; z={others}")
        assert (await asked("GET", f"{CONSOLE}/session")).status_code == 200, others


async def test_its_cookie_is_for_our_host_over_tls_and_out_of_scripts_reach(house: House) -> None:
    answer = await house.nobody()("POST", f"{CONSOLE}/session", {"username": " ANA ", "password": PASSWORD})
    cookie, *attributes = [part.strip() for part in answer.headers["set-cookie"].split(";")]
    assert cookie.startswith("__Host-recado=")
    assert len(cookie) > 40
    named = {attribute.partition("=")[0].lower() for attribute in attributes}
    assert {"secure", "httponly", "path", "max-age"} <= named
    assert "domain" not in named
    assert "samesite=lax" in [attribute.lower() for attribute in attributes]
    assert answer.headers["cache-control"] == "no-store"


async def test_each_sign_in_gets_a_new_one_and_signing_out_ends_it(house: House) -> None:
    right = {"username": "ana", "password": PASSWORD}
    cookies = [
        (await house.nobody()("POST", f"{CONSOLE}/session", right)).headers["set-cookie"].partition(";")[0]
        for _ in range(2)
    ]
    assert cookies[0] != cookies[1]
    mine = house.nobody(cookie=cookies[0])
    assert (await mine("GET", f"{CONSOLE}/session")).json()["username"] == "ana"
    gone = await mine("DELETE", f"{CONSOLE}/session")
    assert gone.status_code == 204
    assert "max-age=0" in gone.headers["set-cookie"].lower()
    assert (await mine("GET", f"{CONSOLE}/session")).status_code == 401
    assert (await house.nobody(cookie=cookies[1])("GET", f"{CONSOLE}/session")).status_code == 200


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ana", "a wrong password"),
        ("nobody", PASSWORD),
        ("", ""),
        ("ana\0", PASSWORD),
        ("ana", f"{PASSWORD} "),
    ],
)
async def test_what_does_not_fit_is_not_told_apart(house: House, username: str, password: str) -> None:
    answer = await house.nobody()("POST", f"{CONSOLE}/session", {"username": username, "password": password})
    other = await house.nobody()("POST", f"{CONSOLE}/session", {"username": "someone", "password": "else entirely"})
    assert answer.status_code == 401
    assert answer.content == other.content
    assert "set-cookie" not in answer.headers


async def test_a_disabled_operator_is_told_the_same(house: House) -> None:
    house.world.disables(house.world.bruno)
    answer = await house.nobody()("POST", f"{CONSOLE}/session", {"username": "bruno", "password": PASSWORD})
    assert answer.json()["code"] == "credentials"
