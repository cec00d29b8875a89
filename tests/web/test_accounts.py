"""One's own account at the door: what ends is gone from open pages too, guessing is slowed, links are ours."""

from contextlib import AbstractAsyncContextManager

import pytest

from recado.db import accounts
from recado.db.accounts import session_id
from recado.domain.errors import Busy
from recado.domain.ids import hash_of
from recado.domain.people import SESSION_IDLE_S, SESSION_MAX_S
from recado.live.outbox import SIGNED_OUT
from recado.web.console import accounts as door
from recado.web.limits import Rate
from recado.workers.timers import Timers
from tests.web.doors import BASE, CONSOLE, Caller, House
from tests.web.sockets import Socket, connected
from tests.world import PASSWORD, holds

NEW = "another long password"
ME = f"{CONSOLE}/me"
FORWARDED = {
    "host": "evil.test",
    "x-forwarded-host": "evil.test",
    "forwarded": "host=evil.test;proto=http",
    "x-forwarded-proto": "http",
}


def page(house: House, token: str) -> AbstractAsyncContextManager[Socket]:
    """The socket of a page in this session."""
    return connected(house.app, f"{CONSOLE}/socket", cookie=f"__Host-recado={token}")


def caller(house: House, token: str) -> Caller:
    return house.nobody(cookie=f"__Host-recado={token}")


async def signs_in(house: House, password: str, username: str = "ana") -> int:
    answer = await house.nobody()("POST", f"{CONSOLE}/session", {"username": username, "password": password})
    return answer.status_code


async def reset_link(house: House, number: int, **headers: str) -> dict[str, str]:
    admin = house.operator(house.world.adela)
    answer = await admin("POST", f"{CONSOLE}/operators/{number}/reset-link", {}, headers=dict(headers))
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


# ── one's own password ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_changed_password_leaves_this_page_open_and_no_other(house: House) -> None:
    mine, other = house.world.signs_in(house.world.ana), house.world.signs_in(house.world.ana)
    async with page(house, mine) as here, page(house, other) as there:
        await here.next()
        await there.next()
        answer = await caller(house, mine)("PUT", f"{ME}/password", {"current": PASSWORD, "password": NEW})
        assert answer.status_code == 204
        assert (await there.end()).code == SIGNED_OUT
        assert await here.answered() == []
    assert (await caller(house, mine)("GET", f"{CONSOLE}/session")).status_code == 200
    assert (await caller(house, other)("GET", f"{CONSOLE}/session")).status_code == 401
    assert [await signs_in(house, one) for one in (PASSWORD, NEW)] == [401, 200]


