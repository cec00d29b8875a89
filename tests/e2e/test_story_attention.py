"""What reaches somebody who is not looking: the number at the tab, sounds, what a browser shows with no page open."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Worker, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, comes

BELL, CHIME, DROP = 1046.5, 659.3, 880
"""The first tones of the sounds for who waits, for a customer of one's own, and for colleagues."""
NOTICE = f"""(() => {{
  const [begin, now] = [AudioParam.prototype.setValueAtTime, performance.now.bind(performance)];
  Object.assign(window, {{ rung: [], passed: 0, counted: [], notes: [] }});
  performance.now = () => now() + window.passed;
  AudioParam.prototype.setValueAtTime = function (value, at) {{
    if ({[BELL, CHIME, DROP]}.includes(value)) window.rung.push(value);
    return begin.call(this, value, at);
  }};
  navigator.setAppBadge = async (count) => void window.counted.push(count);
  navigator.clearAppBadge = async () => void window.counted.push(0);
  ServiceWorkerRegistration.prototype.getNotifications = async () => window.notes;
}})()"""
"""Notes what would be heard and shown, and lets time pass."""
STAND_IN = """() => {
  const waiting = [];
  const change = (shown) => {
    self.shown = shown;
    for (const look of waiting) look();
  };
  const without = (tag) => self.shown.filter((one) => one.tag !== tag);
  const close = (tag) => change(without(tag));
  change([]);
  registration.showNotification = async (title, { tag, ...more }) =>
    change([...without(tag), { title, tag, ...more, close: () => close(tag) }]);
  registration.getNotifications = async () => self.shown;
  self.counted = [];
  navigator.setAppBadge = async (count) => void self.counted.push(count ?? 'some');
  navigator.clearAppBadge = async () => void self.counted.push(0);
  const lead = new Promise((done) => (clients.openWindow = async (url) => done(url)));
  self.led = () => lead;
  self.press = (tag) => {
    const event = new ExtendableEvent('notificationclick');
    event.waitUntil = () => undefined; // what a script makes up may not ask for time
    event.notification = self.shown.find((one) => one.tag === tag);
    dispatchEvent(event);
  };
  self.until = (tags) => new Promise((done) => {
    const look = () => String(self.shown.map(({ tag }) => tag)) === String(tags) && done(
      self.shown.map(({ tag, title, body, data, silent }) => ({ tag, title, body, url: data.url, silent })));
    waiting.push(look);
    look();
  });
}"""
"""A browser without windows has nowhere to show anything: in the worker this keeps what would be shown."""
SHOWN_HERE = """(tags) => {
  sessionStorage.gone = '';
  window.notes = tags.map((tag) => ({ tag, close: () => void (sessionStorage.gone += ` ${tag}`) }));
}"""
RINGS = """async () => {
  const rings = async () => (await navigator.locks.query()).held.some(({ name }) => name === 'recado:ringer');
  while (!(await rings())) await new Promise(requestAnimationFrame);
}"""
"""Answered once a tab holds what lets it ring."""
FAR = 200


class Pushes:
    """The browser's end of a push: what comes in by its debugging port, and what it shows."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        self.worker: Worker = page.context.service_workers[0]
        self.worker.evaluate(STAND_IN)
        parts = urlsplit(page.url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        beside = page.context.new_page()
        self.port = page.context.new_cdp_session(beside)
        found: list[dict[str, Any]] = []
        self.port.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
        self.port.send("ServiceWorker.enable")
        for _ in range(FAR):
            if found:
                break
            beside.title()
        self.registration = found[0]["registrationId"]

    def deliver(self, **told: object) -> None:
        where = {"origin": self.origin, "registrationId": self.registration}
        self.port.send("ServiceWorker.deliverPushMessage", {**where, "data": json.dumps({"v": 1, **told})})

    def shows(self, *tags: str) -> list[dict[str, Any]]:
        """What is shown, as soon as that is of these."""
        shown: list[dict[str, Any]] = self.worker.evaluate("(tags) => self.until(tags)", list(tags))
        return shown


@pytest.fixture
def ana(browser: Browser, demo: Addresses) -> Iterator[OperatorSeat]:
    """Her desk, in a browser that notes what it is asked to tell."""
    seat = OperatorSeat(browser)
    seat.context.add_init_script(NOTICE)
    yield seat.sign_in(demo, "ana")
    seat.leave()


NOBODY_RINGS = "async () => !(await navigator.locks.query()).held.some(({ name }) => name === 'recado:ringer')"
"""A tab that was closed keeps its lock for a moment."""


def number_of(page: Page) -> int:
    title = page.title()
    return int(title[1 : title.index(")")]) if title.startswith("(") else 0


def shows_number(page: Page, count: int) -> None:
    """In the tab's title, at its sign and at the installed console's icon."""
    page.wait_for_function("(count) => document.title.startsWith(`(${count}) `)", arg=count)
    sign = unquote(page.locator('link[rel="icon"]').get_attribute("href") or "")
    assert f">{count if count <= 9 else '9+'}</text>" in sign
    assert page.evaluate("window.counted.at(-1)") == count


def writes(customer: VisitorSeat, seat: OperatorSeat, words: str) -> None:
    """They write, and it has come to the desk's lists."""
    customer.write(words)
    expect(seat.row(words)).to_be_visible()


