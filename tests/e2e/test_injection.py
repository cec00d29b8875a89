"""Text is text: whatever strangers and colleagues write, no page of ours runs it, fetches for it, or links to it.

What runs, what is fetched from elsewhere and what a policy forbids is noted by every seat and fails every test.
"""

import functools
import http.server
import itertools
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from recado.actions import blocks, conversations, customers, departments, inboxes, notes, people, queue
from recado.actions.customers import Asked
from recado.actions.inboxes import InboxInput
from recado.actions.people import OperatorChanges
from recado.app import now_us
from recado.db.conversations import find_for_visitor
from recado.db.database import Tx, open_database
from recado.db.migrate import upgrade
from recado.db.visitors import Browser as Told
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role, Visitor
from recado.domain.chats import ChatSettings, ChatTexts, Field
from recado.domain.conversations import Sent, WidgetSent
from recado.domain.ids import ConversationId, DepartmentId, InboxKey, OperatorId, PublicId
from tests.e2e.conftest import Addresses, Seat, VisitorSeat
from tests.payloads import PAYLOADS, lines
from tests.process import PASSWORD, Member, Server, found_desk, free_port, serving

CHATS = 40
LINE, TEXT = lines(120), lines(500)
CHUNKS = ["\n".join(PAYLOADS[at : at + 20]) for at in range(0, len(PAYLOADS), 20)]
DEPARTMENT, ANA, INVITED, REASON, INBOX, BLOCKED = LINE[:6]
SCREENS = {
    "settings/departments": DEPARTMENT,
    "settings/departments/2": DEPARTMENT,
    "settings/departments/2/hours": DEPARTMENT,
    "settings/operators": INVITED,
    "settings/inboxes": INBOX,
    "settings/inboxes/2": INBOX,
    "settings/reasons": REASON,
    "settings/blocks": BLOCKED,
    "settings/audit": DEPARTMENT,
    "team": ANA,
}
"""Each screen, and what somebody wrote that must stand there."""
HARMLESS = {"http:", "https:", "mailto:"}
LINKS = "(within) => [...document.querySelectorAll(`${within} a[href]`)].map((a) => [a.protocol, a.origin, a.rel])"
SHOP_PAGE = "<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1>{}</html>"


class Made(NamedTuple):
    """A conversation, as both sides name it, and whose it is."""

    visitor: Visitor
    which: ConversationId
    public: PublicId


class Stand(NamedTuple):
    """Where the desk and the chat's host page answer, two conversations, and who attends them."""

    at: Addresses
    long: int
    blocked: int
    ana: Member


