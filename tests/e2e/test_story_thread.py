"""What becomes of a message that is sent: shown with its emphasis, quoted, copied, edited, deleted, taken back."""

from playwright.sync_api import Browser, Locator, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, comes, intercept, serious_findings, told


def message(seat: OperatorSeat, text: str) -> Locator:
    return seat.thread.locator("[data-message]").filter(has_text=text)


def bubble(customer: object, text: str) -> Locator:
    """A message as the customer sees it."""
    return customer.frame.locator("[data-seq]").filter(has_text=text)  # type: ignore[attr-defined, no-any-return]


def test_emphasis_and_code_show_on_both_sides_and_names_with_lines_stay(ana: OperatorSeat, visitor: Come) -> None:
    customer = comes(visitor, "*Urgente*: falla `a_b_c` en mi_web_vieja")
    row = ana.row("Urgente: falla a_b_c en mi_web_vieja")
    expect(row).to_be_visible()
    row.click()
    expect(ana.thread.locator("b", has_text="Urgente")).to_be_visible()
    expect(ana.thread.locator("code")).to_have_text("a_b_c")
    expect(customer.frame.locator("b", has_text="Urgente")).to_be_visible()
    ana.answer("_Gracias_, mire:\n```\n*no* es negrita\n```\nhttps://shop.example/_a_b")
    expect(customer.frame.locator("i", has_text="Gracias")).to_be_visible()
    expect(customer.frame.locator("code").last).to_have_text("*no* es negrita")
    link = customer.frame.get_by_role("link")
    expect(link).to_have_attribute("href", "https://shop.example/_a_b")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")


def test_a_message_is_quoted_by_a_button_and_by_a_key_and_a_press_leads_back_to_it(
    ana: OperatorSeat, visitor: Come
) -> None:
    customer = comes(visitor, "¿Tienen la lámpara Faro en verde?")
    customer.write("¿Y cuánto tarda?")
    ana.open("¿Y cuánto tarda?")
    message(ana, "Faro en verde").hover()
    ana.page.get_by_role("button", name="Citar este mensaje").click()
    expect(ana.page.get_by_role("group", name="En respuesta a")).to_contain_text("Faro en verde")
    assert serious_findings(ana.page) == []
    ana.page.get_by_role("button", name="No citar").click()
    expect(ana.page.get_by_role("group", name="En respuesta a")).to_have_count(0)
    ana.composer.press("Escape")
    ana.page.keyboard.press("q")
    expect(ana.page.get_by_role("group", name="En respuesta a")).to_contain_text("¿Y cuánto tarda?")
    ana.answer("Dos días")
    expect(bubble(customer, "Dos días").get_by_role("button")).to_contain_text("¿Y cuánto tarda?")
    ana.composer.press("Escape")
    ana.page.keyboard.press("m")
    expect(message(ana, "Dos días")).to_be_focused()
    for _ in range(2):
        ana.page.keyboard.press("ArrowUp")
    expect(message(ana, "Faro en verde")).to_be_focused()
    ana.page.keyboard.press("Escape")
    expect(ana.composer).to_be_focused()
    message(ana, "Dos días").get_by_title("Ir a ese mensaje").click()
    expect(message(ana, "¿Y cuánto tarda?").first).to_be_focused()


def test_a_note_is_quoted_in_notes_alone(ana: OperatorSeat, visitor: Come) -> None:
    customer = comes(visitor, "¿Me hacen descuento?")
    ana.open("¿Me hacen descuento?")
    ana.answer("Lo pregunto")
    customer.sees("Lo pregunto")
    ana.page.keyboard.press("Control+i")
    ana.answer("Máximo un diez")
    message(ana, "Máximo un diez").hover()
    ana.page.get_by_role("button", name="Citar este mensaje").click()
    quoting = ana.page.get_by_role("group", name="En respuesta a")
    expect(quoting).to_contain_text("Máximo un diez")
    ana.page.keyboard.press("Control+i")
    expect(ana.page.get_by_label("Respuesta para")).to_be_visible()
    expect(quoting).to_have_count(0)
    ana.answer("Un cinco")
    customer.sees("Un cinco")
    expect(customer.frame.get_by_text("Máximo")).to_have_count(0)


