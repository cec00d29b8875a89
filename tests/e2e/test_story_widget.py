"""What visitors, the site's scripts and an admin do with the chat, each in a browser of their own."""

import re
import time
from collections.abc import Callable
from copy import copy

import pytest
from playwright.sync_api import Browser, expect

from recado.domain.identity import sign
from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, comes, serious_findings
from tests.e2e.test_story_chat_files import choose, clip, dialog
from tests.files.samples import PDF


def inbox(admin: OperatorSeat) -> int:
    """The number of the inbox whose chat the shop's page has."""
    found = admin.ask("GET", "/inboxes").json()
    return next(int(one["id"]) for one in found if one["department"]["name"] == "Ventas")


def close_all(ana: OperatorSeat) -> None:
    """Ana closes what she attends."""
    for one in ana.ask("GET", "/desk").json()["attending"]["items"]:
        assert ana.ask("POST", f"/conversations/{one['id']}/close", {}).ok


# ── while the chat is closed ─────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_seen_beside_the_closed_chat_and_no_word_of_it_by_the_page(
    visitor: Come, ana: OperatorSeat
) -> None:
    customer = comes(visitor, "¿Tenéis la lámpara Faro?")
    ana.open("¿Tenéis la lámpara Faro?")
    customer.box.press("Escape")
    ana.answer("Quedan dos en la tienda")
    beginning = customer.frame.get_by_role("button", name="Quedan dos en la tienda")
    expect(beginning).to_be_visible()
    customer.page.wait_for_function("localStorage.length === 1")
    told = customer.page.evaluate("JSON.stringify([document.documentElement.outerHTML, {...localStorage}])")
    assert "Quedan dos" not in told
    beginning.click()
    expect(customer.box).to_be_visible()
    customer.sees("Quedan dos en la tienda")


SCROLL_ALL_ELSE = """
() => [document.documentElement, document.body, document.querySelector('main')].map((one) => {
  const before = one.scrollTop;
  one.scrollTop = 100;
  return before + one.scrollTop;
})
"""


@pytest.mark.parametrize("size", [(1100, 800), (390, 844)])
def test_a_long_chat_that_is_opened_with_an_unread_answer_keeps_its_header(
    browser: Browser, demo: Addresses, ana: OperatorSeat, size: tuple[int, int]
) -> None:
    width, height = size
    customer = VisitorSeat(browser, viewport={"width": width, "height": height}).enter(demo)
    customer.open_chat()
    for number in range(8):
        customer.write(f"Pregunta {number}, {width}")
        if number == 0:
            ana.open(f"Pregunta 0, {width}")
        expect(ana.thread.get_by_text(f"Pregunta {number}, {width}")).to_be_visible()
        ana.answer(f"Respuesta {number}, {width}")
        customer.sees(f"Respuesta {number}, {width}")
    customer.box.press("Escape")
    ana.answer(f"Y otra cosa, {width}")
    peek = customer.frame.get_by_role("button", name=f"Y otra cosa, {width}")
    expect(peek).to_be_visible()
    customer.open_chat()
    expect(peek).to_have_count(0)
    customer.sees(f"Y otra cosa, {width}")
    assert customer.frame.locator("[role=region]").evaluate("(one) => one.scrollHeight > one.clientHeight")
    expect(customer.frame.get_by_role("button", name="Cerrar el chat")).to_be_in_viewport(ratio=1)
    assert customer.frame.evaluate(SCROLL_ALL_ELSE) == [0, 0, 0]
    customer.leave()


# ── what is typed ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_stands_in_the_box_of_one_tab_stays_when_another_one_sends(visitor: Come) -> None:
    customer = comes(visitor, "Escribo en dos pestañas")
    customer.sees("Escribo en dos pestañas")
    other = copy(customer)
    other.page = customer.context.new_page()
    other.page.goto(customer.page.url)
    other.open_chat()
    customer.box.fill("Lo de la primera")
    other.write("Lo de la segunda")
    other.sees("Lo de la segunda")
    for tab in (customer, other):
        tab.page.reload()
        tab.open_chat()
        expect(tab.box).to_have_value("Lo de la primera")
    customer.box.press("Enter")
    expect(other.box).to_have_value("")
    customer.sees("Lo de la primera")
    customer.page.reload()
    customer.open_chat()
    customer.sees("Lo de la primera")
    expect(customer.box).to_have_value("")


# ── what was written before ──────────────────────────────────────────────────────────────────────────────────────