class Filler:
    """Puts payloads wherever somebody else reads what one has written."""

    def __init__(self, tx: Tx, site: str, admin: Member, ana: Member) -> None:
        self._tx = tx
        self._site = site
        self._boss = Operator(admin.id, "Admin", Role.ADMIN)
        self._ana = ana.operator
        self._lines = itertools.cycle(LINE[6:])

    def fill(self) -> tuple[InboxKey, int, int]:
        tx, boss = self._tx, self._boss
        department = DepartmentId(departments.create(tx, boss, DEPARTMENT).id)
        for who, name in ((self._ana, ANA), (boss, boss.name)):
            people.change_operator(tx, boss, OperatorId(who.id), OperatorChanges(name=name, departments=[department]))
        people.invite(tx, boss, Role.OPERATOR, [department], INVITED)
        reason = departments.create_reason(tx, boss, REASON).id
        key = self._inbox(department)
        long = self._writes(key, 0)
        for payload in PAYLOADS:
            self._says(long, payload)
        for number in range(1, CHATS):
            made = self._writes(key, number)
            if number % 4 == 0:
                queue.claim(tx, self._ana, made.which)
                queue.close(tx, self._ana, made.which, reason, PAYLOADS[number])
            elif number % 4 == 1:
                queue.transfer(tx, self._ana, made.which, department, OperatorId(self._ana.id), PAYLOADS[number])
        blocked = self._writes(key, CHATS)
        blocks.block(tx, self._ana, blocked.which, reason=BLOCKED)
        return key, long.which, blocked.which

    def _inbox(self, department: DepartmentId) -> InboxKey:
        options = [one[:80] for one in LINE[:8]]
        fields = [Field("size", {"en": next(self._lines)}), Field("kind", {"en": next(self._lines)}, "choice", options)]
        chat = ChatSettings(texts={"en": ChatTexts(*TEXT[:3])}, fields=fields, departments=[department])
        given = InboxInput(INBOX, department, [self._site], "#3451b2", TEXT[4], "optional", "optional", chat)
        return inboxes.create_inbox(self._tx, self._boss, given).key

    def _writes(self, key: InboxKey, number: int) -> Made:
        told = json.dumps([{"name": one[:40], "value": one} for one in LINE[number : number + 3]])
        page = f"{self._site}/{'' if number % 2 else '50%-off/'}{next(self._lines)}"
        browser = Told(page, "en", next(self._lines), told)
        visitor = customers.arrive(self._tx, SYSTEM, key, self._site, None, browser).visitor
        name, email = next(self._lines), f"'onload='trap{number}'@trap.example"
        asked = Asked({"size": next(self._lines), "kind": LINE[1][:80]}, None)
        sent = conversations.open_or_receive(
            self._tx, visitor, str(uuid.uuid4()), PAYLOADS[number], name, email, asked
        ).sent
        assert isinstance(sent, WidgetSent)
        found = find_for_visitor(self._tx.conn, visitor, sent.conversation.id)
        assert found is not None
        return Made(visitor, found.id, found.public_id)

    def _says(self, made: Made, payload: str) -> None:
        answered = conversations.answer(self._tx, self._ana, made.which, str(uuid.uuid4()), payload).sent
        assert isinstance(answered, Sent)
        notes.add(self._tx, self._ana, made.which, str(uuid.uuid4()), payload)
        conversations.receive(self._tx, made.visitor, made.public, str(uuid.uuid4()), f"{payload}\n{payload}")


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder: Path = tmp_path_factory.mktemp("injection")
    data, pages, port = folder / "data", folder / "pages", free_port()
    data.mkdir()
    pages.mkdir()
    site, url = f"http://localhost:{port}", f"sqlite:///{data / 'recado.db'}"
    upgrade(url)
    with found_desk(url, {"Sales": ["ana"]}) as desk:
        admin, ana = desk.members["admin"], desk.members["ana"]
    database = open_database(url, clock=now_us, publish=lambda _: None, threads=1)
    try:
        key, long, blocked = database.write_blocking(lambda tx: Filler(tx, site, admin, ana).fill())
    finally:
        database.close_blocking()
    server = Server(data, url)
    script = f'<script async src="{server.base_url}/widget.js" data-inbox="{key}"></script>'
    (pages / "index.html").write_text(SHOP_PAGE.format(script))
    handler = functools.partial(QuietHandler, directory=str(pages))
    with serving(server), http.server.ThreadingHTTPServer(("localhost", port), handler) as shop:
        threading.Thread(target=shop.serve_forever, daemon=True).start()
        yield Stand(Addresses(server.base_url, site, server.data), long, blocked, ana)
        shop.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def signed_in(browser: Browser, stand: Stand) -> Iterator[Callable[[str], Page]]:
    seats: list[Seat] = []

    def sign_in(username: str) -> Page:
        seats.append(Seat(browser, viewport={"width": 1440, "height": 900}))
        page = seats[-1].page
        page.goto(f"{stand.at.desk}/desk")
        page.locator("input").nth(0).fill(username)
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator('[data-tab="waiting"]')).to_be_visible()
        return page

    yield sign_in
    for seat in seats:
        seat.leave()


MOVE = """async ([box, by]) => {
  const edge = document.querySelector(box);
  const before = edge.scrollTop;
  edge.scrollTop += by;
  for (const _ of 'xx') await new Promise(requestAnimationFrame);
  return edge.scrollTop !== before;
}"""
AT_REST = "() => document.querySelector('[role=log]')?.ariaBusy !== 'true'"


def scrolled(page: Page, box: str, by: int) -> Iterator[None]:
    """Scroll a box step by step to its end, or its beginning, so that all of it is drawn once."""
    while page.evaluate(MOVE, [box, by]):
        page.wait_for_function(AT_REST)
        yield


