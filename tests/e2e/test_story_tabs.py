"""One person in two tabs, and the next one at the same computer: nothing typed is lost, nothing is left to be found."""

import re
from collections.abc import Iterator
from copy import copy
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, comes, intercept, serious_findings

ALL_THAT_LIES_THERE = """
async () => {
  const found = [...Object.entries(localStorage), ...Object.entries(sessionStorage), await caches.keys()];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done) => { indexedDB.open(name).onsuccess = (e) => done(e.target.result); });
    for (const room of database.objectStoreNames)
      found.push(await new Promise((done) => {
        database.transaction(room).objectStore(room).getAll().onsuccess = (e) => done(e.target.result);
      }));
    database.close();
  }
  return JSON.stringify(found) + document.documentElement.outerHTML;
}
"""


def box(page: Page) -> Locator:
    return page.locator("[data-composer]")


def saves(answer: Response) -> bool:
    return answer.request.method == "PUT" and answer.url.endswith("/draft")


def types(page: Page, text: str) -> None:
    """Add to what stands in the box, and wait until the server has it."""
    with page.expect_response(saves):
        box(page).press("End")
        box(page).press_sequentially(text)


@pytest.mark.parametrize("more", ["", ", como cada día"])
def test_what_is_typed_in_a_second_tab_stays_when_the_first_one_sends(
    ana: OperatorSeat, visitor: Come, more: str
) -> None:
    """`more`: what the first tab adds after the second has written, before it sends."""
    customer = comes(visitor, f"¿Cuándo sale mi pedido{more}?")
    ana.open(f"¿Cuándo sale mi pedido{more}?")
    ana.answer("Lo miro")
    customer.sees("Lo miro")
    other = ana.context.new_page()
    other.goto(ana.page.url)
    # Row and answer are there: what it asked for as it came knows nothing of what is typed from now on.
    expect(other.get_by_text("Lo miro")).to_have_count(2)
    types(ana.page, "Sale a las doce")
    types(other, "Y llega pasado mañana")
    if more:
        types(ana.page, more)
    box(ana.page).press("Enter")
    customer.sees(f"Sale a las doce{more}")
    expect(box(ana.page)).to_have_value("")
    expect(other.get_by_role("log").get_by_text(f"Sale a las doce{more}")).to_be_visible()
    expect(box(other)).to_have_value("Y llega pasado mañana")
    other.reload()
    expect(box(other)).to_have_value("Y llega pasado mañana")
    box(other).press("Enter")
    customer.sees("Y llega pasado mañana")
    expect(box(other)).to_have_value("")
    other.close()


@pytest.fixture
def bruno(browser: Browser, demo: Addresses) -> Iterator[OperatorSeat]:
    """Somebody at a shared computer."""
    seat = OperatorSeat(browser, viewport={"width": 1440, "height": 900})
    yield seat.sign_in(demo, "bruno")
    seat.leave()


def signs_out(seat: OperatorSeat) -> None:
    seat.page.get_by_role("button", name="Bruno").click()
    seat.page.get_by_role("menuitem", name="Salir", exact=True).click()


def found_by_the_next_one(page: Page, *words: str) -> list[str]:
    """Which of these words somebody finds who sits down at a page that nobody is signed in at."""
    # The page has begun anew: it goes back to nowhere.
    page.wait_for_url(re.compile("/sign-in$"))
    expect(page.get_by_label("Usuario")).to_be_visible()
    lying = page.evaluate(ALL_THAT_LIES_THERE)
    return [one for one in words if one in lying]


def test_on_a_shared_computer_signing_out_leaves_nothing_and_loses_nothing(
    bruno: OperatorSeat, demo: Addresses, visitor: Come
) -> None:
    words, draft = "¿Sirve la Faro para una terraza?", "La Faro aguanta la lluvia"
    comes(visitor, words)
    bruno.open(words)
    path = bruno.page.url
    other = bruno.context.new_page()
    other.goto(path)
    expect(other.get_by_text(words)).to_have_count(2)
    box(bruno.page).fill(draft)
    lying = bruno.page.evaluate(ALL_THAT_LIES_THERE)
    assert all(one in lying for one in (words, draft)), "there was something to find"
    signs_out(bruno)
    for page in (bruno.page, other):
        assert found_by_the_next_one(page, words, draft) == []
    other.close()
    bruno.sign_in(demo, "bruno")
    bruno.page.goto(path)
    expect(box(bruno.page)).to_have_value(draft)
    box(bruno.page).fill("")


