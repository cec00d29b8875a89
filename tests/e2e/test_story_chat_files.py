"""Files from the chat: by click, dropped or pasted, with the first message too; no word of theirs is lost."""

import base64
import re
from copy import copy

from playwright.sync_api import Locator, Route, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, intercept, serious_findings
from tests.e2e.test_story_files import DROP, PASTE, file
from tests.files.samples import HTML, PDF, photo, picture

CALLED = "(all) => all.map((one) => one.ariaLabel ?? one.alt ?? one.textContent)"
BRING = DROP.replace("type: 'image/png'", "type: ''")


def dialog(seat: VisitorSeat) -> Locator:
    return seat.frame.get_by_role("dialog")


def clip(seat: VisitorSeat) -> None:
    seat.frame.get_by_role("button", name="Adjuntar archivo").click()
    expect(dialog(seat)).to_contain_text("JPG · JPEG · PNG")


def choose(seat: VisitorSeat, name: str, content: bytes) -> None:
    dialog(seat).locator("input[type=file]").set_input_files([file(name, content)])


def bring(seat: VisitorSeat, does: str, where: str, name: str, content: bytes) -> None:
    seat.frame.evaluate(does, [where, name, base64.b64encode(content).decode()])


def send(seat: VisitorSeat, name: str = "Enviar 1 archivo") -> None:
    dialog(seat).get_by_role("button", name=name).click()
    expect(dialog(seat)).to_have_count(0)
    expect(seat.box).to_be_focused()


def test_a_picture_by_click_opens_a_conversation_and_a_document_follows_by_drop(
    ana: OperatorSeat, visitor: Come
) -> None:
    customer = visitor()
    customer.open_chat()
    customer.box.fill("lo que escribía")
    clip(customer)
    expect(dialog(customer)).to_contain_text("20 MB")
    for name, content in (("foto.jpg", photo()), ("virus.exe", b"MZ"), ("vacía.pdf", b""), ("falsa.png", HTML)):
        choose(customer, name, content)
    for words in ("Cargado", "Este formato no se admite", "El archivo está vacío", "El contenido no es lo que dice"):
        expect(dialog(customer)).to_contain_text(words)
    customer.complaints.clear()  # the browser's own word of the refusal
    assert serious_findings(customer.frame) == []
    caption = dialog(customer).get_by_label("Nombre, título o texto")
    caption.fill("👩‍👩‍👧" * 161)
    expect(dialog(customer)).to_contain_text("Sobra 1 carácter")
    caption.fill("La pantalla rota")
    send(customer)
    customer.sees("La pantalla rota")
    expect(customer.box).to_have_value("lo que escribía")
    expect(customer.frame.locator(".picture img")).to_have_js_property("complete", True)
    ana.open("La pantalla rota")
    customer.frame.locator(".picture").click()
    expect(dialog(customer).get_by_role("img", name="foto.jpg")).to_have_js_property("naturalWidth", 48)
    assert serious_findings(customer.frame) == []
    customer.page.keyboard.press("Escape")
    expect(dialog(customer)).to_have_count(0)
    expect(customer.frame.locator(".picture")).to_be_focused()
    bring(customer, BRING, "main", "factura.pdf", PDF)
    expect(dialog(customer)).to_contain_text("Cargado")
    send(customer)
    expect(ana.thread.get_by_text("factura.pdf")).to_be_visible()
    ana.thread.get_by_role("button", name="Ver foto.jpg").click()
    expect(ana.page.get_by_role("dialog").get_by_role("img", name="foto.jpg")).to_have_js_property("naturalWidth", 48)


def test_a_large_picture_leads_to_the_others_of_its_message(visitor: Come) -> None:
    customer = visitor()
    customer.open_chat()
    clip(customer)
    for name, content in (("uno.jpg", photo()), ("dos.png", picture())):
        choose(customer, name, content)
        expect(dialog(customer)).to_contain_text(name)
    send(customer, "Enviar 2 archivos")
    customer.frame.get_by_role("link", name="uno.jpg").click()
    expect(dialog(customer)).to_contain_text("1 / 2")
    customer.page.keyboard.press("ArrowRight")
    expect(dialog(customer).get_by_role("img", name="dos.png")).to_have_js_property("naturalWidth", 64)
    customer.frame.get_by_role("button", name="Imagen siguiente").click()
    expect(dialog(customer).get_by_role("img", name="uno.jpg")).to_have_js_property("naturalWidth", 48)
    customer.page.keyboard.press("Escape")
    expect(customer.frame.get_by_role("link", name="uno.jpg")).to_be_focused()


