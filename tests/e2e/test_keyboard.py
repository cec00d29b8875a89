"""The desk without a mouse: keys, the palette, and where the focus is afterwards."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from demo.people import PASSWORD
from tests.e2e.conftest import Addresses, OperatorSeat


@pytest.fixture(scope="module")
def session(browser: Browser, demo: Addresses) -> StorageState:
    """Of the admin, who may not sign in as often as there are tests here."""
    seat = OperatorSeat(browser).sign_in(demo, "admin")
    state = seat.context.storage_state()
    seat.leave()
    return state


@pytest.fixture
def admin(browser: Browser, demo: Addresses, session: StorageState) -> Iterator[OperatorSeat]:
    view = {"width": 1440, "height": 900}
    seat = OperatorSeat(browser, viewport=view, reduced_motion="reduce", storage_state=session)
    yield seat.come_back(demo)
    seat.leave()


def palette(page: Page, *typed: str) -> Locator:
    """Open the palette and type; give its options."""
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    for text in typed:
        field.press_sequentially(text)
    return page.get_by_role("option")


def focused_row(page: Page) -> str | None:
    return page.evaluate("document.activeElement.dataset.row ?? null")  # type: ignore[no-any-return]


def test_rows_are_walked_and_opened_by_keys(admin: OperatorSeat) -> None:
    page = admin.page
    rows = page.locator("[data-row]")
    expect(rows.first).to_be_visible()
    ids = [row.get_attribute("data-row") for row in rows.all()]
    assert len(ids) > 2
    for expected in (*ids[:3], ids[1]):
        page.keyboard.press("j" if expected != ids[1] or focused_row(page) == ids[0] else "k")
        expect(page.locator(f'[data-row="{expected}"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(admin.thread).to_be_visible()
    assert page.url.endswith(f"/desk/{ids[1]}")
    page.keyboard.press("r")
    expect(admin.composer).to_be_focused()
    admin.composer.press_sequentially("jk?")
    expect(admin.composer).to_have_value("jk?")
    admin.composer.fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Elige una conversación")).to_be_visible()
    expect(page.locator(f'[data-row="{ids[1]}"]')).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(f'[data-row="{ids[-1]}"]')).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator(f'[data-row="{ids[0]}"]')).to_be_focused()


def test_what_was_attended_and_left_has_the_focus_in_its_list(admin: OperatorSeat) -> None:
    page = admin.page
    expect(page.locator("[data-row]").first).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.keyboard.press("j")
    which = focused_row(page)
    page.keyboard.press("Enter")
    expect(admin.thread).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("Ahora la atiendes tú").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Elige una conversación")).to_be_visible()
    expect(page.locator(f'[data-row="{which}"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(admin.thread).to_be_visible()
    page.keyboard.press("l")
    expect(page.get_by_text("De vuelta en espera").first).to_be_visible()


def test_a_number_opens_exactly_that_conversation_and_says_nothing_of_one_that_is_not_mine(admin: OperatorSeat) -> None:
    options = palette(admin.page, "#99999")
    expect(options.first).to_contain_text("#99999")
    admin.page.keyboard.press("Enter")
    expect(admin.page).to_have_url(re.compile("/desk/99999$"))
    expect(admin.page.get_by_text("Esta conversación no está aquí")).to_be_visible()


def test_how_many_wait_is_seen_on_the_other_pages_too(admin: OperatorSeat) -> None:
    page = admin.page
    expect(page).to_have_title(re.compile(r"^\(\d+\) "))
    count = page.title().split(" ")[0]
    for keys in ("gt", "g,"):
        for key in keys:
            page.keyboard.press(key)
        expect(page).not_to_have_title(re.compile("Conversaciones"))
        expect(page).to_have_title(re.compile("^" + re.escape(count) + " "))
        expect(page.get_by_role("navigation").locator("b").first).to_have_text(count.strip("()"))


def test_the_palette_finds_a_conversation_by_a_few_letters_without_accents(admin: OperatorSeat) -> None:
    options = palette(admin.page, "julian")
    expect(options.first).to_contain_text("Julián Paredes")
    expect(options.first).to_have_attribute("aria-selected", "true")
    admin.page.keyboard.press("Enter")
    expect(admin.thread.get_by_text("Es la calle Mitre 1450")).to_be_visible()


def test_escape_gives_the_focus_back_and_an_action_takes_it(admin: OperatorSeat) -> None:
    page = admin.page
    admin.open("Es la calle Mitre" if admin.row("Es la calle Mitre").count() else "Julián Paredes")
    admin.thread.focus()
    palette(page)
    page.keyboard.press("Escape")
    expect(admin.thread).to_be_focused()
    palette(page, "respuesta")
    page.keyboard.press("Enter")
    expect(admin.composer).to_be_focused()


def test_the_palette_shows_keys_changes_the_theme_and_goes_to_pages(admin: OperatorSeat) -> None:
    page = admin.page
    options = palette(page, "ir a atend")
    expect(options.first).to_contain_text("G")
    page.keyboard.press("Enter")
    expect(admin.tab("attending")).to_have_attribute("aria-selected", "true")
    palette(page, "tema oscuro")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(admin.tab("attending")).to_be_focused()
    palette(page, "operadores")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Operadores")).to_be_visible()
    expect(page.get_by_text("Bruno Reyes")).to_be_visible()
    expect(page.get_by_role("heading", name="Ajustes", level=1)).to_be_focused()
    options = palette(page, "julian")
    expect(options.first).to_contain_text("Julián Paredes")


def test_single_keys_can_be_turned_off_and_ctrl_k_stays(admin: OperatorSeat) -> None:
    page = admin.page
    page.keyboard.press("?")
    page.get_by_label("Atajos de una sola tecla").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert focused_row(page) is None
    expect(palette(page, "activar los atajos").first).to_contain_text("Activar")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_lists_show_one_department_with_counts_of_its_own(admin: OperatorSeat) -> None:
    page = admin.page
    expect(page.locator("[data-row]").filter(has_text="Soporte")).not_to_have_count(0)
    expect(page.locator("[data-row]").filter(has_text="Ventas")).not_to_have_count(0)
    both = admin.count("waiting")
    page.keyboard.press("f")
    page.get_by_role("menuitemradio", name="Soporte").click()
    expect(page.locator("[data-row]").filter(has_text="Ventas")).to_have_count(0)
    helped = admin.count("waiting")
    assert 0 < helped < both
    assert page.locator("[data-row]").count() == helped
    page.reload()
    expect(page.locator("[data-row]")).to_have_count(helped)
    page.keyboard.press("f")
    page.get_by_role("menuitemradio", name="Todos").click()
    expect(admin.tab("waiting").locator("strong")).to_have_text(str(both))


def test_whoever_is_no_longer_signed_in_sees_nothing_of_a_customer(
    admin: OperatorSeat, browser: Browser, demo: Addresses
) -> None:
    bruno = OperatorSeat(browser, viewport={"width": 1440, "height": 900}).sign_in(demo, "bruno")
    bruno.open("Julián Paredes")
    bruno.composer.fill("Lo que escribía Bruno")
    expect(bruno.page.get_by_text("Es la calle Mitre 1450")).to_be_visible()
    page = admin.page
    page.goto(f"{demo.desk}/settings/operators")
    _set_enabled(page, "Bruno Reyes", enabled=False)
    expect(bruno.page.get_by_role("dialog")).to_be_visible()
    expect(bruno.page.get_by_text("Julián Paredes")).to_have_count(0)
    assert "calle Mitre" not in bruno.page.content()
    _set_enabled(page, "Bruno Reyes", enabled=True)
    bruno.page.get_by_role("button", name="Ya está activa: entrar", exact=True).click()
    bruno.page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    bruno.page.get_by_role("button", name="Entrar", exact=True).click()
    expect(bruno.page.get_by_text("Es la calle Mitre 1450")).to_be_visible()
    expect(bruno.composer).to_have_value("Lo que escribía Bruno")
    bruno.leave()


def _set_enabled(page: Page, name: str, *, enabled: bool) -> None:
    page.get_by_role("button", name=f"Editar {name}").click()
    page.get_by_role("button", name="Reactivar" if enabled else "Desactivar").click()
    if not enabled:
        page.get_by_role("dialog", name=f"¿Desactivar a {name}?").get_by_role("button", name="Desactivar").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_settings_show_what_another_admin_changes(admin: OperatorSeat, browser: Browser, demo: Addresses) -> None:
    page = admin.page
    page.goto(f"{demo.desk}/settings/departments")
    expect(page.get_by_text("Ventas").first).to_be_visible()
    other = OperatorSeat(browser, viewport={"width": 1440, "height": 900}).sign_in(demo, "admin")
    other.page.goto(f"{demo.desk}/settings/departments")
    other.page.get_by_role("button", name="Añadir departamento").click()
    other.page.get_by_role("dialog").get_by_role("textbox").fill("Posventa")
    other.page.get_by_role("button", name="Crear", exact=True).click()
    expect(other.page.get_by_text("Posventa")).to_be_visible()
    expect(page.get_by_text("Posventa")).to_be_visible()
    other.leave()


def test_on_a_tablet_whoever_goes_to_write_has_done_with_the_customer_that_lies_over_it(admin: OperatorSeat) -> None:
    page = admin.page
    page.set_viewport_size({"width": 768, "height": 1024})
    rows = page.locator("[data-row]")
    expect(rows.first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(admin.composer).to_be_visible()
    panel = page.get_by_role("complementary", name="Cliente")
    page.keyboard.press("i")
    expect(panel).to_be_focused()
    page.keyboard.press("n")
    expect(panel).to_have_count(0)
    expect(page.get_by_label("Nota interna para el equipo")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    expect(panel).to_be_focused()
    panel.get_by_role("button", name="Cerrar").press("Enter")
    expect(panel).to_have_count(0)
    expect(page.locator("[data-panel-toggle]")).to_be_focused()


def test_the_bar_that_saves_comes_over_no_field_that_is_being_edited(admin: OperatorSeat, demo: Addresses) -> None:
    page = admin.page
    page.set_viewport_size({"width": 390, "height": 560})
    page.goto(f"{demo.desk}/settings/departments/1")
    field = page.get_by_label("Días en que se reabre")
    expect(field).to_be_visible()
    field.evaluate(
        """(field) => {
          document.querySelector('main').scrollTop += field.getBoundingClientRect().bottom - innerHeight + 10;
          field.focus({ preventScroll: true });
        }"""
    )
    before = field.bounding_box()
    assert before is not None
    page.keyboard.press("End")
    page.keyboard.press("1")
    bar = page.get_by_role("region", name="Cambios sin guardar")
    expect(bar).to_be_visible()
    over = bar.bounding_box()
    assert over is not None
    assert before["y"] + before["height"] > over["y"], "it would have been covered"
    page.wait_for_function(
        "([field, top]) => field.getBoundingClientRect().bottom <= top", arg=[field.element_handle(), over["y"]]
    )


def test_the_words_of_a_control_go_with_it(admin: OperatorSeat) -> None:
    page = admin.page
    page.locator("[data-row]").first.click()
    page.get_by_role("button", name="Más acciones").hover()
    words = page.locator(".tip")
    expect(words).to_have_text("Más acciones")
    page.go_back()
    expect(admin.thread).to_have_count(0)
    expect(words).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('scroll'))")  # what goes warns here where it is still held
