"""One person in two tabs: nothing typed in one is lost by what is done in the other."""

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.e2e.conftest import Come, OperatorSeat, comes


def box(page: Page) -> Locator:
    return page.locator("[data-composer]")


def saves(answer: Response) -> bool:
    return answer.request.method == "PUT" and answer.url.endswith("/draft")


def types(page: Page, text: str) -> None:
    """Add to what stands in the box, and wait until the server has it."""
    with page.expect_response(saves):
        box(page).press("End")
        box(page).press_sequentially(text)


@pytest.mark.parametrize("more", ["", ", como cada día"])
def test_what_is_typed_in_a_second_tab_stays_when_the_first_one_sends(
    ana: OperatorSeat, visitor: Come, more: str
) -> None:
    """`more`: what the first tab adds after the second has written, before it sends."""
    customer = comes(visitor, f"¿Cuándo sale mi pedido{more}?")
    ana.open(f"¿Cuándo sale mi pedido{more}?")
    ana.answer("Lo miro")
    customer.sees("Lo miro")
    other = ana.context.new_page()
    other.goto(ana.page.url)
    types(ana.page, "Sale a las doce")
    types(other, "Y llega pasado mañana")
    if more:
        types(ana.page, more)
    box(ana.page).press("Enter")
    customer.sees(f"Sale a las doce{more}")
    expect(box(ana.page)).to_have_value("")
    expect(other.get_by_role("log").get_by_text(f"Sale a las doce{more}")).to_be_visible()
    expect(box(other)).to_have_value("Y llega pasado mañana")
    other.reload()
    expect(box(other)).to_have_value("Y llega pasado mañana")
    box(other).press("Enter")
    customer.sees("Y llega pasado mañana")
    expect(box(other)).to_have_value("")
    other.close()