def test_what_is_pasted_waits_for_the_connection_and_for_an_answer_and_no_word_is_lost(
    admin: OperatorSeat, visitor: Come
) -> None:
    one = next(one for one in admin.ask("GET", "/inboxes").json() if one["department"]["name"] == "Ventas")
    form = {key: one[key] for key in ("name", "colour", "sites", "greeting", "ask_name", "ask_email", "chat")}
    form |= {"department": one["department"]["id"]}
    assert admin.ask("PATCH", f"/inboxes/{one['id']}", form | {"ask_name": "required"}).ok
    try:
        customer = visitor()
        customer.open_chat()
        intercept(customer.page, "**/widget/uploads/*", lambda route: route.abort("connectionreset"), times=2)
        bring(customer, PASTE, "textarea", "pegada.png", picture())
        expect(dialog(customer)).to_contain_text("Sin conexión. Se guardan")
        dialog(customer).get_by_role("button", name="Enviar 1 archivo").click()
        expect(dialog(customer)).to_have_count(0)
        expect(customer.frame.get_by_text("1 archivo guardado hasta que respondas")).to_be_visible()
        expect(customer.frame.get_by_label("Tu nombre")).to_be_focused()
        assert serious_findings(customer.frame) == []
        customer.complaints.clear()  # the browser's own word of the lost connection
        customer.frame.get_by_label("Tu nombre").fill("Lucía")
        customer.frame.get_by_role("button", name="Enviar", exact=True).click()
        expect(customer.frame.locator(".picture img")).to_have_js_property("naturalWidth", 64)
        clip(customer)
        dialog(customer).get_by_label("Nombre, título o texto").fill("sin enviar")
        customer.page.keyboard.press("Escape")
        expect(dialog(customer)).to_have_count(0)
        expect(customer.box).to_be_focused()
        expect(customer.box).to_have_value("sin enviar")
    finally:
        assert admin.ask("PATCH", f"/inboxes/{one['id']}", form).ok


def test_where_the_dialog_is_closed_files_and_text_wait_above_the_box(visitor: Come) -> None:
    customer = visitor()
    customer.open_chat()
    clip(customer)
    choose(customer, "luego.pdf", PDF)
    expect(dialog(customer)).to_contain_text("Cargado")
    dialog(customer).get_by_label("Nombre, título o texto").fill("para luego")
    customer.page.keyboard.press("Escape")
    expect(customer.box).to_be_focused()
    assert serious_findings(customer.frame) == []
    customer.frame.get_by_role("button", name="1 archivo sin enviar luego.pdf, para luego").click()
    expect(dialog(customer).get_by_label("Nombre, título o texto")).to_have_value("para luego")
    dialog(customer).get_by_role("button", name="Dejar para después").click()
    customer.write("con estas palabras")
    customer.sees("para luego con estas palabras")
    expect(customer.frame.get_by_text("sin enviar luego.pdf")).to_have_count(0)
    expect(customer.box).to_have_value("")
    clip(customer)
    choose(customer, "largo.pdf", PDF)
    expect(dialog(customer)).to_contain_text("Cargado")
    customer.page.keyboard.press("Escape")
    customer.write("palabra " * 30)
    expect(customer.frame.locator(".bubble").filter(has_text="largo.pdf")).not_to_contain_text("palabra")
    customer.sees(("palabra " * 30).strip())


def leave_for_later(seat: VisitorSeat, count: int) -> None:
    expect(dialog(seat).get_by_text("Cargado")).to_have_count(count)
    dialog(seat).get_by_role("button", name="Dejar para después").click()


def waiting(seat: VisitorSeat) -> Locator:
    return seat.frame.get_by_role("button", name="sin enviar")


def test_what_was_left_for_later_is_there_on_the_next_page_and_goes_once_from_whichever_tab(
    ana: OperatorSeat, demo: Addresses, visitor: Come
) -> None:
    customer = visitor()
    customer.open_chat()
    clip(customer)
    for name, content in (("plano.pdf", PDF), ("foto.jpg", photo()), ("otra.png", picture()), ("luego.pdf", PDF)):
        choose(customer, name, content)
    dialog(customer).get_by_label("Nombre, título o texto").fill("El salón")
    leave_for_later(customer, 4)
    other = copy(customer)
    other.page = customer.context.new_page()
    other.enter(demo)
    customer.enter(demo, "/envios.html")
    for seat in (customer, other):
        seat.open_chat()
        expect(waiting(seat)).to_have_text("4 archivos sin enviar plano.pdf, foto.jpg, otra.png, luego.pdf, El salón")
        expect(seat.box).to_have_value("")
    waiting(other).click()
    expect(dialog(other).get_by_label("Nombre, título o texto")).to_have_value("El salón")
    expect(dialog(other).locator("img.sign").first).to_have_js_property("naturalWidth", 48)
    expect(waiting(customer)).to_have_count(0)
    dialog(other).get_by_role("button", name="Quitar luego.pdf").click()
    leave_for_later(other, 3)
    expect(waiting(customer)).to_have_text("3 archivos sin enviar plano.pdf, foto.jpg, otra.png, El salón")
    customer.write("es así")
    customer.sees("El salón es así")
    expect(waiting(other)).to_have_count(0)
    ana.open("El salón es así")
    there = ana.thread.locator(".files :is(b, .picture)").evaluate_all(CALLED)
    here = customer.frame.locator(".bubble :is(b, .picture img)").evaluate_all(CALLED)
    assert [name.removeprefix("Ver ") for name in there] == here == ["plano.pdf", "foto.jpg", "otra.png"]
    ana.page.set_viewport_size({"width": 768, "height": 900})
    assert ana.thread.evaluate("(one) => one.scrollWidth - one.clientWidth") == 0
    customer.page.reload()
    customer.open_chat()
    customer.sees("El salón es así")
    expect(waiting(customer)).to_have_count(0)


