"""What notifies somebody is chosen: on their own page, in a menu, for one conversation; by an admin for all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Addresses, OperatorSeat, serious_findings, told

SERVICE = """(() => {
  let there = null;
  const made = async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const p256dh = await crypto.subtle.exportKey('raw', pair.publicKey);
    const keys = { p256dh, auth: crypto.getRandomValues(new Uint8Array(16)).buffer };
    const endpoint = 'https://push.invalid/' + crypto.randomUUID();
    return { endpoint, getKey: (name) => keys[name], unsubscribe: async () => ((there = null), true) };
  };
  const granted = { get: () => window.answered ?? 'default' };
  Object.defineProperty(Notification, 'permission', granted);
  Notification.requestPermission = async () => (window.answered = window.wants ?? 'granted');
  PushManager.prototype.getSubscription = async () => there;
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    there ??= Object.assign(await made(), { options: { applicationServerKey: applicationServerKey.buffer } });
    return there;
  };
})()"""
"""This browser has no service that pushes go by: here is one that nobody reaches."""

Sit = Callable[[str], OperatorSeat]


@pytest.fixture(scope="module")
def seats(browser: Browser, demo: Addresses) -> Iterator[Sit]:
    """Each of the team at most once, signed in, at the page of their notifications."""
    taken: dict[str, OperatorSeat] = {}

    def sit(name: str) -> OperatorSeat:
        if name not in taken:
            taken[name] = OperatorSeat(browser).sign_in(demo, name)
        taken[name].page.goto(f"{demo.desk}/account/notices")
        expect(taken[name].page.get_by_role("heading", name="De qué te enteras")).to_be_visible()
        return taken[name]

    yield sit
    for seat in taken.values():
        seat.leave()


def chosen(page: Page) -> AbstractContextManager[object]:
    """What is chosen within this is stored."""
    return page.expect_response(lambda one: one.request.method == "PATCH" and one.url.endswith("/notices"))


def stored(page: Page) -> None:
    """Load it anew, once what was chosen is there."""
    page.reload()
    expect(page.get_by_role("heading", name="De qué te enteras")).to_be_visible()


def test_what_is_chosen_holds_at_once_and_can_be_given_up(seats: Sit) -> None:
    ana = seats("ana")
    page = ana.page
    with chosen(page):
        page.get_by_text("Solo las mías").click()
    with chosen(page):
        page.get_by_text("Solo si me nombran").click()
    stored(page)
    expect(page.get_by_role("radio", name="Solo las mías")).to_be_checked()
    expect(page.get_by_role("radio", name="Solo si me nombran")).to_be_checked()
    # Of what one does not hear there is nothing to listen to: it says so.
    expect(page.get_by_text("Por lo elegido arriba, no te enteras de esto")).to_have_count(2)
    assert serious_findings(page) == []
    page.get_by_role("button", name="Como para todos").click()
    expect(page.get_by_role("radio", name="Las de mis departamentos")).to_be_checked()
    expect(page.get_by_role("button", name="Como para todos")).to_have_count(0)


def test_a_sound_is_heard_when_it_is_chosen_and_by_its_button(seats: Sit) -> None:
    page = seats("ana").page
    page.evaluate("""() => {
      window.begun = 0;
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (at) { window.begun += 1; return start.call(this, at); };
    }""")
    page.get_by_label("Te nombran: Toques").click()
    with chosen(page):
        page.get_by_role("option", name="Gota").click()
    page.wait_for_function("() => window.begun === 1")
    page.get_by_role("button", name="Escuchar: Un cliente tuyo escribe").click()
    page.wait_for_function("() => window.begun === 4")
    stored(page)
    expect(page.get_by_label("Te nombran: Gota")).to_be_visible()


def test_quiet_hours_have_days_times_and_a_zone(seats: Sit) -> None:
    page = seats("ana").page
    with chosen(page):
        page.get_by_role("checkbox", name="Horas de silencio").check()
    with chosen(page):
        page.get_by_label("Desde las").fill("22:30")
        page.get_by_label("Desde las").blur()
    with chosen(page):
        page.get_by_role("button", name="Domingo").click()
    page.get_by_label("Zona horaria").fill("lima")
    with chosen(page):
        page.get_by_role("option", name="America/Lima").click()
    page.get_by_label("Hasta las").fill("22:30")
    page.get_by_label("Hasta las").blur()
    expect(page.get_by_text("Terminan cuando empiezan.")).to_be_visible()
    assert serious_findings(page) == []
    stored(page)
    expect(page.get_by_label("Desde las")).to_have_value("22:30")
    expect(page.get_by_label("Hasta las")).to_have_value("08:00")
    expect(page.get_by_role("button", name="Domingo")).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_label("Zona horaria")).to_have_value("America/Lima")
    page.get_by_role("checkbox", name="Horas de silencio").uncheck()
    expect(page.get_by_label("Desde las")).to_have_count(0)


def test_nothing_disturbs_for_a_while_on_every_page_of_mine(seats: Sit, demo: Addresses) -> None:
    ana = seats("ana")
    page = ana.page
    other = page.context.new_page()
    other.goto(f"{demo.desk}/desk")
    page.get_by_role("button", name="Perfil de Ana").click()
    page.get_by_role("menu").get_by_text("30 min").click()
    told(ana, "Nada te avisa hasta")
    sign = other.get_by_role("button", name="No molestar hasta")
    expect(sign).to_be_visible()
    sign.click()
    expect(sign).to_have_count(0)
    expect(page.get_by_role("button", name="No molestar hasta")).to_have_count(0)
    page.get_by_role("button", name="Otro…").click()
    assert serious_findings(page) == []
    page.get_by_label("Hasta", exact=True).fill("2020-01-01T10:00")
    expect(page.get_by_text("Ese momento ya pasó")).to_be_visible()
    page.keyboard.press("Escape")
    other.close()


def test_one_conversation_notifies_otherwise(seats: Sit, demo: Addresses) -> None:
    ana = seats("ana")
    page = ana.page
    page.goto(f"{demo.desk}/desk?list=attending")
    page.locator("[data-row]").first.click()
    expect(ana.thread).to_be_visible()
    page.get_by_role("button", name="Avisos: Avisar de todo").click()
    page.get_by_role("menuitemradio", name="No avisar").click()
    told(ana, "No se te avisará")
    page.reload()
    expect(page.get_by_role("button", name="Avisos: No avisar")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Más", exact=False).first.click()
    page.get_by_role("menuitemradio", name="Avisar de todo").click()
    told(ana, "Se te avisará de todo")
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.get_by_role("button", name="Avisos: Avisar de todo")).to_be_visible()


def test_an_admin_chooses_for_who_has_not(seats: Sit, demo: Addresses) -> None:
    bruno, admin = seats("bruno"), seats("admin")
    with chosen(bruno.page):
        bruno.page.get_by_text("Nada", exact=True).click()
    admin.page.goto(f"{demo.desk}/settings/notices")
    admin.page.get_by_text("Solo las mías").click()
    admin.page.get_by_text("Solo si me nombran").click()
    admin.page.get_by_role("region", name="Cambios sin guardar").get_by_role("button", name="Guardar").click()
    told(admin, "Guardado")
    expect(bruno.page.get_by_role("radio", name="Solo las mías")).to_be_checked()
    expect(bruno.page.get_by_role("radio", name="Nada")).to_be_checked()
    admin.page.goto(f"{demo.desk}/settings/audit")
    expect(admin.page.get_by_role("main").get_by_text("cambió qué avisos recibe").first).to_be_visible()


def test_who_waits_for_too_long_rings_until_somebody_says_that_they_have_heard_it(seats: Sit, demo: Addresses) -> None:
    ana, bruno = seats("ana"), seats("bruno")
    for seat in (ana, bruno):
        seat.page.goto(f"{demo.desk}/desk")
        expect(seat.row("Julián Paredes").get_by_text("Suena")).to_be_visible()
    ana.open("Julián Paredes")
    expect(ana.page.get_by_text("Espera demasiado: suena hasta que alguien la atienda.")).to_be_visible()
    assert serious_findings(ana.page) == []
    ana.page.keyboard.press(".")
    told(ana, "Ya no suena para nadie; sigue en espera")
    expect(ana.page.get_by_text("Lo has oído: ya no suena.")).to_be_visible()
    expect(bruno.row("Julián Paredes").get_by_text("Oído: Ana")).to_be_visible()
    expect(bruno.row("Julián Paredes").get_by_text("Suena")).to_have_count(0)
    bruno.open("Marta Cifuentes")
    bruno.page.get_by_role("button", name="Lo he oído").click()
    expect(ana.row("Marta Cifuentes").get_by_text("Oído: Bruno")).to_be_visible()


def test_each_step_comes_later_than_the_one_before_it(seats: Sit, demo: Addresses) -> None:
    admin = seats("admin")
    page = admin.page
    page.goto(f"{demo.desk}/settings/departments/1")
    page.get_by_label("Minutos hasta avisar en los navegadores").fill("1")
    save = page.get_by_role("region", name="Cambios sin guardar").get_by_role("button", name="Guardar")
    save.click()
    expect(page.get_by_text("Cada paso tiene que llegar más tarde que el anterior.")).to_be_visible()
    page.get_by_label("Minutos hasta avisar en los navegadores").fill("7")
    page.get_by_label("Avisar a los supervisores", exact=True).uncheck()
    save.click()
    told(admin, "Guardado")
    page.reload()
    expect(page.get_by_label("Minutos hasta avisar en los navegadores")).to_have_value("7")
    expect(page.get_by_label("Minutos hasta avisar a los supervisores")).to_have_count(0)


def test_a_browser_is_turned_on_and_thrown_out_from_another(browser: Browser, demo: Addresses, seats: Sit) -> None:
    seat = OperatorSeat(browser)
    seat.context.add_init_script(SERVICE)
    seat.sign_in(demo, "clara")
    page = seat.page
    page.goto(f"{demo.desk}/account/notices")
    expect(page.get_by_text("Sin activar en este navegador")).to_be_visible()
    page.evaluate("window.wants = 'denied'")
    page.get_by_role("button", name="Activar").click()
    expect(page.get_by_text("Este navegador los tiene bloqueados")).to_be_visible()
    assert serious_findings(page) == []
    page.reload()
    page.get_by_role("button", name="Activar").click()
    expect(page.get_by_text("Activados en este navegador")).to_be_visible()
    push = page.get_by_role("region", name="Avisos del navegador")
    push.get_by_role("button", name="Probar").click()
    told(seat, "El servicio del navegador no responde ahora")
    other = seats("clara")
    other.page.get_by_role("button", name="Quitar: Chrome, Linux").click()
    told(other, "Ya no llegan avisos a Chrome, Linux")
    expect(page.get_by_text("Sin activar en este navegador")).to_be_visible()
    # That the test could not be sent is an answer, and no fault of the page.
    seat.close()
    assert [one for one in seat.complaints if "422" not in one] == []


def test_a_test_by_mail_arrives_where_one_has_said(seats: Sit, demo: Addresses) -> None:
    bruno = seats("bruno")
    page = bruno.page
    page.goto(f"{demo.desk}/account")
    page.get_by_label("Correo").fill("b.reyes@lamparas.example")
    page.get_by_role("button", name="Guardar").click()
    told(bruno, "Guardado")
    page.goto(f"{demo.desk}/account/notices")
    page.get_by_role("region", name="Correo").get_by_role("button", name="Probar").click()
    told(bruno, "Enviado a b.reyes@lamparas.example")
    mails = page.context.new_page()
    mails.goto(demo.shop.replace(str(urlsplit(demo.shop).port), str((urlsplit(demo.shop).port or 0) + 1)))
    expect(mails.get_by_text("b.reyes@lamparas.example").first).to_be_visible()
    mails.close()
