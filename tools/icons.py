"""`python -m tools.icons`: draw the console's PNG icons from its one SVG, in Chromium. Run when the sign changes."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
CONSOLE = Path(__file__).parent.parent / "ui" / "console"
SIZES = {"icon-180": 180, "icon-192": 192, "icon-512": 512, "icon-maskable-512": 512}
SAFE = 0.8
"""The share of a maskable icon's width that every system shows."""


def main() -> None:
    """Write every icon."""
    sign = (CONSOLE / "src" / "icon.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, size in SIZES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body{{margin:0}} svg{{display:block}}</style>{_drawn(name, sign, size)}")
            whole = name in {"icon-180", "icon-maskable-512"}
            path = CONSOLE / "public" / "install" / f"{name}.png"
            page.screenshot(path=path, omit_background=not whole)
        browser.close()


def _drawn(name: str, sign: str, size: int) -> str:
    """Return the sign at a size; on a ground to all edges where the system cuts the shape itself."""
    sized = sign.replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
    if name in {"icon-192", "icon-512"}:
        return sized
    sized = re.sub(r' rx="\d+"', "", sized, count=1)
    if name != "icon-maskable-512":
        return sized
    inner = f'<g transform="translate({16 * (1 - SAFE):g} {16 * (1 - SAFE):g}) scale({SAFE:g})" fill="none"'
    return sized.replace('<g fill="none"', inner, 1)


if __name__ == "__main__":
    main()