def harmless_links(page: Page | Frame, own: str, within: str = "body") -> set[str]:
    """The protocols of the links that stand there: none runs anything, none tells another site of ours."""
    found = set()
    for protocol, origin, rel in page.evaluate(LINKS, within):
        found.add(protocol)
        assert origin == own or {"noopener", "noreferrer"} <= set(rel.split()), (origin, rel)
    assert found <= HARMLESS
    return found


def test_what_strangers_and_colleagues_wrote_is_text_on_the_desk(
    signed_in: Callable[[str], Page], stand: Stand
) -> None:
    page = signed_in("ana")
    shown = 0
    for tab in ("waiting", "attending", "closed"):
        page.locator(f'[data-tab="{tab}"]').click()
        expect(page.locator("[data-row]").first).to_be_visible()
        for by in (500, -5_000):
            assert list(scrolled(page, ".rows", by))
        for number in range(min(4, page.locator("[data-row]").count())):
            page.locator("[data-row]").nth(number).click()
            expect(page.get_by_role("log")).to_be_visible()
            harmless_links(page, stand.at.desk)
            shown += 1
    assert shown >= 8
    page.goto(f"{stand.at.desk}/desk/{stand.blocked}")
    expect(page.get_by_role("complementary")).to_contain_text("Bloqueado por ti")
    expect(page.get_by_text(BLOCKED)).to_have_count(0)
    page.goto(f"{stand.at.desk}/desk/{stand.long}")
    expect(page.get_by_role("log").get_by_text(PAYLOADS[-1]).first).to_be_visible()
    found = [harmless_links(page, stand.at.desk, "[role=log]") for _ in scrolled(page, "[role=log]", -700)]
    expect(page.get_by_text(PAYLOADS[0], exact=True).first).to_be_visible()
    assert set().union(*found) == HARMLESS


def test_and_on_every_screen_of_an_admin(signed_in: Callable[[str], Page], stand: Stand) -> None:
    page = signed_in("admin")
    for screen, words in SCREENS.items():
        page.goto(f"{stand.at.desk}/{screen}")
        expect(page.get_by_role("main").get_by_text(words).first).to_be_visible()
        page.wait_for_load_state("networkidle")
        harmless_links(page, stand.at.desk)
    page.goto(stand.at.desk)
    expect(page.get_by_role("heading").first).to_be_visible()


def answer(stand: Stand, which: int, body: str) -> None:
    """Ana's answer, by the door that her page uses."""
    done = httpx.post(
        f"{stand.at.desk}/api/v1/console/conversations/{which}/messages",
        json={"client_id": str(uuid.uuid4()), "body": body},
        headers={"Cookie": f"__Host-recado={stand.ana.cookie}", "Origin": stand.at.desk},
    )
    assert done.status_code == 201


def test_and_in_the_chat_of_whoever_it_is_answered_to(browser: Browser, stand: Stand) -> None:
    customer = VisitorSeat(browser, viewport={"width": 1100, "height": 800}, locale="en-US").enter(stand.at)
    customer.open_chat()
    customer.write("Hello")
    customer.sees("Hello")
    for chunk in CHUNKS:
        answer(stand, stand.blocked + 1, chunk)
    for chunk in CHUNKS[:4]:
        customer.box.fill(chunk)
        customer.box.press("Enter")
    expect(customer.frame.get_by_text(CHUNKS[3].split("\n")[-1]).last).to_be_visible()
    expect(customer.frame.get_by_text(CHUNKS[-1].split("\n")[-1]).first).to_be_attached()
    assert harmless_links(customer.frame, stand.at.desk) == HARMLESS
    customer.leave()


FORBIDDEN = """() => new Promise((done) => {
  addEventListener('securitypolicyviolation', (event) => event.effectiveDirective === 'connect-src' && done());
  fetch('https://trap.example/').catch(() => {});
})"""


def test_what_would_run_is_noticed(browser: Browser, stand: Stand) -> None:
    """The traps are set: a page that did run something would be seen, and is excused here."""
    seat = Seat(browser)
    seat.page.goto(stand.at.desk)
    seat.page.evaluate("trap()")
    seat.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'trap()'}))")
    seat.page.evaluate(FORBIDDEN)
    seat.close()
    noted = " ".join(Seat.harm)
    Seat.harm.clear()
    assert "a trap was sprung" in noted
    assert "script-src" in noted
    assert "connect-src" in noted
