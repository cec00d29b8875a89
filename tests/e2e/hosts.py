"""Pages of a customer's site, as strange as we like, at the shop's own address."""

import re
import urllib.request

from playwright.sync_api import Page, Route

from tests.e2e.conftest import Addresses

PAGE = "<!doctype html><html><head><title>Host</title>{head}</head><body><h1>Host</h1>{body}{script}</body></html>"


def script_of(demo: Addresses) -> str:
    """The one line that an admin copies, as the shop's page carries it."""
    with urllib.request.urlopen(demo.shop) as answer:  # noqa: S310 - our own address
        found = re.search(r"<script async src=.*?</script>", answer.read().decode())
    assert found
    return found[0]


def host(
    page: Page, demo: Addresses, *, head: str = "", body: str = "", script: str | None = None, **headers: str
) -> None:
    """Go to a page of the shop's site that is made of these parts."""
    html = PAGE.format(head=head, body=body, script=script_of(demo) if script is None else script)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=sent)

    page.route(f"{demo.shop}/host", answer)
    page.goto(f"{demo.shop}/host")