def test_earlier_conversations_are_a_list_and_what_is_written_goes_to_the_open_one(
    visitor: Come, ana: OperatorSeat, admin: OperatorSeat
) -> None:
    department = next(one for one in admin.ask("GET", "/departments").json() if one["name"] == "Ventas")
    rules = f"/departments/{department['id']}"
    changed = admin.ask("PATCH", rules, {"rules": department["rules"] | {"reopen_days": 0}}).json()
    assert changed["rules"]["reopen_days"] == 0
    customer = comes(visitor, "Lo primero que pregunté")
    ana.open("Lo primero que pregunté")
    ana.answer("Respondido y cerrado")
    customer.sees("Respondido y cerrado")
    close_all(ana)
    expect(customer.frame.get_by_text("Conversación terminada")).to_be_visible()
    customer.write("Ahora otra cosa")
    customer.sees("Ahora otra cosa")
    expect(customer.frame.get_by_text("Lo primero que pregunté")).to_have_count(0)
    clip(customer)
    choose(customer, "luego.pdf", PDF)
    expect(dialog(customer)).to_contain_text("Cargado")
    customer.page.keyboard.press("Escape")
    customer.frame.get_by_role("button", name="Tus conversaciones").click()
    earlier = customer.frame.get_by_role("button", name="Respondido y cerrado")
    expect(customer.frame.locator("main li button")).to_have_count(2)
    assert serious_findings(customer.frame) == []
    earlier.click()
    customer.sees("Lo primero que pregunté")
    expect(customer.box).to_have_count(0)
    customer.frame.get_by_role("button", name="Volver").click()
    earlier.click()
    customer.frame.get_by_role("button", name="Ir a la conversación abierta").click()
    customer.sees("Ahora otra cosa")
    expect(customer.box).to_be_visible()
    expect(customer.frame.get_by_role("button", name="1 archivo sin enviar luego.pdf")).to_be_visible()
    customer.frame.get_by_role("button", name="Enviar", exact=True).click()
    expect(customer.frame.locator(".bubble").get_by_text("luego.pdf")).to_be_visible()
    assert admin.ask("PATCH", rules, {"rules": department["rules"]}).ok


# ── who it is ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_a_shared_computer_forgetting_leaves_nothing_for_the_next_one(visitor: Come) -> None:
    customer = comes(visitor, "Mi número de cuenta")
    customer.sees("Mi número de cuenta")
    customer.box.fill("a medio escribir")
    customer.page.wait_for_function("localStorage.length > 0")
    customer.page.evaluate("recado('forget')")
    customer.page.wait_for_function("Object.keys(localStorage).every((key) => !key.startsWith('recado'))")
    for _ in range(2):
        customer.page.locator("recado-chat").wait_for(state="attached")
        customer.page.evaluate("recado('open')")
        expect(customer.box).to_have_value("")
        expect(customer.frame.get_by_text("Hola. ¿En qué podemos ayudarte?")).to_be_visible()
        expect(customer.frame.get_by_text("Mi número de cuenta")).to_have_count(0)
        customer.page.reload()


def make_secret(admin: OperatorSeat) -> tuple[str, Callable[[], object]]:
    """A secret with which the shop signs, and what removes it."""
    made = admin.ask("POST", f"/inboxes/{inbox(admin)}/secrets", {}).json()
    return made["secret"], lambda: admin.ask("DELETE", f"/secrets/{made['id']}")


def token_of(user: str, secret: str) -> str:
    return sign({"sub": user, "name": user, "exp": int(time.time()) + 600}, secret)


def test_a_signed_user_finds_their_history_in_any_browser_and_nobody_else_s(visitor: Come, admin: OperatorSeat) -> None:
    secret, _ = make_secret(admin)

    def token(user: str) -> str:
        return token_of(user, secret)

    here, there = visitor(), visitor()
    for seat, user in ((here, "nuria"), (there, "nuria")):
        seat.page.locator("recado-chat").wait_for(state="attached")
        seat.page.evaluate("(token) => recado('identify', { token })", token(user))
        seat.page.evaluate("recado('open')")
    expect(here.box).to_be_visible()
    here.write("Soy Nuria en el trabajo")
    there.sees("Soy Nuria en el trabajo")
    there.page.evaluate("(token) => recado('identify', { token })", token("omar"))
    expect(there.frame.get_by_text("Hola. ¿En qué podemos ayudarte?")).to_be_visible()
    expect(there.frame.get_by_text("Soy Nuria en el trabajo")).to_have_count(0)
    assert not [key for key in here.page.evaluate("Object.keys(localStorage)") if key.count(":") == 1]


