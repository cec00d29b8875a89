"""How much one caller may ask for: each has a bucket of their own, for each rate."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

import httpx
import msgspec
import pytest

from recado.db import finding
from recado.domain.actors import Visitor
from recado.domain.conversations import Found
from recado.domain.errors import Busy
from recado.domain.threads import BODY_MAX_BYTES
from recado.web import auth, pages
from recado.web.console import session
from recado.web.errors import TooMany
from recado.web.limits import (
    FAILURES_PER_ACCOUNT,
    OPENINGS_PER_NETWORK,
    OPENINGS_PER_VISITOR,
    PER_NETWORK,
    READS,
    SENDS,
    SENT_BYTES,
    SIGN_INS_PER_ACCOUNT,
    Limits,
    Rate,
    network_of,
)
from recado.web.widget import conversations, visits
from tests.web.doors import CONSOLE, WIDGET, House
from tests.web.sockets import connected
from tests.world import PASSWORD, SHOP, Chat, new_client_id


def test_rates_that_are_alike_share_no_bucket() -> None:
    kept = Limits(lambda: 0.0)
    one, other = Rate(1, 1), Rate(1, 1)
    kept.take(one, "ana")
    kept.take(other, "ana")
    with pytest.raises(TooMany):
        kept.take(one, "ana")


async def test_a_visitor_who_floods_leaves_the_operator_of_the_same_number_alone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.limits, "_clock", lambda: 0.0)
    ana, world = house.world.ana, house.world
    visitor = next(one for one in (world.lucia, world.julian, world.tomas) if int(one.id) == int(ana.id))
    chat = world.attended(ana, visitor)
    caller, again = house.visitor(visitor), {"client_id": new_client_id(), "body": "Hello?"}
    sends = [await caller("POST", f"{WIDGET}/conversations/{chat.public_id}/messages", again) for _ in range(130)]
    burst = int(SENDS.burst)
    assert [one.status_code for one in sends] == [201] + [200] * (burst - 1) + [429] * (len(sends) - burst)
    mine = {"client_id": new_client_id(), "body": "Good morning."}
    answer = await house.operator(ana)("POST", f"{CONSOLE}/conversations/{chat.id}/messages", mine)
    assert answer.status_code == 201


async def test_an_opening_is_charged_when_it_was_stored_and_not_for_trying_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, path = house.visitor(house.world.lucia), f"{WIDGET}/conversations"
    first = {"client_id": new_client_id(), "body": "Hello?"}
    most = int(OPENINGS_PER_VISITOR.burst)

    async def busy(*_: Any, **__: Any) -> None:
        raise Busy

    with monkeypatch.context() as full:
        full.setattr(house.world.desk, "act", busy)
        assert {(await caller("POST", path, first)).status_code for _ in range(most * 2)} == {503}
    assert (await caller("POST", path, first)).status_code == 201
    assert {(await caller("POST", path, first)).status_code for _ in range(most * 2)} == {200}
    others = [{"client_id": new_client_id(), "body": "And?"} for _ in range(most)]
    assert [(await caller("POST", path, one)).status_code for one in others] == [201] * (most - 1) + [429]


async def test_one_machine_fills_no_queue_however_many_visitors_it_plays(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "OPENINGS_PER_NETWORK", replace(OPENINGS_PER_NETWORK, per_s=1e-9))
    world, most, path = house.world, int(OPENINGS_PER_NETWORK.burst), f"{WIDGET}/conversations"
    statuses = []
    for number in range(most + 20):
        visitor = house.visitor(world.comes(world.shop, SHOP))
        first = {"client_id": new_client_id(), "body": "Hello?"}
        # Neither another spelling of the address nor a header changes whose it is.
        answer = await visitor(
            "POST",
            path,
            first,
            headers={
                "x-from": f"2001:db8::{number:x}",
                "x-forwarded-for": f"192.0.2.{number}",
                "forwarded": f"for=192.0.2.{number}",
            },
        )
        statuses.append(answer.status_code)
    assert statuses == [201] * most + [429] * 20
    elsewhere = {"client_id": new_client_id(), "body": "Hello?"}
    assert (await house.visitor(world.lucia)("POST", path, elsewhere)).status_code == 201


SPELLINGS = ("/api/v1/widget/visits", "/api/v1/widget/visits/", "//api/v1/widget/visits", "/api/v1/widget/%76isits")


async def test_another_spelling_of_the_path_is_the_same_share(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "VISITS_PER_ADDRESS", Rate(1e-9, 3))
    right = {"inbox": house.world.shop, "site": SHOP}
    ways = SPELLINGS * 2
    answers = [await house.nobody(**{"x-from": "192.0.2.1"})("POST", way, right) for way in ways]
    assert [answer.status_code for answer in answers].count(200) == 3
    assert {answer.status_code for answer in answers[len(SPELLINGS) :]} <= {429, 404, 405}


@pytest.mark.parametrize(("method", "last", "rate"), [("POST", "/read", SENDS), ("GET", "", READS)])
async def test_a_visitor_s_page_has_enough_reads_and_not_any_number(
    house: House, method: str, last: str, rate: Rate
) -> None:
    chat = house.world.waiting(house.world.lucia)
    path, body = f"{WIDGET}/conversations/{chat.public_id}{last}", {"seq": 1} if last else None
    lucia, julian = house.visitor(house.world.lucia), house.visitor(house.world.julian)
    answers = [await lucia(method, path, body) for _ in range(int(rate.burst))]
    assert {answer.status_code for answer in answers} <= {200, 204}
    # Some tokens come back meanwhile, so that the end is reached a little later.
    assert 429 in {(await lucia(method, path, body)).status_code for _ in range(int(rate.burst) * 2)}
    assert (await julian("GET", f"{WIDGET}/conversations")).status_code == 200


@pytest.mark.parametrize(("method", "last", "rate"), [("POST", "/read", SENDS), ("GET", "", READS)])
async def test_visitors_of_one_network_share_what_it_may_ask_for(
    house: House, monkeypatch: pytest.MonkeyPatch, method: str, last: str, rate: Rate
) -> None:
    monkeypatch.setitem(PER_NETWORK, rate, Rate(1e-9, 6))
    world, body = house.world, {"seq": 1} if last else None
    chats = [(house.visitor(who), world.waiting(who)) for who in (world.lucia, world.julian)]

    async def ask_by_turns(address: str) -> list[int]:
        answers = [
            await visitor(method, f"{WIDGET}/conversations/{chat.public_id}{last}", body, headers={"x-from": address})
            for _ in range(5)
            for visitor, chat in chats
        ]
        return [answer.status_code // 100 for answer in answers]

    assert await ask_by_turns("192.0.2.1") == [2] * 6 + [4] * 4
    assert await ask_by_turns("192.0.2.2") == [2] * 6 + [4] * 4
    # A proxy on this machine that the settings do not name: behind it is everybody.
    assert await ask_by_turns("127.0.0.1") == [2] * 10


async def write(house: House, visitor: Visitor, chat: Chat, body: str, address: str | None = None) -> httpx.Response:
    """A message into a conversation of the visitor's."""
    path, message = f"{WIDGET}/conversations/{chat.public_id}/messages", {"client_id": new_client_id(), "body": body}
    return await house.visitor(visitor)("POST", path, message, headers={"x-from": address})


