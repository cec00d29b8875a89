"""How somebody does what a screen offers: with a mouse, with the keyboard alone, or with a finger on a phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Browser, Frame, Locator, Page, expect, sync_playwright

from tests.e2e.conftest import OperatorSeat
from tools.machine import is_root

FAKE_MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

FOCUSED = "(one) => one === document.activeElement && document.hasFocus()"
HUE = """
(one, property) => {
  const [, , , hue] = getComputedStyle(one)[property].match(/oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)/);
  return Math.round(Number(hue));
}
"""
FAR = 80
"""More steps of Tab than any of our screens needs."""


@contextmanager
def hearing(chromium: Path) -> Iterator[Browser]:
    """A browser whose microphone beeps once a second."""
    arguments = [*FAKE_MICROPHONE, *(["--no-sandbox"] if is_root() else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=arguments)
        yield browser
        browser.close()


def hue(what: Locator, of: str) -> int:
    """The hue of a colour that it is drawn in, in degrees."""
    degrees: int = what.evaluate(HUE, of)
    return degrees


class Mouse:
    """Points and clicks."""

    screen: ClassVar[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}}

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, what: Locator) -> None:
        what.click()

    def write(self, where: Locator, text: str) -> None:
        self.press(where)
        self.page.keyboard.type(text)

    def choose_in_menu(self, item: Locator) -> None:
        self.press(item)

    def open_row(self, seat: OperatorSeat, words: str) -> None:
        self.press(seat.row(words))

    def look_at(self, option: Locator) -> None:
        option.hover()

    def send_looked_at(self, option: Locator) -> None:
        self.press(option)

    def choose_emoji(self, at: Page | Frame) -> str:
        """Take the first one that is shown, from the open picker; which one."""
        first = at.locator("emoji-picker .tabpanel button").first
        expect(first).to_be_visible()
        chosen = first.inner_text()
        self.press(first)
        return chosen

    def record(self, at: Page | Frame, opener: str) -> None:
        """Record a voice message and send it, by what stands there while one records."""
        self.press(at.get_by_role("button", name=opener, exact=True))
        expect(at.locator(".voice-strip .clock")).to_have_text("0:01")
        self.press(at.get_by_role("button", name="Parar y escuchar"))
        self.press(at.get_by_role("button", name="Enviar mensaje de voz"))

    def browse(self, area: Locator, *files: Any) -> None:
        """Look for files on the machine."""
        with self.page.expect_file_chooser() as asked:
            self.press(area)
        asked.value.set_files(list(files))


class Keys(Mouse):
    """Has the keyboard alone: goes everywhere by Tab, and by the keys that the screen names."""

    def go_to(self, what: Locator) -> None:
        expect(what).to_be_visible()
        self._until(what, "Tab")

    def _until(self, what: Locator, key: str) -> None:
        for _ in range(FAR):
            if what.evaluate(FOCUSED):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{what} is not reached by {key}")

    def press(self, what: Locator) -> None:
        self.go_to(what)
        self.page.keyboard.press("Enter")

    def write(self, where: Locator, text: str) -> None:
        self.go_to(where)
        self.page.keyboard.type(text)

    def choose_in_menu(self, item: Locator) -> None:
        self._until(item, "ArrowDown")
        self.page.keyboard.press("Enter")

    def open_row(self, seat: OperatorSeat, words: str) -> None:
        row = seat.row(words)
        expect(row).to_be_visible()
        for key in ("Escape", "j", "Home"):
            self.page.keyboard.press(key)
        self._until(row, "j")
        self.page.keyboard.press("Enter")

    def look_at(self, option: Locator) -> None:
        for _ in range(FAR):
            if option.get_attribute("aria-selected") == "true":
                return
            self.page.keyboard.press("ArrowDown")

    def send_looked_at(self, option: Locator) -> None:
        expect(option).to_have_attribute("aria-selected", "true")
        self.page.keyboard.press("Enter")

    def choose_emoji(self, at: Page | Frame) -> str:
        expect(at.locator("emoji-picker").get_by_role("combobox")).to_be_focused()
        self.page.keyboard.type("corazon rojo")
        expect(at.locator("emoji-picker").get_by_role("option").first).to_have_accessible_name("corazón rojo")
        self.page.keyboard.press("Enter")
        return "❤️"

    def browse(self, area: Locator, *files: Any) -> None:
        super().browse(area.locator("input"), *files)


class Finger(Mouse):
    """Taps, on a phone."""

    screen: ClassVar[dict[str, Any]] = {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
    }

    def press(self, what: Locator) -> None:
        what.tap()

    def look_at(self, option: Locator) -> None:
        self.press(option)
