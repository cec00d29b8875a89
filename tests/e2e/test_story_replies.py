"""Quick replies: typed after a slash, looked at whole, sent at once or edited first; kept, ordered and brought in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Come, OperatorSeat, VisitorSeat, comes, intercept, serious_findings
from tests.e2e.test_story_files import clip, dialog, file, send
from tests.files.samples import PDF


@pytest.fixture
def ours(admin: OperatorSeat) -> Iterator[None]:
    """Three of everybody's; what is there afterwards goes."""
    before = {one["id"] for one in admin.ask("GET", "/replies").json()}
    for name, text in (
        ("zz-hola", "Hola, soy {{operator.first_name}}."),
        ("zz-largo", "Primera línea\n\nSegunda línea de {{department.name}}"),
        ("zz-correo", "Le escribo a {{customer.email}}."),
    ):
        made = admin.ask("POST", "/replies", {"name": name, "text": text, "scope": "all", "title": f"Título {name}"})
        assert made.ok, made.text()
    yield
    for one in admin.ask("GET", "/replies").json():
        if one["id"] not in before:
            assert admin.ask("DELETE", f"/replies/{one['id']}").ok


def box(seat: OperatorSeat) -> Locator:
    return seat.page.locator("[data-composer]")


def test_a_reply_is_looked_at_and_sent_by_keys_and_by_the_mouse(ana: OperatorSeat, visitor: Come, ours: None) -> None:
    customer = comes(visitor, "¿Qué hay de mi pedido rápido?")
    ana.open("¿Qué hay de mi pedido rápido?")
    options = ana.page.get_by_role("option")
    box(ana).press_sequentially("Un momento /zz")
    expect(options).to_have_count(3)
    expect(ana.page.get_by_text("Hola, soy Ana.")).to_be_visible()
    assert serious_findings(ana.page) == []
    box(ana).press("ArrowDown")
    expect(ana.page.get_by_text("Segunda línea de Ventas")).to_be_visible()
    box(ana).press("Enter")
    customer.sees("Primera línea\n\nSegunda línea de Ventas")
    expect(box(ana)).to_have_value("Un momento ")
    box(ana).fill("/zz-h")
    box(ana).press("End")
    options.first.click()
    customer.sees("Hola, soy Ana.")
    expect(box(ana)).to_have_value("")
    box(ana).press_sequentially("/zz-l")
    expect(options).to_have_count(1)
    ana.page.locator(".composer button[type=submit]").click()
    expect(box(ana)).to_have_value("")
    expect(customer.frame.locator("[data-seq]").get_by_text("Segunda línea de Ventas")).to_have_count(2)
    box(ana).press_sequentially("/hola zz")
    expect(options).to_have_count(0)
    box(ana).fill("")
    box(ana).press_sequentially("/zz-hola")
    box(ana).press("Tab")
    expect(box(ana)).to_have_value("Hola, soy Ana.")
    box(ana).press_sequentially(" Dígame.")
    box(ana).press("Enter")
    customer.sees("Hola, soy Ana. Dígame.")
    used = {one["name"]: one["uses"] for one in ana.ask("GET", "/replies").json()}
    assert (used["zz-hola"], used["zz-largo"]) == (2, 2)


def fills_places_beside_files_and_in_edits(ana: OperatorSeat, customer: VisitorSeat) -> None:
    clip(ana, file("tarifas.pdf", PDF))
    caption = dialog(ana).get_by_label("Nombre, título o texto")
    caption.fill("Para {{customer.email}}")
    expect(dialog(ana).get_by_text("Cargado")).to_be_visible()
    expect(dialog(ana)).to_contain_text("No se puede enviar: falta correo del cliente.")
    caption.fill("De {{operator.name}}")
    send(ana)
    customer.sees("De Ana Morales")
    ana.composer.press("Escape")
    ana.page.keyboard.press("m")
    ana.page.keyboard.press("w")
    ana.page.get_by_label("Editar el mensaje").fill("De {{operator.first_name}}, corregido")
    ana.page.keyboard.press("Enter")
    expect(customer.frame.get_by_text("De Ana, corregido")).to_be_visible()


