"""Any text is kept, shown and found as it was sent, or refused with its reason; and none takes long to look at."""

import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from recado.domain.customers import email_of
from recado.domain.errors import Invalid
from recado.domain.inboxes import site_of
from recado.domain.text import line_of, salvaged_line
from recado.domain.threads import body_of, excerpt_of
from tests.contract.test_inputs import is_problem
from tests.process import PATIENCE
from tests.web.doors import CONSOLE, WIDGET, Caller, House
from tests.world import new_client_id

BLNS = Path(__file__).parents[1] / "naughty" / "blns.json"
NAUGHTY: list[str] = json.loads(BLNS.read_text())
QUERIES = (
    "'",
    '"',
    "%",
    "_",
    "\\",
    "';--",
    "' OR 1=1 --",
    '" OR ""="',
    "*",
    "a*",
    "NEAR(a b)",
    "a AND",
    "-a",
    "^a",
    ":",
)
LONG = 100 * 1024
LOOK_S = 0.1


async def test_every_naughty_text_arrives_as_it_was_sent_or_is_refused(house: House) -> None:
    """By customer and operator, and from there to the thread of either, its excerpt apart."""
    world = house.world
    chat = world.attended(world.ana, world.lucia)
    sides = (
        (house.visitor(world.lucia), f"{WIDGET}/conversations/{chat.public_id}"),
        (house.operator(world.ana), f"{CONSOLE}/conversations/{chat.id}"),
    )
    sent, refused = [], 0
    for number, text in enumerate((*NAUGHTY, *QUERIES)):
        caller, path = sides[number % 2]
        answer = await caller("POST", f"{path}/messages", {"client_id": new_client_id(), "body": text})
        house.rest()
        if answer.status_code == 201:
            assert answer.json()["entry"]["body"] == text
            sent.append(text)
        else:
            refused += 1
            assert not text.strip() or is_problem(answer)["errors"][0]["code"] in {"empty", "nul"}, ascii(text)
    assert refused < 20
    for caller, path in sides:
        assert await shown(house, caller, path) == sent
    listed = (await sides[1][0]("GET", f"{CONSOLE}/conversations?list=attending")).json()
    assert listed["items"][0]["excerpt"] == excerpt_of(sent[-1])


async def shown(house: House, caller: Caller, path: str) -> list[str]:
    """All public texts of a thread, page by page, the two that were there before apart."""
    found: list[str] = []
    before = 10**9
    while True:
        house.rest()
        page = (await caller("GET", f"{path}/entries?before={before}&limit=200")).json()
        entries = [one for one in page["entries"] if one.get("kind", "public") == "public"]
        found = [one["body"] for one in entries] + found
        if not page["more"]:
            return found[2:]
        before = page["entries"][0]["seq"]


# ── the time it takes ────────────────────────────────────────────────────────────────────────────────────────────

PATHOLOGICAL = {
    "spaces": " " * LONG,
    "spaces and a letter": " " * LONG + "a",
    "direction marks": "\u200f" * LONG,
    "at signs": "a@" * (LONG // 2),
    "dots": "a@" + "a." * (LONG // 2),
    "brackets": "(" * LONG,
    "addresses": "http://" * (LONG // 7),
    "combining marks": "a" + "\u0301" * LONG,
    "faces": "\U0001f600" * (LONG // 4),
}
LOOKS: dict[str, Callable[[str], object]] = {
    "a message": body_of,
    "an excerpt": excerpt_of,
    "a name": lambda text: line_of(text, "name", 120),
    "an e-mail address": email_of,
    "a site": site_of,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("text", PATHOLOGICAL)
def test_no_text_takes_long_to_look_at(look: str, text: str) -> None:
    began = time.process_time()
    with contextlib.suppress(Invalid):
        LOOKS[look](PATHOLOGICAL[text])
    assert time.process_time() - began < LOOK_S * PATIENCE


def test_a_name_turns_nothing_that_is_written_beside_it() -> None:
    assert line_of("\u202efdp.\u2066exe\u2069", "name", 120) == "fdp.exe"
    assert salvaged_line("\u202efdp.exe", 120) == "fdp.exe"


@pytest.mark.parametrize("sign", ["\u200b", "\u200e", "\u2060", "\u2069", "\ufeff", "\u3164", "\u2800", "\U000e0041"])
def test_what_is_not_seen_makes_no_name_and_no_two_that_look_alike(sign: str) -> None:
    assert line_of(f"{sign}Ana{sign} {sign}Ruiz{sign}", "name", 120) == "Ana Ruiz"
    assert line_of(f" {sign}\u200d{sign} ", "name", 120) is None
    assert salvaged_line(f"{sign} {sign}\ufe0f", 120) == ""


ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
ALIREZA = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"


@pytest.mark.parametrize("name", [ALIREZA, "👩🏽\u200d👧 Ana", "❤\ufe0f", f"Ruiz {ENGLAND}"])
def test_what_joins_letters_and_pictures_stays(name: str) -> None:
    assert line_of(name, "name", 120) == name
