"""Colleagues talk to each other: begun in one browser alone, created by a button, read by who takes part alone."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.conftest import Addresses, OperatorSeat, serious_findings, told

Sit = Callable[[str], OperatorSeat]


@pytest.fixture(scope="module")
def seats(browser: Browser, demo: Addresses) -> Iterator[Sit]:
    """Each of the team at most once, signed in, and among colleagues."""
    taken: dict[str, OperatorSeat] = {}

    def sit(name: str) -> OperatorSeat:
        if name not in taken:
            taken[name] = OperatorSeat(browser).sign_in(demo, name)
        seat = taken[name]
        seat.page.goto(f"{seat.desk}/internal")
        expect(seat.page.get_by_role("tab", name="Recibidas")).to_be_visible()
        return seat

    yield sit
    for seat in taken.values():
        seat.leave()


def box(seat: OperatorSeat, name: str) -> None:
    seat.page.get_by_role("tab", name=name).click()


def talk(seat: OperatorSeat, text: str) -> Locator:
    return seat.page.locator("[data-talk]").filter(has_text=text)


def begins(seat: OperatorSeat, *letters: str) -> None:
    """By the button at the top, and a few letters of each name."""
    seat.page.get_by_role("button", name="Añadir", exact=True).first.click()
    seat.page.get_by_role("menuitem", name="Conversación con compañeros").click()
    field = seat.page.get_by_role("combobox", name="Para")
    for some in letters:
        field.press_sequentially(some)
        seat.page.get_by_role("option").first.click()


def starts(seat: OperatorSeat, body: str, *letters: str) -> None:
    begins(seat, *letters)
    seat.composer.fill(body)
    seat.page.get_by_role("button", name="Crear conversación").click()
    expect(seat.thread.get_by_text(body)).to_be_visible()


def test_it_does_not_exist_until_it_is_created_and_then_arrives(seats: Sit) -> None:
    ana, bruno, clara = seats("ana"), seats("bruno"), seats("clara")
    sent: list[str] = []
    ana.page.on("request", lambda one: sent.append(one.url) if one.method != "GET" else None)
    begins(ana, "@br")
    expect(ana.page.get_by_role("tab", name="Enviadas")).to_have_attribute("aria-selected", "true")
    expect(ana.page.get_by_text("Todavía no existe")).to_be_visible()
    ana.page.get_by_role("button", name="Quitar a Bruno").click()
    expect(ana.page.get_by_role("combobox", name="Para")).to_be_focused()
    ana.page.keyboard.type("@br\n")
    ana.composer.fill("algo que nadie lee ")
    ana.composer.press_sequentially(":lampara")
    expect(ana.page.get_by_role("option").first).to_be_visible()
    ana.composer.press("Enter")
    expect(ana.composer).to_have_value(re.compile("algo que nadie lee .+ "))
    assert serious_findings(ana.page) == []
    ana.page.get_by_role("button", name="Descartar").click()
    expect(ana.page.get_by_text("Todavía no existe")).to_have_count(0)
    begins(ana, "@br", "vidal")
    expect(ana.composer).to_have_value("")
    assert sent == []
    ana.composer.fill("¿Vemos el stock antes de las doce?")
    ana.composer.press("Control+Enter")
    expect(ana.thread.get_by_text("¿Vemos el stock antes de las doce?")).to_be_visible()
    expect(ana.page.locator("[data-thread-title]")).to_have_text("Bruno y Clara")
    expect(ana.composer).to_be_focused()
    box(ana, "Recibidas")
    expect(talk(ana, "¿Vemos el stock")).to_have_count(0)
    box(ana, "Enviadas")
    expect(talk(ana, "¿Vemos el stock")).to_be_visible()
    for other in (bruno, clara):
        box(other, "Recibidas")
        expect(talk(other, "Ana: ¿Vemos el stock antes de las doce?")).to_contain_text("1")
        expect(other.page.get_by_role("link", name="Internas, 1 sin leer")).to_be_visible()
    talk(bruno, "¿Vemos el stock").click()
    expect(bruno.page.get_by_role("link", name="Internas", exact=True)).to_be_visible()
    expect(ana.thread.get_by_text("visto por Bruno")).to_be_visible()
    bruno.answer("Bajo en cinco minutos.")
    expect(ana.thread.get_by_text("Bajo en cinco minutos.")).to_be_visible()
    assert serious_findings(bruno.page) == []


def test_nobody_else_sees_a_trace_of_it(seats: Sit) -> None:
    ana, admin = seats("ana"), seats("admin")
    starts(ana, "Esto es solo para Bruno", "bruno")
    number = ana.page.url.rpartition("/")[2]
    for name in ("Abiertas", "Recibidas", "Enviadas", "Archivo"):
        box(admin, name)
        expect(talk(admin, "Esto es solo")).to_have_count(0)
    for path in (
        f"/directs/{number}",
        f"/directs/{number}/entries?before=99",
        f"/directs/{number}/changes?since=0&epoch=x",
    ):
        answer = admin.ask("GET", path)
        assert (answer.status, "Bruno" in answer.text()) == (404, False)
    assert admin.ask("GET", "/directs/counts").json() == {"inbox": 0, "archived": 0}
    admin.page.goto(f"{admin.desk}/internal/{number}")
    expect(admin.page.get_by_text("No existe, o no participas en ella.")).to_be_visible()
    admin.complaints.clear()  # the browser tells of the missing answer


def test_whoever_is_added_reads_from_now_on_or_all_and_whoever_leaves_nothing(seats: Sit) -> None:
    ana, bruno, clara, admin = seats("ana"), seats("bruno"), seats("clara"), seats("admin")
    starts(ana, "Antes de que nadie viniera", "bruno")
    number = ana.page.url.rpartition("/")[2]
    ana.page.get_by_role("button", name="Añadir a alguien").click()
    dialog = ana.page.get_by_role("dialog")
    expect(dialog.get_by_text("También el mensaje que hay")).to_be_visible()
    dialog.get_by_role("combobox", name="Para").press_sequentially("cla")
    ana.page.get_by_role("option").first.click()
    dialog.get_by_role("button", name="Añadir", exact=True).last.click()
    expect(ana.thread.get_by_text("Añadiste a Clara, que lee desde aquí")).to_be_visible()
    ana.answer("Clara, mira esto")
    clara.page.goto(f"{clara.desk}/internal/{number}")
    expect(clara.thread.get_by_text("Clara, mira esto")).to_be_visible()
    expect(clara.thread.get_by_text("Ana te añadió: lees desde aquí")).to_be_visible()
    expect(clara.thread.get_by_text("Antes de que nadie viniera")).to_have_count(0)
    assert "Antes de que" not in clara.ask("GET", f"/directs/{number}/entries?before=99").text()
    ana.page.get_by_role("button", name="Añadir a alguien").click()
    dialog.get_by_role("combobox", name="Para").press_sequentially("adela")
    ana.page.get_by_role("option").first.click()
    dialog.get_by_text("También los 2 mensajes que hay").click()
    dialog.get_by_role("button", name="Añadir", exact=True).last.click()
    expect(ana.thread.get_by_text("Añadiste a Adela, con lo que tú puedes leer")).to_be_visible()
    admin.page.goto(f"{admin.desk}/internal/{number}")
    expect(admin.thread.get_by_text("Antes de que nadie viniera")).to_be_visible()
    bruno.page.goto(f"{bruno.desk}/internal/{number}")
    expect(bruno.thread.get_by_text("Clara, mira esto")).to_be_visible()
    bruno.page.get_by_role("button", name="Más", exact=True).click()
    bruno.page.get_by_role("menuitem", name="Salir").click()
    bruno.page.get_by_role("dialog").get_by_role("button", name="Salir").click()
    told(bruno, "Has salido de la conversación")
    expect(ana.thread.get_by_text("Bruno salió de la conversación")).to_be_visible()
    ana.answer("Bruno ya no lee esto")
    expect(talk(bruno, "ya no lee")).to_have_count(0)
    assert bruno.ask("GET", f"/directs/{number}").status == 404


def test_what_is_put_away_comes_back_and_what_is_not_sent_is_kept(seats: Sit) -> None:
    ana, bruno = seats("ana"), seats("bruno")
    starts(ana, "Para archivar", "bruno")
    talk(bruno, "Para archivar").click()
    bruno.page.get_by_role("button", name="Archivar").click()
    told(bruno, "Archivada")
    expect(talk(bruno, "Para archivar")).to_have_count(0)
    box(bruno, "Archivo")
    expect(talk(bruno, "Para archivar")).to_be_visible()
    ana.answer("Otra cosa")
    box(bruno, "Recibidas")
    talk(bruno, "Otra cosa").click()
    with bruno.page.expect_response(lambda one: one.request.method == "PUT" and one.url.endswith("/draft")):
        bruno.composer.fill("a medio escribir")
    bruno.page.goto(f"{bruno.desk}/internal")
    expect(talk(bruno, "a medio escribir")).to_be_visible()
    talk(bruno, "a medio escribir").click()
    expect(bruno.composer).to_have_value("a medio escribir")
    bruno.composer.press("Enter")
    expect(ana.thread.get_by_text("a medio escribir")).to_be_visible()
    ana.thread.get_by_text("a medio escribir").hover()
    ana.page.get_by_role("button", name="Citar").click()
    ana.answer("Esto mismo")
    expect(bruno.thread.locator(".quote")).to_contain_text("a medio escribir")


def test_files_go_among_colleagues_as_anywhere(seats: Sit) -> None:
    ana, bruno, admin = seats("ana"), seats("bruno"), seats("admin")
    starts(ana, "Te mando el acta", "bruno")
    ana.page.get_by_role("button", name="Adjuntar").click()
    dialog = ana.page.get_by_role("dialog")
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    dialog.locator("input[type=file]").set_input_files(
        {"name": "acta.pdf", "mimeType": "application/pdf", "buffer": pdf}
    )
    dialog.get_by_role("button", name="Enviar").click()
    expect(ana.thread.get_by_text("acta.pdf")).to_be_visible()
    talk(bruno, "acta.pdf").click()
    link = bruno.thread.get_by_role("link", name="acta.pdf")
    address = (link.get_attribute("href") or "").partition("/api/v1/console")[2]
    assert bruno.ask("GET", address).status == 200
    assert admin.ask("GET", address).status == 404