@pytest.mark.parametrize("body", ["a log\n" * 10_000, "\x01" * BODY_MAX_BYTES])
async def test_the_longest_message_gets_through_at_once_and_no_stream_of_them(house: House, body: str) -> None:
    world, on_the_wire = house.world, len(msgspec.json.encode(body))
    chat, other = world.waiting(world.lucia), world.waiting(world.julian)
    # What is refused for its length uses up nothing.
    refused = [await write(house, world.lucia, chat, "x" * (BODY_MAX_BYTES + 1)) for _ in range(20)]
    assert {answer.json()["code"] for answer in refused} == {"invalid"}
    answers = [await write(house, world.lucia, chat, body) for _ in range(15)]
    at_once = int(SENT_BYTES.burst / on_the_wire)
    assert [answer.status_code for answer in answers[:at_once]] == [201] * at_once
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["retry-after"]) <= on_the_wire / SENT_BYTES.per_s + 1
    assert (await write(house, world.julian, other, body)).status_code == 201


@pytest.mark.parametrize(("sends", "sent_bytes"), [(SENDS, SENT_BYTES), (PER_NETWORK[SENDS], PER_NETWORK[SENT_BYTES])])
def test_texts_too_short_to_be_weighed_are_held_to_as_little_by_their_number(sends: Rate, sent_bytes: Rate) -> None:
    heaviest = len(msgspec.json.encode("\x01" * conversations.UNWEIGHED))
    assert 100 < heaviest <= sent_bytes.per_s / sends.per_s


