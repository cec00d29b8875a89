"""*Send me a test*: it arrives, or it is said in plain words what kept it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from demo.mail.smtp import CUT, Cue, Mail, Server
from tests.mail.posts import give_addresses, read
from tests.web.doors import BASE, CONSOLE, House, built, from_everywhere, opened_house, settings_for
from tests.world import World

TEST = f"{CONSOLE}/notices/test"


@asynccontextmanager
async def with_mail(world: World, folder: Path, kept: list[Mail], cue: Cue) -> AsyncIterator[House]:
    """A house whose mail a server on this machine takes."""
    server = Server(kept.append, cue)
    await server.start()
    more = {"smtp": f"smtp://127.0.0.1:{server.port}", "mail_from": "Recado <desk@shop.example>"}
    settings = settings_for(folder, **more)
    app = built(world, settings)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=from_everywhere(app)), base_url=BASE)
    async with client:
        yield House(world, app, client, settings)
    await server.stop()


async def test_a_test_arrives_and_says_what_it_is(small_world: World, tmp_path: Path) -> None:
    kept: list[Mail] = []
    give_addresses(small_world, small_world.ana)
    async with with_mail(small_world, tmp_path, kept, lambda *_: None) as house:
        ana = house.operator(small_world.ana)
        assert (await ana("GET", f"{CONSOLE}/notices")).json()["mail"] is True
        assert (await ana("POST", TEST, {"way": "email"})).status_code == 204
    (mail,) = kept
    assert mail.to == ("ana@shop.example",)
    assert read(mail)["Subject"] == "Recado's test e-mail"


@pytest.mark.parametrize(
    ("step", "answer", "fault", "said"),
    [
        ("connect", "554 not from there", "server_away", "554 not from there"),
        ("MAIL", "550 not in that name", "refused", "550 not in that name"),
        ("end", "451 later", "refused", "451 later"),
        ("end", CUT, "refused", "Unexpected EOF received"),
    ],
)
async def test_what_keeps_a_test_is_said(
    small_world: World, tmp_path: Path, step: str, answer: str, fault: str, said: str
) -> None:
    give_addresses(small_world, small_world.ana)
    cue: Cue = lambda reached, _: answer if reached == step else None  # noqa: E731 - a word for what follows
    async with with_mail(small_world, tmp_path, [], cue) as house:
        told = await house.operator(small_world.ana)("POST", TEST, {"way": "email"})
    assert told.status_code == 422
    assert (told.json()["code"], told.json()["fault"]) == ("not_sent", fault)
    assert said in told.json()["answer"]


async def test_without_an_address_or_a_server_it_says_which(small_world: World, tmp_path: Path) -> None:
    async with with_mail(small_world, tmp_path, [], lambda *_: None) as house:
        told = await house.operator(small_world.ana)("POST", TEST, {"way": "email"})
    assert told.json()["fault"] == "no_address"
    async with opened_house(small_world, tmp_path) as house:
        ana = house.operator(small_world.ana)
        assert (await ana("POST", TEST, {"way": "email"})).json()["fault"] == "no_server"
        assert (await ana("GET", f"{CONSOLE}/notices")).json()["mail"] is False
