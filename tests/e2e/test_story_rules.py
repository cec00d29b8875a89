"""What an admin sets, and what the desk then does: who is given what, what comes back, who may look, when it is shut.

Adela sets; Ana and Bruno answer for Ventas; Sara is its supervisor. The tests go on from each other's desk.
"""

import contextlib
import datetime as dt
import re
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, comes, serious_findings

GIVEN_BACK_WITHIN_MS = 150_000
"""A minute of absence, counted every quarter of one, on a machine that has other things to do."""
MOST_OF_A_MINUTE_S = 45


class Team(NamedTuple):
    """Who is there, each in a browser of their own."""

    adela: OperatorSeat
    ana: OperatorSeat
    bruno: OperatorSeat
    sara: OperatorSeat


@pytest.fixture(scope="module")
def team(browser: Browser, demo: Addresses) -> Iterator[Team]:
    view = {"width": 1440, "height": 900}
    seats = [
        OperatorSeat(browser, viewport=view, reduced_motion="reduce").sign_in(demo, name)
        for name in ("admin", "ana", "bruno", "sara")
    ]
    found = Team(*seats)
    for busy in (found.adela, found.sara):
        assert busy.ask("PATCH", "/me", {"availability": "away"}).ok
    yield found
    for seat in seats:
        seat.leave()


def settings(seat: OperatorSeat, demo: Addresses, part: str) -> Page:
    seat.page.goto(f"{demo.desk}/settings/{part}")
    expect(seat.page.get_by_role("heading", level=2)).to_be_visible()
    return seat.page


def ventas(seat: OperatorSeat, demo: Addresses) -> Page:
    page = settings(seat, demo, "departments")
    page.get_by_role("link", name="Editar Ventas").click()
    expect(page.get_by_role("heading", name="Ventas")).to_be_visible()
    return page


def save(page: Page, does: str | re.Pattern[str] = "Guardar") -> None:
    page.get_by_role("button", name=does, exact=True).click()
    expect(page.get_by_role("region", name="Cambios sin guardar")).to_have_count(0)
    expect(page.locator(".notice").filter(has_text="Guardado").first).to_be_visible()


def set_limit(page: Page, name: str, limit: int) -> None:
    page.get_by_role("button", name=f"Editar {name}").click()
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_label("Poner un límite")
    if not box.is_checked():
        box.check()
    dialog.get_by_label("Límite de conversaciones").fill(str(limit))
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text(f"máximo {limit}")).to_be_visible()


def rows(seat: OperatorSeat, tab: str, words: str) -> Locator:
    seat.tab(tab).click()
    return seat.row(words)


def test_what_waits_goes_to_the_least_busy_within_their_limit(team: Team, demo: Addresses, visitor: Come) -> None:
    set_limit(settings(team.adela, demo, "operators"), "Ana Morales", 1)
    page = ventas(team.adela, demo)
    warning = page.get_by_text(re.compile("Al guardar se .* ahora mismo .*espera.* a Bruno"))
    expect(warning).to_have_count(0)
    page.get_by_label("A quien atiende menos").check()
    expect(warning).to_be_visible()
    save(page, re.compile(r"Guardar y (asignar una|repartir \d+)"))
    expect(warning).to_have_count(0)
    # Ana attends Lucía and may not have more: what waited is Bruno's, and so is what comes.
    expect(rows(team.bruno, "attending", "Julián Paredes")).to_be_visible()
    comes(visitor, "¿Envían a Canarias?")
    expect(rows(team.bruno, "attending", "Canarias")).to_be_visible()
    assert rows(team.ana, "attending", "Canarias").count() == 0
    set_limit(settings(team.adela, demo, "operators"), "Ana Morales", 5)
    comes(visitor, "¿Y a Baleares?")
    expect(rows(team.ana, "attending", "Baleares")).to_be_visible()
    assert rows(team.bruno, "attending", "Baleares").count() == 0


