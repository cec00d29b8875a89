"""A supervisor and her team: who is there, looking in and being seen to, the archive, and who may write again.

Sara supervises; Clara answers for Soporte, where the demo lets supervisors look in and its archive is open; Ana and
Bruno answer for Ventas, where neither is so.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, Seat, comes, serious_findings, told

WIDE = {"width": 1440, "height": 900}


class Team(NamedTuple):
    """Everybody with a page open."""

    sara: OperatorSeat
    clara: OperatorSeat
    ana: OperatorSeat
    bruno: OperatorSeat


@pytest.fixture(scope="module")
def team(browser: Browser, demo: Addresses) -> Iterator[Team]:
    seats = [OperatorSeat(browser, viewport=WIDE, reduced_motion="reduce").sign_in(demo, name) for name in Team._fields]
    yield Team(*seats)
    for seat in seats:
        seat.leave()


@pytest.fixture(autouse=True)
def _start_at_waiting(team: Team, demo: Addresses) -> None:
    for seat in team:
        if seat.page.url != f"{demo.desk}/desk" or seat.tab("waiting").get_attribute("aria-selected") != "true":
            seat.page.goto(f"{demo.desk}/desk")
        expect(seat.tab("waiting").locator("strong")).to_have_text(re.compile(r"\d"))


def at_team(seat: OperatorSeat) -> Page:
    """The team's page, by keys."""
    seat.page.keyboard.press("g")
    seat.page.keyboard.press("t")
    expect(seat.page.get_by_role("list", name="Personas")).to_be_visible()
    return seat.page


def has_focus(page: Page) -> bool:
    return bool(page.evaluate("document.activeElement !== document.body"))


def test_a_supervisor_looks_in_where_it_is_allowed_and_its_owner_sees_it(team: Team) -> None:
    team.clara.tab("attending").click()
    team.clara.open("Irene Campos")
    page = at_team(team.sara)
    assert serious_findings(page) == []
    assert "Irene" not in page.content()
    page.get_by_role("button", name=re.compile(r"Mirar la conversación #\d+ de Clara")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("quedará en el registro")
    expect(dialog).to_contain_text("Clara lo verá")
    dialog.get_by_role("button", name="Mirar", exact=True).click()
    expect(team.sara.thread).to_contain_text("ya la probé en tres")
    expect(page.locator(".look")).to_contain_text("Miras lo que atiende Clara")
    assert serious_findings(page) == []
    seen = team.clara.page.locator(".look")
    expect(seen).to_contain_text("Sara mira esta conversación")
    expect(team.clara.thread).to_contain_text("Sara mira esta conversación desde")
    page.keyboard.press("x")
    told(team.sara, "Ya no miras esa conversación")
    expect(page.get_by_text("ya la probé en tres")).to_have_count(0)
    expect(seen).to_have_count(0)
    assert has_focus(page)


def test_looking_ends_where_she_goes_to_something_else_and_not_by_a_reload(team: Team) -> None:
    team.clara.tab("attending").click()
    team.clara.open("Irene Campos")
    page, seen = at_team(team.sara), team.clara.page.locator(".look")
    page.get_by_role("button", name=re.compile(r"Mirar la conversación #\d+ de Clara")).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Mirar", exact=True).click()
    expect(team.sara.thread).to_contain_text("ya la probé en tres")
    page.reload()
    expect(team.sara.thread).to_contain_text("ya la probé en tres")
    expect(page.locator(".look")).to_contain_text("Miras lo que atiende Clara")
    expect(seen).to_contain_text("Sara mira esta conversación")
    at_team(team.sara)
    expect(seen).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("Clara"))).to_be_visible()
    expect(page.get_by_text("ya la probé en tres")).to_have_count(0)