def test_a_place_without_a_value_keeps_it_from_being_sent_and_says_which(
    ana: OperatorSeat, visitor: Come, ours: None
) -> None:
    customer = comes(visitor, "Sin correo")
    ana.open("Sin correo")
    box(ana).press_sequentially("/zz-correo")
    expect(ana.page.get_by_text("No se puede enviar: falta correo del cliente.")).to_be_visible()
    box(ana).press("Enter")
    expect(box(ana)).to_have_value("/zz-correo")
    box(ana).press("Tab")
    expect(box(ana)).to_have_value("Le escribo a {{customer.email}}.")
    expect(box(ana)).to_have_accessible_description("No se puede enviar: falta correo del cliente.")
    expect(ana.page.locator(".composer .over")).to_be_visible()
    box(ana).press("Enter")
    expect(box(ana)).to_have_value("Le escribo a {{customer.email}}.")
    with ana.page.expect_response(
        lambda answer: answer.url.endswith("/draft") and "y {{esto}}" in (answer.request.post_data or "")
    ):
        box(ana).fill("Soy {{operator.name}}, y {{esto}} queda así.")
    assert "Soy {{operator.name}}" in ana.ask("GET", "/drafts").text()
    # The page's own word that it was sent is lost.
    intercept(ana.page, "**/draft", lambda route: route.abort("connectionreset"), times=1)
    box(ana).press("Enter")
    customer.sees("Soy Ana Morales, y {{esto}} queda así.")
    assert "Soy {{operator.name}}" not in ana.ask("GET", "/drafts").text()
    ana.complaints.clear()  # the browser's own word of the lost connection
    fills_places_beside_files_and_in_edits(ana, customer)
    expect(box(ana)).to_have_value("")
    box(ana).fill("/zz")
    box(ana).press("End")
    expect(ana.page.get_by_role("option")).to_have_count(3)
    box(ana).press("Escape")
    expect(ana.page.get_by_role("option")).to_have_count(0)
    expect(box(ana)).to_have_value("/zz")


def throws_one_away(page: Page, name: str) -> None:
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name=f"Cambiar /{name}").click()
    dialog.get_by_role("button", name="Borrar").click()
    dialog.get_by_role("button", name="Borrar de verdad").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(f"/{name}", exact=True)).to_have_count(0)


def throws_two_away(page: Page, name: str) -> None:
    """One is chosen, then all that are found."""
    page.get_by_role("button", name="Elegir varias").click()
    page.get_by_role("checkbox", name=f"/{name}").check()
    bar = page.get_by_role("region", name="Respuestas elegidas")
    bar.get_by_role("button", name="Todas").click()
    expect(bar.get_by_text("2 elegidas")).to_be_visible()
    assert serious_findings(page) == []
    bar.get_by_role("button", name="Borrar").click()
    page.get_by_role("dialog").get_by_role("button", name="Borrar 2").click()
    expect(page.locator(".notice").filter(has_text="Se borraron 2 respuestas rápidas")).to_be_visible()
    expect(bar).to_have_count(0)


def test_ones_own_is_made_changed_and_thrown_away_and_a_colleague_sees_none_of_it(
    ana: OperatorSeat, admin: OperatorSeat, tmp_path: Path
) -> None:
    page = ana.page
    page.goto(ana.page.url.split("/desk")[0] + "/settings/replies")
    page.get_by_role("button", name="Nueva respuesta").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nombre", exact=True).fill("/zz mia")
    dialog.get_by_label("Texto").fill("Hasta luego, ")
    page.mouse.click(10, 10)
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Seguir escribiendo").click()
    expect(dialog.get_by_label("Texto")).to_be_focused()
    dialog.get_by_role("button", name="nombre de pila del cliente").click()
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog.get_by_text("Una sola palabra: letras, cifras, guiones y puntos")).to_be_visible()
    assert serious_findings(page) == []
    dialog.get_by_label("Nombre", exact=True).fill("/zz-mia")
    dialog.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("/zz-mia")).to_be_visible()
    own = next(one for one in ana.ask("GET", "/replies").json() if one["name"] == "zz-mia")
    assert (own["text"], own["scope"]) == ("Hasta luego, {{customer.first_name}}", "personal")
    assert "zz-mia" not in admin.ask("GET", "/replies").text()
    table = tmp_path / "replies.csv"
    table.write_text("name;text\nzz-dos;Adiós\nmal escrito;x\nzz-tres;Hola, {{cliente}}\n")
    page.locator("input[type=file]").set_input_files(table)
    expect(page.get_by_text("Línea 3: Una sola palabra: letras, cifras, guiones y puntos")).to_be_visible()
    expect(page.get_by_text("Línea 4: {{cliente}} no existe")).to_be_visible()
    table.write_bytes("name;text\nzz-dos;Adiós\nzz-tres;Hola\n".encode("windows-1252"))
    page.locator("input[type=file]").set_input_files(table)
    expect(page.get_by_text("/zz-dos")).to_be_visible()
    assert next(one["text"] for one in ana.ask("GET", "/replies").json() if one["name"] == "zz-dos") == "Adiós"
    with page.expect_download() as saved:
        page.get_by_role("button", name="Exportar CSV").click()
    assert "Hasta luego, {{customer.first_name}}" in saved.value.path().read_text()
    throws_one_away(page, "zz-mia")
    throws_two_away(page, "zz-dos")
    expect(page.get_by_text("/zz-", exact=False)).to_have_count(0)