def test_reasons_appear_in_the_close_dialog_in_their_order_until_they_are_retired(team: Team, demo: Addresses) -> None:
    page = settings(team.adela, demo, "reasons")
    for name in ("Resuelta", "Duplicada", "Publicidad"):
        page.get_by_label("Un motivo").fill(name)
        page.keyboard.press("Enter")
        expect(page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    page.get_by_role("button", name="Subir Publicidad").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem")).to_contain_text(["Resuelta", "Publicidad", "Duplicada"])
    page.get_by_role("button", name="Retirar Duplicada").click()
    expect(page.get_by_role("button", name="Recuperar Duplicada")).to_be_visible()
    assert serious_findings(page) == []

    bruno = team.bruno.page
    rows(team.bruno, "attending", "Canarias").click()
    expect(team.bruno.thread).to_be_visible()
    bruno.keyboard.press("c")
    dialog = bruno.get_by_role("dialog")
    expect(dialog.get_by_role("radio")).to_have_count(3)
    expect(dialog.locator("label:has(input)")).to_contain_text(["Sin motivo", "Resuelta", "Publicidad"])
    dialog.get_by_label("Resuelta").check()
    dialog.get_by_role("button", name="Cerrar", exact=True).last.click()
    expect(rows(team.bruno, "closed", "Canarias")).to_be_visible()


def test_a_supervisor_looks_in_once_an_admin_allows_it_and_the_owner_sees_it(team: Team, demo: Addresses) -> None:
    rows(team.ana, "attending", "Baleares").click()
    expect(team.ana.thread.get_by_text("¿Y a Baleares?")).to_be_visible()
    number = re.search(r"/desk/(\d+)", team.ana.page.url)
    assert number is not None
    path = f"/conversations/{number[1]}/look-in"
    assert team.sara.ask("POST", path, {}).status == 409
    page = ventas(team.adela, demo)
    page.get_by_label("Permitir que los supervisores miren").check()
    expect(page.get_by_text("Quien la atiende lo ve, y queda anotado en el registro.")).to_be_visible()
    save(page)
    assert team.sara.ask("POST", path, {}).ok
    expect(team.ana.thread.get_by_text("Sara mira esta conversación")).to_be_visible()
    page.get_by_label("Permitir que los supervisores miren").uncheck()
    expect(page.get_by_text("quien esté mirando deja de ver la conversación")).to_be_visible()
    save(page)
    expect(team.ana.thread.get_by_text("ya no mira esta conversación")).to_be_visible()


def test_two_admins_see_each_other_and_overwrite_nothing_unseen(team: Team, browser: Browser, demo: Addresses) -> None:
    page = ventas(team.adela, demo)
    other_seat = OperatorSeat(browser, viewport={"width": 1440, "height": 900}).sign_in(demo, "admin")
    other = ventas(other_seat, demo)
    days, minutes = "Días en que se reabre", "Minutos de ausencia"
    page.get_by_label(days).fill("30")
    other.get_by_label(minutes).fill("25")
    save(other)
    expect(page.get_by_label(minutes)).to_have_value("25")
    expect(page.get_by_label(days)).to_have_value("30")
    save(page)
    expect(other.get_by_label(days)).to_have_value("30")

    page.get_by_label(days).fill("60")
    other.get_by_label(days).fill("7")
    save(other)
    expect(page.get_by_text("Otra persona lo dejó en «7 días»")).to_be_visible()
    expect(page.get_by_label(days)).to_have_value("60")
    page.get_by_role("button", name="Usar lo suyo").click()
    expect(page.get_by_label(days)).to_have_value("7")
    expect(page.get_by_role("region", name="Cambios sin guardar")).to_have_count(0)
    other_seat.leave()


def test_two_admins_on_one_inbox_overwrite_nothing_unseen(team: Team, browser: Browser, demo: Addresses) -> None:
    other_seat = OperatorSeat(browser, viewport={"width": 1440, "height": 900}).sign_in(demo, "admin")
    page, other = (settings(seat, demo, "inboxes") for seat in (team.adela, other_seat))
    for one in (page, other):
        one.get_by_role("link", name="Editar").first.click()
    name, greeting, away = "Nombre", "Saludo", "Cuando no hay nadie"
    page.get_by_label(name, exact=True).fill("Mostrador")
    # What is looked up elsewhere costs nothing of what was typed.
    page.get_by_role("link", name="Horario").click()
    page.go_back()
    expect(page.get_by_label(name, exact=True)).to_have_value("Mostrador")
    other.get_by_label(away, exact=True).fill("Volvemos pronto.")
    save(other)
    expect(page.get_by_label(away, exact=True)).to_have_value("Volvemos pronto.")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(other.get_by_label(name, exact=True)).to_have_value("Mostrador")
    expect(other.get_by_label(away, exact=True)).to_have_value("Volvemos pronto.")

    page.get_by_label(greeting).fill("Hola. ¿Qué busca?")
    other.get_by_label(greeting).fill("Buenas. ¿Qué necesita?")
    save(other)
    expect(page.get_by_text("Otra persona lo dejó en «Buenas. ¿Qué necesita?»")).to_be_visible()
    bar = page.get_by_role("region", name="Cambios sin guardar")
    expect(bar).to_contain_text("Otra persona cambió 1 de estas cosas")
    bar.get_by_role("button", name="Ver").click()
    expect(page.get_by_role("button", name="Usar lo suyo")).to_be_focused()
    expect(page.get_by_label(greeting)).to_have_value("Hola. ¿Qué busca?")
    assert serious_findings(page) == []
    page.get_by_role("button", name="Usar lo suyo").click()
    expect(page.get_by_label(greeting)).to_have_value("Buenas. ¿Qué necesita?")
    expect(page.get_by_role("region", name="Cambios sin guardar")).to_have_count(0)
    other_seat.leave()


def test_of_an_operator_too_what_another_admin_has_set_stands_below_its_field(
    team: Team, browser: Browser, demo: Addresses
) -> None:
    other_seat = OperatorSeat(browser, viewport={"width": 1440, "height": 900}).sign_in(demo, "admin")
    page, other = (settings(seat, demo, "operators") for seat in (team.adela, other_seat))
    for one in (page, other):
        one.get_by_role("button", name="Editar Bruno Reyes").click()
    page.get_by_label("Nombre", exact=True).fill("Bruno R.")
    other.get_by_label("Nombre", exact=True).fill("Bruno Reyes Soto")
    other.get_by_role("button", name="Guardar").click()
    told = page.get_by_text("Otra persona lo dejó en «Bruno Reyes Soto»")
    expect(told).to_be_visible()
    name, role = (
        page.get_by_role("dialog").get_by_text(label, exact=True).bounding_box() for label in ("Nombre", "Rol")
    )
    where = told.bounding_box()
    assert name is not None
    assert role is not None
    assert where is not None
    assert name["y"] < where["y"] < role["y"]
    page.get_by_role("button", name="Usar lo suyo").click()
    expect(page.get_by_label("Nombre", exact=True)).to_have_value("Bruno Reyes Soto")
    other_seat.leave()


def leaves_an_address(late: VisitorSeat) -> None:
    """Whoever writes while it is shut is told that it has come, and can still leave an address, once."""
    late.write("¿Abrís mañana?")
    told = late.frame.locator(".away")
    expect(told).to_contain_text("Hemos recibido tu mensaje.")
    expect(told).to_contain_text("Fuera de horario. Volvemos:")
    field = told.get_by_label("Tu correo")
    field.fill("rosa")
    field.press("Enter")
    expect(told.get_by_text("Revisa el correo")).to_be_visible()
    assert serious_findings(late.frame) == []
    field.fill("rosa@example.com")
    told.get_by_role("button", name="Enviar").click()
    late.sees("rosa@example.com")
    expect(field).to_have_count(0)
    late.page.reload()
    late.open_chat()
    expect(late.frame.locator(".away")).to_contain_text("Hemos recibido tu mensaje.")
    expect(late.frame.get_by_label("Tu correo")).to_have_count(0)


def test_hours_close_the_department_and_the_chat_says_so(team: Team, demo: Addresses, visitor: Come) -> None:
    page = ventas(team.adela, demo)
    page.get_by_role("link", name="Horario").click()
    page.get_by_label("Según un horario").check()
    page.get_by_label("Zona horaria").fill("madrid")
    expect(page.get_by_role("option", name="Europe/Madrid")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Zona horaria")).to_have_value("Europe/Madrid")
    page.get_by_role("button", name="Copiar: Lunes").click()
    page.get_by_role("menuitem", name="A todos los días").click()
    page.get_by_role("button", name="Añadir un día").click()
    expect(page.get_by_role("textbox", name="Fecha")).to_be_focused()
    page.get_by_role("textbox", name="Fecha").fill(dt.datetime.now(ZoneInfo("Europe/Madrid")).date().isoformat())
    expect(page.get_by_text("Ahora cerrado. Abre:")).to_be_visible()
    save(page)
    late = visitor()
    late.open_chat()
    expect(late.frame.get_by_text("Fuera de horario. Volvemos:").first).to_be_visible()
    leaves_an_address(late)
    page.get_by_label("Responde siempre").check()
    save(page)
    early = visitor()
    early.open_chat()
    expect(early.frame.get_by_role("heading", name="Ventas")).to_be_visible()
    expect(early.frame.get_by_text("Fuera de horario")).to_have_count(0)


def test_what_an_absent_owner_attends_comes_back(team: Team, demo: Addresses) -> None:
    page = ventas(team.adela, demo)
    page.get_by_label("A mano").check()
    page.get_by_label("Minutos de ausencia").fill("0")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_text("Un número entre 1 y")).to_be_visible()
    page.get_by_label("Minutos de ausencia").fill("1")
    save(page)
    assert rows(team.ana, "waiting", "Julián Paredes").count() == 0
    team.bruno.page.goto("about:blank")
    team.ana.tab("waiting").click()
    # What the desk counts is proved elsewhere, by a clock of the tests' own.
    with contextlib.closing(sqlite3.connect(demo.data / "recado.db", timeout=30)) as store, store:
        store.execute("UPDATE operators SET absent_s = ? WHERE username = 'bruno'", (MOST_OF_A_MINUTE_S,))
    expect(team.ana.row("Julián Paredes")).to_be_visible(timeout=GIVEN_BACK_WITHIN_MS)
    team.ana.open("Julián Paredes")
    expect(team.ana.thread.get_by_text("Bruno").first).to_be_visible()
