"""Guessing at passwords is slowed for who guesses, whatever they claim, and not for whose name they use."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from recado.server import configuration
from recado.web.console import session
from recado.web.limits import Rate
from tests.web.doors import BASE, CONSOLE, House
from tests.world import PASSWORD

MOST = 3
WRONG = {"username": "ana", "password": "a wrong password"}


async def statuses(client: httpx.AsyncClient, forwarded: list[str]) -> list[int]:
    """What wrong passwords are answered, sent with these addresses in the header."""
    sent = [{"origin": BASE, "x-forwarded-for": one} for one in forwarded]
    return [(await client.post(f"{CONSOLE}/session", json=WRONG, headers=one)).status_code for one in sent]


def at(house: House, address: str, trusted: str) -> httpx.AsyncClient:
    """Somebody at this address, in front of the application as the server runs it."""
    config = configuration(house.app, house.settings._replace(trusted_proxies=trusted))
    config.load()
    app: Any = config.loaded_app
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app, client=(address, 4000)), base_url=BASE)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few guesses that no time given back matters."""
    monkeypatch.setattr(session, "SIGN_INS_PER_ACCOUNT", Rate(1e-9, MOST))


@pytest.mark.parametrize("trusted", ["", "203.0.113.1"])
async def test_an_address_that_only_a_header_names_earns_no_further_guesses(house: House, trusted: str) -> None:
    invented = [f"198.51.100.{number}" for number in range(MOST + 1)]
    async with at(house, "192.0.2.1", trusted) as guesser:
        assert await statuses(guesser, invented) == [401] * MOST + [429]
    async with at(house, "192.0.2.2", trusted) as other:
        assert await statuses(other, ["192.0.2.1"]) == [401]


async def test_behind_a_trusted_proxy_each_address_has_guesses_of_its_own(house: House) -> None:
    async with at(house, "203.0.113.1", "203.0.113.1") as proxy:
        assert await statuses(proxy, ["192.0.2.1"] * (MOST + 1)) == [401] * MOST + [429]
        assert await statuses(proxy, ["192.0.2.2"]) == [401]
        spoofed = [f"198.51.100.{number}, 192.0.2.3" for number in range(MOST + 1)]
        assert await statuses(proxy, spoofed) == [401] * MOST + [429]


# ── a browser that is known ──────────────────────────────────────────────────────────────────────────────────────


async def tries(house: House, password: str = PASSWORD, username: str = "ana", **headers: str) -> int:
    """What a try to sign in is answered."""
    body = {"username": username, "password": password}
    return (await house.nobody(**headers)("POST", f"{CONSOLE}/session", body)).status_code


async def guesses(house: House, **headers: str) -> list[int]:
    """What one guess too many and those before it are answered."""
    return [await tries(house, "a wrong password", **headers) for _ in range(MOST + 1)]


def left_by(answer: httpx.Response) -> str:
    """What an answer leaves in a browser for the next time."""
    (line,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith("__Secure-recado-browser-")]
    attributes = set(line.lower().split("; ")[1:])
    assert {"secure", "httponly", "samesite=strict", f"path={CONSOLE}/session"} <= attributes
    assert not any(one.startswith("domain") for one in attributes)
    return line.partition(";")[0]


async def mark(house: House, username: str = "ana", **headers: str) -> str:
    """What stays in a browser in which somebody has signed in."""
    body = {"username": username, "password": PASSWORD}
    return left_by(await house.nobody(**headers)("POST", f"{CONSOLE}/session", body))


@pytest.fixture
def _few_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few guesses at one name from everywhere, and in one browser."""
    monkeypatch.setattr(session, "FAILURES_PER_ACCOUNT", Rate(1e-9, MOST))
    monkeypatch.setattr(session, "SIGN_INS_PER_BROWSER", Rate(1e-9, MOST))


@pytest.mark.usefixtures("_few_failures")
async def test_strangers_who_guess_from_everywhere_lock_nobody_out_of_their_own_browser(house: House) -> None:
    known = await mark(house)
    assert await guesses(house) == [401] * MOST + [429]
    assert await tries(house) == 429
    assert await tries(house, cookie=known) == 200


@pytest.mark.usefixtures("_few_failures")
async def test_who_shares_an_address_with_a_guesser_signs_in_all_the_same(house: House) -> None:
    known, there = await mark(house), {"x-from": "192.0.2.1"}
    assert await guesses(house, **there) == [401] * MOST + [429]
    assert await tries(house, cookie=known, **there) == 200


@pytest.mark.usefixtures("_few_failures")
async def test_a_known_browser_has_so_many_tries_of_its_own_and_not_more(house: House) -> None:
    known = await mark(house)
    assert await guesses(house, cookie=known) == [401] * MOST + [429]
    assert await tries(house) == 200


@pytest.mark.usefixtures("_few_failures")
async def test_a_browser_earns_no_further_tries_by_signing_in_again(house: House) -> None:
    known = await mark(house)
    for _ in range(MOST):
        known = await mark(house, cookie=known)
    assert await tries(house, cookie=known) == 429


@pytest.mark.usefixtures("_few_failures")
async def test_two_who_share_a_browser_are_both_known_there(house: House) -> None:
    both = f"{await mark(house)}; {await mark(house, 'bruno')}"
    for name in ("ana", "bruno"):
        assert [await tries(house, "wrong", name) for _ in range(MOST + 1)] == [401] * MOST + [429]
        assert await tries(house, username=name, cookie=both) == 200


@pytest.mark.usefixtures("_few_failures")
async def test_with_a_new_password_only_the_browser_in_which_it_was_chosen_is_known(house: House) -> None:
    before, ana = await mark(house), house.operator(house.world.ana)
    new = "a much longer secret of hers"
    chosen = left_by(await ana("PUT", f"{CONSOLE}/me/password", {"current": PASSWORD, "password": new}))
    assert await guesses(house) == [401] * MOST + [429]
    assert await tries(house, new, cookie=before) == 429
    assert await tries(house, new, cookie=chosen) == 200


@pytest.mark.usefixtures("_few_failures")
async def test_a_mark_is_worth_nothing_for_another_name_and_none_can_be_made(house: House) -> None:
    other, known = await mark(house, "bruno"), await mark(house)
    assert await guesses(house) == [401] * MOST + [429]
    name = known.partition("=")[0]
    for wrong in (other, known[:-8] + "AAAAAAAA", known[:40], f"{name}=", f"{name}=%%", f"{name}=\x7f"):
        assert await tries(house, cookie=wrong) == 429, wrong
    assert await tries(house, cookie=known) == 200
    for opens in (known, known.replace(name, "__Host-recado")):
        assert (await house.nobody(cookie=opens)("GET", f"{CONSOLE}/session")).status_code == 401
