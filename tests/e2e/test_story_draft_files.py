"""Files that have been loaded and not been sent: they wait in the draft, wherever one goes and on every device."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, comes, intercept, serious_findings
from tests.e2e.test_story_files import LONG, clip, dialog, file, send
from tests.files.samples import PDF, photo

LINES_IN_SIGHT = 6 * 22
LONG_WORDS = "Estas son las tarifas de este año. " * 6


@pytest.fixture
def elsewhere(browser: Browser, demo: Addresses, ana: OperatorSeat) -> Iterator[OperatorSeat]:
    """Another device of Ana's, on which she has signed in."""
    cookies = {"cookies": ana.context.cookies(), "origins": []}
    seat = OperatorSeat(browser, storage_state=cookies)
    yield seat.come_back(demo)
    seat.leave()


def bar(seat: OperatorSeat) -> Locator:
    return seat.page.get_by_role("group", name="Archivos en el borrador")


def loaded(seat: OperatorSeat, count: int) -> None:
    expect(dialog(seat).get_by_text("Cargado ·")).to_have_count(count)


def asked(visitor: Come, ana: OperatorSeat, words: str) -> VisitorSeat:
    customer = comes(visitor, words)
    ana.open(words)
    return customer


def test_nothing_is_lost_by_leaving_the_dialog_the_conversation_or_the_page(
    ana: OperatorSeat, elsewhere: OperatorSeat, visitor: Come
) -> None:
    customer = asked(visitor, ana, "¿Las tarifas, por favor?")
    clip(ana, file("foto.jpg", photo()), file("tarifas.pdf", PDF))
    loaded(ana, 2)
    dialog(ana).get_by_label("Nombre, título o texto").fill("Las de este año")
    ana.page.keyboard.press("Escape")
    expect(bar(ana)).to_contain_text("2 archivos en el borrador")
    expect(bar(ana)).to_contain_text("foto.jpg, tarifas.pdf · Las de este año")
    assert serious_findings(ana.page) == []
    comes(visitor, "Otra cosa distinta")
    ana.open("Otra cosa distinta")
    expect(bar(ana)).to_have_count(0)
    expect(ana.row("Las de este año")).to_contain_text("Borrador:")
    ana.open("Las de este año")
    ana.page.reload()
    elsewhere.page.goto(ana.page.url)
    for seat in (ana, elsewhere):
        bar(seat).get_by_role("button", name="2 archivos en el borrador").click()
        loaded(seat, 2)
        expect(dialog(seat).get_by_label("Nombre, título o texto")).to_have_value("Las de este año")
        expect(dialog(seat).locator("img.sign")).to_have_js_property("naturalWidth", 48)
    dialog(elsewhere).get_by_role("button", name="Quitar foto.jpg").click()
    loaded(ana, 1)
    dialog(elsewhere).get_by_role("button", name="Dejar en el borrador").click()
    send(ana)
    customer.sees("Las de este año")
    for seat in (ana, elsewhere):
        expect(bar(seat)).to_have_count(0)


def test_words_and_files_go_together_or_one_after_the_other(ana: OperatorSeat, visitor: Come) -> None:
    customer = asked(visitor, ana, "¿Y el plano?")
    clip(ana, file("plano.pdf", PDF))
    loaded(ana, 1)
    ana.page.keyboard.press("Escape")
    ana.answer("Aquí está el plano")
    customer.sees("Aquí está el plano")
    last = ana.thread.locator(".bubble").last
    expect(last).to_contain_text("plano.pdf")
    expect(last).to_contain_text("Aquí está el plano")
    expect(bar(ana)).to_have_count(0)
    clip(ana, file("otro.pdf", PDF))
    loaded(ana, 1)
    ana.page.keyboard.press("Escape")
    ana.answer(LONG_WORDS)
    expect(ana.thread.locator(".bubble").last).to_contain_text("otro.pdf")
    expect(ana.thread.locator(".bubble").last).not_to_contain_text("Estas son")
    customer.sees("otro.pdf")
    clip(ana, file("equivocado.pdf", PDF))
    loaded(ana, 1)
    ana.page.keyboard.press("Escape")
    reads_what_is_answered_above_a_keyboard(ana)
    bar(ana).get_by_role("button", name="Quitar el archivo").click()
    expect(bar(ana)).to_have_count(0)
    expect(ana.composer).to_be_focused()
    ana.page.reload()
    expect(ana.thread).to_be_visible()
    expect(bar(ana)).to_have_count(0)


