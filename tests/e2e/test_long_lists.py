"""Lists and threads far longer than the screen: what is drawn, where one is, and that it stays so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bench import cast, desk
from bench.servers import recado
from tests.e2e.conftest import Seat

CLOSED, WAITING, ENTRIES = 2_000, 150, 1_500
ROW_PX = 78
FIRST_IN_VIEW = """() => {
  const edge = document.querySelector('[role=log]').getBoundingClientRect().top;
  const entry = [...document.querySelectorAll('[data-seq]')].find((one) => one.getBoundingClientRect().bottom > edge);
  return [Number(entry.dataset.seq), Math.round(entry.getBoundingClientRect().top - edge)];
}"""


@pytest.fixture(scope="module")
def signed_in(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Page, str, int]]:
    """The desk of an operator with a past, its address, and the number of the long conversation."""
    data: Path = tmp_path_factory.mktemp("long") / "data"
    store = desk.make(data, closed=CLOSED, waiting=WAITING, entries=ENTRIES)
    with recado(store.data) as server:
        seat = Seat(browser, viewport={"width": 1440, "height": 900}, locale="en-US", reduced_motion="reduce")
        page = seat.page
        page.goto(f"{server.origin}/desk")
        page.get_by_label("User name").fill("operator0")
        page.get_by_label("Password", exact=True).fill(cast.PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator("[data-row]").first).to_be_visible()
        yield page, server.origin, store.long
        seat.leave()


@pytest.fixture
def page(signed_in: tuple[Page, str, int]) -> Page:
    """The desk, at Waiting."""
    page, origin, _ = signed_in
    page.goto(f"{origin}/desk")
    expect(page.locator("[data-row]").first).to_be_visible()
    return page


@pytest.fixture
def thread(signed_in: tuple[Page, str, int]) -> Page:
    """The long conversation, at its end."""
    page, origin, number = signed_in
    page.goto(f"{origin}/desk/{number}")
    expect(page.locator(f'[data-seq="{ENTRIES}"]')).to_be_in_viewport()
    return page


def scroll_list(page: Page, rows: int) -> None:
    page.evaluate(f"document.querySelector('.rows').scrollTop = {rows * ROW_PX}")


def list_top(page: Page) -> int:
    return round(float(page.evaluate("document.querySelector('.rows').scrollTop")))


def places(page: Page) -> list[int]:
    drawn = page.evaluate("[...document.querySelectorAll('.rows li')].map((row) => Number(row.ariaPosInSet))")
    return [int(place) for place in drawn]


def test_of_a_long_list_only_what_is_in_view_is_drawn_and_each_row_says_its_place(page: Page) -> None:
    page.locator('[data-tab="closed"]').click()
    for rows in (0, 80, 180, 280):
        expect(page.locator("[data-row]").first).to_be_visible()
        page.wait_for_function(f"() => document.querySelector('.rows').scrollHeight > {(rows + 20) * ROW_PX}")
        scroll_list(page, rows)
        page.wait_for_function(
            f"() => [...document.querySelectorAll('.rows li')].some((row) => row.ariaPosInSet === '{rows + 5}')"
        )
        assert len(places(page)) < 40
        assert places(page) == sorted(places(page))
    sizes = page.evaluate("[...new Set([...document.querySelectorAll('.rows li')].map((row) => row.ariaSetSize))]")
    assert sizes == ["-1"], "how long the list is in all is not known before its end is"


def test_a_list_that_is_whole_says_how_many_there_are(page: Page) -> None:
    scroll_list(page, WAITING)
    page.wait_for_function(f"() => document.querySelector('.rows').scrollHeight > {WAITING * ROW_PX}")
    scroll_list(page, WAITING)
    expect(page.locator(f'li[aria-posinset="{WAITING}"]')).to_be_visible()
    expect(page.locator(f'li[aria-posinset="{WAITING}"]')).to_have_attribute("aria-setsize", str(WAITING))


def test_a_list_is_where_it_was_when_one_comes_back_to_it(page: Page) -> None:
    scroll_list(page, 60)
    page.locator('[data-tab="closed"]').click()
    expect(page.locator('[data-tab="closed"]')).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-row]").first).to_be_visible()
    assert list_top(page) == 0
    page.locator('[data-tab="waiting"]').click()
    expect(page.locator('li[aria-posinset="63"]')).to_be_in_viewport()
    assert list_top(page) == 60 * ROW_PX


def test_the_keys_walk_beyond_what_is_drawn_and_the_focus_outlives_scrolling(page: Page) -> None:
    page.locator("[data-row]").first.focus()
    for _ in range(40):
        page.keyboard.press("j")
    row = page.locator('li[aria-posinset="41"] [data-row]')
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    scroll_list(page, 75)
    expect(page.locator('li[aria-posinset="79"]')).to_be_in_viewport()
    expect(row).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator('li[aria-posinset="40"] [data-row]')).to_be_focused()
    expect(page.locator('li[aria-posinset="40"] [data-row]')).to_be_in_viewport()


def test_what_is_read_stays_in_place_while_older_entries_come_in_above(thread: Page) -> None:
    for _ in range(6):
        thread.evaluate("document.querySelector('[role=log]').scrollTop = 300")
        first, top = thread.evaluate(FIRST_IN_VIEW)
        thread.wait_for_function(f"() => document.querySelector('[data-seq=\"{first - 20}\"]') !== null")
        thread.wait_for_function("() => document.querySelector('[role=log]').ariaBusy === 'false'")
        assert thread.evaluate(FIRST_IN_VIEW) == [first, top]
    assert thread.locator("[data-seq]").count() <= 240
    assert thread.locator(f'[data-seq="{ENTRIES}"]').count() == 0


def test_a_thread_that_grows_while_it_scrolls_stays_at_its_end(thread: Page) -> None:
    thread.evaluate("""() => {
        const box = document.querySelector('[role=log]');
        const grown = document.createElement('div');
        grown.id = 'grown';
        grown.style.height = '400px';
        box.dispatchEvent(new Event('scroll'));
        box.firstElementChild.append(grown);
    }""")
    expect(thread.locator("#grown")).to_be_in_viewport(ratio=1)
    thread.wait_for_function("""() => {
        const box = document.querySelector('[role=log]');
        return box.scrollHeight - box.scrollTop - box.clientHeight < 1;
    }""")


def test_marked_text_is_not_taken_from_whoever_marked_it(thread: Page) -> None:
    marked = thread.locator(f'[data-seq="{ENTRIES}"]')
    marked.click(click_count=3)
    text = thread.evaluate("getSelection().toString().trim()")
    assert text != ""
    for _ in range(6):
        first = thread.evaluate(FIRST_IN_VIEW)[0]
        thread.evaluate("document.querySelector('[role=log]').scrollTop = 0")
        thread.wait_for_function(f"() => document.querySelector('[data-seq=\"{first - 40}\"]') !== null")
    assert thread.evaluate("getSelection().toString().trim()") == text
    expect(marked).to_have_count(1)


def test_a_thread_goes_to_its_beginning_to_a_date_and_back_to_its_end(thread: Page) -> None:
    thread.keyboard.press("g")
    thread.keyboard.press("d")
    thread.get_by_role("button", name="The beginning").click()
    expect(thread.locator('[data-seq="1"]')).to_be_in_viewport()
    expect(thread.get_by_role("log")).to_be_focused()
    for _ in range(3):
        thread.evaluate("document.querySelector('[role=log]').scrollTop = 1e6")
        thread.wait_for_function("() => document.querySelector('[role=log]').ariaBusy === 'false'")
    assert thread.evaluate(FIRST_IN_VIEW)[0] > 60
    day = thread.evaluate("new Date(Date.now() - 4 * 86400000).toLocaleDateString('sv')")
    thread.locator(".day-pill").click()
    thread.get_by_label("Day").fill(day)
    thread.get_by_role("button", name="Go", exact=True).click()
    expect(thread.get_by_role("log")).to_be_focused()
    thread.wait_for_function("() => document.querySelector('[role=log]').ariaBusy === 'false'")
    shown = thread.evaluate(FIRST_IN_VIEW)[0]
    assert abs(ENTRIES - shown - 4 * 144) < 160, "144 entries a day"
    thread.get_by_role("button", name="Newest").click()
    expect(thread.locator(f'[data-seq="{ENTRIES}"]')).to_be_in_viewport()
