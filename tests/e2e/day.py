"""The people of a working day: operators at the desk and customers in the shop, each in a browser of their own.

They go by what is on the screen and by nothing else. What they typed is kept with what became of it, and so is every
byte that their browser received.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import itertools
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Frame,
    Locator,
    Page,
    Response,
    ViewportSize,
    WebSocket,
    expect,
)

from tests.e2e.conftest import LAUNCHER_FROM_CORNER
from tests.process import PASSWORD
from tests.reliability.judge import canary

SOON_MS = 120_000
"""Far longer than anything takes, cuts and the pauses after them included."""
HAND_MS = 8_000
"""How long a hand waits for a thing on the screen that may have gone meanwhile."""
NOISE = re.compile(r"status of (401|404|409|429|502|503)|net::ERR_|WebSocket connection")
"""What a browser says of the network being cut, and of answers that are no errors of ours."""
PAGE = """<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Lámparas</title></head>
<body><h1>Lámparas</h1>{script}</body></html>"""

expect.set_options(timeout=SOON_MS)


class Shop(http.server.BaseHTTPRequestHandler):
    """A site with two pages, `/Ventas` and `/Soporte`, and on each the chat of that department."""

    def __init__(self, *args: Any, scripts: dict[str, str], **kwargs: Any) -> None:
        self._scripts = scripts
        super().__init__(*args, **kwargs)

    def do_GET(self) -> None:
        """Give the page of the path."""
        body = PAGE.format(script=self._scripts.get(self.path[1:], "")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def open_shop(port: int, scripts: dict[str, str]) -> Iterator[None]:
    """The shop, open on this port of the loopback until it is left."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), partial(Shop, scripts=scripts))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Person:
    """Somebody with a browser: what they typed, what reached them, what their browser complained of."""

    def __init__(self, name: str, context: BrowserContext, page: Page) -> None:
        self.name = name
        self.context = context
        self.page = page
        self.typed: list[str] = []
        self.heard: list[str] = []
        self.complaints: list[str] = []
        self._answers: set[asyncio.Task[None]] = set()
        page.on("response", self._answered)
        page.on("websocket", self._connected)
        page.on("console", self._noted)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _answered(self, response: Response) -> None:
        task = asyncio.create_task(self._keep(response))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _keep(self, response: Response) -> None:
        if "/api/" in response.url:
            # The body of an answer that was cut off is not to be had.
            with contextlib.suppress(Error):
                self.heard.append(f"{response.url} {response.headers} {await response.text()}")

    def _connected(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: self.heard.append(str(payload)))

    def _noted(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not NOISE.search(message.text):
            self.complaints.append(message.text)

    async def settled(self) -> None:
        """Wait until every answer that came is kept."""
        while self._answers:
            await asyncio.gather(*self._answers)

    def new_words(self) -> str:
        """Words that nobody else types."""
        self.typed.append(canary())
        return self.typed[-1]


def is_chat(frame: Frame) -> bool:
    """Whether a frame is the chat's."""
    return "/widget/" in frame.url


class Customer(Person):
    """A customer with the chat of one department open."""

    async def come(self, site: str, department: str) -> None:
        await self.page.goto(f"{site}/{department}")
        await self.reach()

    async def reach(self) -> None:
        """Press the launcher; it stands in a closed shadow root, so by its place, as a hand would."""
        await self.page.locator("recado-chat").wait_for(state="attached")
        await self.page.wait_for_load_state("networkidle")
        size = self.page.viewport_size
        assert size is not None
        async with self.page.expect_event("framenavigated", is_chat):
            await self.page.mouse.click(size["width"] - LAUNCHER_FROM_CORNER, size["height"] - LAUNCHER_FROM_CORNER)
        await expect(self.frame.locator("textarea")).to_be_visible()

    async def reload(self) -> None:
        """Come back to the page later."""
        await self.page.reload()
        await self.reach()

    @property
    def frame(self) -> Frame:
        """The chat."""
        return next(frame for frame in self.page.frames if is_chat(frame))

    @property
    def answers(self) -> Locator:
        return self.frame.locator("li:not(.mine) .bubble")

    async def is_served(self, heard: int) -> None:
        """Wait for another answer than those heard before, or for the conversation's end."""
        over = self.frame.locator("ol > li.mark:last-child").filter(has_text="Conversación terminada")
        await expect(self.answers.nth(heard).or_(over).first).to_be_visible()

    async def write(self) -> None:
        """Say something new."""
        words = self.new_words()
        await self.frame.locator("textarea").fill(words)
        await self.frame.locator("textarea").press("Enter")
        await expect(self.frame.locator(".mine .bubble").filter(has_text=words)).to_have_count(1)

    async def shown(self) -> list[str]:
        """The words of the bubbles, in order."""
        return [text.strip() for text in await self.frame.locator(".bubble").all_inner_texts()]


class Colleague(Person):
    """An operator at the desk."""

    def __init__(self, name: str, context: BrowserContext, page: Page) -> None:
        super().__init__(name, context, page)
        self.department = ""
        self.won: list[str] = []
        self.lost: list[str] = []
        self.unsure: list[str] = []
        """Sent as the conversation went to somebody else, or with it: no screen says whether in time."""
        acts = (self.close, self.transfer, self.pause, self.note, self.release, self.close, self.hand_over)
        self._acts = itertools.cycle(acts)

    async def sign_in(self, desk: str, department: str) -> None:
        """Come to work."""
        self.department = department
        await self.page.goto(f"{desk}/desk")
        await self.page.get_by_label("Usuario").fill(self.name)
        await self.page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Entrar", exact=True).click()
        await expect(self.tab("waiting")).to_be_visible()

    def tab(self, name: str) -> Locator:
        return self.page.locator(f'[data-tab="{name}"]')

    @property
    def composer(self) -> Locator:
        return self.page.locator("[data-composer]")

    @property
    def rows(self) -> Locator:
        return self.page.locator("[data-row]")

    async def work(self, over: Callable[[], bool]) -> None:
        """Take what is there until the day is over: one's own first, the longest wait, then what was put aside."""
        while not over():
            if not await self._open_any("attending", "waiting", "paused"):
                await self._wait_for_a_row()
            elif await self.answer():
                # Cut off, or gone meanwhile: whatever is left is found in the lists again.
                with contextlib.suppress(Error):
                    await next(self._acts)()
            await self.page.keyboard.press("Escape")

    async def _open_any(self, *names: str) -> bool:
        for name in names:
            if await self.open_first(name):
                return True
        return False

    async def _wait_for_a_row(self) -> None:
        with contextlib.suppress(Error):
            await self.rows.first.wait_for(timeout=500)

    async def open_first(self, name: str) -> bool:
        """Open the first conversation of a list; False where there is none, or it goes while the hand moves."""
        await self.tab(name).click()
        if await self.rows.count() == 0:
            return False
        try:
            await self.rows.first.click(timeout=HAND_MS)
            await self.composer.wait_for(timeout=HAND_MS)
        except Error:
            return False
        return True

    async def answer(self) -> bool:
        """Answer the open conversation; True once the answer is stored, False where it is somebody else's meanwhile."""
        words = self.new_words()
        try:
            await self.page.get_by_role("button", name="Responder", exact=True).click(timeout=HAND_MS)
            await self.composer.fill(words, timeout=HAND_MS)
            await self.composer.press("Enter", timeout=HAND_MS)
        except Error:
            return False
        stored = self.page.locator(".bubble:not(.onTheWay)").filter(has_text=words)
        gone = self.page.get_by_role("button", name="Volver a la lista")
        await expect(stored.or_(gone).first).to_be_visible()
        won, kept = await stored.count() > 0, self.page.locator("textarea[readonly]")
        if won:
            self.won.append(words)
        elif await kept.count() > 0 and words in await kept.input_value():
            self.lost.append(words)
        else:
            self.unsure.append(words)
        return won

    async def close(self) -> None:
        """Close the conversation that is open."""
        await self.page.keyboard.press("Escape")
        await self.page.keyboard.press("e")
        await self.composer.wait_for(state="hidden", timeout=HAND_MS)

    async def pause(self) -> None:
        """Put it aside until its customer writes."""
        await self.page.locator("[data-pause]").click(timeout=HAND_MS)
        await self.page.get_by_role("menuitem", name="Hasta que el cliente escriba").click(timeout=HAND_MS)

    async def release(self) -> None:
        """Give it back to the department."""
        await self.page.get_by_role("button", name="Más acciones").click(timeout=HAND_MS)
        await self.page.get_by_role("menuitem", name="Devolver a la espera").click(timeout=HAND_MS)

    async def note(self) -> None:
        """Leave a note for colleagues, and close."""
        words = self.new_words()
        await self.page.keyboard.press("Control+i")
        await self.composer.fill(words, timeout=HAND_MS)
        await self.composer.press("Enter", timeout=HAND_MS)
        await self.page.locator("article").filter(has_text=words).wait_for(timeout=HAND_MS)
        self.won.append(words)
        await self.page.keyboard.press("Control+i")
        await self.close()

    async def transfer(self) -> None:
        """Hand it to the other department, with a note."""
        await self._pass_on(self.page.get_by_role("dialog").get_by_role("radio").first, elsewhere=True)

    async def hand_over(self) -> None:
        """Hand it to a colleague of the department, with a note."""
        await self._pass_on(self.page.get_by_role("dialog").get_by_role("radio").nth(1), elsewhere=False)

    async def _pass_on(self, goal: Locator, *, elsewhere: bool) -> None:
        await self.page.keyboard.press("Escape")
        await self.page.keyboard.press("t")
        dialog = self.page.get_by_role("dialog")
        if elsewhere:
            other = "Soporte" if self.department == "Ventas" else "Ventas"
            await dialog.get_by_label("Departamento").click(timeout=HAND_MS)
            await self.page.get_by_role("option", name=other).click(timeout=HAND_MS)
        await goal.check(timeout=HAND_MS)
        words = self.new_words()
        await dialog.get_by_label("Nota").fill(words, timeout=HAND_MS)
        await dialog.get_by_role("button", name="Pasar", exact=True).click(timeout=HAND_MS)
        self.unsure.append(words)
        await expect(dialog).to_be_hidden()

    async def kept(self) -> str:
        """All words that this browser keeps because they were not sent."""
        keys = "Object.entries(localStorage).filter(([key]) => /^recado:(kept|draft):/.test(key)).join()"
        return str(await self.page.evaluate(keys))

    async def ids(self, name: str) -> set[int]:
        """The numbers of the conversations that a list shows."""
        await self.tab(name).click()
        found = await self.rows.evaluate_all("rows => rows.map((row) => Number(row.dataset.row))")
        return set(found)

    async def shown(self, conversation: int) -> list[str]:
        """The words of an open conversation, notes among them, in order."""
        await self.page.locator(f'[data-row="{conversation}"]').click()
        await self.page.get_by_role("log").locator("[data-seq]").first.wait_for()
        return [text.strip() for text in await self.page.get_by_role("log").locator(".bubble, .text").all_inner_texts()]


P = TypeVar("P", bound=Person)


async def seat(browser: Browser, kind: type[P], name: str, *, width: int, height: int) -> P:
    """Give somebody a browser of their own."""
    size: ViewportSize = {"width": width, "height": height}
    context = await browser.new_context(locale="es-ES", reduced_motion="reduce", viewport=size)
    context.set_default_timeout(SOON_MS)
    return kind(name, context, await context.new_page())