def test_the_number_at_the_tab_is_what_a_fresh_load_shows(ana: OperatorSeat, demo: Addresses, visitor: Come) -> None:
    page = ana.page
    expect(ana.row("Julián Paredes")).to_be_visible()
    before = number_of(page)
    customer = comes(visitor, "¿Hacen factura?")
    shows_number(page, before + 1)
    ana.open("¿Hacen factura?")
    ana.answer("Sí, claro")
    customer.sees("Sí, claro")
    shows_number(page, before)
    page.goto(f"{demo.desk}/desk?list=attending")
    writes(customer, ana, "A nombre de mi empresa")
    shows_number(page, before + 1)
    fresh = page.context.new_page()
    for path in ("/desk", "/internal", "/account", "/"):
        fresh.goto(demo.desk + path)
        shows_number(fresh, before + 1)
    ana.open("A nombre de mi empresa")
    shows_number(page, before)
    shows_number(fresh, before)


def test_one_tab_rings_and_not_for_what_one_looks_at_or_has_written(
    ana: OperatorSeat, demo: Addresses, visitor: Come
) -> None:
    page = ana.page
    page.evaluate(RINGS)
    other = page.context.new_page()
    other.goto(f"{demo.desk}/account")
    other.get_by_role("heading", name="Mi cuenta").click()

    def rung(*tones: float) -> None:
        """These in all; and then so much time passes that the next is a ring of its own."""
        page.wait_for_function("(count) => window.rung.length >= count", arg=len(tones))
        assert page.evaluate("window.rung") == list(tones)
        assert other.evaluate("window.rung") == []
        page.evaluate("window.passed += 3_000")

    customer = comes(visitor, "¿Tienen pilas?")
    rung(BELL)
    ana.open("¿Tienen pilas?")
    ana.answer("Quedan dos")
    customer.sees("Quedan dos")
    customer.write("Me llevo una")
    expect(ana.thread.get_by_text("Me llevo una")).to_be_visible()
    rung(BELL)
    page.get_by_role("navigation").locator("a.internal").click()
    expect(page.get_by_role("tab", name="Recibidas")).to_be_visible()
    customer.write("O las dos")
    rung(BELL, CHIME)
    # It leaves its turn to the other one with its end.
    page.close()
    other.evaluate(RINGS)
    customer.write("Mejor las dos")
    other.wait_for_function("() => window.rung.length === 1")
    assert other.evaluate("window.rung") == [CHIME]


def test_a_push_is_shown_once_for_each_conversation_and_goes_when_it_was_seen(
    ana: OperatorSeat, demo: Addresses
) -> None:
    # One that nobody has touched: it may not be heard.
    page = ana.page.context.new_page()
    page.goto(f"{demo.desk}/desk")
    ana.page.close()
    page.wait_for_function(NOBODY_RINGS)
    pushes = Pushes(page)
    told = {"type": "show", "tag": "direct-3", "title": "Bruno", "url": "/internal/3", "at": 1, "count": 1}
    pushes.deliver(**told, body="¿Vienes?")
    assert pushes.shows("direct-3") == [
        {"tag": "direct-3", "title": "Bruno", "body": "¿Vienes?", "url": "/internal/3", "silent": False}
    ]
    pushes.deliver(**told | {"tag": "waiting-9", "title": "Alguien espera", "url": "/desk/9"}, body="Hola")
    pushes.deliver(**told, body="2 mensajes")
    assert [one["body"] for one in pushes.shows("waiting-9", "direct-3")] == ["Hola", "2 mensajes"]
    pushes.deliver(type="clear", tags=["waiting-9", "direct-1"])
    pushes.shows("direct-3")
    # Once a page of ours has been touched it rings by itself.
    page.locator('[data-tab="waiting"]').click()
    page.evaluate(RINGS)
    pushes.deliver(**told | {"tag": "direct-4"}, body="Otra")
    assert [one["silent"] for one in pushes.shows("direct-3", "direct-4")] == [False, True]


def test_a_press_on_it_leads_there_in_the_page_that_is_open_or_else_in_a_new_one(
    ana: OperatorSeat, demo: Addresses
) -> None:
    pushes = Pushes(ana.page)
    told = {"type": "show", "tag": "direct-3", "title": "Bruno", "body": "", "url": "/internal/3", "at": 1, "count": 1}
    pushes.deliver(**told)
    pushes.shows("direct-3")
    pushes.worker.evaluate("self.press('direct-3')")
    expect(ana.page).to_have_url(f"{demo.desk}/internal/3")
    pushes.shows()
    ana.page.goto(f"{demo.desk}/widget.js")
    pushes.deliver(**told | {"tag": "waiting-9", "url": "/desk/9", "badge": 4})
    pushes.shows("waiting-9")
    assert pushes.worker.evaluate("self.counted") == [4]
    pushes.worker.evaluate("self.press('waiting-9')")
    assert pushes.worker.evaluate("self.led()") == "/desk/9"


def test_what_is_read_or_left_behind_takes_its_notification_away(ana: OperatorSeat, visitor: Come) -> None:
    page = ana.page
    comes(visitor, "¿Hay tubos?")
    row = ana.row("¿Hay tubos?")
    number = row.get_attribute("data-row")
    page.evaluate(SHOWN_HERE, [f"conversation-{number}", "direct-999"])
    row.click()
    page.wait_for_function("(tag) => (sessionStorage.gone ?? '').includes(tag)", arg=f"conversation-{number}")
    assert "direct-999" not in page.evaluate("sessionStorage.gone")
    page.get_by_role("button", name=re.compile("^Perfil de")).click()
    page.get_by_role("menuitem", name="Salir").click()
    expect(page.get_by_role("button", name="Entrar", exact=True)).to_be_visible()
    assert "direct-999" in page.evaluate("sessionStorage.gone")


def test_no_page_is_kept_in_the_browser(ana: OperatorSeat) -> None:
    Pushes(ana.page)
    again = ana.page.reload()
    assert again is not None
    assert not again.from_service_worker
    assert ana.page.evaluate("caches.keys()") == []
