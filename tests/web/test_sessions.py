"""A session's use is noted behind people's work, and only pages in its own operator's name go by it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from recado.actions import people
from recado.db import openings
from recado.db.people import end_sessions
from recado.desk import SYSTEM
from recado.domain.actors import Role
from recado.domain.errors import Busy
from tests.web.doors import CONSOLE, House
from tests.world import new_client_id

SIX_MINUTES = 6 * 60


async def test_its_use_is_noted_once_and_behind_what_people_do(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, database = house.operator(house.world.ana), house.world.desk.database
    write, noted, go_on = database.write, [], asyncio.Event()

    async def held(fn: Callable[..., Any], *, background: bool = False) -> Any:
        noted.append(background)
        await go_on.wait()
        return await write(fn, background=background)

    monkeypatch.setattr(database, "write", held)
    house.world.clock.pass_s(SIX_MINUTES)
    for _ in range(3):
        assert (await ana("GET", f"{CONSOLE}/session")).status_code == 200
    assert noted == [True]
    go_on.set()
    await asyncio.gather(*house.world.desk._later.values())
    assert (await ana("GET", f"{CONSOLE}/session")).status_code == 200
    assert noted == [True]
    house.world.clock.pass_s(SIX_MINUTES)
    assert (await ana("GET", f"{CONSOLE}/session")).status_code == 200
    await asyncio.gather(*house.world.desk._later.values())
    assert noted == [True, True]


async def test_a_store_too_busy_to_note_it_lets_people_go_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: Any, **__: Any) -> None:
        raise Busy

    ana = house.operator(house.world.ana)
    house.world.clock.pass_s(SIX_MINUTES)
    monkeypatch.setattr(house.world.desk.database, "write", busy)
    assert (await ana("GET", f"{CONSOLE}/session")).status_code == 200
    assert await asyncio.gather(*house.world.desk._later.values()) in ([], [None])


async def test_a_page_left_open_in_a_former_operator_s_name_changes_nothing_in_the_next_one_s(house: House) -> None:
    world, ana = house.world, house.operator(house.world.ana)
    path = f"{CONSOLE}/conversations/{world.waiting().id}/messages"
    words = {"client_id": new_client_id(), "body": "Good morning.", "kind": "public"}
    before = world.contents()
    for name in (str(world.bruno.id), "", "ana"):
        stale = await ana("POST", path, words, headers={"recado-operator": name})
        assert (stale.status_code, stale.json()["code"]) == (401, "unauthenticated")
        assert "set-cookie" not in stale.headers
    assert world.contents() == before
    assert (await ana("POST", path, words, headers={"recado-operator": str(world.ana.id)})).status_code == 201
    assert (await ana("POST", path, words)).status_code == 200


@pytest.fixture
def looks(house: House, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One for each look into the store."""
    read, asked = house.world.desk.database.read, list[object]()

    async def counted(fn: Callable[..., Any]) -> Any:
        asked.append(fn)
        return await read(fn)

    monkeypatch.setattr(house.world.desk.database, "read", counted)
    return asked


@pytest.mark.parametrize("part", ["desk", "counts", "drafts", "conversations", "conversations/{number}"])
async def test_what_an_operator_reads_and_who_they_are_are_found_in_one_look(
    house: House, looks: list[object], part: str
) -> None:
    path = f"{CONSOLE}/{part}".format(number=house.world.waiting().id)
    assert (await house.operator(house.world.ana)("GET", path)).status_code == 200
    assert len(looks) == 1


async def test_nothing_is_looked_for_in_the_name_of_who_is_not_signed_in_any_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, found = house.world, []
    ana, path = house.operator(world.ana), f"{CONSOLE}/conversations/{world.waiting().id}"
    monkeypatch.setattr(openings, "open_conversation", lambda *asked: found.append(asked))
    stale = await ana("GET", path, headers={"recado-operator": str(world.bruno.id)})
    world.act(lambda tx, _: end_sessions(tx, world.ana.id), SYSTEM)
    for answer in (stale, await ana("GET", path), await house.nobody()("GET", path)):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert found == []


@pytest.fixture
def held(house: House, monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Set when something has passed the door, and to be set for it to reach the store."""
    write, asked, go_on = house.world.desk.database.write, asyncio.Event(), asyncio.Event()

    async def hold(fn: Callable[..., Any], *, background: bool = False) -> Any:
        asked.set()
        await go_on.wait()
        return await write(fn, background=background)

    monkeypatch.setattr(house.world.desk.database, "write", hold)
    return asked, go_on


async def test_what_waited_for_the_store_is_done_with_the_role_of_then(
    house: House, held: tuple[asyncio.Event, asyncio.Event]
) -> None:
    world, (asked, go_on) = house.world, held
    world.act(people.change_operator, world.adela, world.ana.id, people.OperatorChanges(role=Role.ADMIN))
    ana = house.operator(world.ana)
    link = asyncio.create_task(ana("POST", f"{CONSOLE}/operators/{world.adela.id}/reset-link", {}))
    await asked.wait()
    world.act(people.change_operator, world.adela, world.ana.id, people.OperatorChanges(role=Role.OPERATOR))
    before = world.contents()
    go_on.set()
    assert (await link).status_code == 404
    assert world.contents() == before


@pytest.mark.parametrize("ended", ["signed out", "disabled"])
@pytest.mark.parametrize("what", ["answer", "draft", "sign-out"])
async def test_whose_session_ended_while_they_waited_for_the_store_is_asked_to_sign_in(
    house: House, held: tuple[asyncio.Event, asyncio.Event], what: str, ended: str
) -> None:
    world, (asked, go_on) = house.world, held
    path = f"{CONSOLE}/conversations/{world.attended(world.ana).id}"
    requests: dict[str, tuple[Any, ...]] = {
        "answer": ("POST", f"{path}/messages", {"client_id": new_client_id(), "body": "Good.", "kind": "public"}),
        "draft": ("PUT", f"{path}/draft", {"mode": "answer", "body": "Good mor"}),
        "sign-out": ("DELETE", f"{CONSOLE}/session"),
    }
    sent = asyncio.create_task(house.operator(world.ana)(*requests[what]))
    await asked.wait()
    if ended == "disabled":
        world.disables(world.ana)
    else:
        world.act(lambda tx, _: end_sessions(tx, world.ana.id), SYSTEM)
    before = world.contents()
    go_on.set()
    answer = await sent
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert world.contents() == before