def test_what_a_signed_user_writes_waits_where_the_signature_has_ended_and_is_never_sent_as_somebody_else(
    visitor: Come, admin: OperatorSeat
) -> None:
    customer = comes(visitor, "De quien se sentó antes aquí")
    customer.sees("De quien se sentó antes aquí")
    secret, remove = make_secret(admin)
    stale = token_of("pilar", secret)
    remove()
    customer.page.reload()
    customer.page.evaluate("recado('on', 'expired', () => { document.title += ' expired' })")
    customer.page.evaluate("(token) => recado('identify', { token })", stale)
    customer.open_chat()
    customer.write("Es por mi nómina")
    customer.sees("Tu sesión ha terminado. Recarga la página para seguir.")
    customer.sees("Guardada hasta que recargues la página")
    expect(customer.page).to_have_title(re.compile("[^d] expired$"))
    assert serious_findings(customer.page) == []
    secret, remove = make_secret(admin)
    with customer.page.expect_response(lambda answer: answer.status == 201 and "/conversations" in answer.url):
        customer.page.evaluate("(token) => recado('identify', { token })", token_of("pilar", secret))
    expect(customer.frame.get_by_text("Guardada hasta")).to_have_count(0)
    customer.sees("Es por mi nómina")
    expect(customer.frame.get_by_text("De quien se sentó antes aquí")).to_have_count(0)
    customer.page.reload()
    customer.open_chat()
    customer.sees("De quien se sentó antes aquí")
    expect(customer.frame.get_by_text("Es por mi nómina")).to_have_count(0)
    elsewhere = visitor()
    elsewhere.page.evaluate("(token) => recado('identify', { token })", token_of("pilar", secret))
    elsewhere.open_chat()
    elsewhere.sees("Es por mi nómina")
    remove()
    customer.complaints.clear()


# ── how an admin makes it ────────────────────────────────────────────────────────────────────────────────────────


def test_what_an_admin_sets_is_what_a_visitor_sees(browser: Browser, demo: Addresses, admin: OperatorSeat) -> None:
    page = admin.page
    page.goto(f"{demo.desk}/settings/inboxes/{inbox(admin)}")
    for label, choice in (("Esquina", "Abajo a la izquierda"), ("Claro u oscuro", "Siempre oscuro")):
        page.get_by_role("combobox", name=f"{label}:").click()
        page.get_by_role("option", name=choice).click()
    page.get_by_label("Saludo").fill("Buenas, ¿qué lámpara buscas?")
    page.get_by_role("button", name="Añadir pregunta").click()
    expect(page.get_by_label("Pregunta", exact=True)).to_be_focused()
    page.get_by_label("Pregunta", exact=True).fill("Número de pedido")
    page.get_by_label("Obligatoria").check()
    assert serious_findings(page) == []
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Guardado").first).to_be_visible()
    customer = VisitorSeat(browser, viewport={"width": 1100, "height": 800}).enter(demo)
    customer.page.locator("recado-chat").wait_for(state="attached")
    customer.page.mouse.click(24 + 28, 800 - 24 - 28)
    expect(customer.frame.get_by_text("Buenas, ¿qué lámpara buscas?")).to_be_visible()
    assert customer.frame.evaluate("document.documentElement.dataset.theme") == "dark"
    customer.write("Hola")
    expect(customer.frame.get_by_text("Rellena esto para empezar")).to_be_visible()
    assert serious_findings(customer.frame) == []
    customer.frame.get_by_label("Número de pedido").fill("A 17")
    customer.box.press("Enter")
    customer.sees("Hola")
    customer.leave()


