"""Emoji in the desk and the chat: chosen in the picker by keys and by the mouse, or named, in three languages."""

from playwright.sync_api import Browser, Frame, Locator, Page, expect

from tests.e2e.conftest import Addresses, Come, OperatorSeat, VisitorSeat, comes, intercept, serious_findings

OURS = {"es": "Emojis", "en": "Emoji", "pt": "Emojis"}


def opener(at: Page | Frame, locale: str = "es") -> Locator:
    return at.get_by_role("button", name=OURS[locale], exact=True)


def picker(at: Page | Frame) -> Locator:
    return at.locator("emoji-picker")


def recent(at: Page | Frame) -> Locator:
    return picker(at).locator(".favorites button")


def font_size(message: Locator) -> float:
    return float(message.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)"))


def go_by_arrows(page: Page) -> None:
    """From the search to those used last, to the tabs, into the group, a row down, and back to the text."""
    opener(page).click()
    expect(picker(page).get_by_role("combobox")).to_be_focused()
    expect(recent(page).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(recent(page).nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(picker(page).get_by_role("tab", selected=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(picker(page).locator(".tabpanel button").nth(recent(page).count())).to_be_focused()
    page.keyboard.press("Escape")
    expect(picker(page)).to_have_count(0)


def test_an_operator_chooses_by_keys_and_by_the_mouse_where_the_caret_stands(ana: OperatorSeat, visitor: Come) -> None:
    customer = comes(visitor, "¿Me llega mañana?")
    ana.open("¿Me llega mañana?")
    box, page = ana.composer, ana.page
    box.fill("Sí, mañana")
    for _ in "mañana":
        box.press("ArrowLeft")
    opener(page).focus()
    page.keyboard.press("Enter")
    search = picker(page).get_by_role("combobox", name="Buscar")
    expect(search).to_be_focused()
    expect(picker(page).get_by_role("menuitem", name="cara sonriendo", exact=True).first).to_be_visible()
    assert serious_findings(page) == []
    page.keyboard.type("corazon rojo")
    expect(picker(page).get_by_role("option").first).to_have_accessible_name("corazón rojo")
    page.keyboard.press("Enter")
    expect(picker(page)).to_have_count(0)
    expect(box).to_be_focused()
    expect(box).to_have_value("Sí, ❤️mañana")
    box.press("Control+z")
    expect(box).to_have_value("Sí, mañana")

    go_by_arrows(page)
    expect(box).to_be_focused()
    box.fill("")
    opener(page).click()
    recent(page).first.click()
    expect(box).to_have_value("❤️")
    box.press("Enter")
    customer.sees("❤️")
    for thread in (customer.frame, ana.thread):
        large, usual = thread.get_by_text("❤️", exact=True), thread.get_by_text("¿Me llega mañana?")
        assert font_size(large) > 2 * font_size(usual)

    # A page from before an upgrade asks for parts that are no more.
    page.reload()
    intercept(page, "**/picker-*.js", lambda route: route.continue_(url=f"{ana.desk}/assets/picker-before.js"))
    opener(page).click()
    expect(page.get_by_text("Hay una versión más nueva de esta página.")).to_be_visible()
    page.unroute("**/picker-*.js")


def test_one_is_named_after_a_colon_in_the_language_of_whoever_writes(ana: OperatorSeat, visitor: Come) -> None:
    comes(visitor, "¿A qué hora abren?")
    ana.open("¿A qué hora abren?")
    box, options = ana.composer, ana.page.get_by_role("option")
    for locale, written, name, chosen in (
        ("es", "A las 10:30 :corazon", "corazón rojo", "❤️"),
        ("en", "At 10:30 :party po", "party popper", "🎉"),
        ("pt", "Às 10:30 :coracao_ver", "coração vermelho", "❤️"),
    ):
        assert ana.ask("PATCH", "/me", {"locale": locale}).ok
        ana.page.reload()
        expect(ana.thread).to_be_visible()
        box.fill("")
        before, word = written.split(" :")
        box.press_sequentially(before)
        expect(options).to_have_count(0)
        box.press_sequentially(f" :{word.split(' ')[0]}")
        expect(options.first).to_have_text(f"{chosen}{name}")
        assert serious_findings(ana.page) == []
        box.press("Tab" if locale == "en" else "Enter")
        expect(box).to_have_value(f"{before} {chosen} ")
        opener(ana.page, locale).click()
        expect(picker(ana.page).get_by_role("combobox")).to_be_focused()
        ana.page.keyboard.type(word.replace("_", " "))
        expect(picker(ana.page).get_by_role("option", name=name).first).to_be_visible()
        ana.page.keyboard.press("Escape")
    box.fill("")
    box.press_sequentially(":coracao")
    expect(options).not_to_have_count(0)
    box.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value(":coracao")
    assert ana.ask("PATCH", "/me", {"locale": "es"}).ok


def test_a_visitor_fetches_the_picker_with_the_first_opening_and_no_other_place_is_asked(visitor: Come) -> None:
    customer = comes(visitor, "Buenas")
    fetched: list[str] = []
    customer.page.on("request", lambda request: fetched.append(request.url))
    box = customer.box
    box.fill("Gracias por todo")
    for _ in "por todo":
        box.press("ArrowLeft")
    assert [url for url in fetched if "emoji" in url] == []
    opener(customer.frame).click()
    first = picker(customer.frame).locator(".tabpanel button").first
    expect(first).to_be_visible()
    assert serious_findings(customer.frame) == []
    assert len([url for url in fetched if "/widget-assets/emoji-" in url]) == 2
    chosen = first.inner_text()
    first.click()
    expect(box).to_have_value(f"Gracias {chosen}por todo")
    expect(box).to_be_focused()
    box.press("Enter")
    customer.sees(f"Gracias {chosen}por todo")
    opener(customer.frame).click()
    expect(recent(customer.frame).first).to_have_text(chosen)
    customer.page.keyboard.press("Escape")
    expect(picker(customer.frame)).to_have_count(0)
    expect(box).to_be_focused()
    kept = "Object.keys(localStorage).filter((key) => key.endsWith(':emoji')).length"
    assert customer.frame.evaluate(kept) == 1
    customer.page.evaluate("recado('forget')")
    customer.frame.wait_for_function(f"{kept} === 0")


def test_on_a_phone_the_picker_is_as_wide_as_the_screen_and_each_emoji_as_large_as_a_finger(
    browser: Browser, demo: Addresses
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "locale": "pt-BR"}
    customer = VisitorSeat(browser, **phone, color_scheme="dark").enter(demo)
    customer.open_chat()
    opener(customer.frame, "pt").tap()
    first = picker(customer.frame).locator(".tabpanel button").first
    expect(first).to_be_visible()
    assert serious_findings(customer.frame) == []
    place, size = picker(customer.frame).bounding_box(), first.bounding_box()
    assert place is not None
    assert size is not None
    assert (place["x"] <= 0, place["width"] >= 390) == (True, True)
    assert min(size["width"], size["height"]) >= 44
    chosen = first.inner_text()
    first.tap()
    expect(customer.box).to_have_value(chosen)
    opener(customer.frame, "pt").tap()
    customer.frame.locator("[role=region]").first.tap(position={"x": 20, "y": 20})
    expect(picker(customer.frame)).to_have_count(0)
    customer.leave()
