"""The chat on pages that were not made for it: nothing of theirs gets in, nothing of ours gets out."""

import re
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Response, Route, expect

from tests.e2e.conftest import ROOT, Addresses, Seat, VisitorSeat, intercept
from tests.e2e.hosts import host, script_of
from tests.e2e.test_story_files import file
from tests.files.samples import PDF

RESETS = """<style>
:not(html), ::before, ::after { all: unset !important; display: none !important; visibility: hidden !important;
  opacity: 0 !important; pointer-events: none !important; transform: scale(0) !important; position: static !important;
  color: red !important; font: 40px/1 fantasy !important; direction: rtl !important; width: 0 !important; }
iframe, button, recado-chat { display: none !important; z-index: -1 !important; inset: auto !important; }
</style>"""
WAR = """<div style="position:fixed;inset:0;z-index:2147483647;background:#fdd"></div>"""
POLLUTED = """<script>
for (const name of ['map', 'filter', 'find', 'forEach', 'push', 'includes', 'slice', 'concat', 'join'])
  Array.prototype[name] = function () { throw new Error('the page has replaced ' + name); };
Array.prototype.each = Object.prototype.everywhere = function () {};
window.JSON = { parse() { throw new Error('JSON'); }, stringify() { throw new Error('JSON'); } };
window.fetch = () => { throw new Error('fetch'); };
window.XMLHttpRequest = window.Promise = function () { throw new Error('made by the page'); };
EventTarget.prototype.addEventListener = window.addEventListener = () => { throw new Error('addEventListener'); };
</script>"""


@pytest.fixture
def seat(browser: Browser, demo: Addresses) -> Iterator[VisitorSeat]:
    made = VisitorSeat(browser, viewport={"width": 1100, "height": 800})
    # To the browser our strange pages come from nowhere, and what comes from nowhere may not reach this machine.
    made.context.grant_permissions(["local-network-access"])
    yield made
    made.close()


def assert_works(seat: VisitorSeat) -> None:
    """Open by the launcher's place, see it whole and as large as elsewhere, write, and find it written."""
    seat.open_chat()
    assert seat.frame.evaluate("innerWidth") == 384
    shown = seat.frame.frame_element().bounding_box()
    assert shown
    assert (round(shown["width"]), shown["y"] > 0) == (384, True)
    seat.write("Hola desde una página rara")
    seat.sees("Hola desde una página rara")


# ── what pages do ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "parts",
    [
        {"head": RESETS},
        {"body": WAR},
        {"head": "<style>html { transform: rotate(3deg); filter: blur(2px); zoom: 1.5; overflow: hidden }</style>"},
        {"head": POLLUTED},
        {"head": "<base href='https://elsewhere.example/'><meta charset='utf-8'>"},
    ],
    ids=["resets", "z-index", "transformed", "polluted", "base"],
)
def test_the_chat_works_whatever_the_page_does(seat: VisitorSeat, demo: Addresses, parts: dict[str, str]) -> None:
    host(seat.page, demo, **parts)
    assert_works(seat)
    assert seat.complaints == []


def test_a_right_to_left_page_moves_nothing_and_turns_nothing_over(seat: VisitorSeat, demo: Addresses) -> None:
    host(seat.page, demo, head="<script>document.documentElement.dir = 'rtl'</script>")
    assert_works(seat)
    assert seat.frame.evaluate("getComputedStyle(document.body).direction") == "ltr"


def documented_policy(demo: Addresses) -> str:
    """The lines of docs/widget.md, word for word, for this desk."""
    text = (ROOT / "docs" / "widget.md").read_text()
    found = re.search(r"^script-src https://desk\.example;.*$", text, re.MULTILINE)
    assert found
    return found[0].replace("https://desk.example", demo.desk)


def test_the_documented_lines_suffice_under_the_strictest_policy(seat: VisitorSeat, demo: Addresses) -> None:
    strict = f"default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'; {documented_policy(demo)}"
    host(seat.page, demo, Content_Security_Policy=strict)
    assert_works(seat)
    assert seat.complaints == []


def test_a_missing_line_would_have_been_noticed(seat: VisitorSeat, demo: Addresses) -> None:
    with seat.page.expect_console_message(lambda message: "connect-src" in message.text):
        host(seat.page, demo, Content_Security_Policy=f"default-src 'none'; script-src {demo.desk}")
    seat.hear_out()
    assert [one for one in Seat.harm if "connect-src" in one]
    Seat.harm.clear()