@pytest.mark.parametrize(
    ("current", "password", "field", "fault"),
    [
        ("a wrong password", NEW, "current", "wrong_password"),
        ("", NEW, "current", "wrong_password"),
        (PASSWORD, "short", "password", "too_short"),
        (PASSWORD, PASSWORD, "password", "unchanged"),
        (PASSWORD, "ana roca ana", "password", "guessable"),
        (PASSWORD, "a" * 513, "password", "too_long"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field_and_ends_nothing(
    house: House, current: str, password: str, field: str, fault: str
) -> None:
    ana, other = house.operator(house.world.ana), house.world.signs_in(house.world.ana)
    before = house.world.contents()
    answer = await ana("PUT", f"{ME}/password", {"current": current, "password": password})
    assert answer.status_code == 400, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, fault)]
    assert house.world.contents() == before
    assert (await caller(house, other)("GET", f"{CONSOLE}/session")).status_code == 200


async def test_who_guesses_at_the_present_one_is_slowed_and_its_owner_signs_in_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PASSWORD_TRIES", Rate(1e-9, 3))
    ana, wrong = house.operator(house.world.ana), {"current": "a wrong password", "password": NEW}
    statuses = [(await ana("PUT", f"{ME}/password", wrong)).status_code for _ in range(4)]
    assert statuses == [400] * 3 + [429]
    right = await ana("PUT", f"{ME}/password", {"current": PASSWORD, "password": NEW})
    assert (right.status_code, int(right.headers["retry-after"]) > 0) == (429, True)
    assert await signs_in(house, PASSWORD) == 200
    bruno = house.operator(house.world.bruno)
    assert (await bruno("PUT", f"{ME}/password", {"current": PASSWORD, "password": NEW})).status_code == 204


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_session_that_is_ended_from_the_list_loses_its_pages_at_once(house: House) -> None:
    mine, other = house.world.signs_in(house.world.ana), house.world.signs_in(house.world.ana)
    here = caller(house, mine)
    listed = await here("GET", f"{ME}/sessions")
    current = {one["id"]: one["current"] for one in listed.json()}
    assert current | {session_id(hash_of(mine)): True, session_id(hash_of(other)): False} == current
    assert list(current.values()).count(True) == 1
    assert not any(holds(listed.content, secret) for secret in (mine, other))
    async with page(house, other) as there:
        await there.next()
        assert (await here("DELETE", f"{ME}/sessions/{session_id(hash_of(other))}")).status_code == 204
        assert (await there.end()).code == SIGNED_OUT
    left = (await here("GET", f"{ME}/sessions")).json()
    assert {one["id"] for one in left} == current.keys() - {session_id(hash_of(other))}


async def test_all_others_lose_their_pages_at_once(house: House) -> None:
    mine, *others = (house.world.signs_in(house.world.ana) for _ in range(3))
    async with page(house, mine) as here, page(house, others[0]) as there, page(house, others[1]) as elsewhere:
        for one in (here, there, elsewhere):
            await one.next()
        assert (await caller(house, mine)("DELETE", f"{ME}/sessions")).status_code == 204
        assert [(await one.end()).code for one in (there, elsewhere)] == [SIGNED_OUT] * 2
        assert await here.answered() == []


@pytest.mark.parametrize("limit_s", [SESSION_IDLE_S, SESSION_MAX_S])
async def test_a_session_that_runs_out_loses_its_open_pages_too(house: House, limit_s: int) -> None:
    world, timers = house.world, Timers(house.world.desk)
    old, young = world.signs_in(world.ana), None
    async with page(house, old) as there:
        await there.next()
        world.clock.pass_s(limit_s - 60)
        await timers.close_over()
        if limit_s == SESSION_IDLE_S:
            assert await there.answered() == []
        young = world.signs_in(world.ana)
        async with page(house, young) as here:
            await here.next()
            world.clock.pass_s(120)
            await timers.close_over()
            assert (await there.end()).code == SIGNED_OUT
            assert await here.answered() == []
    assert (await caller(house, old)("GET", f"{CONSOLE}/session")).status_code == 401


async def test_a_page_closes_with_its_session_also_where_it_cannot_be_read_why_that_ended(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise Busy

    async with page(house, house.world.signs_in(house.world.ana)) as there:
        await there.next()
        house.world.clock.pass_s(SESSION_IDLE_S)
        monkeypatch.setattr(accounts, "list_disabled", busy)
        await Timers(house.world.desk).close_over()
        assert (await there.end()).code == SIGNED_OUT


# ── a forgotten password ─────────────────────────────────────────────────────────────────────────────────────────


async def test_a_link_leads_to_our_own_address_whatever_the_request_says_it_was_sent_to(house: House) -> None:
    made = await reset_link(house, house.world.ana.id, **FORWARDED)
    address, _, token = made["link"].partition("#")
    assert address == f"{BASE}/reset"
    assert len(token) >= 32
    invited = await house.operator(house.world.adela)(
        "POST", f"{CONSOLE}/invitations", {"role": "operator", "departments": []}, headers=dict(FORWARDED)
    )
    assert invited.json()["link"].startswith(f"{BASE}/join#")


async def test_its_holder_sets_a_password_and_every_page_that_was_open_ends(house: House) -> None:
    old, made = house.world.signs_in(house.world.ana), await reset_link(house, house.world.ana.id)
    token = made["link"].partition("#")[2]
    look = await house.nobody()("POST", f"{CONSOLE}/resets/look", {"token": token})
    assert look.json() == {"name": "Ana Roca", "username": "ana"}
    refused = await house.nobody()("POST", f"{CONSOLE}/resets", {"token": token, "password": "ana roca 1"})
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("password", "guessable")]
    async with page(house, old) as there:
        await there.next()
        answer = await house.nobody()("POST", f"{CONSOLE}/resets", {"token": token, "password": NEW})
        assert (await there.end()).code == SIGNED_OUT
    assert (answer.status_code, answer.json()["username"]) == (200, "ana")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert (await house.nobody(cookie=cookie)("GET", f"{CONSOLE}/session")).status_code == 200
    assert [await signs_in(house, one) for one in (PASSWORD, NEW)] == [401, 200]
    for path, body in (("resets/look", {"token": token}), ("resets", {"token": token, "password": NEW})):
        assert (await house.nobody()("POST", f"{CONSOLE}/{path}", body)).status_code == 404


async def test_a_link_is_told_once_and_its_password_is_not_hashed_for_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await reset_link(house, house.world.ana.id)
    token = made["link"].partition("#")[2]
    for path in ("operators", "audit", "invitations"):
        listed = await house.operator(house.world.adela)("GET", f"{CONSOLE}/{path}")
        assert listed.status_code == 200
        assert not holds(listed.content, token)

    def hashed(*_: str) -> str:
        raise AssertionError("hashed for nobody")

    monkeypatch.setattr("recado.web.console.accounts.hash_password", hashed)
    for wrong in ("", "unknown", token[::-1]):
        answer = await house.nobody()("POST", f"{CONSOLE}/resets", {"token": wrong, "password": NEW})
        assert answer.status_code == 404