def test_what_would_be_lost_by_signing_out_is_asked_about(bruno: OperatorSeat, visitor: Come) -> None:
    words, unsent = "¿Tienen la Faro en rojo?", "En rojo llega el lunes"
    comes(visitor, words)
    bruno.open(words)
    intercept(bruno.page, "**/messages", lambda route: route.abort())
    bruno.answer(unsent)
    expect(bruno.thread.get_by_text(unsent)).to_be_visible()
    signs_out(bruno)
    dialog = bruno.page.get_by_role("dialog")
    expect(dialog.get_by_text("Queda un texto sin enviar")).to_be_visible()
    expect(dialog.get_by_text(unsent)).to_be_visible()
    assert serious_findings(bruno.page) == []
    bruno.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(bruno.thread.get_by_text(unsent)).to_be_visible()
    signs_out(bruno)
    dialog.get_by_role("button", name="Salir y borrar").click()
    assert found_by_the_next_one(bruno.page, words, unsent) == []
    bruno.complaints.clear()


LOOK_ON = """
() => {
  window.seen = [];
  const look = () => {
    const now = [...document.querySelectorAll('.bubble')].map((one) => one.textContent.trim());
    if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now);
    requestAnimationFrame(look);
  };
  look();
}
"""


def assert_calm(seen: list[list[str]]) -> None:
    """From picture to picture nothing is there twice, nothing goes, and no two change places."""
    for before, after in pairwise(seen):
        assert len(set(after)) == len(after), (before, after)
        assert [one for one in after if one in before] == before, (before, after)


@pytest.fixture
def shop_next_door(admin: OperatorSeat, demo: Addresses) -> Iterator[Addresses]:
    """The shop on the desk's own site, where the browser lets the chat's tabs share what they keep."""
    shop = demo.shop.replace("localhost", "127.0.0.1")
    one = next(one for one in admin.ask("GET", "/inboxes").json() if one["department"]["name"] == "Ventas")
    form = {key: one[key] for key in ("name", "colour", "greeting", "ask_name", "ask_email", "chat")}
    form |= {"department": one["department"]["id"]}
    assert admin.ask("PATCH", f"/inboxes/{one['id']}", form | {"sites": [*one["sites"], shop]}).ok
    yield demo._replace(shop=shop)
    assert admin.ask("PATCH", f"/inboxes/{one['id']}", form | {"sites": one["sites"]}).ok


@pytest.mark.parametrize("sharing", [False, True])
def test_what_a_visitor_writes_in_two_tabs_without_a_connection_arrives_in_one_order(
    browser: Browser, ana: OperatorSeat, demo: Addresses, shop_next_door: Addresses, *, sharing: bool
) -> None:
    """`sharing`: whether the browser lets the tabs share what they keep. Then both show all that waits to be sent."""
    shop = shop_next_door if sharing else demo
    first = f"Escribo desde dos pestañas, {sharing}"
    customer = VisitorSeat(browser, viewport={"width": 1100, "height": 800}).enter(shop)
    customer.open_chat()
    customer.write(first)
    customer.sees(first)
    ana.open(first)
    other = copy(customer)
    other.page = customer.context.new_page()
    other.enter(shop).open_chat()
    other.sees(first)
    tabs = (customer, other)
    for tab in tabs:
        tab.frame.evaluate(LOOK_ON)
    customer.context.set_offline(True)
    lines = [f"{which} {number}, {sharing}" for number in range(1, 4) for which in ("primera", "segunda")]
    for number, line in enumerate(lines):
        tabs[number % 2].write(line)
        for tab in tabs if sharing else (tabs[number % 2],):
            tab.sees(line)
    customer.context.set_offline(False)
    for line in lines:
        expect(ana.thread.get_by_text(line, exact=True)).to_be_visible()
    arrived = ana.thread.locator(".bubble").all_inner_texts()
    assert sorted(arrived) == sorted([first, *lines])
    for which in ("primera", "segunda"):
        assert [one for one in arrived if which in one] == [one for one in lines if which in one]
    assert not sharing or arrived == [first, *lines]
    for tab in tabs:
        expect(tab.frame.get_by_text("Esperando la conexión")).to_have_count(0)
        expect(tab.frame.locator(".bubble")).to_have_text(arrived)
        assert_calm(tab.frame.evaluate("seen"))
    customer.leave()