def test_a_question_that_comes_while_the_chat_is_open_is_asked_where_it_is_missing(
    visitor: Come, admin: OperatorSeat
) -> None:
    number = inbox(admin)
    where = f"/inboxes/{number}"
    one = next(one for one in admin.ask("GET", "/inboxes").json() if one["id"] == number)
    form = {key: one[key] for key in ("name", "colour", "sites", "greeting", "ask_name", "ask_email", "chat")}
    form |= {"department": one["department"]["id"]}
    assert admin.ask("PATCH", where, form | {"chat": one["chat"] | {"fields": []}}).ok
    customer = visitor()
    customer.page.locator("recado-chat").wait_for(state="attached")
    customer.page.evaluate("recado('open')")
    customer.box.fill("Quiero devolver una lámpara")
    field = {"key": "ticket", "label": {"es": "Número de tique"}, "kind": "text", "required": True, "options": []}
    assert admin.ask("PATCH", where, form | {"chat": one["chat"] | {"fields": [field]}}).ok
    try:
        expect(customer.frame.get_by_label("Número de tique")).to_have_count(0)
        customer.box.press("Enter")
        asked = customer.frame.get_by_label("Número de tique")
        expect(asked).to_be_focused()
        expect(customer.frame.get_by_text("Rellena esto para empezar")).to_be_visible()
        expect(customer.box).to_have_value("Quiero devolver una lámpara")
        asked.fill("T 9")
        with customer.page.expect_response(lambda answer: answer.status == 201):
            customer.box.press("Enter")
        customer.sees("Quiero devolver una lámpara")
        assert [one for one in customer.complaints if "status of 400" not in one] == []
        customer.complaints.clear()
    finally:
        assert admin.ask("PATCH", where, form).ok


def test_what_was_answered_outlives_a_reload_and_the_question(
    browser: Browser, demo: Addresses, admin: OperatorSeat
) -> None:
    ana = OperatorSeat(browser, viewport={"width": 1440, "height": 900}).sign_in(demo, "ana")
    one = next(one for one in admin.ask("GET", "/inboxes").json() if one["department"]["name"] == "Ventas")
    form = {key: one[key] for key in ("name", "colour", "sites", "greeting", "ask_name", "ask_email")}
    form |= {"department": one["department"]["id"], "chat": one["chat"] | {"corner": "right", "fields": []}}
    labels = {"lamp": "¿Qué lámpara?", "order": "Número de pedido"}
    fields = [{"key": key, "label": {"es": label}} for key, label in labels.items()]
    where = f"/inboxes/{one['id']}"
    assert admin.ask("PATCH", where, form | {"chat": form["chat"] | {"fields": fields}}).ok
    customer = VisitorSeat(browser, viewport={"width": 1100, "height": 800}).enter(demo)
    try:
        customer.open_chat()
        for label, answer in (("¿Qué lámpara?", "La Faro"), ("Número de pedido", "A 17")):
            customer.frame.get_by_label(label).fill(answer)
        customer.page.reload()
        customer.open_chat()
        expect(customer.frame.get_by_label("¿Qué lámpara?")).to_have_value("La Faro")
        assert admin.ask("PATCH", where, form | {"chat": form["chat"] | {"fields": fields[:1]}}).ok
        customer.write("¿Dónde está mi pedido diecisiete?")
        customer.sees("¿Dónde está mi pedido diecisiete?")
        ana.open("¿Dónde está mi pedido diecisiete?")
        told = ana.page.locator(".panel-part", has_text="Respuestas al empezar").locator("dd")
        expect(told).to_have_text(["La Faro", re.compile("A 17.*ya no se pregunta así", re.DOTALL)])
        customer.page.reload()
        customer.open_chat()
        customer.sees("¿Dónde está mi pedido diecisiete?")
        assert customer.frame.evaluate("Object.keys(localStorage).filter((key) => key.endsWith('?'))") == []
    finally:
        assert admin.ask("PATCH", where, form).ok
        for seat in (customer, ana):
            seat.leave()


def test_of_a_long_text_the_beginning_is_shown_and_of_a_refused_one_its_reason_beside_it(visitor: Come) -> None:
    customer = visitor()
    customer.open_chat()
    customer.write("\n".join(f"línea {number}: *algo*" for number in range(60)))
    more = customer.frame.get_by_role("button", name="Ver todo")
    expect(more).to_be_in_viewport()
    more.click()
    less = customer.frame.get_by_role("button", name="Ver menos")
    expect(less).to_be_focused()
    expect(less).not_to_be_in_viewport()
    expect(customer.frame.get_by_text("línea 59: algo")).to_be_visible()
    less.click()
    expect(customer.frame.get_by_text("línea 59: algo")).to_have_count(0)
    customer.write("palabras y más " * 5000)
    expect(customer.frame.get_by_text("es demasiado largo")).to_be_in_viewport()
    expect(more.last).to_be_in_viewport()
    customer.frame.get_by_role("button", name="Descartar").click()
    customer.complaints.clear()  # the browser's own word of the refusal
