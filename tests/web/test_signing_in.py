"""Guessing at passwords is slowed for who guesses, whatever address their requests claim to come from."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from recado.server import configuration
from recado.web.console import session
from recado.web.limits import Rate
from tests.web.doors import BASE, CONSOLE, House

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
