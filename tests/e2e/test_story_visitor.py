"""What the help page says an operator can send, a visitor can send, too: in the chat, in the same order."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.conftest import Addresses, OperatorSeat, VisitorSeat, serious_findings
from tests.e2e.hands import Finger, Keys, Mouse, hearing
from tests.e2e.test_story_files import DROP, file
from tests.files.samples import PDF, photo, picture


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """A browser whose microphone beeps once a second."""
    with hearing(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def ana(browser: Browser, demo: Addresses) -> Iterator[OperatorSeat]:
    seat = OperatorSeat(browser).sign_in(demo, "ana")
    yield seat
    seat.leave()


def button(customer: VisitorSeat, name: str) -> Locator:
    return customer.frame.get_by_role("button", name=name, exact=True)


def open_the_chat(customer: VisitorSeat, hands: Mouse) -> None:
    """The round button in the corner opens it, and one can write at once."""
    if isinstance(hands, Keys):
        hands.press(customer.page.locator("recado-chat"))
        expect(customer.box).to_be_focused()
    else:
        customer.open_chat()


def write_a_text(customer: VisitorSeat, hands: Mouse, ana: OperatorSeat) -> None:
    """Enter sends what is in the box, and so does the icon."""
    words = f"¿Hacen lámparas a medida? ({type(hands).__name__})"
    hands.write(customer.box, words)
    customer.page.keyboard.press("Enter")
    ana.tab("waiting").click()
    ana.open(words)
    hands.write(customer.box, "De dos")
    customer.page.keyboard.press("Shift+Enter")
    customer.page.keyboard.type("metros")
    hands.press(button(customer, "Enviar"))
    expect(ana.thread.locator(".bubble").filter(has_text=re.compile(r"De dos\s+metros"))).to_be_visible()
    ana.answer("Claro que sí.")
    customer.sees("Claro que sí.")


def send_an_emoji(customer: VisitorSeat, hands: Mouse, ana: OperatorSeat) -> None:
    """The icon shows those that there are."""
    hands.press(button(customer, "Emojis"))
    chosen = hands.choose_emoji(customer.frame)
    expect(customer.box).to_have_value(chosen)
    hands.press(button(customer, "Enviar"))
    expect(ana.thread.get_by_text(chosen, exact=True)).to_be_visible()


def send_files(customer: VisitorSeat, hands: Mouse, ana: OperatorSeat) -> None:
    """The clip names formats and sizes; a file is dragged there or looked for; a short text goes along."""
    hands.press(button(customer, "Adjuntar archivo"))
    dialog = customer.frame.get_by_role("dialog")
    for words in ("PDF", "JPG · JPEG", "PNG", "MP3", "DOC", "XLSX", "20 MB"):
        expect(dialog).to_contain_text(words)
    area = dialog.locator("label").filter(has=customer.frame.locator("input[type=file]"))
    hands.browse(area, file("factura.pdf", PDF), file("lámpara.jpg", photo()))
    customer.frame.evaluate(DROP, ["main", "captura.png", base64.b64encode(picture()).decode()])
    expect(dialog.get_by_text("Cargado")).to_have_count(3)
    assert serious_findings(customer.frame) == []
    hands.write(dialog.get_by_label("Nombre, título o texto"), "x" * 161)
    expect(dialog).to_contain_text("Sobra 1 carácter")
    customer.page.keyboard.press("Backspace")
    hands.press(dialog.get_by_role("button", name="Enviar 3 archivos"))
    expect(dialog).to_have_count(0)
    expect(ana.thread.get_by_text("x" * 160)).to_be_visible()
    for thread in (customer.frame, ana.thread):
        expect(thread.get_by_text("factura.pdf")).to_be_visible()
        expect(thread.locator(".picture img")).to_have_count(2)


def send_a_voice_message(customer: VisitorSeat, hands: Mouse, ana: OperatorSeat) -> None:
    """The microphone records; what was recorded is sent and played on the other side."""
    hands.record(customer.frame, "Mensaje de voz")
    for thread in (customer.frame, ana.thread):
        expect(thread.get_by_role("group", name=re.compile("Mensaje de voz, 0:0[12]"))).to_be_visible()
    expect(customer.box).to_be_focused()


@pytest.mark.parametrize("kind", [Mouse, Keys, Finger])
def test_a_visitor_sends_what_an_operator_can_send(
    browser: Browser, demo: Addresses, ana: OperatorSeat, kind: type[Mouse]
) -> None:
    customer = VisitorSeat(browser, **kind.screen).enter(demo)
    hands = kind(customer.page)
    open_the_chat(customer, hands)
    write_a_text(customer, hands, ana)
    send_an_emoji(customer, hands, ana)
    send_files(customer, hands, ana)
    send_a_voice_message(customer, hands, ana)
    customer.leave()
