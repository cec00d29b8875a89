"""One's own account in real browsers: what is ended in one is over in the other, and a link lets somebody in."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from demo.people import PASSWORD
from tests.e2e.conftest import Addresses, OperatorSeat, Seat, serious_findings
from tests.e2e.test_story_files import clip, file
from tests.files.samples import PDF

NEW = "otro faro en la costa"
REFUSED = re.compile("status of 40[03]")
"""What the browser says of what the form then shows to be refused."""
Sit = Callable[[], OperatorSeat]


@pytest.fixture
def sit(browser: Browser) -> Iterator[Sit]:
    """Gives browsers to people who are not signed in yet."""
    seats: list[OperatorSeat] = []

    def take() -> OperatorSeat:
        seats.append(OperatorSeat(browser, viewport={"width": 1200, "height": 900}, reduced_motion="reduce"))
        return seats[-1]

    yield take
    for seat in seats:
        seat.complaints[:] = [one for one in seat.complaints if not REFUSED.search(one)]
        seat.leave()


def enters(seat: Seat, demo: Addresses, username: str, password: str) -> None:
    seat.page.goto(f"{demo.desk}/sign-in")
    seat.page.get_by_label("Usuario").fill(username)
    seat.page.get_by_label("Contraseña", exact=True).fill(password)
    seat.page.keyboard.press("Enter")


def lapses(seat: Seat) -> None:
    """The page says that its session has ended, and asks to sign in again."""
    expect(seat.page.get_by_role("dialog", name="Vuelve a entrar")).to_be_visible()


def test_what_is_ended_in_one_browser_is_over_in_the_other(sit: Sit, demo: Addresses) -> None:
    here, there = sit().sign_in(demo, "clara"), sit().sign_in(demo, "clara")
    page = here.page
    page.get_by_role("button", name=re.compile("^Perfil de")).click()
    page.get_by_role("menuitem", name="Mi cuenta").click()
    sessions = page.get_by_role("region", name="Sesiones abiertas").get_by_role("listitem")
    expect(sessions.filter(has_text="esta sesión")).to_have_count(1)
    expect(sessions.filter(has_text="Chrome en Linux")).to_have_count(2)
    window = there.page.context.new_page()
    window.goto(f"{demo.desk}/desk")
    expect(window.get_by_role("tab", name="En espera")).to_be_visible()
    page.get_by_role("button", name="Cerrar todas las demás").click()
    lapses(there)
    expect(window.get_by_role("dialog", name="Vuelve a entrar")).to_be_visible()
    expect(window.get_by_role("button", name="Salir de la cuenta de Clara Vidal")).to_be_visible()
    expect(sessions).to_have_count(1)
    expect(page.locator("h1:focus")).to_be_visible()
    expect(there.page.get_by_text("clara", exact=True)).to_have_count(0)
    window.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    window.keyboard.press("Enter")
    for one in (window, there.page):
        expect(one.get_by_role("dialog")).to_have_count(0)


def test_whoever_comes_by_an_address_that_the_server_does_not_expect_is_led_to_the_other(
    sit: Sit, demo: Addresses
) -> None:
    page = sit().page
    page.goto(demo.desk.replace("127.0.0.1", "localhost") + "/sign-in")
    page.get_by_label("Usuario").fill("clara")
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Esta página no está en la dirección que espera el servidor.")).to_be_visible()
    assert serious_findings(page) == []
    page.get_by_role("link", name=f"Ir a {demo.desk}").click()
    expect(page).to_have_url(f"{demo.desk}/sign-in")


def test_a_new_name_is_saved_and_the_focus_stays_where_it_was(sit: Sit, demo: Addresses) -> None:
    page = sit().sign_in(demo, "clara").page
    page.goto(f"{demo.desk}/account")
    field, save = page.get_by_label("Nombre", exact=True), page.get_by_role("button", name="Guardar")
    before = field.input_value()
    for name in ("Clara Otra", before):
        field.fill(name)
        save.click()
        expect(page.get_by_role("button", name=re.compile(f"^Perfil de {name}"))).to_be_visible()
        expect(page.locator(".notice").filter(has_text="Guardado")).to_be_visible()
        expect(save).to_be_focused()
        expect(field).to_have_value(name)


def test_a_password_is_changed_by_keyboard_and_the_other_browser_must_know_it(sit: Sit, demo: Addresses) -> None:
    here, there = sit().sign_in(demo, "bruno"), sit().sign_in(demo, "bruno")
    page = here.page
    page.goto(f"{demo.desk}/account")
    page.get_by_label("Contraseña actual").fill("a wrong password")
    page.get_by_label("Contraseña nueva").fill("bruno-bruno")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No es tu contraseña actual.")).to_be_visible()
    page.get_by_label("Contraseña actual").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Es de las primeras que alguien probaría")).to_be_visible()
    assert serious_findings(page) == []
    page.get_by_label("Contraseña nueva").fill(NEW)
    page.keyboard.press("Enter")
    expect(page.locator(".notice").filter(has_text="Contraseña cambiada")).to_be_visible()
    lapses(there)
    dialog = there.page.get_by_role("dialog")
    for password in (PASSWORD, NEW):
        dialog.get_by_label("Contraseña", exact=True).fill(password)
        there.page.keyboard.press("Enter")
        if password == PASSWORD:
            expect(dialog.get_by_text("no coinciden")).to_be_visible()
    expect(dialog).to_have_count(0)


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(sit: Sit, demo: Addresses) -> None:
    admin, old, new = sit().sign_in(demo, "admin"), sit().sign_in(demo, "sara"), sit()
    page = admin.page
    page.goto(f"{demo.desk}/settings/operators")
    page.get_by_role("button", name=re.compile("^Editar Sara")).click()
    page.get_by_role("button", name="Crear el enlace").click()
    link = page.get_by_label("Enlace para otra contraseña").input_value()
    assert link.startswith(f"{demo.desk}/reset#")
    assert serious_findings(page) == []
    page.keyboard.press("Escape")

    new.page.goto(f"{demo.desk}/sign-in")
    new.page.get_by_text("¿Has olvidado la contraseña?").click()
    expect(new.page.get_by_text("Pide a un administrador")).to_be_visible()
    new.page.goto(link)
    expect(new.page.get_by_text("Para la cuenta de Sara")).to_be_visible()
    new.page.get_by_label("Contraseña nueva").fill(NEW)
    new.page.keyboard.press("Enter")
    expect(new.page.get_by_role("button", name=re.compile("^Perfil de Sara"))).to_be_visible()
    lapses(old)

    old.page.goto(link)
    expect(old.page.get_by_text("Este enlace ya no sirve")).to_be_visible()
    page.get_by_role("link", name="Registro").click()
    lines = page.get_by_role("main").get_by_role("listitem")
    expect(lines.filter(has_text="puso otra contraseña con un enlace").first).to_be_visible()
    expect(lines.filter(has_text="creó un enlace para que Sara").first).to_be_visible()
    assert link.partition("#")[2] not in page.content()


def test_whoever_is_disabled_while_they_write_is_told_so_and_keeps_the_words(sit: Sit, demo: Addresses) -> None:
    here, admin = sit().sign_in(demo, "clara"), sit().sign_in(demo, "admin")
    here.page.goto(f"{demo.desk}/desk")
    here.open("limpia la pantalla")
    expect(here.thread).to_contain_text("limpia la pantalla")
    clip(here, file("manual.pdf", PDF))
    expect(here.page.get_by_role("dialog")).to_contain_text("Cargado ·")
    here.page.keyboard.press("Escape")
    here.composer.press_sequentially("Ahora mismo")
    (clara,) = [one["id"] for one in admin.ask("GET", "/operators").json() if one["username"] == "clara"]
    assert admin.ask("PATCH", f"/operators/{clara}", {"disabled": True}).ok
    dialog = here.page.get_by_role("dialog", name="Tu cuenta está desactivada")
    expect(dialog).to_contain_text("habla con quien administra Recado")
    expect(dialog.get_by_role("textbox", name="Tu texto")).to_have_value("Ahora mismo")
    expect(dialog).to_contain_text("También está guardado: manual.pdf")
    expect(here.page.get_by_text("limpia la pantalla")).to_have_count(0)
    assert serious_findings(here.page) == []
    assert admin.ask("PATCH", f"/operators/{clara}", {"disabled": False}).ok
    dialog.get_by_role("button", name="Ya está activa: entrar").click()
    here.page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    here.page.keyboard.press("Enter")
    expect(here.thread).to_contain_text("limpia la pantalla")
    expect(here.composer).to_have_value("Ahora mismo")
