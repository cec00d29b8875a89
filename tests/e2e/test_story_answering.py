"""What a visitor is told of those who answer: by which department, and what can no longer be written."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, comes, serious_findings

AT_ONCE_MS = 10_000
"""Far less than the minute after which the chat asks by itself."""
PROMISE = "Respondemos en unos 10 minutos de lunes a viernes"


@pytest.fixture
def departments(admin: OperatorSeat) -> Iterator[dict[str, int]]:
    """The shop's chat lets its visitors choose between two departments, and promises an answer. Gives their numbers."""
    found = admin.ask("GET", "/inboxes").json()
    one = next(one for one in found if one["department"]["name"] == "Ventas")
    numbers = {each["name"]: each["id"] for each in admin.ask("GET", "/departments").json()}
    kept = {key: one[key] for key in ("name", "sites", "colour", "greeting", "ask_name", "ask_email")}
    form: dict[str, Any] = kept | {"department": one["department"]["id"]}
    texts = {"es": {"greeting": "", "away": "", "answer_time": PROMISE}}
    chosen = one["chat"] | {"departments": [numbers["Ventas"], numbers["Soporte"]]}
    chosen |= {"answer_time": "text", "texts": texts}
    assert admin.ask("PATCH", f"/inboxes/{one['id']}", form | {"chat": chosen}).ok
    yield numbers
    assert admin.ask("PATCH", f"/inboxes/{one['id']}", form | {"chat": one["chat"]}).ok


def test_whoever_answers_is_seen_to_be_there_at_once(visitor: Come, browser: Browser, demo: Addresses) -> None:
    customer = comes(visitor, "¿Hay alguien ahí ahora?")
    customer.sees("¿Hay alguien ahí ahora?")
    faces = customer.frame.locator("header .faces")
    expect(customer.frame.get_by_text("Ahora no hay nadie en línea").first).to_be_visible()
    expect(faces).to_have_count(0)
    bruno = OperatorSeat(browser).sign_in(demo, "bruno")
    bruno.open("¿Hay alguien ahí ahora?")
    bruno.answer("Sí, dime")
    customer.sees("Sí, dime")
    expect(faces).to_have_text("B", timeout=AT_ONCE_MS)
    expect(customer.frame.get_by_text("Ahora no hay nadie en línea")).to_have_count(0)
    bruno.leave()


def test_only_people_of_the_department_that_answers_are_named(
    visitor: Come, ana: OperatorSeat, departments: dict[str, int]
) -> None:
    assert departments.keys() >= {"Ventas", "Soporte"}
    customer = visitor()
    customer.open_chat()
    header = customer.frame.locator("header")
    there = customer.frame.get_by_text("en línea")
    expect(there).to_contain_text("Ana")
    customer.frame.get_by_label("¿Con quién quieres hablar?").select_option("Soporte")
    expect(header.locator("h1")).to_have_text("Soporte")
    expect(there).not_to_contain_text("Ana")
    customer.write("No enciende")
    customer.sees("No enciende")
    expect(header.locator("h1")).to_have_text("Soporte")
    customer.page.reload()
    customer.open_chat()
    customer.sees("No enciende")
    header = customer.frame.locator("header")
    expect(header.locator("h1")).to_have_text("Soporte")
    assert "Ana" not in header.inner_text()


@pytest.mark.parametrize("width", [360, 400])
def test_the_promise_can_be_read_to_its_end_beside_the_faces(
    browser: Browser, demo: Addresses, ana: OperatorSeat, departments: dict[str, int], width: int
) -> None:
    assert departments
    customer = VisitorSeat(browser, viewport={"width": width, "height": 740}).enter(demo)
    customer.open_chat()
    promise = customer.frame.locator("header p")
    expect(promise).to_have_text(PROMISE)
    assert promise.evaluate("(p) => p.scrollWidth <= p.clientWidth && getComputedStyle(p).whiteSpace === 'normal'")
    customer.leave()


def test_who_may_not_write_any_more_is_told_so_and_offered_nothing_else_until_it_is_lifted(
    visitor: Come, ana: OperatorSeat, admin: OperatorSeat
) -> None:
    customer = comes(visitor, "Os escribo sin parar")
    ana.open("Os escribo sin parar")
    number = next(
        one["id"]
        for one in ana.ask("GET", "/desk").json()["waiting"]["items"]
        if one["excerpt"] == "Os escribo sin parar"
    )
    assert ana.ask("POST", f"/conversations/{number}/block", {}).ok
    expect(customer.frame.get_by_text("Ya no es posible escribir en este chat")).to_be_visible()
    customer.sees("Conversación terminada")
    expect(customer.box).to_have_count(0)
    assert serious_findings(customer.frame) == []
    (block,) = admin.ask("GET", "/blocks").json()
    assert admin.ask("DELETE", f"/blocks/{block['id']}").ok
    expect(customer.box).to_be_visible(timeout=AT_ONCE_MS)
    customer.write("Gracias por abrirme otra vez")
    expect(ana.row("Gracias por abrirme otra vez")).to_be_visible()
    assert [one for one in customer.complaints if "403" not in one] == []
    customer.complaints.clear()


def test_a_token_that_is_none_is_a_line_in_the_console_also_once_the_chat_is_open(visitor: Come) -> None:
    customer = visitor()
    customer.open_chat()
    with customer.page.expect_console_message(lambda told: "identity: malformed" in told.text):
        customer.page.evaluate("recado('identify', { token: 'x.y.z' })")
    expect(customer.box).to_be_visible()
    customer.complaints.clear()
