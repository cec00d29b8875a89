"""A look at a file may take longer than proxies wait: it goes on, and whoever asks again is told what came of it."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from recado.files import examiner
from recado.files.examine import Examined
from recado.files.examiner import Examiner
from recado.web import uploads
from recado.web.uploads import Uploads
from tests.files.samples import HTML, PDF
from tests.web.doors import CONSOLE, House
from tests.web.doors import part_of as part
from tests.web.files import Sending


@pytest.fixture
def ana(house: House) -> Sending:
    return Sending(house, house.operator(house.world.ana), house.world.attended())


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until this is set, nothing is said of any file; and nobody waits for that."""
    event, run = threading.Event(), examiner._Look.run

    def slow(look: examiner._Look) -> Examined:
        event.wait(20)
        return run(look)

    monkeypatch.setattr(examiner._Look, "run", slow)
    monkeypatch.setattr(uploads, "PATIENCE_S", 0.05)
    yield event
    event.set()


async def kept(house: House) -> None:
    """Returns once nothing is looked at any more."""
    keeping = list(part(house.app, "uploads", Uploads)._keeping.values())
    await asyncio.wait(keeping, timeout=20)


async def test_who_asks_again_gets_the_file(house: House, ana: Sending, over: threading.Event) -> None:
    which = (await ana.begin("a.pdf", len(PDF))).json()["id"]
    for offset, content in ((0, PDF), (len(PDF), b"")):
        busy = await ana.part(which, offset, content)
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
    assert len(part(house.app, "uploads", Uploads)._keeping) == 1
    over.set()
    await kept(house)
    assert (await ana.look(which)).json()["file"]["type"] == "application/pdf"
    assert (await ana.part(which, len(PDF), b"")).status_code == 200
    assert part(house.app, "uploads", Uploads)._keeping == {}


async def test_who_asks_again_is_told_why_it_is_not_taken(house: House, ana: Sending, over: threading.Event) -> None:
    which = (await ana.begin("a.pdf", len(HTML))).json()["id"]
    assert (await ana.part(which, 0, HTML)).status_code == 503
    over.set()
    await kept(house)
    assert (await ana.look(which)).json()["offset"] == len(HTML)
    told = await ana.part(which, len(HTML), b"")
    assert (told.status_code, told.json()["fault"]) == (422, "mismatch")
    assert (await ana.look(which)).status_code == 404
    assert part(house.app, "uploads", Uploads)._keeping == {}


async def test_what_is_given_up_is_looked_at_no_longer(house: House, ana: Sending, over: threading.Event) -> None:
    which = (await ana.begin("a.pdf", len(PDF))).json()["id"]
    await ana.part(which, 0, PDF)
    keeping = list(part(house.app, "uploads", Uploads)._keeping.values())
    caller = house.operator(house.world.ana)
    assert (await caller("DELETE", f"{CONSOLE}/uploads/{which}")).status_code == 204
    await asyncio.wait(keeping, timeout=20)
    assert [one.cancelled() for one in keeping] == [True]
    assert (await ana.part(which, len(PDF), b"")).status_code == 404


async def test_a_stop_of_the_server_refuses_nothing(
    house: House, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    which = (await ana.begin("a.pdf", len(PDF))).json()["id"]
    with monkeypatch.context() as patched:
        patched.setattr(part(house.app, "uploads", Uploads), "_examiner", Examiner())
        await part(house.app, "uploads", Uploads).close()
        assert (await ana.part(which, 0, PDF)).status_code == 503
    assert (await ana.part(which, len(PDF), b"")).status_code == 200
