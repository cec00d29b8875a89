"""How the desk feels in a browser when an operator has closed 50,000 conversations, one of them 20,000 entries long.

Figures of the page: Chromium, headless, with the product's own pages. A frame is late from 50 ms on, which is what
browsers call a long task.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Page, async_playwright

from bench import big, cast
from bench.figures import Figure, percentile
from bench.servers import BenchError, Server, recado

CLOSED = 50_000
WAITING = 200
ENTRIES = 20_000
ENTRY_EVERY_S = 600
SCREEN = {"width": 1440, "height": 900}
WITHIN_MS = 60_000

_SCROLL = """async ({box, step, frames}) => {
  const times = [];
  let last = performance.now();
  for (let frame = 0; frame < frames; frame += 1) {
    const element = document.querySelector(box);
    element.scrollTop += step;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times;
}"""
_LONG_TASKS = """() => {
  window.longTasks = [];
  new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({entryTypes: ['longtask']});
}"""
_LOADED = "() => Number(document.querySelector('.rows ul').clientHeight)"


class Store(NamedTuple):
    """A data directory, and the number of the long conversation in it. The desk is `operator0`'s."""

    data: Path
    long: int


async def desk() -> list[Figure]:
    """Return how long lists and threads take to open, how frames go while they are scrolled, and what they hold."""
    with tempfile.TemporaryDirectory() as folder:
        store = make(Path(folder) / "data")
        with recado(store.data) as server:
            async with _page(server) as page:
                return [*await _lists(page), *await _thread(page, server, store.long)]


def make(data: Path, closed: int = CLOSED, waiting: int = WAITING, entries: int = ENTRIES) -> Store:
    """Fill a new data directory with so many conversations, and one more of so many entries."""
    database = cast.open_store(data)
    try:
        made = database.write_blocking(lambda tx: cast.make_desk(tx, 1, 1))
    finally:
        database.close_blocking()
    me, department = made.operators[0].id, made.departments[0]
    now = cast.now_us()
    rows = [
        big.Row(number, 3, "closed", department, me, now - (closed - number) * 60 * big.SECOND_US)
        for number in range(1, closed + 1)
    ]
    waits = range(closed + 1, closed + waiting + 1)
    rows += [big.Row(number, 2, "waiting", department, me, now - 60 * big.SECOND_US) for number in waits]
    long = closed + waiting + 1
    began = now - entries * ENTRY_EVERY_S * big.SECOND_US
    rows.append(big.Row(long, entries, "attending", department, me, began))
    with contextlib.closing(sqlite3.connect(data / "recado.db", isolation_level=None)) as store:
        store.execute("PRAGMA synchronous=OFF")
        store.execute("BEGIN")
        for some in big.in_groups(iter(rows)):
            big.put(store, some)
        step = ENTRY_EVERY_S * big.SECOND_US
        store.execute("UPDATE messages SET at = ? + seq * ? WHERE thread_id = ?", (began, step, long))
        store.execute("UPDATE threads SET last_at = ? WHERE id = ?", (began + entries * step, long))
        store.execute("COMMIT")
    return Store(data, long)


@contextlib.asynccontextmanager
async def _page(server: Server) -> AsyncIterator[Page]:
    """A browser's page, signed in and at the desk."""
    async with async_playwright() as playwright:
        # Of its own set-up where none is named: `make bench` names what the tests look through.
        program = os.environ.get("RECADO_TEST_CHROMIUM")
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = await browser.new_context(viewport=SCREEN, locale="en-US")  # type: ignore[arg-type]
        page = await context.new_page()
        page.set_default_timeout(WITHIN_MS)
        await page.goto(f"{server.origin}/desk")
        await page.locator("[name=username]").fill("operator0")
        await page.locator("[name=password]").fill(cast.PASSWORD)
        await page.locator("[type=submit]").click()
        await page.locator("[data-row]").first.wait_for()
        yield page
        await browser.close()


async def _lists(page: Page) -> list[Figure]:
    taken = [await _timed(page, "closed"), await _timed(page, "waiting"), await _timed(page, "closed")]
    first = await _scroll(page, ".rows", 60)
    await page.evaluate(_LONG_TASKS)
    began = time.monotonic()
    while await page.evaluate(_LOADED) < CLOSED * 78:
        await page.evaluate("() => { const box = document.querySelector('.rows'); box.scrollTop = box.scrollHeight; }")
        await asyncio.sleep(0.02)
        if time.monotonic() - began > WITHIN_MS / 1000 * 5:
            raise BenchError("the closed conversations do not end")
    loaded_s = time.monotonic() - began
    late = await page.evaluate("() => window.longTasks")
    await page.evaluate("() => { document.querySelector('.rows').scrollTop = 0; }")
    whole = await _scroll(page, ".rows", 233)
    return [
        Figure("desk.closed_open_ms", taken[0], "ms"),
        Figure("desk.closed_back_ms", taken[2], "ms"),
        Figure("desk.scroll_first_p99_ms", percentile(first.frames, 0.99), "ms"),
        Figure("desk.closed_all_s", loaded_s, "s"),
        Figure("desk.closed_all_longest_ms", max(late, default=0.0), "ms"),
        Figure("desk.scroll_50000_p50_ms", percentile(whole.frames, 0.5), "ms"),
        Figure("desk.scroll_50000_p99_ms", percentile(whole.frames, 0.99), "ms"),
        Figure("desk.scroll_50000_long_tasks", len(whole.long), ""),
        *await _held(page, "desk.closed_50000"),
    ]


async def _thread(page: Page, server: Server, long: int) -> list[Figure]:
    began = time.perf_counter()
    await page.goto(f"{server.origin}/desk/{long}")
    await page.locator(".bubble").first.wait_for()
    cold = 1000 * (time.perf_counter() - began)
    away = await _scroll(page, '[role="log"]', -160)
    opened = await _jump(page)
    back = await _scroll(page, '[role="log"]', 160)
    frames = [*away.frames, *back.frames]
    return [
        Figure("desk.thread_page_ms", cold, "ms"),
        Figure("desk.thread_start_ms", opened, "ms"),
        Figure("desk.thread_scroll_p50_ms", percentile(frames, 0.5), "ms"),
        Figure("desk.thread_scroll_p99_ms", percentile(frames, 0.99), "ms"),
        Figure("desk.thread_long_tasks", len(away.long) + len(back.long), ""),
        Figure("desk.thread_drawn", await page.locator("[data-seq]").count(), ""),
        *await _held(page, "desk.thread_20000"),
    ]


async def _timed(page: Page, tab: str) -> float:
    """Return the milliseconds from pressing a tab to its first row on the screen, as the page's own clock has them."""
    return float(
        await page.evaluate(
            """async (tab) => {
              const began = performance.now();
              document.querySelector(`[data-tab="${tab}"]`).click();
              const there = () => document.querySelector(`[data-tab="${tab}"][aria-selected="true"]`)
                && document.querySelector('.rows [data-row]');
              while (!there()) await new Promise(requestAnimationFrame);
              await new Promise(requestAnimationFrame);
              return performance.now() - began;
            }""",
            tab,
        )
    )


async def _jump(page: Page) -> float:
    """Return the milliseconds from asking for the beginning of the thread to its first entry on the screen."""
    await page.locator(".day-pill").click()
    item = page.locator(".days > button").last
    await item.wait_for()
    began = time.perf_counter()
    await item.click()
    await page.locator('[data-seq="1"]').wait_for()
    return 1000 * (time.perf_counter() - began)


class Scrolled(NamedTuple):
    """Milliseconds of each frame, and of each task that took more than 50."""

    frames: list[float]
    long: list[float]


async def _scroll(page: Page, box: str, step: int, frames: int = 240) -> Scrolled:
    await page.evaluate(_LONG_TASKS)
    taken = await page.evaluate(_SCROLL, {"box": box, "step": step, "frames": frames})
    return Scrolled(taken, await page.evaluate("() => window.longTasks"))


async def _held(page: Page, name: str) -> list[Figure]:
    """Return what the page holds after a collection: its heap, and its elements."""
    session = await page.context.new_cdp_session(page)
    await session.send("HeapProfiler.collectGarbage")
    used = (await session.send("Runtime.getHeapUsage"))["usedSize"] / 1e6
    elements = await page.evaluate("() => document.querySelectorAll('*').length")
    return [Figure(f"{name}_heap_mb", used, "MB"), Figure(f"{name}_elements", elements, "")]