def reads_what_is_answered_above_a_keyboard(seat: OperatorSeat) -> None:
    """On a phone whose keyboard is open, with files in the draft, some lines of the thread can be seen."""
    whole = seat.page.viewport_size
    assert whole is not None
    seat.page.set_viewport_size({"width": 390, "height": 420})
    seat.composer.focus()
    box = seat.thread.bounding_box()
    assert box is not None
    assert box["height"] > LINES_IN_SIGHT
    expect(seat.page.get_by_role("button", name="Nota interna")).to_be_in_viewport(ratio=1)
    expect(seat.page.get_by_role("button", name="Enviar")).to_be_in_viewport(ratio=1)
    seat.page.set_viewport_size(whole)


def test_what_is_still_on_its_way_goes_on_by_itself_and_holds_up_no_words(ana: OperatorSeat, visitor: Come) -> None:
    customer = asked(visitor, ana, "¿Tienes el manual?")
    held: list[Route] = []

    def holds(route: Route) -> None:
        held.append(route)

    intercept(ana.page, "**/console/uploads/*", holds, times=1)
    clip(ana, file("manual.pdf", LONG))
    expect(dialog(ana)).to_contain_text("manual.pdf")
    ana.page.keyboard.press("Escape")
    expect(bar(ana)).to_contain_text("manual.pdf")
    ana.answer("Te lo mando")
    customer.sees("Te lo mando")
    expect(ana.page.get_by_role("button", name="Enviar")).to_have_accessible_description(
        "Aún se están cargando archivos"
    )
    for route in held:
        route.continue_()
    expect(bar(ana)).not_to_contain_text("%")
    ana.composer.press("Enter")
    customer.sees("manual.pdf")
    intercept(ana.page, "**/console/uploads/*", holds, times=1)
    clip(ana, file("cortado.pdf", LONG))
    ana.page.keyboard.press("Escape")
    expect(bar(ana)).to_contain_text("cortado.pdf")
    with ana.page.expect_event("dialog") as asked_first:
        ana.page.evaluate("setTimeout(() => location.reload())")
    assert asked_first.value.type == "beforeunload"
    asked_first.value.accept()
    cut = ana.page.get_by_text("cortado.pdf se quedó a medias y no está aquí: vuelve a elegirlo")
    expect(cut).to_be_visible()
    ana.page.unroute("**/console/uploads/*")
    ana.page.reload()
    clip(ana, file("cortado.pdf", PDF))
    loaded(ana, 1)
    expect(cut).to_have_count(0)


def test_who_loses_the_conversation_keeps_the_files_and_may_throw_them_away(
    ana: OperatorSeat, admin: OperatorSeat, visitor: Come
) -> None:
    asked(visitor, ana, "¿Me atiendes tú?")
    clip(ana, file("mio.pdf", PDF))
    loaded(ana, 1)
    ana.page.keyboard.press("Escape")
    with ana.page.expect_response("**/draft"):
        ana.composer.fill("Aquí lo tienes")
    which = ana.page.url.rsplit("/", 1)[1]
    assert admin.ask("POST", f"/conversations/{which}/claim", {}).ok
    expect(dialog(ana)).to_have_count(0)
    with ana.page.expect_download() as saved:
        ana.page.get_by_role("link", name="mio.pdf", exact=True).click()
    assert saved.value.path().read_bytes() == PDF
    for look_anew in (lambda: None, ana.page.reload):
        look_anew()
        ana.page.get_by_role("button", name="sin enviar").click()
        expect(dialog(ana)).to_contain_text("1 archivo, que vuelve con la conversación:")
        expect(dialog(ana).get_by_role("link", name="mio.pdf", exact=True)).to_be_visible()
    dialog(ana).get_by_role("button", name="Descartar").click()
    expect(ana.page.get_by_text("mio.pdf")).to_have_count(0)
