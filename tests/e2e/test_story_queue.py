"""What two operators do with one conversation, by buttons and keys, and what its customer hears of it.

Ana and Bruno answer for Ventas. Every byte that reaches the customer's browser is kept, and searched for the note.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Response, Route, WebSocket, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, comes, intercept, serious_findings, told

CANARY = "zafiro-7731"
LIES_ABOVE = """() => {
  const [notice, dialog] = ['.notice', '[role=dialog]'].map((one) => [...document.querySelectorAll(one)].at(-1));
  return notice.getBoundingClientRect().bottom <= dialog.getBoundingClientRect().top;
}"""


class Pair(NamedTuple):
    """Two operators of one department."""

    ana: OperatorSeat
    bruno: OperatorSeat


class Tap:
    """All that a browser receives: answers and frames."""

    def __init__(self, seat: VisitorSeat) -> None:
        self.heard: list[str] = []
        seat.page.on("response", self._answered)
        seat.page.on("websocket", self._connected)

    def _answered(self, response: Response) -> None:
        if "/api/" in response.url:
            self.heard.append(f"{response.url} {response.all_headers()} {response.text()}")

    def _connected(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: self.heard.append(str(payload)))

    def count(self, words: str) -> int:
        return sum(words in one for one in self.heard)


@pytest.fixture(scope="module")
def pair(browser: Browser, demo: Addresses) -> Iterator[Pair]:
    seats = [
        OperatorSeat(browser, viewport={"width": 1440, "height": 900}, reduced_motion="reduce").sign_in(demo, name)
        for name in ("ana", "bruno")
    ]
    yield Pair(*seats)
    for seat in seats:
        seat.leave()


@pytest.fixture(autouse=True)
def _start_at_waiting(pair: Pair) -> None:
    for seat in pair:
        seat.tab("waiting").click()


def does(seat: OperatorSeat, name: str) -> None:
    seat.page.get_by_role("button", name=name, exact=True).first.click()


def test_a_note_names_a_colleague_claims_nothing_and_never_reaches_the_customer(pair: Pair, visitor: Come) -> None:
    customer = visitor()
    tap = Tap(customer)
    customer.open_chat()
    customer.write("¿Tienen recambios de la Faro?")
    pair.ana.open("recambios de la Faro")
    pair.bruno.open("recambios de la Faro")
    page = pair.ana.page
    page.keyboard.press("n")
    expect(pair.ana.composer).to_be_focused()
    pair.ana.composer.press_sequentially(f"{CANARY} @bru")
    expect(page.get_by_role("option", name="Bruno Reyes")).to_have_attribute("aria-selected", "true")
    assert serious_findings(page) == []
    pair.ana.composer.press("Enter")
    expect(pair.ana.composer).to_have_value(f"{CANARY} @Bruno ")
    pair.ana.composer.press("Enter")
    note = pair.bruno.thread.locator("article").filter(has_text=CANARY)
    expect(note).to_contain_text("Nota interna de Ana")
    expect(note.locator(".text b")).to_have_text("@Bruno")
    expect(pair.ana.row("recambios de la Faro")).to_have_count(1)

    page.keyboard.press("Control+i")
    pair.ana.answer("Sí, llegan el martes.")
    customer.sees("Sí, llegan el martes.")
    expect(pair.ana.thread.get_by_text("visto")).to_be_visible()
    assert tap.count("llegan el martes") > 0
    assert tap.count(CANARY) == 0
    assert CANARY not in customer.frame.content()

    page.keyboard.press("Control+i")
    pair.ana.composer.press_sequentially("Para @bru")
    expect(page.locator("form").get_by_text("Nadie más puede leer esta conversación ahora")).to_be_visible()
    assert serious_findings(page) == []
    pair.ana.composer.fill("")
    page.keyboard.press("Control+i")


def test_the_button_attends_and_what_was_done_is_taken_back_from_the_notice(pair: Pair, visitor: Come) -> None:
    comes(visitor, "Un pedido de cinco lámparas")
    pair.ana.open("cinco lámparas")
    pair.bruno.open("cinco lámparas")
    pair.bruno.composer.fill("Voy yo")
    pair.bruno.page.keyboard.press("Control+i")
    pair.bruno.composer.fill("Es de la zona norte")
    does(pair.ana, "Atender")
    told(pair.ana, "Ahora la atiendes tú")
    expect(pair.ana.tab("attending")).to_have_attribute("aria-selected", "true")
    expect(pair.bruno.page.get_by_role("heading", name=re.compile("Ana"))).to_be_visible()
    kept = pair.bruno.page.locator("textarea[readonly]")
    expect(kept).to_have_count(2)
    expect(kept.first).to_have_value("Voy yo")
    expect(kept.last).to_have_value("Es de la zona norte")
    pair.ana.page.get_by_role("button", name="Deshacer").click()
    told(pair.ana, "De vuelta en espera")
    expect(pair.bruno.row("Borrador: Voy yo")).to_be_visible()
    expect(pair.bruno.composer).to_have_value("Voy yo")
    pair.bruno.page.keyboard.press("Control+i")
    expect(pair.bruno.composer).to_have_value("Es de la zona norte")


def test_a_pause_ends_when_the_customer_writes(pair: Pair, visitor: Come) -> None:
    customer = comes(visitor, "Les mando la foto mañana")
    pair.ana.open("la foto mañana")
    pair.ana.page.keyboard.press("a")
    told(pair.ana, "Ahora la atiendes tú")
    pair.ana.page.locator("[data-pause]").click()
    pair.ana.page.get_by_role("menuitem", name="Hasta que el cliente escriba").click()
    told(pair.ana, "En pausa")
    pair.ana.tab("paused").click()
    expect(pair.ana.row("la foto mañana")).to_be_visible()
    customer.write("Aquí está la foto")
    expect(pair.ana.row("Aquí está la foto")).to_have_count(0)
    pair.ana.tab("attending").click()
    expect(pair.ana.row("Aquí está la foto")).to_be_visible()


def test_the_moment_until_which_to_pause_stays_where_it_could_not_be_stored(pair: Pair, visitor: Come) -> None:
    comes(visitor, "Me mudo en enero")
    page, dialog = pair.ana.page, pair.ana.page.get_by_role("dialog")
    pair.ana.open("Me mudo en enero")
    page.keyboard.press("a")
    told(pair.ana, "Ahora la atiendes tú")
    page.keyboard.press("p")
    when = dialog.get_by_label("Fecha y hora")
    moment = f"{datetime.now(UTC) + timedelta(days=40):%Y-%m-%d}T08:30"
    when.fill(moment)
    intercept(page, "**/pause", lambda route: route.abort("internetdisconnected"), times=1)
    when.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("No se llega al servidor")
    expect(when).to_have_value(moment)
    when.press("Enter")
    told(pair.ana, "En pausa hasta")
    expect(dialog).to_have_count(0)


def test_a_transfer_brings_the_note_along_and_leaves_nothing_behind(pair: Pair, visitor: Come) -> None:
    comes(visitor, "Quiero hablar de una factura grande")
    pair.ana.open("factura grande")
    pair.ana.page.keyboard.press("a")
    told(pair.ana, "Ahora la atiendes tú")
    pair.ana.page.keyboard.press("t")
    pair.ana.page.get_by_role("radio", name=re.compile("Bruno Reyes")).check()
    pair.ana.page.get_by_label("Nota para quien la reciba").fill("Ya tiene el descuento")
    assert serious_findings(pair.ana.page) == []
    pair.ana.page.get_by_role("dialog").get_by_role("button", name="Pasar", exact=True).click()
    told(pair.ana, "Pasada a Bruno Reyes")
    expect(pair.ana.page.get_by_text("Quiero hablar de una factura grande")).to_have_count(0)
    assert pair.ana.page.evaluate("document.activeElement !== document.body")
    pair.bruno.tab("attending").click()
    pair.bruno.open("factura grande")
    expect(pair.bruno.thread.locator("article").filter(has_text="Ya tiene el descuento")).to_be_visible()


@pytest.mark.parametrize(("path", "what"), [("/", "ventana"), ("/account", "puerta")])
def test_whoever_is_on_another_page_is_told_what_they_are_given_until_they_see_to_it(
    pair: Pair, demo: Addresses, visitor: Come, path: str, what: str
) -> None:
    with pair.bruno.page.expect_websocket() as socket:
        pair.bruno.page.goto(demo.desk + path)
    socket.value.wait_for_event("framereceived")
    words = f"Una lámpara para la {what}"
    comes(visitor, words)
    pair.ana.open(words)
    number = int(pair.ana.page.url.rpartition("/")[2])
    bruno = pair.bruno.ask("GET", "/session").json()
    goal = {"department": bruno["departments"][0]["id"], "operator": bruno["id"]}
    assert pair.ana.ask("POST", f"/conversations/{number}/transfer", goal).ok
    told(pair.bruno, "Te llega la conversación con")
    assert serious_findings(pair.bruno.page) == []
    pair.bruno.page.locator(".notice").get_by_role("link", name="Abrir").click()
    expect(pair.bruno.thread.get_by_text(words)).to_be_visible()
    expect(pair.bruno.page.locator(".notice")).to_have_count(0)


def test_closed_with_a_last_note_it_is_reopened_by_hand_and_by_its_customer(pair: Pair, visitor: Come) -> None:
    customer = comes(visitor, "Solo una duda con el enchufe")
    pair.ana.open("duda con el enchufe")
    pair.ana.answer("Es el europeo.")
    customer.sees("Es el europeo.")
    pair.ana.page.keyboard.press("Escape")
    pair.ana.page.keyboard.press("c")
    pair.ana.page.get_by_label("Última nota").fill("No hace falta más")
    pair.ana.page.get_by_label("Última nota").press("Enter")
    told(pair.ana, "Conversación cerrada")
    expect(pair.ana.thread.locator("article").filter(has_text="No hace falta más")).to_be_visible()
    pair.ana.page.keyboard.press("z")
    told(pair.ana, "Conversación reabierta")
    pair.ana.page.keyboard.press("e")
    told(pair.ana, "Conversación cerrada")
    customer.write("Otra cosa del enchufe")
    expect(pair.bruno.row("Otra cosa del enchufe")).to_be_visible()


def test_a_note_that_goes_along_is_never_lost_with_its_request(pair: Pair, visitor: Come) -> None:
    comes(visitor, "¿Quién lleva lo de las obras?")
    page = pair.ana.page
    pair.ana.open("lo de las obras")
    page.keyboard.press("a")
    told(pair.ana, "Ahora la atiendes tú")
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog")
    button = dialog.get_by_role("button", name="Pasar", exact=True)
    page.get_by_role("radio", name=re.compile("Bruno Reyes")).check()
    note = page.get_by_label("Nota para quien la reciba")
    note.fill("Pide factura")
    cut: list[Route] = []
    intercept(page, "**/transfer", lambda route: cut.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Escape")
    expect(note).to_have_value("Pide factura")
    intercept(page, "**/transfer", lambda route: route.abort("internetdisconnected"))
    cut[0].abort("internetdisconnected")
    expect(dialog.get_by_role("alert")).to_contain_text("Lo que escribiste sigue aquí")
    expect(note).to_have_value("Pide factura")
    assert serious_findings(page) == []
    page.unroute("**/transfer")
    button.click()
    told(pair.ana, "Pasada a Bruno Reyes")
    expect(dialog).to_have_count(0)
    pair.bruno.tab("attending").click()
    pair.bruno.open("lo de las obras")
    expect(pair.bruno.thread.locator("article").filter(has_text="Pide factura")).to_be_visible()

    pair.bruno.page.keyboard.press("c")
    pair.bruno.page.get_by_label("Última nota").fill("Queda avisado")
    number = pair.bruno.page.url.rpartition("/")[2]
    assert pair.bruno.ask("POST", f"/conversations/{number}/release", {}).ok
    expect(pair.bruno.page.get_by_role("dialog")).to_have_count(0)
    expect(pair.bruno.composer).to_have_value("Queda avisado")


def test_words_that_are_given_up_are_gone_and_a_lost_answer_is_asked_for_again(pair: Pair, visitor: Come) -> None:
    comes(visitor, "Compre seguidores baratos")
    page = pair.ana.page
    pair.ana.open("seguidores baratos")
    page.keyboard.press("a")
    told(pair.ana, "Ahora la atiendes tú")
    page.keyboard.press("c")
    page.get_by_label("Última nota").fill("Nada que guardar")
    page.keyboard.press("Escape")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Descartar").click()
    expect(dialog).to_have_count(0)
    expect(pair.ana.composer).to_have_value("")
    page.keyboard.press("e")
    told(pair.ana, "Conversación cerrada")
    page.keyboard.press("b")
    reason = dialog.get_by_label("Por qué")
    reason.fill("Es publicidad")
    intercept(page, "**/block", lambda route: route.abort("internetdisconnected"), times=2)
    reason.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("No se llega al servidor")
    expect(reason).to_have_value("Es publicidad")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    intercept(page, "**/block", lose, times=1)
    reason.press("Enter")
    told(pair.ana, "Visitante bloqueado")
    expect(dialog).to_have_count(0)
    expect(pair.ana.thread.get_by_text(re.compile("[Bb]loque"))).to_have_count(1)
    panel = page.get_by_role("complementary", name="Cliente")
    expect(panel).to_contain_text("loquead")
    expect(panel).not_to_contain_text("Es publicidad")
    expect(pair.ana.composer).to_have_value("")


def test_a_notice_lies_beside_a_dialog_and_pressing_it_ends_nothing(pair: Pair, visitor: Come) -> None:
    comes(visitor, "¿Abren en agosto?")
    page = pair.bruno.page
    pair.bruno.tab("waiting").click()
    pair.bruno.open("en agosto")
    page.keyboard.press("a")
    told(pair.bruno, "Ahora la atiendes tú")
    intercept(page, "**/close", lambda route: route.abort("internetdisconnected"), times=1)
    page.keyboard.press("e")
    told(pair.bruno, "No se llega al servidor")
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    note = dialog.get_by_label("Última nota")
    note.fill("Queda pendiente")
    page.set_viewport_size({"width": 390, "height": 640})
    notice = page.locator(".notice")
    page.wait_for_function(LIES_ABOVE)
    notice.last.get_by_role("button", name="Cerrar").click()
    expect(notice).to_have_count(0)
    expect(note).to_have_value("Queda pendiente")
    page.set_viewport_size({"width": 1440, "height": 900})
