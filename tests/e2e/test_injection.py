"""Text is text: whatever strangers and colleagues write, no page of ours runs it, fetches for it, or links to it.

What runs, what is fetched from elsewhere and what a policy forbids is noted by every seat and fails every test.
"""

import functools
import http.server
import json
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from recado.actions import conversations, customers, departments, inboxes, notes, people, queue
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
SETTINGS = ("departments", "operators", "inboxes", "reasons", "audit", "blocks")
HARMLESS = ("http:", "https:", "mailto:")
LINKS = "() => [...document.querySelectorAll('a[href]')].map((one) => [one.protocol, one.host, one.rel, one.target])"
SHOP_PAGE = "<!doctype html><html lang=en><title>Shop</title><h1>Shop</h1>{}</html>"


class Made(NamedTuple):
    """A conversation, as both sides name it, and whose it is."""

    visitor: Visitor
    which: ConversationId
    public: PublicId


class Stand(NamedTuple):
    """Where the desk and the chat's host page answer, the longest conversation, and who attends it."""

    at: Addresses
    long: int
    ana: Member


class Filler:
    """Puts payloads wherever somebody else reads what one has written."""

    def __init__(self, tx: Tx, site: str, admin: Member, ana: Member) -> None:
        self._tx = tx
        self._site = site
        self._boss = Operator(admin.id, "Admin", Role.ADMIN)
        self._ana = ana.operator
        self._lines = iter(LINE * 9)

    def fill(self) -> tuple[InboxKey, int]:
        tx, boss = self._tx, self._boss
        department = DepartmentId(departments.create(tx, boss, next(self._lines)).id)
        changes = OperatorChanges(name=next(self._lines), departments=[department])
        people.change_operator(tx, boss, OperatorId(self._ana.id), changes)
        people.invite(tx, boss, Role.OPERATOR, [department], next(self._lines))
        reason = departments.create_reason(tx, boss, next(self._lines)).id
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
        return key, long.which

    def _inbox(self, department: DepartmentId) -> InboxKey:
        options = [one[:80] for one in LINE[:8]]
        fields = [Field("size", {"en": next(self._lines)}), Field("kind", {"en": next(self._lines)}, "choice", options)]
        chat = ChatSettings(texts={"en": ChatTexts(*TEXT[:3])}, fields=fields, departments=[department])
        name, site = next(self._lines), self._site
        given = InboxInput(name, department, [site], "#3451b2", TEXT[4], "optional", "optional", chat)
        return inboxes.create_inbox(self._tx, self._boss, given).key

    def _writes(self, key: InboxKey, number: int) -> Made:
        told = json.dumps([{"name": one[:40], "value": one} for one in LINE[number : number + 3]])
        browser = Told(f"{self._site}/{next(self._lines)}", "en", next(self._lines), told)
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
        key, long = database.write_blocking(lambda tx: Filler(tx, site, admin, ana).fill())
    finally:
        database.close_blocking()
    server = Server(data, url)
    script = f'<script async src="{server.base_url}/widget.js" data-inbox="{key}"></script>'
    (pages / "index.html").write_text(SHOP_PAGE.format(script))
    handler = functools.partial(QuietHandler, directory=str(pages))
    with serving(server), http.server.ThreadingHTTPServer(("localhost", port), handler) as shop:
        threading.Thread(target=shop.serve_forever, daemon=True).start()
        yield Stand(Addresses(server.base_url, site), long, ana)
        shop.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def signed_in(browser: Browser, stand: Stand, username: str) -> Page:
    seat = Seat(browser, viewport={"width": 1440, "height": 900})
    page = seat.page
    page.goto(f"{stand.at.desk}/desk")
    page.locator("input").nth(0).fill(username)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(seat.page.locator('[data-tab="waiting"]')).to_be_visible()
    return page


def scrolled(page: Page, box: str, by: int) -> None:
    """Scroll a box to its end, or its beginning, so that all of it is drawn once."""
    moved = """([box, by]) => {
      const edge = document.querySelector(box);
      const before = edge.scrollTop;
      edge.scrollTop += by;
      return edge.scrollTop !== before;
    }"""
    still = 0
    while still < 3:
        still = 0 if page.evaluate(moved, [box, by]) else still + 1
        page.wait_for_timeout(60)


def assert_links_are_harmless(page: Page, own: str) -> None:
    for protocol, host, rel, target in page.evaluate(LINKS):
        assert protocol in HARMLESS, protocol
        if target == "_blank" and f"//{host}" not in own:
            assert {"noopener", "noreferrer"} <= set(rel.split()), (host, rel)


def test_what_strangers_and_colleagues_wrote_is_text_on_the_desk(browser: Browser, stand: Stand) -> None:
    page = signed_in(browser, stand, "ana")
    shown = 0
    for tab in ("waiting", "attending", "closed"):
        page.locator(f'[data-tab="{tab}"]').click()
        expect(page.locator("[data-row]").first).to_be_visible()
        scrolled(page, ".rows", 500)
        scrolled(page, ".rows", -5_000)
        for number in range(min(4, page.locator("[data-row]").count())):
            page.locator("[data-row]").nth(number).click()
            expect(page.get_by_role("log")).to_be_visible()
            assert_links_are_harmless(page, stand.at.desk)
            shown += 1
    assert shown >= 8
    page.goto(f"{stand.at.desk}/desk/{stand.long}")
    expect(page.get_by_role("log")).to_be_visible()
    expect(page.get_by_text(PAYLOADS[-1]).first).to_be_visible()
    scrolled(page, "[role=log]", -700)
    expect(page.get_by_text(PAYLOADS[0], exact=True).first).to_be_visible()
    assert_links_are_harmless(page, stand.at.desk)


def test_and_on_every_screen_of_the_settings(browser: Browser, stand: Stand) -> None:
    page = signed_in(browser, stand, "admin")
    for screen in SETTINGS:
        page.goto(f"{stand.at.desk}/settings/{screen}")
        expect(page.get_by_role("heading").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert_links_are_harmless(page, stand.at.desk)
    page.goto(stand.at.desk)
    expect(page.get_by_role("heading").first).to_be_visible()


def answer(stand: Stand, which: str, body: str) -> None:
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
    newest = CHATS + 1
    for chunk in CHUNKS:
        answer(stand, str(newest), chunk)
    for chunk in CHUNKS[:4]:
        customer.box.fill(chunk)
        customer.box.press("Enter")
    expect(customer.frame.get_by_text(CHUNKS[3].split("\n")[-1]).last).to_be_visible()
    expect(customer.frame.get_by_text(CHUNKS[-1].split("\n")[-1]).first).to_be_attached()
    for protocol, _, rel, _ in customer.frame.evaluate(LINKS):
        assert protocol in HARMLESS
        assert {"noopener", "noreferrer"} <= set(rel.split())


def test_what_would_run_is_noticed(browser: Browser, stand: Stand) -> None:
    """The traps are set: a page that did run something would be seen, and is excused here."""
    seat = Seat(browser)
    seat.page.goto(stand.at.desk)
    seat.page.evaluate("trap()")
    seat.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'trap()'}))")
    seat.page.evaluate("fetch('https://trap.example/').catch(() => {})")
    seat.page.wait_for_timeout(300)
    noted = " ".join(Seat.harm)
    Seat.harm.clear()
    assert "a trap was sprung" in noted
    assert "script-src" in noted
    assert "connect-src" in noted
