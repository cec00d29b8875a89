"""The demo, served as `make run` serves it, and people with browsers of their own in front of it."""

import contextlib
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    APIResponse,
    Browser,
    ConsoleMessage,
    Error,
    Frame,
    Locator,
    Page,
    Request,
    Route,
    expect,
)

from demo.people import PASSWORD
from tests.process import free_port

READY_WITHIN_S = 240.0
ROOT = Path(__file__).parents[2]
AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
LAUNCHER_FROM_CORNER = 24 + 28
EXPECTED_NOISE = re.compile(
    r"status of (401|409|404)|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|WebSocket connection"
)

expect.set_options(timeout=30_000)


class Addresses(NamedTuple):
    """Where the demo answers, and where it keeps its data."""

    desk: str
    shop: str
    data: Path
    mails: str = ""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """A fresh demo for one module."""
    port, shop_port, mail_port = free_port(), free_port(), free_port()
    data = tmp_path_factory.mktemp("demo") / "data"
    command = [sys.executable, "-m", "demo", "--data", str(data), "--port", str(port), "--shop-port", str(shop_port)]
    command += ["--mail-port", str(mail_port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        guard = threading.Timer(READY_WITHIN_S, process.terminate)
        guard.start()
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        guard.cancel()
        assert process.poll() is None, f"the demo did not start: {said}"
        yield Addresses(
            f"http://127.0.0.1:{port}", f"http://localhost:{shop_port}", data, f"http://localhost:{mail_port}"
        )
        process.terminate()
        process.wait(READY_WITHIN_S)


WATCH = """
window.trap = (by) => recadoHarm(`a trap was sprung by ${by ?? 'a page'}`);
addEventListener('securitypolicyviolation', (e) =>
  recadoHarm(`forbidden: ${e.effectiveDirective} ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber}`));
"""

# Even a motion of one millisecond begins only where somebody asks how a thing looks.
COME_TO_REST = """() => {
    const motions = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity);
    return Promise.allSettled(motions.map((one) => one.finished));
}"""


class Seat:
    """Somebody's browser: one page, and what it complained about."""

    harm: ClassVar[list[str]] = []
    """What no page of ours may do, in any seat: run a trap, be forbidden something by a policy, fetch from afar."""
    taken: ClassVar[set["Seat"]] = set()
    """Those whose browsers are open."""

    def __init__(self, browser: Browser, **options: object) -> None:
        self.context = browser.new_context(**{"locale": "es-ES"} | options)  # type: ignore[arg-type]
        self.context.expose_binding("recadoHarm", lambda _, what: self.harm.append(str(what)))
        self.context.add_init_script(WATCH)
        self.context.on("request", self._watched)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._noted)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.taken.add(self)
        self.context.on("close", lambda _: self.taken.discard(self))

    def _watched(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host is not None and host not in {"127.0.0.1", "localhost"}:
            self.harm.append(f"fetched from afar: {request.url}")

    def _noted(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not EXPECTED_NOISE.search(message.text):
            self.complaints.append(message.text)

    def hear_out(self) -> None:
        """Wait for what its pages have to tell so far: it comes before the answer to what is asked of each now."""
        for frame in [frame for page in self.context.pages for frame in page.frames]:
            with contextlib.suppress(Error):  # a frame may be gone by now
                frame.title()

    def close(self) -> None:
        """Close it once everything is told."""
        self.hear_out()
        self.context.close()

    def leave(self) -> None:
        """Close it, and find that it had nothing to complain about."""
        self.close()
        assert self.complaints == []


class OperatorSeat(Seat):
    """An operator in front of the desk, by what they see and press."""

    desk: str
    """Where they have signed in."""

    def sign_in(self, demo: Addresses, username: str) -> "OperatorSeat":
        self.desk = demo.desk
        self.page.goto(f"{self.desk}/desk")
        self.page.get_by_label("Usuario").fill(username)
        self.page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Entrar", exact=True).click()
        expect(self.tab("waiting")).to_be_visible()
        return self

    def come_back(self, demo: Addresses) -> "OperatorSeat":
        """Open the desk in a browser whose `storage_state` says who has signed in."""
        self.desk = demo.desk
        self.page.goto(f"{self.desk}/desk")
        expect(self.tab("waiting")).to_be_visible()
        return self

    def move_to(self, page: Page) -> None:
        """Go on in another window."""
        self.page = page
        page.on("console", self._noted)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def ask(self, method: str, path: str, body: object = None) -> APIResponse:
        """What no screen asks for, by this person's own session."""
        where, origin = f"{self.desk}/api/v1/console{path}", {"Origin": self.desk}
        return self.context.request.fetch(where, method=method, data=body, headers=origin)

    def tab(self, name: str) -> Locator:
        return self.page.locator(f'[data-tab="{name}"]')

    def count(self, name: str) -> int:
        return int(self.tab(name).locator("strong").inner_text())

    def row(self, text: str) -> Locator:
        return self.page.locator("[data-row]").filter(has_text=text)

    def open(self, text: str) -> None:
        self.row(text).click()
        expect(self.thread).to_be_visible()

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def composer(self) -> Locator:
        return self.page.locator("[data-composer]")

    def answer(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")


class VisitorSeat(Seat):
    """A customer on the shop's page."""

    def enter(self, demo: Addresses, path: str = "/") -> "VisitorSeat":
        self.page.goto(demo.shop + path)
        return self

    def open_chat(self) -> None:
        """Press the launcher and wait for the box."""
        self.press_launcher()
        expect(self.box).to_be_visible()

    def press_launcher(self) -> None:
        """Press where it is: it stands in a closed shadow root, so by its place, as a hand would."""
        self.page.locator("recado-chat").wait_for(state="attached")
        size = self.page.viewport_size
        assert size is not None
        corner = size["width"] - LAUNCHER_FROM_CORNER, size["height"] - LAUNCHER_FROM_CORNER
        # Its script still asks how its inbox looks: a click before that reaches the page below.
        self.page.wait_for_load_state("networkidle")
        self.page.mouse.click(*corner)

    @property
    def frame(self) -> Frame:
        """The chat's frame, once the page has it."""
        found = [frame for frame in self.page.frames if "/widget/" in frame.url]
        if found:
            return found[0]
        frame: Frame = self.page.wait_for_event("framenavigated", lambda frame: "/widget/" in frame.url)
        return frame

    @property
    def box(self) -> Locator:
        return self.frame.locator("textarea")

    def write(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def sees(self, text: str) -> None:
        """It stands in the chat, and no more beside the closed one."""
        expect(self.frame.locator("[role=status] > button > [dir=auto]")).to_have_count(0)
        expect(self.frame.get_by_text(text, exact=True)).to_be_visible()


def assert_no_harm() -> None:
    """Nothing ran, was forbidden, or was fetched from elsewhere in any seat since this was last asked."""
    for seat in [*Seat.taken]:
        seat.hear_out()
    done, Seat.harm[:] = Seat.harm[:], []
    assert done == []


@pytest.fixture(scope="module", autouse=True)
def no_harm_at_last() -> Iterator[None]:
    """Fails the module after whose last test harm was done, until its own seats are closed."""
    yield
    assert_no_harm()


@pytest.fixture(autouse=True)
def no_harm() -> Iterator[None]:
    """Fails every test in whose seats harm was done, or in those of its module before it began."""
    yield
    assert_no_harm()


@pytest.fixture
def ana(browser: Browser, demo: Addresses) -> Iterator[OperatorSeat]:
    seat = OperatorSeat(browser)
    yield seat.sign_in(demo, "ana")
    seat.leave()


@pytest.fixture
def admin(browser: Browser, demo: Addresses) -> Iterator[OperatorSeat]:
    seat = OperatorSeat(browser)
    yield seat.sign_in(demo, "admin")
    seat.leave()


Come = Callable[[], VisitorSeat]
"""Brings a visitor to the shop's page."""


@pytest.fixture
def visitor(browser: Browser, demo: Addresses) -> Iterator[Come]:
    """Makes visitors, each in a browser of their own."""
    seats: list[VisitorSeat] = []

    def come() -> VisitorSeat:
        seats.append(VisitorSeat(browser, viewport={"width": 1100, "height": 800}).enter(demo))
        return seats[-1]

    yield come
    for seat in seats:
        seat.leave()


def comes(visitor: Come, words: str) -> VisitorSeat:
    """A visitor who has opened the chat and written this."""
    customer = visitor()
    customer.open_chat()
    customer.write(words)
    return customer


def told(seat: OperatorSeat, words: str) -> None:
    """The page says in passing what was done."""
    expect(seat.page.locator(".notice").filter(has_text=words)).to_be_visible()


def intercept(page: Page, path: str, handle: Callable[[Route], Any], times: int | None = None) -> None:
    """Let this answer requests of the page from the next one on.

    The browser takes up the first one of a page a moment after it has said so: a request in between would slip by.
    """
    page.route(path, handle, times=times)
    page.route("**/intercepted", lambda route: route.fulfill(status=204))
    page.wait_for_function("() => fetch('/intercepted').then(({ status }) => status === 204)")


def serious_findings(page: Page | Frame) -> list[str]:
    """What axe finds that is serious or critical, once what was set in motion has come to rest."""
    page.evaluate(COME_TO_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(Path(AXE).read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']} {[node['html'][:160] for node in one['nodes']]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