def test_where_it_is_not_allowed_the_button_says_so(team: Team) -> None:
    team.ana.tab("attending").click()
    expect(team.ana.row("Lucía Ramos")).to_be_visible()
    page = at_team(team.sara)
    button = page.get_by_role("button", name=re.compile(r"Mirar la conversación #\d+ de Ana")).first
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_attribute("title", "Aquí no se permite mirar")
    button.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_one_that_was_taken_is_looked_into_by_a_key(team: Team) -> None:
    team.sara.open("limpia la pantalla")
    team.clara.open("limpia la pantalla")
    team.clara.page.keyboard.press("a")
    told(team.clara, "Ahora la atiendes tú")
    expect(team.sara.page.get_by_role("heading", name=re.compile("Clara"))).to_be_visible()
    team.sara.page.keyboard.press("x")
    team.sara.page.get_by_role("dialog").get_by_role("button", name="Mirar", exact=True).press("Enter")
    expect(team.sara.thread).to_contain_text("limpia la pantalla")
    team.sara.page.keyboard.press("n")
    expect(team.sara.composer).to_be_focused()
    team.sara.composer.press_sequentially("Con un paño seco")
    team.sara.composer.press("Enter")
    expect(team.clara.thread.locator("article").filter(has_text="Con un paño seco")).to_be_visible()
    team.sara.page.keyboard.press("Escape")
    team.sara.page.get_by_role("button", name="Dejar de mirar").click()
    told(team.sara, "Ya no miras esa conversación")


def test_what_is_closed_is_in_the_archive_of_its_department_alone(team: Team) -> None:
    expect(team.ana.tab("archive")).to_have_count(0)
    team.sara.page.keyboard.press("g")
    team.sara.page.keyboard.press("f")
    expect(team.sara.tab("archive")).to_have_attribute("aria-selected", "true")
    expect(team.sara.row("Tomás Oliveira")).to_contain_text("Clara")
    team.clara.tab("attending").click()
    team.clara.open("Irene Campos")
    team.clara.page.keyboard.press("e")
    told(team.clara, "Conversación cerrada")
    expect(team.sara.row("Irene Campos")).to_be_visible()
    team.sara.open("Irene Campos")
    expect(team.sara.thread).to_contain_text("ya la probé en tres")
    assert serious_findings(team.sara.page) == []
    team.clara.tab("closed").click()
    expect(team.clara.row("Irene Campos")).to_be_visible()
    team.clara.page.keyboard.press("o")
    told(team.clara, "Conversación reabierta")
    expect(team.sara.row("Irene Campos")).to_have_count(0)
    expect(team.sara.page.get_by_text("ya la probé en tres")).to_have_count(0)


def test_a_row_says_who_attended_it_before_and_until_when_it_is_paused(team: Team, visitor: Come) -> None:
    comes(visitor, "Busco una lámpara de pie")
    team.ana.open("lámpara de pie")
    team.ana.page.keyboard.press("a")
    told(team.ana, "Ahora la atiendes tú")
    team.ana.page.keyboard.press("l")
    expect(team.bruno.row("lámpara de pie")).to_contain_text("antes: Ana")
    team.bruno.open("lámpara de pie")
    team.bruno.page.keyboard.press("a")
    told(team.bruno, "Ahora la atiendes tú")
    team.bruno.page.locator("[data-pause]").click()
    team.bruno.page.get_by_role("menuitem", name="Una hora").click()
    team.bruno.tab("paused").click()
    expect(team.bruno.row("lámpara de pie")).to_contain_text(re.compile(r"hasta .*\d{1,2}:\d\d"))


def test_being_away_is_told_with_what_comes_of_it_and_seen_by_the_team(team: Team) -> None:
    page = team.ana.page
    page.get_by_role("button", name="Perfil de Ana Morales: Disponible").press("Enter")
    page.get_by_role("menuitemradio", name="Ausente").click()
    told(team.ana, "Lo que atiendes sigue siendo tuyo")
    expect(page.get_by_role("button", name="Perfil de Ana Morales: Ausente")).to_be_focused()
    ana = at_team(team.sara).get_by_role("listitem").filter(has_text="Ana Morales")
    expect(ana).to_contain_text("Ausente")
    page.get_by_role("button", name="Perfil de Ana").press("Enter")
    page.get_by_role("menuitem", name="Reglas de mis departamentos").click()
    rules = page.get_by_role("dialog")
    expect(rules).to_contain_text("nadie más puede mirarlo")
    expect(rules).to_contain_text("más de 10 min")
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").press_sequentially("ponerme disponible")
    page.keyboard.press("Enter")
    expect(ana).to_contain_text("Disponible")


