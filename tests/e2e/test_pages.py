"""Every page: nothing serious for axe, no violation of the content policy, no line that runs out of the screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, Seat, VisitorSeat, serious_findings

WIDTHS = {"desktop": (1440, 900), "tablet": (768, 1024), "phone": (390, 844), "narrow": (320, 640)}
FITS = """() => new Promise((done) => {
  const [began, look] = [performance.now(), () => {
    const fits = document.documentElement.scrollWidth <= innerWidth;
    if (fits || performance.now() - began > 3_000) done(fits);
    else requestAnimationFrame(look);
  }];
  look();
})"""
"""Whether nothing sticks out, once what floats has found its place in a window of another size."""
SETTINGS = {
    "departments": "Ventas",
    "departments/1": "Reparto de lo que espera",
    "departments/1/hours": "Responde siempre",
    "operators": "Ventas",
    "inboxes": "Ventas",
    "reasons": "Motivos de cierre",
    "notices": "De qué te enteras",
    "blocks": "Bloqueos",
    "audit": "Todo lo ocurrido",
}
"""Each screen, and words by which it is there."""


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    theme: str = request.param
    return theme


@pytest.fixture
def admin(browser: Browser, demo: Addresses, scheme: str) -> Iterator[OperatorSeat]:
    seat = OperatorSeat(browser, color_scheme=scheme, reduced_motion="reduce")
    yield seat.sign_in(demo, "admin")
    seat.leave()


def assert_clean(page: Page, what: str) -> None:
    """At every width nothing makes the page scroll sideways; in each of its layouts, axe finds nothing serious."""
    for name, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        if name != "narrow":  # the phone's layout
            assert serious_findings(page) == [], f"{what}, {name}"
        assert page.evaluate(FITS), f"{what} is too wide, {name}"


def test_the_way_in_is_clean(browser: Browser, demo: Addresses, scheme: str) -> None:
    seat = Seat(browser, color_scheme=scheme, reduced_motion="reduce")
    for path in ("/sign-in", "/setup#a-token", "/join#a-token", "/reset#a-token"):
        seat.page.goto(demo.desk + path)
        expect(seat.page.get_by_role("heading").first).to_be_visible()
        assert_clean(seat.page, path)
    seat.leave()


def test_start_and_desk_are_clean(admin: OperatorSeat, demo: Addresses) -> None:
    page = admin.page
    assert_clean(page, "the list")
    admin.row("Julián Paredes").click()
    expect(admin.thread.get_by_text("Es la calle Mitre 1450")).to_be_visible()
    assert_clean(page, "a thread")
    page.goto(demo.desk)
    expect(page.get_by_role("heading").first).to_be_visible()
    assert_clean(page, "the start page")
    page.goto(f"{demo.desk}/account")
    expect(page.get_by_text("esta sesión")).to_be_visible()
    assert_clean(page, "one's own account")
    page.goto(f"{demo.desk}/account/notices")
    page.get_by_role("checkbox", name="Horas de silencio").check()
    expect(page.get_by_label("Zona horaria")).to_be_visible()
    assert_clean(page, "one's notifications")
    page.goto(f"{demo.desk}/whatever")
    expect(page.get_by_role("heading", name="Esta página no está aquí")).to_be_visible()
    assert_clean(page, "no page")
    page.goto(f"{demo.desk}/settings/inboxes/999")
    page.get_by_role("main").get_by_role("button", name="Canales").click()
    expect(page.get_by_role("heading", name="Canales")).to_be_visible()


def test_the_palette_and_the_keys_are_clean(admin: OperatorSeat) -> None:
    page = admin.page
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    assert_clean(page, "the palette")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Atajos de teclado")).to_be_visible()
    assert_clean(page, "the keys")
    page.keyboard.press("Escape")
    admin.page.locator("[data-department-filter]").click()
    expect(page.get_by_role("menuitemradio").first).to_be_visible()
    assert_clean(page, "the departments")


def test_settings_are_clean(admin: OperatorSeat, demo: Addresses) -> None:
    for screen, words in SETTINGS.items():
        admin.page.goto(f"{demo.desk}/settings/{screen}")
        expect(admin.page.get_by_role("main").get_by_text(words).first).to_be_visible()
        assert_clean(admin.page, screen)


def test_hours_are_clean_while_they_are_written(admin: OperatorSeat, demo: Addresses) -> None:
    page = admin.page
    page.goto(f"{demo.desk}/settings/departments/1/hours")
    page.get_by_text("Según un horario").click()
    page.get_by_role("button", name="Añadir un día").click()
    page.get_by_label("Lunes, abre").fill("19:00")
    expect(page.get_by_text("Cierra antes de abrir")).to_be_visible()
    assert_clean(page, "hours with a mistake")
    page.get_by_label("Zona horaria").fill("mad")
    expect(page.get_by_role("option", name="Europe/Madrid")).to_be_visible()
    assert_clean(page, "the zones")


@pytest.mark.parametrize("size", WIDTHS)
def test_the_chat_is_clean(browser: Browser, demo: Addresses, size: str, scheme: str) -> None:
    width, height = WIDTHS[size]
    view = {"width": width, "height": height}
    seat = VisitorSeat(browser, viewport=view, color_scheme=scheme, reduced_motion="reduce")
    seat.enter(demo)
    seat.open_chat()
    assert serious_findings(seat.frame) == []
    seat.write("Hola")
    seat.sees("Hola")
    assert serious_findings(seat.frame) == []
    seat.leave()


def test_while_the_chat_cannot_be_fetched_the_shop_stays_in_reach_on_a_phone(visitor: Come) -> None:
    customer = visitor()
    customer.page.set_viewport_size({"width": 390, "height": 780})
    customer.page.emulate_media(reduced_motion="reduce")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def wait_until(middle: str, edge: str) -> None:
        """Wait until the chat or the shop's own page stands in the middle of the screen, and at its edge."""
        at = "([middle, edge]) => [[195, 400, middle], [4, 760, edge]].every(([x, y, whose]) =>"
        ours = "(document.elementFromPoint(x, y).localName === 'recado-chat') === (whose === 'chat'))"
        customer.page.wait_for_function(f"{at} {ours}", arg=[middle, edge])

    def colour_at(x: int, y: int) -> bytes:
        return customer.page.screenshot(clip={"x": x, "y": y, "width": 2, "height": 2})

    customer.page.route("**/widget/*", hold)
    customer.page.wait_for_load_state("networkidle")
    launcher = colour_at(338, 706)
    for middle in ("chat", "shop", "chat"):
        customer.press_launcher()
        wait_until(middle, "shop")
    assert colour_at(195, 60) == launcher != colour_at(195, 200), "it begins with a head in the inbox's colour"
    held[0].continue_()
    expect(customer.box).to_be_visible()
    wait_until("chat", "chat")


def test_escape_closes_the_chat_and_enter_on_the_launcher_opens_it_again(visitor: Come) -> None:
    customer = visitor()
    customer.open_chat()
    customer.box.press("Escape")
    # Functions: as a text it would be `eval`. The launcher and the chat are one element to the page around them.
    customer.frame.wait_for_function("() => !document.hasFocus()")
    expect(customer.page.locator("recado-chat")).to_be_focused()
    customer.page.keyboard.press("Enter")
    customer.frame.wait_for_function("() => document.hasFocus() && document.activeElement.matches('textarea')")
    customer.page.keyboard.type("Con el teclado")
    expect(customer.box).to_have_value("Con el teclado")