def test_what_was_said_is_edited_and_deleted_and_looked_up_by_the_desk_alone(ana: OperatorSeat, visitor: Come) -> None:
    customer = comes(visitor, "¿A qué hora abren?")
    ana.open("¿A qué hora abren?")
    ana.answer("A las diez")
    customer.sees("A las diez")
    ana.composer.press("Escape")
    ana.page.keyboard.press("m")
    ana.page.keyboard.press("w")
    box = ana.page.get_by_label("Editar el mensaje")
    expect(box).to_have_value("A las diez")
    assert serious_findings(ana.page) == []
    box.fill("A las nueve")
    box.press("Enter")
    expect(bubble(customer, "A las nueve")).to_contain_text("editado")
    expect(customer.frame.get_by_text("A las diez")).to_have_count(0)
    assert serious_findings(customer.frame) == []
    expect(message(ana, "A las nueve")).to_be_focused()
    ana.page.keyboard.press("h")
    dialog = ana.page.get_by_role("dialog")
    expect(dialog.get_by_text("A las diez")).to_be_visible()
    expect(dialog.get_by_text("A las nueve")).to_be_visible()
    assert serious_findings(ana.page) == []
    ana.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    message(ana, "A las nueve").focus()
    ana.page.keyboard.press("d")
    dialog.get_by_role("button", name="Borrar").click()
    expect(message(ana, "Mensaje borrado")).to_be_visible()
    expect(customer.frame.get_by_text("Mensaje borrado")).to_be_visible()
    expect(customer.frame.get_by_text("A las nueve")).to_have_count(0)
    expect(ana.row("¿A qué hora abren?")).to_be_visible()


def test_of_two_windows_the_later_edit_is_told_and_loses_no_word(
    ana: OperatorSeat, visitor: Come, demo: Addresses
) -> None:
    comes(visitor, "¿Hay otra tienda?")
    ana.open("¿Hay otra tienda?")
    ana.answer("Sí, en Cádiz")
    expect(message(ana, "Sí, en Cádiz")).to_be_visible()
    number = ana.page.url.rpartition("/")[2]
    message(ana, "Sí, en Cádiz").hover()
    ana.page.get_by_role("button", name="Editar", exact=True).click()
    box = ana.page.get_by_label("Editar el mensaje")
    box.fill("Sí, en Jerez")
    seq = next(
        one["seq"] for one in ana.ask("GET", f"/conversations/{number}").json()["entries"] if "Cádiz" in one["body"]
    )
    path, changed = f"/conversations/{number}/messages", {"seq": seq, "edits": 0, "body": "Sí, en Rota"}
    assert ana.ask("PATCH", path, changed).ok
    expect(ana.page.get_by_text("Ahora dice: Sí, en Rota")).to_be_visible()
    expect(box).to_have_value("Sí, en Jerez")
    box.press("Enter")
    expect(message(ana, "Sí, en Jerez")).to_be_visible()


def test_what_was_not_seen_is_taken_back_into_the_box_and_what_was_seen_says_so(
    ana: OperatorSeat, visitor: Come
) -> None:
    customer = comes(visitor, "¿Están ahí?")
    customer.sees("¿Están ahí?")
    customer.box.press("Escape")
    ana.open("¿Están ahí?")
    ana.answer("Esto no era para aquí")
    expect(ana.page.get_by_role("button", name="Deshacer", exact=True)).to_be_visible()
    ana.composer.press("Escape")
    ana.page.keyboard.press("z")
    expect(ana.composer).to_have_value("Esto no era para aquí")
    expect(message(ana, "Esto no era")).to_have_count(0)
    ana.answer("Aquí estamos")
    offer = ana.page.get_by_role("button", name="Deshacer", exact=True)
    expect(offer).to_be_visible()
    # Seen in the very moment in which it is asked for.
    seen = {"status": 409, "code": "seen"}
    intercept(ana.page, "**/messages/undo", lambda route: route.fulfill(status=409, json=seen), times=1)
    offer.click()
    told(ana, "Ya se ha visto y no se puede retirar. Aún puedes editarlo.")
    expect(ana.page.get_by_label("Editar el mensaje")).to_have_value("Aquí estamos")
    ana.page.keyboard.press("Escape")
    customer.open_chat()
    customer.sees("Aquí estamos")
    expect(customer.frame.get_by_text("Esto no era")).to_have_count(0)
    expect(offer).to_have_count(0)


def test_on_a_phone_a_tap_shows_what_can_be_done_and_another_one_hides_it(
    browser: Browser, demo: Addresses, visitor: Come
) -> None:
    comes(visitor, "¿Abren el sábado?")
    phone = OperatorSeat(browser, viewport={"width": 390, "height": 844}, has_touch=True).sign_in(demo, "ana")
    phone.open("¿Abren el sábado?")
    quoting = phone.page.get_by_role("button", name="Citar este mensaje")
    for shown in (1, 0, 1):
        message(phone, "sábado").tap()
        expect(quoting).to_have_count(shown)
    quoting.tap()
    expect(phone.page.get_by_role("group", name="En respuesta a")).to_contain_text("¿Abren el sábado?")
    phone.leave()


def test_the_text_of_a_message_is_copied(ana: OperatorSeat, visitor: Come) -> None:
    comes(visitor, "Mi número es *1042*")
    ana.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ana.open("Mi número es 1042")
    message(ana, "Mi número").hover()
    ana.page.get_by_role("button", name="Copiar el texto").click()
    told(ana, "Texto copiado")
    assert ana.page.evaluate("navigator.clipboard.readText()") == "Mi número es *1042*"