def test_a_supervisor_moves_what_a_colleague_attends_without_reading_it(team: Team, visitor: Come) -> None:
    comes(visitor, "¿Hacen envíos a Canarias?")
    team.ana.open("envíos a Canarias")
    team.ana.page.keyboard.press("a")
    told(team.ana, "Ahora la atiendes tú")
    number = team.ana.page.url.rpartition("/")[2]
    page = at_team(team.sara)
    page.get_by_role("button", name=f"Pasar la conversación #{number}").click()
    page.get_by_role("radio", name=re.compile("Bruno Reyes")).check()
    page.get_by_role("dialog").get_by_role("button", name="Pasar", exact=True).click()
    told(team.sara, "Pasada a Bruno Reyes")
    team.bruno.tab("attending").click()
    expect(team.bruno.row("envíos a Canarias")).to_be_visible()
    expect(team.ana.page.get_by_text("envíos a Canarias")).to_have_count(0)
    page.get_by_role("button", name=f"Devolver la conversación #{number} a la espera").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Bruno")
    assert serious_findings(page) == []
    dialog.get_by_role("button", name="Devolver", exact=True).click()
    told(team.sara, "De vuelta en espera")
    told(team.bruno, "ha vuelto a la espera")
    team.ana.tab("waiting").click()
    expect(team.ana.row("envíos a Canarias")).to_contain_text("antes: Bruno")


def test_the_panel_tells_of_the_customer_and_a_block_is_lifted_by_a_supervisor(team: Team, visitor: Come) -> None:
    customer = comes(visitor, "¿Tienen tienda en Sevilla?")
    team.bruno.open("tienda en Sevilla")
    panel = team.bruno.page.get_by_role("complementary", name="Cliente")
    expect(panel).to_contain_text("Es la primera vez que escribe.")
    team.bruno.page.keyboard.press("n")
    team.bruno.composer.press_sequentially("Vive en Triana")
    team.bruno.composer.press("Enter")
    expect(panel).to_contain_text("Vive en Triana")
    team.bruno.page.keyboard.press("Escape")
    team.bruno.page.keyboard.press("b")
    dialog = team.bruno.page.get_by_role("dialog")
    dialog.get_by_label("Por qué").fill("Es un robot")
    dialog.get_by_role("button", name="Bloquear al visitante").click()
    expect(panel).to_contain_text("Bloqueado por ti")
    expect(panel).not_to_contain_text("Es un robot")
    expect(panel.get_by_role("button", name="Desbloquear")).to_have_count(0)
    reopen = team.bruno.page.get_by_role("button", name="Reabrir")
    expect(reopen).to_have_attribute("title", "Ese visitante está bloqueado.")
    page = at_team(team.sara)
    page.get_by_role("link", name="Bloqueos").click()
    expect(page.get_by_text("Es un robot")).to_be_visible()
    page.get_by_role("button", name=re.compile("Desbloquear a")).click()
    told(team.sara, "puede volver a escribir")
    expect(reopen).not_to_have_attribute("aria-disabled", "true")
    # An open chat finds out within a minute; one that is opened knows it.
    customer.page.reload()
    customer.open_chat()
    customer.write("¿Y en Córdoba?")
    customer.sees("¿Y en Córdoba?")
    expect(team.ana.row("en Córdoba")).to_be_visible()


def test_the_team_fits_a_narrow_screen_and_an_operator_has_no_such_page(
    browser: Browser, team: Team, demo: Addresses
) -> None:
    known = team.sara.context.storage_state()
    narrow = Seat(browser, viewport={"width": 320, "height": 700}, storage_state=known)
    page = narrow.page
    page.goto(f"{demo.desk}/team")
    expect(page.get_by_role("list", name="Personas")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert serious_findings(page) == []
    narrow.leave()
    team.ana.page.goto(f"{demo.desk}/team")
    expect(team.ana.page.get_by_role("heading", name="Esta página no está aquí")).to_be_visible()
    team.ana.page.get_by_role("button", name="Ir al inicio").click()
    expect(team.ana.page.get_by_role("heading", name=re.compile("Hola, Ana"))).to_be_visible()
