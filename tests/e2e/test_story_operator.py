"""The operator's day: as the help page tells it, line by line and in its order; then what happens around it.

Ana and Bruno answer for Ventas, Clara for Soporte; customers write from the shop's page.
"""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from demo.people import PASSWORD, REPLIES
from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, comes, intercept, serious_findings
from tests.e2e.hands import Finger, Keys, Mouse, hearing, hue
from tests.e2e.test_story_files import DROP, file
from tests.files.samples import PDF, photo, picture

ORANGE, GREEN = range(30, 80), range(140, 180)
FORMATS = ("PDF", "JPG", "JPEG", "PNG", "MP3", "DOC", "DOCX", "XLS", "XLSX")


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """A browser whose microphone beeps once a second."""
    with hearing(chromium) as browser:
        yield browser


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


class Story(NamedTuple):
    """Ana at her desk, with what she has for hands, and the others of the story."""

    hands: Mouse
    ana: OperatorSeat
    team: Team
    customer: VisitorSeat
    words: str
    """What the customer has written first."""

    def button(self, name: str) -> Locator:
        return self.ana.page.get_by_role("button", name=name, exact=True)

    @property
    def dialog(self) -> Locator:
        return self.ana.page.get_by_role("dialog")


def sign_in(browser: Browser, demo: Addresses, kind: type[Mouse]) -> OperatorSeat:
    """An operator comes to their start page by user name and password."""
    ana = OperatorSeat(browser, **kind.screen)
    ana.desk = demo.desk
    ana.page.goto(demo.desk)
    hands = kind(ana.page)
    hands.write(ana.page.get_by_label("Usuario"), "ana")
    hands.write(ana.page.get_by_label("Contraseña", exact=True), PASSWORD)
    hands.press(ana.page.get_by_role("button", name="Entrar", exact=True))
    expect(ana.page.get_by_role("heading", name="Hola, Ana")).to_be_visible()
    return ana


def open_the_desk(ana: OperatorSeat, kind: type[Mouse]) -> None:
    """Services, at the top right, opens the desk in a window of its own."""
    services, hands = ana.page.get_by_role("button", name="Servicios"), kind(ana.page)
    size, place = ana.page.viewport_size, services.bounding_box()
    assert size is not None
    assert place is not None
    assert place["y"] < 60 < size["width"] / 2 < place["x"]
    hands.press(services)
    with ana.context.expect_page() as opened:
        hands.choose_in_menu(ana.page.get_by_role("menuitem", name="Conversaciones"))
    ana.move_to(opened.value)
    if kind is Finger:
        ana.page.set_viewport_size(kind.screen["viewport"])
    expect(ana.tab("waiting")).to_be_visible()


def find_who_waits(story: Story) -> None:
    """Who writes comes to Waiting by themselves: at the left, in orange, shared by all of the department alone."""
    for seat in (story.ana, story.team.bruno):
        expect(seat.row(story.words)).to_be_visible()
        expect(seat.tab("waiting").locator("strong")).to_have_text(str(seat.page.locator("[data-row]").count()))
        assert hue(seat.tab("waiting"), "backgroundColor") in ORANGE
        place = seat.tab("waiting").bounding_box()
        assert place is not None
        assert place["x"] < 100
    expect(story.team.clara.row(story.words)).to_have_count(0)


def read_a_chat(story: Story) -> None:
    """A click on a chat shows what its customer has written; it still waits for everybody."""
    story.hands.open_row(story.ana, story.words)
    expect(story.ana.thread.get_by_text(story.words)).to_be_visible()
    expect(story.team.bruno.row(story.words)).to_be_visible()


def answer(story: Story) -> None:
    """The answer moves the chat to Attending, in green; it goes from all other lists, and only its owner sees it."""
    bruno, ana = story.team.bruno, story.ana
    bruno.open(story.words)
    where = bruno.page.url
    story.hands.write(ana.composer, "Hola, soy Ana.")
    story.ana.page.keyboard.press("Enter")
    story.customer.sees("Hola, soy Ana.")
    expect(bruno.row(story.words)).to_have_count(0)
    expect(bruno.page.get_by_text(story.words)).to_have_count(0)
    story.customer.write(f"Solo para Ana: {story.words}")
    expect(ana.thread.get_by_text("Solo para Ana")).to_be_visible()
    for seat in (bruno, story.team.clara):
        seat.page.goto(where)
        seat.tab("attending").click()
        expect(seat.tab("attending")).to_have_attribute("aria-selected", "true")
        expect(seat.page.get_by_text(story.words)).to_have_count(0)
        assert seat.ask("GET", where.replace(seat.desk, "").replace("/desk/", "/conversations/")).status in {404, 409}
    if story.button("Volver").is_visible():
        story.hands.press(story.button("Volver"))
    expect(ana.tab("attending")).to_have_attribute("aria-selected", "true")
    assert hue(ana.tab("attending"), "backgroundColor") in GREEN
    story.hands.open_row(ana, story.words)