# ── what browsers deny ───────────────────────────────────────────────────────────────────────────────────────────

DENIED = """if (location.pathname.startsWith('/widget/')) {
  const deny = () => { throw new DOMException('The operation is insecure.', 'SecurityError'); };
  Object.defineProperty(window, 'localStorage', { get: deny });
  window.BroadcastChannel = function () { deny(); };
  IDBFactory.prototype.open = deny;
  LockManager.prototype.request = async () => deny();
}"""


def test_the_chat_works_where_the_browser_denies_its_frame_all_that_pages_share(
    seat: VisitorSeat, demo: Addresses
) -> None:
    seat.context.add_init_script(DENIED)
    host(seat.page, demo)
    assert_works(seat)
    assert seat.frame.evaluate("(() => { try { return !localStorage } catch { return 'denied' } })()") == "denied"
    seat.box.fill("a medio escribir")
    seat.page.reload()
    seat.open_chat()
    seat.sees("Hola desde una página rara")
    expect(seat.box).to_have_value("a medio escribir")
    assert seat.complaints == []


def test_where_tabs_know_nothing_of_each_other_a_second_one_leaves_the_upload_of_the_first_alone(
    seat: VisitorSeat, demo: Addresses
) -> None:
    seat.context.add_init_script(DENIED)
    host(seat.page, demo)
    assert_works(seat)
    held: list[Route] = []
    intercept(seat.page, "**/widget/uploads/*", lambda route: held.append(route))  # noqa: PLW0108 - a built-in method bears no mark
    seat.frame.get_by_role("button", name="Adjuntar archivo").click()
    dialog = seat.frame.get_by_role("dialog")
    with seat.page.expect_request(lambda request: request.method == "PATCH"):
        dialog.locator("input[type=file]").set_input_files([file("largo.pdf", PDF)])
    other = copy(seat)
    other.page = seat.context.new_page()
    asked: list[str] = []
    other.page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    with other.page.expect_response("**/widget/uploads/*"):
        host(other.page, demo)
        other.open_chat()
    # A second look at it, so that whatever the first one did has been asked for.
    with other.page.expect_response("**/widget/uploads/*"):
        pass
    expect(other.frame.get_by_text("largo.pdf")).to_have_count(0)
    held[0].continue_()
    expect(dialog).to_contain_text("Cargado")
    expect(other.frame.get_by_role("button", name="1 archivo sin enviar largo.pdf")).to_be_visible()
    assert [one for one in asked if one.startswith("DELETE")] == []
    other.page.close()


STUCK = """() => new Promise((begun) => {
  const opening = indexedDB.open('recado');
  opening.onsuccess = () => {
    const room = opening.result.transaction('out', 'readwrite').objectStore('out');
    const hold = () => { room.get('x').onsuccess = hold; begun(); };
    hold();
  };
})"""


def test_the_chat_works_while_another_page_of_the_browser_sleeps_in_the_middle_of_a_step(
    seat: VisitorSeat, demo: Addresses
) -> None:
    host(seat.page, demo)
    assert_works(seat)
    sleeper = copy(seat)
    sleeper.page = seat.context.new_page()
    host(sleeper.page, demo)
    sleeper.open_chat()
    sleeper.frame.evaluate(STUCK)
    with seat.page.expect_response(lambda answer: answer.status == 201):
        seat.write("Sin base de datos")
    seat.sees("Sin base de datos")
    with (
        seat.page.expect_console_message(lambda told: "forget: unsent texts may be left" in told.text),
        seat.page.expect_event("framenavigated", lambda frame: "/widget/" in frame.url),
    ):
        seat.page.evaluate("recado('forget')")
    seat.open_chat()
    expect(seat.frame.get_by_text("Sin base de datos")).to_have_count(0)
    sleeper.page.close()
    seat.complaints.clear()


# ── what pages get ───────────────────────────────────────────────────────────────────────────────────────────────

SNAPSHOT = """<script>window.before = new Set(Object.getOwnPropertyNames(window)); window.heard = [];
addEventListener('message', (event) => heard.push(JSON.stringify(event.data)));</script>"""
NEW_NAMES = """Object.getOwnPropertyNames(window).filter((name) => !before.has(name)
  && !['before', 'heard'].includes(name))"""
REACHABLE = """() => JSON.stringify([heard, {...localStorage}, {...sessionStorage}, document.cookie,
  document.documentElement.outerHTML, performance.getEntries().map((entry) => entry.name)])"""


