"""How somebody does what a screen offers: with a mouse, with the keyboard alone, or with a finger on a phone."""

from typing import Any, ClassVar

from playwright.sync_api import Frame, Locator, Page, expect

from tests.e2e.conftest import OperatorSeat

FOCUSED = "(one) => one === document.activeElement && document.hasFocus()"
HUE = """
(one, property) => {
  const [, , , hue] = getComputedStyle(one)[property].match(/oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)/);
  return Math.round(Number(hue));
}
"""
FAR = 80
"""More steps of Tab than any of our screens needs."""


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
