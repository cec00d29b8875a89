"""What a visitor downloads, by the browser's own record: on each page view, and with the chat open."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator

from playwright.async_api import BrowserContext, Page, Request, async_playwright, expect

from bench.figures import Figure
from bench.servers import ROOT, BenchError, free_port, wait_for_answer
from tools.machine import find_chromium, is_root

SETTLE_MS = 1500
OPEN_TO_US = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: 'open' }); };
"""
"""The launcher hides in a closed shadow root, where nothing of ours could click it."""


class Record:
    """The bytes of every answer's body as they came over the wire, by address."""

    def __init__(self, page: Page, origin: str) -> None:
        self._origin = origin
        self._finished: list[Request] = []
        page.on("requestfinished", self._note)

    def _note(self, request: Request) -> None:
        self._finished.append(request)

    async def bytes(self) -> dict[str, int]:
        """Return what came from the desk so far; nothing is counted twice."""
        found: dict[str, int] = {}
        for request in self._finished:
            if request.url.startswith(self._origin):
                found[request.url] = (await request.sizes())["responseBodySize"]
        return found


async def widget() -> list[Figure]:
    """Return what the demo's shop makes a browser load from the desk."""
    with tempfile.TemporaryDirectory() as data, _demo(data) as (desk, shop):
        return await _visit(desk, shop)


@contextlib.contextmanager
def _demo(data: str) -> Iterator[tuple[str, str]]:
    """The demo as people run it; gives the origins of the desk and of the shop."""
    port, shop_port = free_port(), free_port()
    command = [sys.executable, "-m", "demo", "--data", f"{data}/demo"]
    command += ["--port", str(port), "--shop-port", str(shop_port), "--mail-port", str(free_port())]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RECADO_")}
    with tempfile.TemporaryFile() as log:
        demo = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            if not wait_for_answer(demo, port):
                log.seek(0)
                raise BenchError(f"the demo does not answer: {log.read().decode()[-1000:]}")
            yield f"http://127.0.0.1:{port}", f"http://localhost:{shop_port}"
        finally:
            demo.terminate()
            demo.wait()


async def _visit(desk: str, shop: str) -> list[Figure]:
    async with _browser() as context:
        await context.add_init_script(OPEN_TO_US)
        page = await context.new_page()
        record = Record(page, desk)
        await page.goto(f"{shop}/")
        await page.wait_for_timeout(SETTLE_MS)
        viewed = await record.bytes()
        if not any(url.endswith("/widget.js") for url in viewed):
            raise BenchError("the shop's page has not loaded the chat: are the pages built?")
        await page.locator("recado-chat button[aria-expanded]").click()
        await expect(page.frame_locator("recado-chat iframe").locator("textarea, input").first).to_be_visible()
        await page.wait_for_timeout(SETTLE_MS)
        opened = await record.bytes()
    for url, size in sorted(opened.items(), key=lambda item: -item[1]):
        print(f"      {size:>8,} {url.removeprefix(desk)}{'' if url in viewed else '  (opened)'}")
    return [
        Figure("widget.loader_gz_bytes", sum(viewed.values()), "B"),
        Figure("widget.open_gz_bytes", sum(opened.values()), "B"),
    ]


@contextlib.asynccontextmanager
async def _browser() -> AsyncIterator[BrowserContext]:
    program = find_chromium()
    if program is None:
        raise BenchError("No Chromium is here: `python3 dev.py bench` brings one.")
    arguments = ["--disable-background-networking", "--no-first-run"]
    arguments += ["--no-sandbox"] if is_root() else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(program), args=arguments)
        try:
            yield await browser.new_context(locale="es")
        finally:
            await browser.close()
