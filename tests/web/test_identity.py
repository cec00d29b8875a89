"""The visitors' door: a signature opens a verified customer's history, and nothing else does."""

from typing import Any

import httpx
import pytest

from recado.domain.identity import sign
from tests.web.doors import CONSOLE, WIDGET, House
from tests.world import SHOP, canary, holds, new_client_id


async def new_secret(house: House) -> dict[str, Any]:
    inbox = house.world.inbox(house.world.shop).id
    answer = await house.operator(house.world.adela)("POST", f"{CONSOLE}/inboxes/{inbox}/secrets", {})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def token(house: House, secret: str, **claims: Any) -> str:
    usual = {"sub": "user-17", "name": "Nuria", "exp": house.world.clock() // 1_000_000 + 600}
    return sign(usual | claims, secret)


async def visits(house: House, **more: Any) -> httpx.Response:
    return await house.nobody()("POST", f"{WIDGET}/visits", {"inbox": house.world.shop, "site": SHOP, **more})


async def writes(house: House, visit: dict[str, Any], body: str) -> httpx.Response:
    caller = house.nobody(authorization=f"Bearer {visit['token']}")
    return await caller("POST", f"{WIDGET}/conversations", {"client_id": new_client_id(), "body": body})


async def test_a_signature_opens_the_history_in_any_browser(house: House) -> None:
    made, word = await new_secret(house), canary()
    first = (await visits(house, identity=token(house, made["secret"]))).json()
    assert first["visitor"] == {"name": "Nuria", "email": None, "verified": True}
    await writes(house, first, word)
    second = (await visits(house, identity=token(house, made["secret"]))).json()
    which = second["conversations"][0]["id"]
    caller = house.nobody(authorization=f"Bearer {second['token']}")
    assert holds((await caller("GET", f"{WIDGET}/conversations/{which}")).content, word)


async def test_without_a_valid_one_nobody_is_let_in_as_them_and_nothing_happens(house: House) -> None:
    made = await new_secret(house)
    signed = (await visits(house, identity=token(house, made["secret"]))).json()
    await writes(house, signed, "Hello")
    before = house.world.contents()
    good = token(house, made["secret"])
    forgeries = {
        "expired": token(house, made["secret"], exp=1),
        "signature": token(house, "another secret"),
        "malformed": "user-17",
        "audience": token(house, made["secret"], aud="another inbox"),
        "claims": token(house, made["secret"], sub=17),
    }
    for fault, forged in forgeries.items():
        answer = await visits(house, identity=forged)
        assert answer.status_code == 400, fault
        assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [("identity", fault)]
    assert (await visits(house, identity=good[:-4] + "AAAA")).status_code == 400
    assert house.world.contents() == before
    assert (await visits(house, identity=good)).json()["conversations"]


async def test_a_removed_secret_opens_nothing_more(house: House) -> None:
    old, new = await new_secret(house), await new_secret(house)
    for secret in (old, new):
        assert (await visits(house, identity=token(house, secret["secret"]))).status_code == 200
    removed = await house.operator(house.world.adela)("DELETE", f"{CONSOLE}/secrets/{old['id']}")
    assert removed.status_code == 204
    assert (await visits(house, identity=token(house, old["secret"]))).status_code == 400
    assert (await visits(house, identity=token(house, new["secret"]))).status_code == 200


async def test_a_secret_is_told_once_and_lies_sealed_in_the_store(house: House) -> None:
    made = await new_secret(house)
    assert not holds(house.world.contents(), made["secret"])
    listed = await house.operator(house.world.adela)("GET", f"{CONSOLE}/inboxes")
    assert made["ending"] == made["secret"][-4:]
    assert holds(listed.content, made["ending"])
    assert not holds(listed.content, made["secret"])


async def test_another_inbox_s_secret_signs_nothing_here(house: House) -> None:
    made = await new_secret(house)
    body = {"inbox": house.world.help, "site": "https://help.example", "identity": token(house, made["secret"])}
    answer = await house.nobody()("POST", f"{WIDGET}/visits", body)
    assert [one["code"] for one in answer.json()["errors"]] == ["off"]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({str(number): "x" for number in range(21)}, "too_many"),
        ({"a" * 41: "x"}, "too_long"),
        ({"a": "b\nc"}, "control"),
    ],
)
async def test_too_much_or_unclean_page_data_is_refused(house: House, data: dict[str, str], fault: str) -> None:
    assert (await visits(house, data={"plan": "pro"})).status_code == 200
    answer = await visits(house, data=data)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, fault)


async def test_operators_see_what_the_page_told_and_visitors_do_not_get_it_back(house: House) -> None:
    word = canary()
    visit = await visits(house, data={"plan": word})
    assert not holds(visit.content, word)
    await writes(house, visit.json(), "Hello")
    which = house.world.chats()[-1].id
    state = (await house.operator(house.world.ana)("GET", f"{CONSOLE}/conversations/{which}")).json()
    assert state["visitor"]["data"] == [{"name": "plan", "value": word, "former": False}]
