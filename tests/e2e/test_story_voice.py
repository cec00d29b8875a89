"""Voice messages: recorded from a microphone that beeps, heard before they go, played elsewhere, and never lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page, expect

from tests.e2e.conftest import Addresses, OperatorSeat, VisitorSeat, intercept, serious_findings
from tests.e2e.hands import hearing
from tests.e2e.test_story_files import file
from tests.files.samples import PDF

REFUSED_ONCE = """() => {
    const { mediaDevices } = navigator;
    mediaDevices.getUserMedia = async () => {
        delete mediaDevices.getUserMedia;
        throw new DOMException('', 'NotAllowedError');
    };
}"""
LYING = """async () => {
    const open = indexedDB.open('recado-voice');
    await new Promise((done) => (open.onsuccess = done));
    const all = open.result.transaction('pieces').objectStore('pieces').count();
    await new Promise((done) => (all.onsuccess = done));
    open.result.close();
    return all.result;
}"""


PLACES = """(form, names) => names.map((name) => {
    const { top, bottom, left, right } = form.querySelector(name).getBoundingClientRect();
    return { name, top, bottom, inside: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight };
})"""
WIDTHS = {1440: 384, 390: 390, 320: 320}
"""Of the screen, and of the chat on it."""


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """A browser whose microphone beeps once a second."""
    with hearing(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def ana_stays(browser: Browser, demo: Addresses) -> Iterator[OperatorSeat]:
    """Ana, who stays at her desk for the whole module."""
    seat = OperatorSeat(browser).sign_in(demo, "ana")
    yield seat
    seat.leave()


@pytest.fixture
def customer(browser: Browser, demo: Addresses) -> Iterator[VisitorSeat]:
    seat = VisitorSeat(browser, viewport={"width": 1100, "height": 800}).enter(demo)
    seat.open_chat()
    yield seat
    seat.leave()


def strip(place: Page | Frame) -> Locator:
    return place.locator(".voice-strip")


def press(place: Page | Frame, name: str) -> None:
    place.get_by_role("button", name=name, exact=True).click()


def has_recorded(place: Page | Frame, time: str) -> None:
    expect(strip(place).locator(".clock")).to_have_text(time)


def length_of(player: Locator) -> str:
    """As it says: to the nearest second, which depends on how soon one has stopped."""
    expect(player.locator(".time")).to_have_text(re.compile(r"^0:0\d$"))
    return player.locator(".time").inner_text()


def plays(player: Locator) -> None:
    """It is heard: the time goes on, and so does the slider."""
    length = length_of(player)
    player.get_by_role("button", name="Reproducir").click()
    expect(player.locator(".time")).to_have_text(f"0:01 / {length}")
    expect(player.get_by_role("slider")).to_have_attribute("aria-valuetext", f"0:01 de {length}")


def lies_in_the_frame(seat: VisitorSeat, above: str, *controls: str) -> None:
    """All of these are seen whole, below what stands above them, on every screen and in both directions of writing."""
    for width, chat in WIDTHS.items():
        seat.page.set_viewport_size({"width": width, "height": 800})
        root = seat.frame.locator(":root")
        expect(root).to_have_js_property("clientWidth", chat)
        for way in ("rtl", "ltr"):
            root.evaluate("(one, way) => (one.dir = way)", way)
            first, *others = seat.frame.locator("form.voicing").evaluate(PLACES, [above, *controls])
            assert [one["name"] for one in others if not one["inside"] or one["top"] < first["bottom"]] == []


@contextmanager
def cut(context: BrowserContext) -> Iterator[None]:
    """Without a connection."""
    context.set_offline(offline=True)
    yield
    context.set_offline(offline=False)


def waiting(seat: OperatorSeat, text: str) -> None:
    seat.tab("waiting").click()
    seat.open(text)


def comes_back(seat: VisitorSeat) -> None:
    seat.page.reload()
    seat.open_chat()


def test_a_visitor_s_recording_opens_a_conversation_and_the_answer_is_one_too(
    ana_stays: OperatorSeat, customer: VisitorSeat
) -> None:
    frame, desk = customer.frame, ana_stays.page
    press(frame, "Mensaje de voz")
    has_recorded(frame, "0:01")
    expect(frame.get_by_role("button", name="Parar y escuchar")).to_be_focused()
    press(frame, "Pausar la grabación")
    paused = strip(frame).locator(".clock").inner_text()
    assert serious_findings(frame) == []
    press(frame, "Seguir grabando")
    has_recorded(frame, "0:02")
    assert paused == "0:01"
    frame.get_by_role("button", name="Parar y escuchar").press("Enter")
    expect(strip(frame).get_by_role("button", name="Reproducir")).to_be_focused()
    plays(strip(frame))
    assert serious_findings(frame) == []
    press(frame, "Enviar mensaje de voz")
    expect(frame.locator(".mine .voice")).to_have_count(1)
    expect(customer.box).to_be_focused()
    waiting(ana_stays, "Mensaje de voz (0:0")
    heard = desk.get_by_role("log").get_by_role("group", name="Mensaje de voz, 0:0")
    expect(ana_stays.row(f"Mensaje de voz ({length_of(heard)})")).to_be_visible()
    plays(heard)
    heard.get_by_role("slider").press("Home")
    expect(heard.get_by_role("slider")).to_have_attribute("aria-valuenow", "0")
    assert serious_findings(desk) == []
    press(desk, "Grabar mensaje de voz")
    has_recorded(desk, "0:02")
    press(desk, "Enviar mensaje de voz")
    expect(ana_stays.composer).to_be_focused()
    expect(desk.locator(".mine .voice .small[download]")).to_have_count(1)
    answer = frame.locator("li:not(.mine) .voice")
    answer.get_by_role("button", name="Velocidad: 1").click()
    answer.get_by_role("button", name="Reproducir").click()
    expect(answer.locator(".time")).to_contain_text("0:01 /")
    expect(frame.locator(".mine .voice").get_by_text("1,5")).to_be_visible()
    assert frame.evaluate(LYING) == desk.evaluate(LYING) == 0


def test_a_recording_outlives_a_lost_connection_and_a_reload_and_goes_once(
    ana_stays: OperatorSeat, customer: VisitorSeat
) -> None:
    customer.write("Se oye mal")
    frame, context = customer.frame, customer.context
    press(frame, "Mensaje de voz")
    has_recorded(frame, "0:02")
    # The page ends in the middle: what has come until then is there.
    comes_back(customer)
    frame = customer.frame
    expect(strip(frame)).to_contain_text("Sin enviar desde las")
    customer.write("y esto también")
    with cut(context):
        press(frame, "Enviar mensaje de voz")
        expect(frame.locator(".mine .pending .voice")).to_be_visible()
    expect(frame.locator(".mine .pending")).to_have_count(0)
    comes_back(customer)
    expect(customer.frame.locator(".mine .voice")).to_have_count(1)
    expect(strip(customer.frame)).to_have_count(0)
    waiting(ana_stays, "Mensaje de voz (0:0")
    expect(ana_stays.thread.locator(".voice")).to_have_count(1)


def test_an_operator_s_recording_waits_where_it_was_made_and_is_asked_about(
    ana_stays: OperatorSeat, customer: VisitorSeat
) -> None:
    customer.write("Una pregunta larga")
    desk = ana_stays.page
    waiting(ana_stays, "Una pregunta larga")
    press(desk, "Grabar mensaje de voz")
    has_recorded(desk, "0:05")
    ana_stays.page.locator("[data-row]").filter(has_not_text="Una pregunta larga").first.click()
    expect(strip(desk)).to_have_count(0)
    ana_stays.open("Borrador: Mensaje de voz (0:0")
    expect(strip(desk)).to_contain_text("Sin enviar desde las")
    length = length_of(strip(desk))
    strip(desk).get_by_role("slider").press("Escape")
    expect(strip(desk)).to_contain_text(f"¿Descartar la grabación de {length}?")
    press(desk, "Conservar")
    desk.keyboard.press("Escape")
    press(desk, "Descartar")
    expect(strip(desk)).to_have_count(0)
    expect(ana_stays.composer).to_be_focused()
    assert desk.evaluate(LYING) == 0


def test_what_is_recorded_before_the_questions_are_answered_waits_for_them(customer: VisitorSeat) -> None:
    required = lambda route: route.fulfill(  # noqa: E731 - one line of a story
        json=(state := route.fetch().json()) | {"inbox": state["inbox"] | {"ask_name": "required"}}
    )
    intercept(customer.page, "**/widget/visits", required)
    comes_back(customer)
    frame = customer.frame
    press(frame, "Mensaje de voz")
    has_recorded(frame, "0:01")
    press(frame, "Enviar mensaje de voz")
    expect(strip(frame)).to_contain_text("Responde antes a las preguntas de arriba")
    expect(frame.get_by_label("Tu nombre")).to_be_focused()
    frame.get_by_label("Tu nombre").fill("Rosa")
    press(frame, "Enviar mensaje de voz")
    expect(frame.locator(".mine .voice")).to_have_count(1)


def test_the_recorder_has_a_row_of_its_own_below_files_that_were_left_for_later(customer: VisitorSeat) -> None:
    frame = customer.frame
    press(frame, "Adjuntar archivo")
    frame.get_by_role("dialog").locator("input[type=file]").set_input_files([file("plano.pdf", PDF)])
    expect(frame.get_by_role("dialog")).to_contain_text("Cargado")
    press(frame, "Dejar para después")
    press(frame, "Mensaje de voz")
    has_recorded(frame, "0:01")
    lies_in_the_frame(customer, ".held .back", ".clock", ".bin", ".go", "button[aria-label^=Pausar]", ":focus")
    press(frame, "Parar y escuchar")
    expect(strip(frame).get_by_role("button", name="Reproducir")).to_be_focused()
    lies_in_the_frame(customer, ".held .back", ".bin", ".go", ":focus", ".time")
    press(frame, "Enviar mensaje de voz")
    expect(frame.locator(".mine .voice")).to_have_count(1)
    expect(frame.get_by_role("button", name="1 archivo sin enviar")).to_be_visible()


def test_a_refused_microphone_says_what_to_do_and_goes_on_once_allowed(customer: VisitorSeat) -> None:
    frame = customer.frame
    frame.evaluate(REFUSED_ONCE)
    press(frame, "Mensaje de voz")
    expect(strip(frame)).to_contain_text("Sin permiso para usar el micrófono")
    expect(frame.get_by_role("button", name="Reintentar")).to_be_focused()
    assert serious_findings(frame) == []
    customer.page.keyboard.press("Enter")
    has_recorded(frame, "0:01")
    press(frame, "Descartar la grabación")
    expect(customer.box).to_be_focused()
