"""Quick replies with files: put together once, sent as often as one likes, at once or after a look into the box."""

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Come, OperatorSeat, comes, serious_findings, told
from tests.e2e.test_story_chat_files import CALLED
from tests.e2e.test_story_draft_files import bar
from tests.e2e.test_story_files import file
from tests.files.samples import PDF, photo

LONG = "Estas son nuestras tarifas de este año, con los descuentos por cantidad y los plazos de entrega. " * 3


def dialog(seat: OperatorSeat) -> Locator:
    return seat.page.get_by_role("dialog")


def settings(seat: OperatorSeat) -> None:
    seat.page.goto(f"{seat.desk}/settings/replies")


def make(seat: OperatorSeat, name: str, text: str) -> None:
    """A reply of one's own with a document and a picture, in that order."""
    settings(seat)
    seat.page.get_by_role("button", name="Nueva respuesta").click()
    dialog(seat).get_by_label("Nombre", exact=True).fill(name)
    dialog(seat).get_by_label("Texto").fill(text)
    dialog(seat).get_by_role("button", name="Añadir archivos").click()
    expect(dialog(seat)).to_contain_text("20 MB")
    chooser = dialog(seat).locator("input[type=file]")
    chooser.set_input_files([file("foto.jpg", photo())])
    expect(dialog(seat).get_by_text("Cargado ·")).to_have_count(1)
    chooser.set_input_files([file("tarifas.pdf", PDF), file("virus.exe", b"MZ")])
    expect(dialog(seat).get_by_text("Cargado ·")).to_have_count(2)
    expect(dialog(seat)).to_contain_text("Este formato no se admite")
    dialog(seat).get_by_role("button", name="Subir el archivo tarifas.pdf").click()
    dialog(seat).get_by_role("button", name="Guardar").click()
    refused = dialog(seat).get_by_text("Quita antes virus.exe: no se puede guardar con la respuesta.")
    expect(refused).to_be_visible()
    assert serious_findings(seat.page) == []
    dialog(seat).get_by_role("button", name="Quitar virus.exe").click()
    expect(refused).to_have_count(0)
    dialog(seat).get_by_role("button", name="Guardar").click()
    expect(dialog(seat)).to_have_count(0)


@pytest.fixture
def sent_from(ana: OperatorSeat) -> OperatorSeat:
    make(ana, "zz-tarifas", LONG)
    return ana


def test_its_files_go_with_it_at_once_or_wait_in_the_draft_and_stay_when_it_goes(
    sent_from: OperatorSeat, visitor: Come
) -> None:
    ana = sent_from
    expect(ana.page.locator("li").filter(has_text="/zz-tarifas")).to_contain_text("2 archivos")
    customer = comes(visitor, "¿Cuánto cuesta todo?")
    ana.page.goto(f"{ana.desk}/desk")
    ana.open("¿Cuánto cuesta todo?")
    ana.composer.press_sequentially("/zz-ta")
    option = ana.page.get_by_role("option")
    expect(option.get_by_role("img", name="2 archivos")).to_be_visible()
    expect(ana.page.get_by_role("list", name="Archivos")).to_contain_text("foto.jpg")
    assert serious_findings(ana.page) == []
    ana.composer.press("Enter")
    customer.sees(LONG.strip())
    expect(customer.frame.locator(".picture img")).to_have_js_property("naturalWidth", 48)
    bubble = ana.thread.locator(".bubble").last
    expect(bubble).to_contain_text("tarifas.pdf")
    expect(bubble).to_contain_text("Estas son nuestras")
    assert bubble.locator(".files :is(b, .picture)").evaluate_all(CALLED) == ["tarifas.pdf", "Ver foto.jpg"]
    ana.composer.press_sequentially("/zz-ta")
    expect(option).to_have_count(1)
    ana.composer.press("Tab")
    expect(bar(ana)).to_contain_text("tarifas.pdf, foto.jpg")
    expect(ana.composer).to_have_value(LONG.strip())
    bar(ana).get_by_role("button", name="2 archivos en el borrador").click()
    dialog(ana).get_by_role("button", name="Quitar foto.jpg").click()
    dialog(ana).get_by_role("button", name="Dejar en el borrador").click()
    own = next(one for one in ana.ask("GET", "/replies").json() if one["name"] == "zz-tarifas")
    assert ana.ask("DELETE", f"/replies/{own['id']}").ok
    ana.answer("Aquí va otra vez.")
    expect(ana.thread.locator(".bubble").last).to_contain_text("tarifas.pdf")
    expect(customer.frame.get_by_text("tarifas.pdf")).to_have_count(2)
    ana.page.reload()
    expect(ana.thread.locator(".picture img")).to_have_js_property("naturalWidth", 48)


def test_a_file_alone_is_a_reply_and_one_that_is_allowed_no_more_says_so(
    ana: OperatorSeat, admin: OperatorSeat, visitor: Come
) -> None:
    make(ana, "zz-sola", "")
    customer = comes(visitor, "¿Me mandas el PDF?")
    ana.page.goto(f"{ana.desk}/desk")
    ana.open("¿Me mandas el PDF?")
    ana.composer.press_sequentially("/zz-sola")
    ana.page.get_by_role("option").click()
    expect(customer.frame.get_by_role("link", name="tarifas.pdf")).to_be_visible()
    rules = admin.ask("GET", "/files/rules").json()
    allowed = [{"name": one["name"], "max_bytes": one["max_bytes"]} for one in rules["formats"] if one["max_bytes"]]
    fewer = {"formats": [one for one in allowed if one["name"] != "pdf"]}
    assert admin.ask("PUT", "/files/rules", fewer).ok
    try:
        ana.composer.press_sequentially("/zz-sola")
        expect(ana.page.get_by_role("option")).to_have_count(1)
        ana.composer.press("Enter")
        expect(ana.thread).to_contain_text("las reglas ya no admiten uno de sus archivos")
        ana.composer.press_sequentially("/zz-sola")
        expect(ana.page.get_by_role("option")).to_have_count(1)
        ana.composer.press("Tab")
        told(ana, "Las reglas ya no admiten uno de los archivos")
    finally:
        assert admin.ask("PUT", "/files/rules", {"formats": allowed}).ok
    ana.complaints.clear()  # the browser's own word of the refusals
    ana.thread.get_by_role("button", name="Enviar otra vez").click()
    expect(customer.frame.get_by_text("tarifas.pdf")).to_have_count(2)
