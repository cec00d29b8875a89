"""The operator's day, as the help page tells it: contacts wait for all, the answer makes one theirs.

Ana and Bruno answer for Ventas, Clara for Soporte; customers write from the shop's page.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, comes, intercept, serious_findings


class Team(NamedTuple):
    """Three operators at their desks."""

    ana: OperatorSeat
    bruno: OperatorSeat
    clara: OperatorSeat


@pytest.fixture(scope="module")
def team(browser: Browser, demo: Addresses) -> Iterator[Team]:
    seats = [
        OperatorSeat(browser, viewport={"width": 1440, "height": 900}).sign_in(demo, name)
        for name in ("ana", "bruno", "clara")
    ]
    yield Team(*seats)
    for seat in seats:
        seat.leave()


@pytest.fixture(autouse=True)
def _start_at_waiting(team: Team) -> None:
    for seat in team:
        seat.tab("waiting").click()


def test_services_opens_the_desk_in_a_window_of_its_own(browser: Browser, demo: Addresses) -> None:
    seat = OperatorSeat(browser, viewport={"width": 1440, "height": 900}).sign_in(demo, "sara")
    seat.page.goto(demo.desk)
    seat.page.get_by_role("button", name="Servicios").click()
    with seat.context.expect_page() as opened:
        seat.page.get_by_role("menuitem", name=re.compile("Conversaciones|Mesa")).click()
    expect(opened.value.locator('[data-tab="waiting"]')).to_be_visible()
    seat.leave()


def test_a_new_contact_appears_in_waiting_by_itself_for_the_whole_department(team: Team, visitor: Come) -> None:
    before = team.ana.count("waiting")
    comes(visitor, "¿Tienen la lámpara Faro en verde?")
    for seat in (team.ana, team.bruno):
        expect(seat.row("Faro en verde")).to_be_visible()
        expect(seat.tab("waiting").locator("strong")).to_have_text(str(before + 1))
    expect(team.clara.row("Faro en verde")).to_have_count(0)


def test_looking_does_not_claim_and_shows_others_who_looks(team: Team, visitor: Come) -> None:
    comes(visitor, "Solo estoy mirando precios")
    team.ana.open("mirando precios")
    expect(team.ana.thread.get_by_text("Solo estoy mirando precios")).to_be_visible()
    expect(team.bruno.row("mirando precios")).to_contain_text("Ana mira")
    assert team.ana.row("mirando precios").count() == 1


def test_the_answer_claims_and_the_customer_reads_it(team: Team, visitor: Come) -> None:
    customer = comes(visitor, "¿Cuánto tarda un envío a Cádiz?")
    team.ana.open("envío a Cádiz")
    attending = team.ana.count("attending")
    team.ana.answer("Dos días laborables.")
    customer.sees("Dos días laborables.")
    expect(team.ana.tab("attending").locator("strong")).to_have_text(str(attending + 1))
    expect(team.bruno.row("envío a Cádiz")).to_have_count(0)
    customer.write("Perfecto, gracias")
    expect(team.ana.thread.get_by_text("Perfecto, gracias")).to_be_visible()
    expect(team.bruno.page.get_by_text("Perfecto, gracias")).to_have_count(0)
    expect(team.ana.row("Perfecto, gracias")).to_contain_text("espera respuesta, ahora")
    team.ana.answer("A ti.")
    expect(team.ana.row("A ti.")).not_to_contain_text("espera respuesta")


def test_an_open_pane_closes_for_others_when_somebody_answers_and_keeps_their_words(team: Team, visitor: Come) -> None:
    customer = comes(visitor, "Se me ha roto la pantalla")
    team.ana.open("roto la pantalla")
    team.bruno.open("roto la pantalla")
    team.bruno.composer.fill("Hola, soy Bruno y estaba escribiendo")
    team.ana.answer("Le mando otra hoy mismo.")
    customer.sees("Le mando otra hoy mismo.")
    expect(team.bruno.page.get_by_role("heading", name=re.compile("Ana"))).to_be_visible()
    expect(team.bruno.page.get_by_text("Le mando otra hoy mismo.")).to_have_count(0)
    kept = team.bruno.page.locator("textarea[readonly]")
    expect(kept).to_have_value("Hola, soy Bruno y estaba escribiendo")


def test_of_two_answers_at_once_one_wins_and_the_other_keeps_its_text(team: Team, visitor: Come) -> None:
    customer = comes(visitor, "¿Hacen factura a empresa?")
    for seat in (team.ana, team.bruno):
        seat.open("factura a empresa")
    # Bruno's page is not told anything until his own answer has been refused.
    held: list[Route] = []
    intercept(team.bruno.page, "**/messages", lambda route: held.insert(0, route))
    with team.bruno.page.expect_request("**/messages"):
        team.bruno.answer("Sí, dígame el NIF.")
    team.ana.answer("Sí, claro.")
    customer.sees("Sí, claro.")
    held.pop().continue_()
    expect(team.bruno.page.get_by_role("heading", name=re.compile("Ana"))).to_be_visible()
    expect(team.bruno.page.locator("textarea[readonly]")).to_have_value("Sí, dígame el NIF.")
    team.bruno.page.unroute("**/messages")
    expect(customer.frame.get_by_text("Sí, dígame el NIF.")).to_have_count(0)


def test_enter_sends_and_shift_enter_makes_a_line(team: Team, visitor: Come) -> None:
    customer = comes(visitor, "Una pregunta de dos líneas")
    team.ana.open("dos líneas")
    team.ana.composer.fill("Primera")
    team.ana.composer.press("Shift+Enter")
    team.ana.composer.type("segunda")
    team.ana.page.get_by_role("button", name="Enviar").click()
    bubble = customer.frame.locator(".bubble").filter(has_text=re.compile(r"Primera\s+segunda"))
    expect(bubble).to_be_visible()


def test_both_sides_see_the_other_typing_and_what_was_seen(team: Team, visitor: Come) -> None:
    customer = comes(visitor, "¿Me ayudan?")
    team.ana.open("¿Me ayudan?")
    team.ana.answer("Claro que sí.")
    customer.sees("Claro que sí.")
    expect(team.ana.thread.get_by_text("visto")).to_be_visible()
    customer.box.type("Pues mire")
    expect(team.ana.page.get_by_text(re.compile("está escribiendo|escribe")).first).to_be_visible()
    team.ana.composer.type("Le leo")
    expect(customer.frame.get_by_text(re.compile("Ana.*escrib|escribiendo"))).to_be_visible()


def test_a_reload_brings_the_customer_back_to_their_chat_and_nobody_elses(team: Team, visitor: Come) -> None:
    first, second = visitor(), visitor()
    first.open_chat()
    first.write("Mensaje de la primera persona")
    expect(team.ana.row("primera persona")).to_be_visible()
    first.page.reload()
    first.open_chat()
    first.sees("Mensaje de la primera persona")
    second.open_chat()
    expect(second.frame.get_by_text("Mensaje de la primera persona")).to_have_count(0)


def test_what_is_written_without_a_connection_is_shown_as_waiting_and_sent_once(team: Team, visitor: Come) -> None:
    customer = comes(visitor, "Antes del túnel")
    customer.sees("Antes del túnel")
    customer.context.set_offline(True)
    customer.write("Dentro del túnel")
    expect(customer.frame.get_by_text(re.compile("conexión")).first).to_be_visible()
    customer.context.set_offline(False)
    expect(team.ana.row("Dentro del túnel")).to_be_visible(timeout=30_000)
    team.ana.open("Dentro del túnel")
    expect(team.ana.thread.get_by_text("Dentro del túnel", exact=True)).to_have_count(1)


LOG = "\n".join(
    ["El registro de mi caldera", *(f"12:{line // 60:02}:{line % 60:02} presión baja" for line in range(900))]
)
IN_VIEW = "(text) => Math.round(text.closest('[data-seq]').getBoundingClientRect().top)"


def test_a_long_message_is_folded_until_all_of_it_is_asked_for(visitor: Come, team: Team) -> None:
    customer = comes(visitor, LOG)
    ana = team.ana
    ana.open("El registro de mi caldera")
    bubble = ana.thread.locator("[data-seq]").filter(has_text="El registro de mi caldera")
    button = ana.thread.get_by_role("button", name="Ver todo")
    expect(bubble).to_contain_text("12:00:38 presión baja…")
    expect(bubble).not_to_contain_text("12:00:39")
    expect(button).to_have_attribute("aria-expanded", "false")
    before = button.evaluate(IN_VIEW)
    button.focus()
    ana.page.keyboard.press("Enter")
    less = ana.thread.get_by_role("button", name="Ver menos")
    expect(bubble).to_contain_text("12:14:59 presión baja")
    expect(less).to_be_focused()
    expect(less).to_have_attribute("aria-expanded", "true")
    ana.page.evaluate("() => new Promise((passed) => requestAnimationFrame(() => requestAnimationFrame(passed)))")
    assert less.evaluate(IN_VIEW) == before, "what one reads goes on where it was"
    assert serious_findings(ana.page) == []
    ana.page.keyboard.press("Enter")
    expect(bubble).not_to_contain_text("12:00:39")
    expect(button).to_be_focused()
    expect(button).to_be_in_viewport()
    assert customer.frame.get_by_text("12:14:59").count() == 1
