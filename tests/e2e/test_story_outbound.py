"""An operator writes first, to a customer who has been in the chat: begun in one browser alone, created by a button."""

from playwright.sync_api import expect

from tests.e2e.conftest import Come, OperatorSeat, comes, serious_findings


def test_it_does_not_exist_until_it_is_created_and_then_the_customer_has_it(ana: OperatorSeat, visitor: Come) -> None:
    customer = comes(visitor, "¿Cuándo vuelve la lámpara de pie?")
    ana.open("¿Cuándo vuelve")
    ana.answer("En dos semanas.")
    customer.sees("En dos semanas.")
    ana.page.get_by_role("button", name="Cerrar", exact=True).click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Cerrar", exact=True).last.click()
    expect(ana.page.get_by_role("button", name="Reabrir")).to_be_visible()
    number = ana.page.url.rpartition("/")[2]
    sent: list[str] = []
    ana.page.on("request", lambda one: sent.append(one.url) if one.method not in {"GET", "PUT"} else None)
    ana.page.get_by_role("button", name="Añadir", exact=True).first.click()
    ana.page.get_by_role("menuitem", name="Conversación con un cliente").click()
    expect(ana.page.get_by_text("Todavía no existe")).to_be_visible()
    ana.page.get_by_role("option", name=f"Visitante #{number}").click()
    ana.page.get_by_role("button", name=f"Quitar a Visitante #{number}").click()
    expect(ana.page.get_by_role("combobox", name="Para")).to_be_focused()
    ana.page.get_by_role("option", name=f"Visitante #{number}").click()
    ana.composer.fill("algo que nadie lee")
    assert serious_findings(ana.page) == []
    ana.page.get_by_role("button", name="Descartar").click()
    expect(ana.page.get_by_text("Todavía no existe")).to_have_count(0)
    ana.page.keyboard.press("g")
    ana.page.keyboard.press("e")
    ana.page.get_by_role("option", name=f"Visitante #{number}").click()
    expect(ana.composer).to_have_value("")
    assert [one for one in sent if not one.endswith(("/read", "/search"))] == []
    ana.composer.fill("Ya ha llegado: te guardo una.")
    ana.composer.press("Control+Enter")
    expect(ana.thread.get_by_text("Iniciaste la conversación")).to_be_visible()
    expect(ana.composer).to_be_focused()
    customer.sees("Ya ha llegado: te guardo una.")
    customer.write("¡Estupendo, voy mañana!")
    expect(ana.thread.get_by_text("¡Estupendo, voy mañana!")).to_be_visible()
    assert ana.page.url.rpartition("/")[2] != number


def test_who_has_one_open_is_written_to_there(ana: OperatorSeat, visitor: Come) -> None:
    comes(visitor, "Busco un flexo de latón")
    ana.open("Busco un flexo")
    ana.answer("Tenemos dos.")
    number = ana.page.url.rpartition("/")[2]
    ana.composer.fill("El flexo es de los dos")
    ana.page.goto(f"{ana.desk}/desk/new")
    ana.composer.fill("Y uno más en camino")
    ana.page.get_by_role("combobox", name="Para").click()
    ana.page.get_by_role("option", name=f"Visitante #{number}").click()
    expect(ana.page).to_have_url(f"{ana.desk}/desk/{number}")
    expect(ana.composer).to_have_value("El flexo es de los dos\n\nY uno más en camino")
    expect(ana.page.get_by_text("Todavía no existe")).to_have_count(0)