async def test_visitors_of_one_network_share_how_much_they_write(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PER_NETWORK, SENT_BYTES, Rate(1e-9, 6_000))
    world = house.world
    chats = [(who, world.waiting(who)) for who in (world.lucia, world.julian)]

    async def write_by_turns(address: str) -> list[int]:
        return [(await write(house, *chat, "x" * 1_000, address)).status_code for _ in range(4) for chat in chats]

    assert await write_by_turns("192.0.2.1") == [201] * 5 + [429] * 3
    assert await write_by_turns("127.0.0.1") == [201] * 8


@pytest.mark.parametrize("body", ["x" * 60_000, "ñ" + "x" * 60_000, "ñ" * 30_000, "\x01" * 60_000])
async def test_no_visitor_throws_operators_off_their_sockets(house: House, body: str) -> None:
    world = house.world
    chat = world.waiting(world.lucia)
    async with connected(house.app, f"{CONSOLE}/socket", cookie=f"__Host-recado={world.signs_in(world.ana)}") as ana:
        await ana.until("hello")
        answers = await asyncio.gather(*(write(house, world.lucia, chat, body) for _ in range(60)))
        arrived = [answer.status_code for answer in answers].count(201)
        assert 1 <= arrived < 60
        heard = [frame for frame in await ana.answered() if frame["type"] == "message.posted"]
        assert [frame["entries"][0]["body"] for frame in heard] == [body] * arrived


STRANGERS = {"cookie": "__Host-recado=made-up"}


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("GET", f"{WIDGET}/inboxes/unknown", None, {}),
        ("GET", "/widget/unknown", None, {}),
        ("GET", f"{CONSOLE}/session", None, STRANGERS),
        ("GET", f"{CONSOLE}/counts", None, STRANGERS),
        ("POST", f"{CONSOLE}/session", {"username": "nobody", "password": "a wrong password"}, {}),
    ],
)
async def test_what_anybody_may_have_looked_up_is_held_to_their_network_before_the_look(
    house: House, monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: Any, headers: dict[str, str]
) -> None:
    few = Rate(1e-9, 3)
    for module in (auth, pages, session, visits):
        monkeypatch.setattr(module, "LOOKS_PER_NETWORK", few)
    see, looks = house.world.desk.see, []

    async def counted(*asked: Any) -> Any:
        looks.append(asked[0])
        return await see(*asked)

    monkeypatch.setattr(house.world.desk, "see", counted)

    async def ask(address: str) -> list[int]:
        stranger = house.nobody(**headers, **{"x-from": address})
        return [(await stranger(method, path, body)).status_code for _ in range(5)]

    missing = (await ask("192.0.2.1"))[0]
    assert missing in {401, 404}
    assert len(looks) == 3
    assert await ask("192.0.2.2") == [missing] * 3 + [429] * 2
    # A proxy on this machine that the settings do not name: behind it is everybody.
    assert await ask("127.0.0.1") == [missing] * 5