def test_what_the_server_has_not_got_is_asked_about_before_and_told_after_the_page(visitor: Come) -> None:
    customer = visitor()
    customer.open_chat()
    clip(customer)
    choose(customer, "entero.pdf", PDF)
    expect(dialog(customer)).to_contain_text("Cargado")
    intercept(customer.page, "**/widget/uploads/*", lambda route: route.abort("connectionreset"))
    choose(customer, "cortado.pdf", PDF)
    expect(dialog(customer)).to_contain_text("Sin conexión")
    dialog(customer).get_by_label("Nombre, título o texto").fill("lo de ayer")
    with customer.page.expect_event("dialog") as asked:
        customer.page.evaluate("setTimeout(() => location.reload())")
    assert asked.value.type == "beforeunload"
    asked.value.accept()
    customer.page.unroute_all()
    customer.open_chat()
    cut = customer.frame.get_by_text("Quedó 1 archivo sin enviar: cortado.pdf")
    expect(cut).to_be_visible()
    expect(waiting(customer)).to_have_text("1 archivo sin enviar entero.pdf, lo de ayer")
    customer.frame.get_by_role("button", name="Entendido").click()
    expect(cut).to_have_count(0)
    customer.frame.get_by_role("button", name="Quitar el archivo").click()
    customer.page.reload()
    customer.open_chat()
    expect(customer.frame.get_by_text("entero.pdf")).to_have_count(0)
    customer.complaints.clear()  # the browser's own word of the lost connection


def test_a_picture_that_could_not_be_fetched_is_asked_for_again_by_a_press(visitor: Come) -> None:
    customer = visitor()
    customer.open_chat()
    clip(customer)
    choose(customer, "foto.jpg", photo())
    expect(dialog(customer)).to_contain_text("Cargado")
    send(customer)
    expect(customer.frame.locator(".picture img")).to_have_js_property("naturalWidth", 48)
    intercept(customer.page, "**/thumbnail", lambda route: route.abort("connectionreset"), times=1)
    customer.page.reload()
    customer.open_chat()
    customer.frame.get_by_text("Reintentar").click()
    expect(customer.frame.locator(".picture img")).to_have_js_property("naturalWidth", 48)
    customer.complaints.clear()  # the browser's own word of the lost connection


def test_what_could_not_be_fetched_at_the_first_press_is_said_and_comes_with_the_connection(visitor: Come) -> None:
    """A browser holds what it could not fetch once to be missing for as long as the page lives."""
    customer = visitor()
    customer.open_chat()
    waits = customer.frame.get_by_role("status").get_by_text("Sin conexión. Se abrirá en cuanto vuelva.")
    customer.context.set_offline(offline=True)
    bring(customer, BRING, "main", "factura.pdf", PDF)
    expect(waits).to_be_attached()
    customer.context.set_offline(offline=False)
    expect(dialog(customer)).to_contain_text("factura.pdf")
    expect(waits).to_have_count(0)
    customer.page.keyboard.press("Escape")
    customer.frame.get_by_role("button", name="Quitar el archivo").click()
    customer.context.set_offline(offline=True)
    customer.frame.get_by_role("button", name="Mensaje de voz").click()
    expect(customer.frame.get_by_role("status").get_by_text("Pulsa otra vez en cuanto vuelva")).to_be_attached()
    customer.frame.get_by_role("button", name="Emojis").click()
    expect(waits).to_be_attached()
    customer.context.set_offline(offline=False)
    expect(customer.frame.locator("emoji-picker")).to_be_visible()
    expect(customer.frame.get_by_role("group", name="Mensaje de voz")).to_have_count(0)
    intercept(customer.page, "**/drawing-*", lambda route: route.abort("connectionreset"), times=1)
    customer.write("es *urgente*")
    expect(customer.frame.locator("b").get_by_text("urgente")).to_be_visible(timeout=20_000)
    customer.complaints.clear()  # the browser's own words of the lost connection


def test_a_chat_from_before_an_upgrade_loads_itself_anew_with_what_was_typed(visitor: Come) -> None:
    customer = visitor()
    customer.context.add_init_script("const since = performance.now(); performance.now = () => 60_000 + since;")
    customer.page.reload()
    customer.open_chat()
    customer.box.fill("lo que escribía")

    def asks_for_a_former_part(route: Route) -> None:
        route.continue_(url=re.sub(r"attach-[^/]*\.js", "attach-before.js", route.request.url))

    intercept(customer.page, "**/attach-*.js", asks_for_a_former_part, times=1)
    with customer.page.expect_event("framenavigated"):
        customer.frame.get_by_role("button", name="Adjuntar archivo").click()
    expect(customer.box).to_have_value("lo que escribía")
    clip(customer)
