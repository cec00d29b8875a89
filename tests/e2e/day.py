"""The people of a working day, each with a browser of their own, and the customers among them.

All go by what is on the screen and by nothing else. What they typed is kept with what became of it, and so is every
byte that their browser received.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import re
import threading
from collections.abc import Iterator
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
from tests.reliability.judge import canary

SOON_MS = 120_000
"""Far longer than anything takes, cuts and the pauses after them included."""
SERVED_MS = 400_000
"""How long a customer waits while all before them are attended by hand, on a machine where all browsers run."""
HAND_MS = 8_000
"""How long a hand waits for a thing on the screen that may have gone meanwhile."""
NOISE = re.compile(r"status of (401|404|409|429|502|503)|net::ERR_|WebSocket connection")
"""What a browser says of a network that is cut and of answers that are no errors of ours."""
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
        self.unheard: list[str] = []
        """What was answered and not to be had, beside what was cut off or went with its page."""
        self._cut: set[str] = set()
        self._leaving = False
        self._answers: set[asyncio.Task[None]] = set()
        page.on("response", self._answered)
        page.on("requestfailed", lambda request: self._cut.add(request.url))
        page.on("websocket", self._connected)
        page.on("console", self._noted)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _answered(self, response: Response) -> None:
        task = asyncio.create_task(self._keep(response))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _keep(self, response: Response) -> None:
        if "/api/" not in response.url:
            return
        try:
            self.heard.append(f"{response.url} {response.headers} {await response.text()}")
        except Error as error:
            if not (response.url in self._cut or self._leaving or response.frame.is_detached()):
                self.unheard.append(f"{response.url}: {error}")

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
        """Press the launcher where it stands until the chat opens: in a bad moment it comes late."""
        await self.page.locator("recado-chat").wait_for(state="attached")
        await self.page.wait_for_load_state("networkidle")
        size = self.page.viewport_size
        assert size is not None
        while not self._frames():
            with contextlib.suppress(Error):
                async with self.page.expect_event("framenavigated", timeout=HAND_MS):
                    await self.page.mouse.click(
                        size["width"] - LAUNCHER_FROM_CORNER, size["height"] - LAUNCHER_FROM_CORNER
                    )
        if not any(is_chat(frame) for frame in self._frames()):
            await self.page.wait_for_event("framenavigated", is_chat)
        await expect(self.frame.locator("textarea")).to_be_visible()

    def _frames(self) -> list[Frame]:
        """What the launcher has opened: the chat, or what the browser says where it cannot be had."""
        return [frame for frame in self.page.frames[1:] if frame.url not in {"", "about:blank"}]

    async def reload(self) -> None:
        """Come back to the page later."""
        await self.settled()
        self._leaving = True
        await self.page.reload()
        self._leaving = False
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
        await expect(self.answers.nth(heard).or_(over).first).to_be_visible(timeout=SERVED_MS)

    async def write(self) -> None:
        """Say something new."""
        words = self.new_words()
        await self.frame.locator("textarea").fill(words)
        await self.frame.locator("textarea").press("Enter")
        await expect(self.frame.locator(".mine .bubble").filter(has_text=words)).to_have_count(1)

    async def has_sent(self) -> None:
        """Wait until the server has all that was written."""
        await expect(self.frame.locator(".mine").locator(".quiet, .waiting, .asking, .failed")).to_have_count(0)

    async def sees(self, words: list[str]) -> None:
        """Wait until the bubbles hold these words, in order."""
        await expect(self.frame.locator(".bubble")).to_have_text(words)


P = TypeVar("P", bound=Person)


async def seat(browser: Browser, kind: type[P], name: str, *, width: int, height: int) -> P:
    """Give somebody a browser of their own."""
    size: ViewportSize = {"width": width, "height": height}
    context = await browser.new_context(locale="es-ES", reduced_motion="reduce", viewport=size)
    context.set_default_timeout(SOON_MS)
    return kind(name, context, await context.new_page())