def write_a_text(story: Story) -> None:
    """The box is at the bottom; Enter sends what is in it, and so does the icon. With Shift, Enter makes a line."""
    box, size = story.ana.composer.bounding_box(), story.ana.page.viewport_size
    assert box is not None
    assert size is not None
    assert box["y"] > size["height"] * 0.7
    story.hands.write(story.ana.composer, "Con Intro")
    story.ana.page.keyboard.press("Enter")
    story.customer.sees("Con Intro")
    story.hands.write(story.ana.composer, "Con el")
    story.ana.page.keyboard.press("Shift+Enter")
    story.ana.page.keyboard.type("icono")
    story.hands.press(story.button("Enviar"))
    expect(story.customer.frame.locator(".bubble").filter(has_text=re.compile(r"Con el\s+icono"))).to_be_visible()
    expect(story.ana.composer).to_have_value("")


def send_a_quick_reply(story: Story) -> None:
    """A slash lists all that are there; on one its whole text is seen; a click sends it at once."""
    options = story.ana.page.get_by_role("option")
    story.hands.write(story.ana.composer, "/")
    expect(options).to_have_count(len([one for one in REPLIES if one.department in {None, "Ventas"}]))
    wanted = next(one for one in REPLIES if one.name == "envio")
    option = options.filter(has_text=wanted.title)
    story.hands.look_at(option)
    expect(story.ana.page.get_by_text(wanted.text)).to_be_visible()
    story.hands.send_looked_at(option)
    story.customer.sees(wanted.text)
    expect(story.ana.composer).to_have_value("")


def send_an_emoji(story: Story) -> None:
    """The icon shows those that there are; the chosen one stands in the box."""
    story.hands.press(story.button("Emojis"))
    chosen = story.hands.choose_emoji(story.ana.page)
    expect(story.ana.composer).to_have_value(chosen)
    story.hands.press(story.button("Enviar"))
    story.customer.sees(chosen)


def open_the_clip(story: Story) -> None:
    """The clip opens a dialog that names the formats there may be, and the largest size of each."""
    story.hands.press(story.button("Adjuntar archivo"))
    named = story.dialog.get_by_role("list", name="Formatos permitidos y tamaño máximo")
    expect(named).to_contain_text("20 MB")
    said = re.findall(r"[A-Z0-9]+", named.inner_text())
    assert set(FORMATS) <= set(said)
    expect(named).to_contain_text("Audio grabado")
    for group in named.get_by_role("listitem").all():
        expect(group).to_contain_text(re.compile(r"\d MB$"))


def choose_files(story: Story) -> None:
    """A file is dragged onto the grey area, or looked for on the machine; then it is loaded."""
    area = story.dialog.locator(".drop")
    story.hands.browse(area, file("factura.pdf", PDF), file("lámpara.jpg", photo()))
    dropped = [".drop", "captura.png", base64.b64encode(picture()).decode()]
    story.ana.page.evaluate(DROP, dropped)
    expect(story.dialog.get_by_text("Cargado")).to_have_count(3)
    assert serious_findings(story.ana.page) == []


def add_a_text_and_send(story: Story) -> None:
    """A name, title or text of at most 160 characters may go along; then all of it is sent."""
    caption = story.dialog.get_by_label("Nombre, título o texto")
    story.hands.write(caption, "x" * 161)
    send = story.dialog.get_by_role("button", name="Enviar 3 archivos")
    expect(story.dialog).to_contain_text("Sobra 1 carácter")
    expect(send).to_have_attribute("aria-disabled", "true")
    story.ana.page.keyboard.press("Backspace")
    expect(story.dialog).to_contain_text("160 / 160")
    story.hands.press(send)
    expect(story.dialog).to_have_count(0)
    expect(story.ana.composer).to_be_focused()
    story.customer.sees("x" * 160)
    for thread in (story.customer.frame, story.ana.thread):
        expect(thread.get_by_text("factura.pdf")).to_be_visible()
        expect(thread.locator(".picture img")).to_have_count(2)


def send_a_voice_message(story: Story) -> None:
    """The icon at the right of the box records; what was recorded is sent and played on the other side."""
    record, box = story.button("Grabar mensaje de voz").bounding_box(), story.ana.composer.bounding_box()
    assert record is not None
    assert box is not None
    assert record["x"] > box["x"] + box["width"] / 2
    story.hands.record(story.ana.page, "Grabar mensaje de voz")
    for thread in (story.customer.frame, story.ana.thread):
        expect(thread.get_by_role("group", name=re.compile("Mensaje de voz, 0:0[12]"))).to_be_visible()
    expect(story.ana.composer).to_be_focused()


@pytest.mark.parametrize("kind", [Mouse, Keys, Finger])
def test_the_help_page_is_followed_line_by_line(
    browser: Browser, demo: Addresses, team: Team, visitor: Come, kind: type[Mouse]
) -> None:
    words = f"Busco una lámpara ({kind.__name__})"
    ana = sign_in(browser, demo, kind)
    open_the_desk(ana, kind)
    story = Story(kind(ana.page), ana, team, comes(visitor, words), words)
    find_who_waits(story)
    read_a_chat(story)
    answer(story)
    write_a_text(story)
    send_a_quick_reply(story)
    send_an_emoji(story)
    open_the_clip(story)
    choose_files(story)
    add_a_text_and_send(story)
    send_a_voice_message(story)
    ana.leave()


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
    customer.frame.get_by_role("button", name="Ver todo").click()
    expect(customer.frame.get_by_text("12:14:59")).to_be_visible()
