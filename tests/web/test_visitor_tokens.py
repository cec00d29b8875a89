"""What lets a visitor in: a sealed token of their own, and never a name, address or number that anybody can say."""

import base64
from typing import Any

import httpx

from recado.domain.identity import sign
from recado.web.tokens import Seal
from tests.web.doors import CONSOLE, WIDGET, House
from tests.world import SHOP, canary, holds, new_client_id

NURIA = {"name": "Nuria Vidal", "email": "nuria@mail.example"}


async def visits(house: House, **more: Any) -> dict[str, Any]:
    answer = await house.nobody()("POST", f"{WIDGET}/visits", {"inbox": house.world.shop, "site": SHOP, **more})
    assert answer.status_code == 200, answer.text
    visit: dict[str, Any] = answer.json()
    return visit


async def writes(house: House, visit: dict[str, Any], body: str, **said: str) -> str:
    """Writes the first message; gives the conversation's address."""
    caller = house.nobody(authorization=f"Bearer {visit['token']}")
    answer = await caller("POST", f"{WIDGET}/conversations", {"client_id": new_client_id(), "body": body, **said})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["conversation"]["id"])


async def looks(house: House, path: str, **headers: str) -> httpx.Response:
    return await house.nobody(**headers)("GET", f"{WIDGET}/conversations{path}")


async def seen_by_ana(house: House, which: str) -> Any:
    """The customer behind a conversation, as an operator sees them."""
    number = house.world.number_of(which)  # type: ignore[arg-type]
    state = await house.operator(house.world.ana)("GET", f"{CONSOLE}/conversations/{number}")
    return state.json()["conversation"]["customer"]


async def test_who_says_a_customer_s_name_and_address_gets_nothing_of_theirs_and_changes_nothing(house: House) -> None:
    world, word, other = house.world, canary(), canary()
    inbox = world.inbox(world.shop).id
    made = await house.operator(world.adela)("POST", f"{CONSOLE}/inboxes/{inbox}/secrets", {})
    claims = {"sub": "user-17", "exp": world.clock() // 1_000_000 + 600, **NURIA}
    signed = sign(claims, made.json()["secret"])
    nuria, stranger = await visits(house, identity=signed), await visits(house)
    hers = await writes(house, nuria, word)
    assert (await seen_by_ana(house, hers))["verified"] is True
    row = world.contents()["customers"]
    theirs = await writes(house, stranger, other, **NURIA)
    assert world.contents()["customers"][: len(row)] == row
    found = await seen_by_ana(house, theirs)
    assert (found["verified"], found["email"]) == (False, NURIA["email"])
    assert found["id"] != (await seen_by_ana(house, hers))["id"]
    for visit, own, foreign in ((nuria, word, other), (stranger, other, word)):
        bearer = {"authorization": f"Bearer {visit['token']}"}
        listed = await looks(house, "", **bearer)
        assert holds(listed.content, own)
        assert not holds(listed.content, foreign)
    again = await visits(house, resume_key=stranger["resume_key"])
    assert (again["visitor"]["verified"], [one["id"] for one in again["conversations"]]) == (False, [theirs])


async def test_an_address_of_a_conversation_opens_nothing_without_its_visitor_s_token(house: House) -> None:
    visit, other, word = await visits(house), await visits(house), canary()
    which, token = await writes(house, visit, word), visit["token"]
    assert holds((await looks(house, f"/{which}", authorization=f"Bearer {token}")).content, word)
    assert (await looks(house, f"/{which}", authorization=f"Bearer {other['token']}")).status_code == 404
    elsewhere: tuple[tuple[str, dict[str, str]], ...] = (
        (f"/{which}", {}),
        (f"/{which}?token={token}", {}),
        (f"/{which}?access_token={token}", {}),
        (f"/{which}?authorization=Bearer%20{token}", {}),
        (f"/{which}", {"cookie": f"__Host-recado={token}; token={token}"}),
        (f"/{which}", {"x-visitor": "1", "x-token": token}),
        (f"/{which}", {"authorization": f"Basic {token}"}),
        (f"/{which}", {"authorization": f"Bearer {visit['resume_key']}"}),
    )
    for path, headers in elsewhere:
        answer = await looks(house, path, **headers)
        assert answer.status_code == 401, (path, headers)
        assert not holds(answer.content, word)


async def test_a_token_is_never_the_same_twice_and_opens_nothing_once_a_byte_is_another(house: House) -> None:
    visit, now = await visits(house), house.world.clock()
    token, seal = visit["token"], Seal(house.settings.secret)
    opened = seal.open(token, now)
    assert opened is not None
    assert len({seal.make(opened.visitor, now)[0] for _ in range(100)}) == 100
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    assert len(raw) * 8 >= 128 + 96
    for place in range(len(raw)):
        altered = bytes(byte ^ (place == here) for here, byte in enumerate(raw))
        assert seal.open(base64.urlsafe_b64encode(altered).decode(), now) is None
    assert Seal(b"the secret of another installation, long").open(token, now) is None
    assert seal.open(token[:-1], now) is None


async def test_what_lets_a_visitor_in_is_stored_nowhere(house: House) -> None:
    visit = await visits(house)
    await writes(house, visit, "Hello")
    for secret in (visit["token"], visit["resume_key"]):
        assert len(secret) * 6 >= 128
        assert not holds(house.world.contents(), secret)
