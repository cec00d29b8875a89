"""By which doors a browser is told, and by which it is not: one's own session, one's own browsers, one key for all."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from recado.db import push
from recado.push.sealing import text_of
from recado.push.service import Reach
from recado.web.push_key import PushKey
from recado.web.vault import Vault
from tests.contract.routes import BROWSER
from tests.push.services import serving
from tests.web.doors import BASE, CONSOLE, House, built, from_everywhere, opened_house, settings_for
from tests.web.sockets import connected
from tests.world import World

TEST = f"{CONSOLE}/notices/test"


@asynccontextmanager
async def reaching(world: World, folder: Path, reach: Reach) -> AsyncIterator[House]:
    """A house that may speak to services on this machine."""
    settings = settings_for(folder)
    app = built(world, settings, reach)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=from_everywhere(app)), base_url=BASE) as client:
        yield House(world, app, client, settings)


def subscription(endpoint: str, **more: Any) -> dict[str, Any]:
    return {**BROWSER, "endpoint": endpoint, **more}


async def test_a_browser_is_told_that_subscribed_and_is_listed_without_its_address(
    small_world: World, tmp_path: Path
) -> None:
    async with opened_house(small_world, tmp_path) as house:
        here, there = house.operator(small_world.ana), house.operator(small_world.ana)
        assert (await here("PUT", f"{CONSOLE}/push", BROWSER)).status_code == 204
        again = subscription("https://push.example/two", name="Phone")
        assert (await there("PUT", f"{CONSOLE}/push", again)).status_code == 204
        answer = await here("GET", f"{CONSOLE}/notices")
        shown = [(one["name"], one["here"]) for one in answer.json()["browsers"]]
        assert shown == [("Firefox", True), ("Phone", False)]
        assert "push.example" not in answer.text
        assert len(answer.json()["push_key"]) == 87
        one, other = (one["id"] for one in answer.json()["browsers"])
        bruno = house.operator(small_world.bruno)
        assert (await bruno("GET", f"{CONSOLE}/notices")).json()["browsers"] == []
        foreign, missing = [await bruno("DELETE", f"{CONSOLE}/push/{which}") for which in (one, 999)]
        assert (foreign.status_code, foreign.content) == (404, missing.content)
        assert (await here("DELETE", f"{CONSOLE}/push/{other}")).status_code == 204
        assert (await here("DELETE", f"{CONSOLE}/push")).status_code == 204
        assert (await here("GET", f"{CONSOLE}/notices")).json()["browsers"] == []


async def test_signing_out_ends_what_a_browser_is_told(small_world: World, tmp_path: Path) -> None:
    async with opened_house(small_world, tmp_path) as house:
        ana = house.operator(small_world.ana)
        await ana("PUT", f"{CONSOLE}/push", BROWSER)
        assert small_world.count("push_subscriptions") == 1
        await ana("DELETE", f"{CONSOLE}/session")
        assert small_world.count("push_subscriptions") == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"endpoint": "http://push.example/one"}, "endpoint"),
        ({"endpoint": "https://push.example:22/one"}, "endpoint"),
        ({"key": "short"}, "key"),
        ({"secret": "?"}, "secret"),
        ({"secret": "BTBZ"}, "secret"),
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
    ],
)
async def test_what_no_browser_gives_is_refused(
    small_world: World, tmp_path: Path, wrong: dict[str, str], field: str
) -> None:
    async with opened_house(small_world, tmp_path) as house:
        answer = await house.operator(small_world.ana)("PUT", f"{CONSOLE}/push", BROWSER | wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
        assert small_world.count("push_subscriptions") == 0


async def test_a_test_is_shown_in_the_browser_that_asks(small_world: World, tmp_path: Path) -> None:
    async with serving(tmp_path) as (service, reach), reaching(small_world, tmp_path, reach) as house:
        here, there, neither = (house.operator(small_world.ana) for _ in range(3))
        told = await neither("POST", TEST, {"way": "push"})
        assert (told.status_code, told.json()["fault"]) == (422, "no_browser")
        for caller, name in ((here, "here"), (there, "there")):
            endpoint, browser = service.browser(name)
            one = browser.subscription(endpoint)
            body = subscription(endpoint, key=text_of(one.key), secret=text_of(one.secret))
            assert (await caller("PUT", f"{CONSOLE}/push", body)).status_code == 204
        assert (await here("POST", TEST, {"way": "push"})).status_code == 204
        assert (len(service.to("here")), len(service.to("there"))) == (1, 0)
        assert (await neither("POST", TEST, {"way": "push"})).status_code == 204
        assert (len(service.to("here")), len(service.to("there"))) == (2, 1)
        service.answers["/here"] = lambda: "503 Busy"
        told = await here("POST", TEST, {"way": "push"})
        assert (told.json()["fault"], told.json()["answer"]) == ("service_away", "503")
        service.answers["/here"] = lambda: "410 Gone"
        told = await here("POST", TEST, {"way": "push"})
        assert (told.json()["fault"], told.json()["answer"]) == ("refused", "410")
        assert small_world.count("push_subscriptions") == 1


async def test_an_endpoint_within_is_not_spoken_to(small_world: World, tmp_path: Path) -> None:
    """Whoever names one learns no more than that."""
    async with serving(tmp_path) as (service, reach):
        outside = Reach(ports=reach.ports, tls=ssl.create_default_context())
        async with reaching(small_world, tmp_path, outside) as house:
            ana = house.operator(small_world.ana)
            await ana("GET", f"{CONSOLE}/notices")  # as its page does: the key is there before anybody subscribes
            endpoint = f"https://localhost:{service.port}/ana"
            assert (await ana("PUT", f"{CONSOLE}/push", subscription(endpoint))).status_code == 204
            told = await ana("POST", TEST, {"way": "push"})
            assert (told.json()["fault"], told.json()["answer"]) == ("refused", "It is not at a public address.")
        assert service.connections == 0


async def test_the_key_is_made_once_for_all_processes_and_sealed(world: World) -> None:
    vault = Vault(b"a secret of the tests that is long enough")
    one, other = (PushKey(world.desk, vault, "mailto:desk@shop.example") for _ in range(2))
    assert (await one.get()).public == (await other.get()).public
    sealed = world.see(push.find_key)
    assert sealed is not None
    assert vault.open(bytes(sealed), "push key") is not None
    assert vault.open(bytes(sealed), "another place") is None


async def test_a_key_that_does_not_open_any_more_is_made_anew_and_browsers_subscribe_anew(
    small_world: World, tmp_path: Path
) -> None:
    before = await PushKey(small_world.desk, Vault(b"the secret before"), "").get()
    async with opened_house(small_world, tmp_path) as house:
        await house.operator(small_world.ana)("PUT", f"{CONSOLE}/push", BROWSER)
    after = await PushKey(small_world.desk, Vault(b"another secret"), "").get()
    assert before.public != after.public
    assert small_world.count("push_subscriptions") == 0
    assert (await PushKey(small_world.desk, Vault(b"another secret"), "").get()).public == after.public


async def test_a_page_says_whether_it_is_seen_and_one_that_is_gone_is_not(small_world: World, tmp_path: Path) -> None:
    async with opened_house(small_world, tmp_path) as house:
        presence, headers = small_world.desk.presence, house.operator(small_world.ana).headers
        async with connected(house.app, f"{CONSOLE}/socket", cookie=headers["cookie"]) as page:
            await page.until("hello")
            assert presence.seeing() == frozenset()
            page.say({"type": "visible", "visible": True})
            await page.answered()
            assert presence.seeing() == {small_world.ana.id}
            page.say({"type": "visible", "visible": False})
            await page.answered()
            assert presence.seeing() == frozenset()
            page.say({"type": "visible", "visible": True})
            await page.answered()
        assert presence.seeing() == frozenset()
