"""The built pages: served to everybody with the policies that keep strangers' words from running in them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from litestar import Litestar

from recado import app
from recado.web.pages import CONSOLE
from tests.web.doors import House, house_of
from tests.world import SHOP, World

FILES = {
    "console/index.html": "<!doctype html>console",
    "console/assets/a-1.js": "console",
    "console/install/manifest.webmanifest": "manifest",
    "console/sw.js": "worker",
    "widget/frame.html": "<!doctype html>frame",
    "widget/loader.js": "loader",
    "widget/widget.d.ts": "declarations",
    "widget/widget-assets/b-2.css": "frame",
    "console/anew.js": "console, anew",
    "widget/anew.js": "frame, anew",
    "secret.txt": "never",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small pages, so that it does not matter whether the real ones are built."""
    folder = tmp_path_factory.mktemp("pages")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def left() -> list[Litestar]:
    """The application with these pages, while no test uses it."""
    return []


@pytest_asyncio.fixture
async def house(
    world: World, pages: Path, left: list[Litestar], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """The house with the small pages, as if new."""
    monkeypatch.setattr(app, "PAGES", pages)
    made = house_of(world, tmp_path, left.pop() if left else None)
    async with made.client:
        yield made
    left.append(made.app)


def policy(text: str) -> dict[str, list[str]]:
    """A content security policy by its directives."""
    return {words[0]: words[1:] for part in text.split(";") if (words := part.split())}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/setup", "/desk", "/desk/5", "/settings/inboxes"])
async def test_every_address_of_the_console_is_its_page_under_a_strict_policy(house: House, path: str) -> None:
    answer = await house.nobody()("GET", path)
    assert (answer.status_code, answer.text) == (200, FILES["console/index.html"])
    said = policy(answer.headers["content-security-policy"])
    assert said["default-src"] == said["script-src"] == said["style-src"] == ["'self'"]
    assert said["object-src"] == said["base-uri"] == said["frame-ancestors"] == ["'none'"]
    assert said["connect-src"] == ["'self'", "wss://desk.example"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["permissions-policy"] == "microphone=(self), camera=(), geolocation=()"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/whatever", "/conversations/5", "/desks", "/robots.txt", "/settings.html", "/API"])
@pytest.mark.parametrize("known", ["{}", "*", ""])
async def test_an_address_of_no_page_is_not_found_and_says_so_in_the_console(
    house: House, path: str, known: str
) -> None:
    tag = (await house.nobody()("GET", "/desk")).headers["etag"]
    answer = await house.nobody()("GET", path, headers={"if-none-match": known.format(tag)})
    assert (answer.status_code, answer.text) == (404, FILES["console/index.html"])
    assert policy(answer.headers["content-security-policy"])["script-src"] == ["'self'"]


async def test_whether_there_is_a_conversation_no_address_of_the_console_tells(house: House) -> None:
    chat = house.world.waiting(house.world.lucia)
    there, nowhere = [await house.nobody()("GET", f"/desk/{number}") for number in (chat.id, 999_999)]
    assert (there.status_code, there.content, there.headers) == (nowhere.status_code, nowhere.content, nowhere.headers)


def test_the_console_and_the_server_know_the_same_addresses() -> None:
    written = (Path(__file__).parents[2] / "ui/console/src/state/addresses.ts").read_text()
    pages = written.partition("const ADDRESSES = {")[2].partition("};")[0]
    assert set(re.findall(r": ['`]/([a-z-]*)", pages)) == CONSOLE


async def test_only_the_inbox_s_sites_may_frame_its_chat(house: House) -> None:
    answer = await house.nobody()("GET", f"/widget/{house.world.shop}")
    said = policy(answer.headers["content-security-policy"])
    assert said["frame-ancestors"] == [SHOP]
    assert said["script-src"] == ["'self'"]
    assert answer.headers["permissions-policy"] == "microphone=(self), camera=(), geolocation=()"
    # What is recorded is listened to before it goes.
    assert said["media-src"] == ["'self'", "blob:"]
    assert "x-frame-options" not in answer.headers
    assert answer.headers["x-robots-tag"] == "noindex"
    house.world.asks(sites=[])
    answer = await house.nobody()("GET", f"/widget/{house.world.shop}")
    assert policy(answer.headers["content-security-policy"])["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize("key", ["unknown", "%00", "%FF", "a" * 300, "..", "%2e%2e%2fsecret.txt"])
async def test_an_inbox_that_is_none_has_no_frame(house: House, key: str) -> None:
    answer = await house.nobody()("GET", f"/widget/{key}")
    assert answer.status_code in {400, 404} or answer.text == FILES["console/index.html"]
    assert "frame" not in answer.text


@pytest.mark.parametrize(
    ("path", "text", "cache"),
    [
        ("/widget.js", "loader", "max-age=300"),
        ("/widget.d.ts", "declarations", "max-age=300"),
        ("/assets/a-1.js", "console", "immutable"),
        ("/widget-assets/b-2.css", "frame", "immutable"),
        ("/install/manifest.webmanifest", "manifest", "no-cache"),
        ("/sw.js", "worker", "no-cache"),
    ],
)
async def test_files_are_served_with_their_kind_and_kept_as_long_as_they_may(
    house: House, path: str, text: str, cache: str
) -> None:
    answer = await house.nobody()("GET", path)
    assert answer.text == text
    assert cache in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = await house.nobody()("GET", path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("path", "text"), [("assets", "console, anew"), ("widget-assets", "frame, anew")])
async def test_a_page_that_asks_for_a_script_from_before_an_upgrade_is_told(house: House, path: str, text: str) -> None:
    answer = await house.nobody()("GET", f"/{path}/a-before.js")
    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"


async def test_the_manifest_is_called_what_it_is(house: House) -> None:
    answer = await house.nobody()("GET", "/install/manifest.webmanifest")
    assert answer.headers["content-type"].startswith("application/manifest+json")


async def test_what_runs_beside_the_pages_may_ask_this_server_alone(house: House) -> None:
    answer = await house.nobody()("GET", "/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert policy(answer.headers["content-security-policy"]) == {"default-src": ["'none'"], "connect-src": ["'self'"]}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("{}", 304),
        ("W/{}", 304),
        ('"other", W/{}', 304),
        ('{} , "other"', 304),
        ("*", 304),
        ('"other"', 200),
        ("W/", 200),
        ("", 200),
    ],
)
async def test_a_file_that_the_browser_names_among_others_is_not_sent_again(
    house: House, said: str, status: int
) -> None:
    tag = (await house.nobody()("GET", "/widget.js")).headers["etag"]
    answer = await house.nobody()("GET", "/widget.js", headers={"if-none-match": said.format(tag)})
    assert (answer.status_code, answer.text) == (status, "" if status == 304 else "loader")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.css",
        "/assets/../index.html",
        "/assets/../anew.js",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/widget-assets/..%2fframe.html",
        "/assets//etc/passwd",
        "/assets/%00",
        "/install/none.png",
        "/install/../index.html",
        "/install/%2e%2e/%2e%2e/secret.txt",
    ],
)
async def test_nothing_beside_the_built_files_is_served(house: House, path: str) -> None:
    answer = await house.nobody()("GET", path)
    assert answer.status_code in {400, 404} or answer.text == FILES["console/index.html"]
    assert FILES["secret.txt"] not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/desk",
        "/desk/5",
        "/whatever",
        "/widget.js",
        "/widget.d.ts",
        "/widget/{key}",
        "/widget-assets/b-2.css",
        "/assets/a-1.js",
        "/assets/none.js",
        "/install/manifest.webmanifest",
        "/sw.js",
        "/healthz",
        "/readyz",
        "/api/v1/schema/openapi.json",
        "/api/v1/widget/inboxes/{key}",
        "/api/v1/console/session",
        "/api/v1/console/resets",
        "/api/v1/nowhere",
    ],
)
async def test_whoever_asks_for_the_head_alone_hears_what_they_would_with_the_body(
    house: House, world: World, path: str
) -> None:
    where = path.format(key=world.shop)
    origin: dict[str, str | None] = {"origin": SHOP}
    whole = await house.nobody()("GET", where, headers=origin)
    head = await house.nobody()("HEAD", where, headers=origin)
    assert whole.content
    assert head.content == b""
    assert head.status_code == whole.status_code
    assert {name for name in whole.headers if name not in head.headers} == set()
    assert head.headers.get("content-length") == whole.headers.get("content-length")
    assert head.headers.get("etag") == whole.headers.get("etag")