@pytest.mark.parametrize(("part", "status"), [("session", 200), ("counts", 200), ("conversations/999", 404)])
async def test_an_operator_s_own_session_uses_up_nothing_of_their_network(
    house: House, monkeypatch: pytest.MonkeyPatch, part: str, status: int
) -> None:
    monkeypatch.setattr(auth, "LOOKS_PER_NETWORK", Rate(1e-9, 1))
    ana = house.operator(house.world.ana)
    answers = [await ana("GET", f"{CONSOLE}/{part}", headers={"x-from": "192.0.2.1"}) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {status}


async def test_blocking_a_network_leaves_those_alone_who_only_share_a_proxy_on_this_machine(house: House) -> None:
    world = house.world

    async def write_both(address: str) -> list[int]:
        visit = {"inbox": world.shop, "site": SHOP}
        from_there = {"x-from": address}
        came = [(await house.nobody(**from_there)("POST", f"{WIDGET}/visits", visit)).json() for _ in range(2)]
        one, other = (house.nobody(authorization=f"Bearer {answer['token']}", **from_there) for answer in came)
        first = {"client_id": new_client_id(), "body": "Hello?"}
        opened = (await one("POST", f"{WIDGET}/conversations", first)).json()["conversation"]["id"]
        chat = world.number_of(opened)
        await house.operator(world.ana)("POST", f"{CONSOLE}/conversations/{chat}/block", {"network": True})
        again = first | {"client_id": new_client_id()}
        return [(await who("POST", f"{WIDGET}/conversations", again)).status_code for who in (one, other)]

    assert await write_both("192.0.2.1") == [403, 403]
    assert await write_both("127.0.0.1") == [403, 201]


# ── signing in ───────────────────────────────────────────────────────────────────────────────────────────────────

WRONG = {"username": "ana", "password": "a wrong password"}
RIGHT = WRONG | {"password": PASSWORD}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("127.0.0.1", "::1", True),
        ("::ffff:127.0.0.1", "127.8.8.8", True),
        ("", "unix:", False),
    ],
)
def test_an_address_of_the_new_kind_counts_as_its_network(one: str, other: str, *, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


async def test_many_wrong_passwords_slow_their_sender_and_not_whose_name_they_used(house: House) -> None:
    senders = [house.nobody(**{"x-from": f"2001:db8:0:1::{number}"}) for number in range(1, 13)]
    answers = [await sender("POST", f"{CONSOLE}/session", WRONG) for sender in senders]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert (await senders[0]("POST", f"{CONSOLE}/session", RIGHT)).status_code == 429
    assert (await senders[0]("POST", f"{CONSOLE}/session", RIGHT | {"username": "bruno"})).status_code == 200
    assert (await house.nobody()("POST", f"{CONSOLE}/session", RIGHT)).status_code == 200


async def test_wrong_passwords_from_everywhere_are_bounded_and_right_ones_are_not_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert FAILURES_PER_ACCOUNT.burst > SIGN_INS_PER_ACCOUNT.burst
    assert FAILURES_PER_ACCOUNT.per_s > SIGN_INS_PER_ACCOUNT.per_s
    monkeypatch.setattr(session, "FAILURES_PER_ACCOUNT", Rate(1e-9, 3))
    tries = [RIGHT] * 5 + [WRONG] * 4
    statuses = [(await house.nobody()("POST", f"{CONSOLE}/session", one)).status_code for one in tries]
    assert statuses == [200] * 5 + [401] * 3 + [429]


@pytest.mark.parametrize("door", ["setup", "invitations/accept"])
async def test_a_door_that_is_shut_is_not_there_whatever_the_password(
    house: House, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hashed(_: str) -> str:
        raise AssertionError("hashed for nobody")

    monkeypatch.setattr(session, "hash_password", hashed)
    for password in ("short", PASSWORD):
        body = {"token": "unknown", "name": "Nadia", "username": "nadia", "password": password}
        assert (await house.nobody()("POST", f"{CONSOLE}/{door}", body)).status_code == 404


async def test_an_operator_s_next_search_waits_for_their_last_one_and_nobody_else_does(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, bruno = (house.operator(one) for one in (house.world.ana, house.world.bruno))
    begun, entered, found = [], threading.Event(), threading.Event()

    def look(_conn: object, _me: object, name: str) -> Found:
        begun.append(name)
        entered.set()
        assert found.wait(10)
        return Found([], more=False)

    monkeypatch.setattr(finding, "find_by_name", look)
    path = f"{CONSOLE}/conversations/search"
    searches = [asyncio.create_task(ana("POST", path, {"name": name})) for name in ("m", "ma", "mar")]
    try:
        assert await asyncio.to_thread(entered.wait, 10)
        assert (await bruno("GET", f"{CONSOLE}/counts")).status_code == 200
        assert len(begun) == 1
    finally:
        found.set()
    assert [one.status_code for one in await asyncio.gather(*searches)] == [200] * 3
    assert sorted(begun) == ["m", "ma", "mar"]