def secrets_of(page: Page) -> list[str]:
    """Gathers the tokens that the desk gives to the frame while the page lives."""
    found: list[str] = []

    def look(response: Response) -> None:
        if response.url.endswith("/widget/visits"):
            found.append(response.json()["token"])

    page.on("response", look)
    return found


def test_the_page_gets_one_name_one_element_and_one_key(seat: VisitorSeat, demo: Addresses) -> None:
    host(seat.page, demo, head=SNAPSHOT)
    assert_works(seat)
    page = seat.page
    assert page.evaluate(NEW_NAMES) == ["recado"]
    assert page.evaluate("window.length") == 0
    assert page.evaluate("[document.querySelector('recado-chat').shadowRoot, document.body.children.length]") == [
        None,
        2,
    ]
    # A frame without a storage of its own keeps there, until it is answered, what is still to be sent.
    page.wait_for_function("localStorage.length === 1")
    assert page.evaluate("Object.keys(localStorage)[0].split(':')[0]") == "recado"


def test_no_token_and_no_word_of_the_conversation_reaches_the_page(seat: VisitorSeat, demo: Addresses) -> None:
    tokens = secrets_of(seat.page)
    host(seat.page, demo, head=SNAPSHOT)
    assert_works(seat)
    seat.page.wait_for_function("localStorage.length === 1")
    reachable = seat.page.evaluate(REACHABLE)
    key = seat.page.evaluate("Object.values(localStorage)[0]")
    assert len(key) == 32
    assert key in reachable
    assert tokens
    assert all(len(token) > 40 and token not in reachable for token in tokens)
    assert "página rara" not in reachable
    assert seat.page.evaluate("heard") == ['{"recado":1,"type":"ready"}']


def test_a_page_that_uses_our_name_keeps_it_and_has_its_chat(seat: VisitorSeat, demo: Addresses) -> None:
    host(seat.page, demo, head="<script>window.recado = { mine: true }</script>")
    assert_works(seat)
    assert seat.page.evaluate("recado.mine") is True
    assert [text for text in seat.complaints if "data-name" in text]


def test_of_two_chats_on_one_page_the_first_stays_and_the_developer_is_told(seat: VisitorSeat, demo: Addresses) -> None:
    script = script_of(demo).replace("async ", "")
    host(seat.page, demo, script=script + script.replace("data-inbox", "data-name='other' data-inbox"))
    assert_works(seat)
    assert seat.page.locator("recado-chat").count() == 1
    assert [text for text in seat.complaints if "second chat" in text]


def test_what_a_listener_throws_stays_the_page_s(seat: VisitorSeat, demo: Addresses) -> None:
    stub = "window.recado = Object.assign((...call) => recado.q.push(call), { q: [] });"
    fails, tells = "throw new Error('mine')", "document.title = 'told'"
    calls = "".join(f"recado('on', 'open', () => {{ {does} }});" for does in (fails, tells))
    host(seat.page, demo, head=f"<script>{stub}{calls}</script>")
    assert_works(seat)
    expect(seat.page).to_have_title("told")
    assert seat.complaints == ["mine"]


# ── what it weighs ───────────────────────────────────────────────────────────────────────────────────────────────

LOADER_MAX = 3_000
OPEN_MAX = 35_000


def weigh(requests: list[Request], demo: Addresses) -> dict[str, int]:
    """The bytes that came from the desk, by path."""
    of_desk = [one for one in requests if one.url.startswith(demo.desk)]
    return {one.url.removeprefix(demo.desk): one.sizes()["responseBodySize"] for one in of_desk}


def test_a_page_view_and_an_open_chat_keep_to_their_budgets(seat: VisitorSeat, demo: Addresses) -> None:
    finished: list[Request] = []
    seat.page.on("requestfinished", lambda request: finished.append(request))  # noqa: PLW0108 - a built-in method bears no mark
    host(seat.page, demo)
    expect(seat.page.locator("recado-chat")).to_be_attached()
    seat.page.wait_for_load_state("networkidle")
    sizes = weigh(finished, demo)
    assert sizes["/widget.js"] > 0
    assert sum(sizes.values()) <= LOADER_MAX, sizes
    seat.open_chat()
    seat.frame.wait_for_load_state("networkidle")
    sizes = weigh(finished, demo)
    assert sizes[seat.frame.url.removeprefix(demo.desk)] > 0, sizes
    assert {Path(path).suffix for path in sizes if path.startswith("/widget-assets/")} >= {".js", ".css", ".json"}, (
        sizes
    )
    assert sum(sizes.values()) <= OPEN_MAX, sizes
