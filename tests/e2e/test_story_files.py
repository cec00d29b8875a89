"""Files: chosen, dropped or pasted into a dialog that names what is allowed; seen and saved on the other side."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests.e2e.conftest import Come, OperatorSeat, comes, intercept, serious_findings, told
from tests.files.samples import HTML, PDF, photo, picture

LONG = PDF + bytes(2_500_000)
DROP = """([target, name, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], name, { type: 'image/png' }));
  for (const kind of ['dragover', 'drop'])
    document.querySelector(target).dispatchEvent(
      new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
PASTE = """([target, name, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))], name, { type: 'image/png' }));
  document.querySelector(target).dispatchEvent(
    new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""

BELOW_FILES_PX = (
    "(one) => one.getBoundingClientRect().bottom - one.querySelector('.files').getBoundingClientRect().bottom"
)


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def dialog(seat: OperatorSeat) -> Locator:
    return seat.page.get_by_role("dialog")


def clip(seat: OperatorSeat, *files: FilePayload) -> None:
    seat.page.get_by_role("button", name="Adjuntar archivo").click()
    expect(dialog(seat)).to_contain_text("PDF")
    if files:
        dialog(seat).locator("input[type=file]").set_input_files(list(files))


def send(seat: OperatorSeat, name: str = "Enviar 1 archivo") -> None:
    dialog(seat).get_by_role("button", name=name).click()
    expect(dialog(seat)).to_have_count(0)


def test_a_picture_and_a_document_go_to_the_customer_with_a_text(
    ana: OperatorSeat, visitor: Come, tmp_path: Path
) -> None:
    customer = comes(visitor, "¿Me mandas la factura?")
    ana.open("¿Me mandas la factura?")
    clip(ana, file("foto.jpg", photo()), file("factura.pdf", PDF), file("virus.exe", b"MZ"), file("falsa.png", HTML))
    for words in ("20 MB", "JPG · JPEG", "Este formato no se admite", "El contenido no es lo que dice"):
        expect(dialog(ana)).to_contain_text(words)
    expect(dialog(ana).get_by_text("Cargado")).to_have_count(2)
    ana.complaints.clear()  # the browser's own word of the refusal
    dialog(ana).locator("input[type=file]").set_input_files([file("n" * 180 + ".pdf", PDF)])
    remove = dialog(ana).get_by_role("button", name="Quitar nnn")
    expect(remove).to_be_in_viewport(ratio=1)
    remove.click()
    assert serious_findings(ana.page) == []
    caption = dialog(ana).get_by_label("Nombre, título o texto")
    caption.fill("a" * 161)
    expect(dialog(ana)).to_contain_text("Sobra 1 carácter")
    caption.fill("Aquí está")
    send(ana, "Enviar 2 archivos")
    customer.sees("Aquí está")
    seen = customer.frame.locator(".picture img")
    expect(seen).to_have_js_property("naturalWidth", 48)
    with customer.page.expect_download() as saved:
        customer.frame.get_by_text("factura.pdf").click()
    saved.value.save_as(tmp_path / "saved")
    assert saved.value.suggested_filename == "factura.pdf"
    assert (tmp_path / "saved").read_bytes() == PDF
    ana.thread.get_by_role("button", name="Ver foto.jpg").click()
    expect(dialog(ana).get_by_role("img", name="foto.jpg")).to_have_js_property("naturalWidth", 48)
    assert serious_findings(ana.page) == []
    ana.page.keyboard.press("Escape")
    expect(dialog(ana)).to_have_count(0)
    ana.page.reload()
    expect(ana.thread.locator(".picture img")).to_have_js_property("naturalWidth", 48)


def test_what_is_dropped_or_pasted_goes_through_the_same_dialog(ana: OperatorSeat, visitor: Come) -> None:
    customer = comes(visitor, "Mándame la captura")
    ana.open("Mándame la captura")
    content = base64.b64encode(picture(size=(300, 600))).decode()
    ana.composer.fill("un borrador")
    for does, where, name in ((DROP, "[role=log]", "soltada.png"), (PASTE, "[data-composer]", "pegada.png")):
        ana.page.evaluate(does, [where, name, content])
        expect(dialog(ana)).to_contain_text(name)
        send(ana)
        expect(customer.frame.get_by_role("img", name=name)).to_be_in_viewport(ratio=0.9)
        assert ana.thread.locator(".bubble").last.evaluate(BELOW_FILES_PX) < 12  # no empty line
        expect(ana.composer).to_have_value("un borrador")


def test_a_lost_connection_is_waited_out_and_a_file_can_be_given_up(ana: OperatorSeat, visitor: Come) -> None:
    comes(visitor, "Un archivo largo")
    ana.open("Un archivo largo")
    intercept(ana.page, "**/console/uploads/*", lambda route: route.abort("connectionreset"), times=2)
    clip(ana, file("largo.pdf", LONG))
    expect(dialog(ana).get_by_text("Sin conexión: seguirá solo donde se quedó")).to_be_visible()
    dialog(ana).locator("input[type=file]").set_input_files([file("otro.pdf", PDF)])
    dialog(ana).get_by_role("button", name="Quitar otro.pdf").click()
    expect(dialog(ana)).not_to_contain_text("otro.pdf")
    expect(dialog(ana).get_by_text("Cargado · 2,5 MB")).to_be_visible()
    ana.complaints.clear()  # the browser's own word of the lost connection
    send(ana)
    expect(ana.thread.get_by_text("largo.pdf")).to_be_visible()


@pytest.fixture
def rules(admin: OperatorSeat) -> Iterator[None]:
    """The rules as they were, afterwards."""
    before = admin.ask("GET", "/files/rules").json()
    yield
    formats = [{"name": one["name"], "max_bytes": one["max_bytes"]} for one in before["formats"] if one["max_bytes"]]
    assert admin.ask("PUT", "/files/rules", {"formats": formats}).ok


def test_an_admin_says_which_files_there_may_be(
    admin: OperatorSeat, ana: OperatorSeat, visitor: Come, rules: None
) -> None:
    comes(visitor, "¿Y en ZIP?")
    ana.open("¿Y en ZIP?")
    admin.page.goto(f"{admin.page.url.split('/desk')[0]}/settings/files")
    admin.page.get_by_role("checkbox", name="ZIP").check()
    admin.page.get_by_label("Tamaño máximo de ZIP, en MB").fill("3")
    admin.page.get_by_role("checkbox", name="MP3").uncheck()
    assert serious_findings(admin.page) == []
    admin.page.get_by_role("button", name="Guardar").click()
    told(admin, "Guardado: los archivos permitidos")
    clip(ana)
    expect(dialog(ana)).to_contain_text("ZIP3 MB")
    expect(dialog(ana)).not_to_contain_text("MP3")
