"""Files come in whole or not at all, and go out to those alone who read their message, as what they are."""

import asyncio
import errno
import hashlib
import os
import random
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from recado.actions import attachments as actions
from recado.actions import blocks, conversations, queue
from recado.db.gone_files import list_known
from recado.domain.errors import Busy
from recado.domain.ids import FileId
from recado.files.intake import Intake
from recado.files.store import Store
from recado.web import parts
from recado.web.limits import UPLOADS
from recado.web.serving import disposition, part_of
from recado.web.uploads import Uploads
from tests.files.samples import HTML, MP3, PDF, SVG, office, photo, picture
from tests.web.doors import CONSOLE, PROBLEM, WIDGET, House
from tests.web.doors import part_of as part
from tests.web.files import PART, Sending
from tests.world import Chat, new_client_id

PNG = picture()
LONG = PDF + random.Random(1).randbytes(300_000)


@pytest.fixture
def chat(house: House) -> Chat:
    return house.world.attended()


@pytest.fixture
def ana(house: House, chat: Chat) -> Sending:
    for left in lying(house):
        (part(house.app, "uploads", Uploads)._intake._folder / left).unlink()
    return Sending(house, house.operator(house.world.ana), chat)


@pytest.fixture
def lucia(house: House, chat: Chat) -> Sending:
    return Sending(house, house.visitor(house.world.lucia), chat, visitor=True)


def lying(house: House) -> list[str]:
    """The names of all files that lie there on their way."""
    return sorted(one.name for one in part(house.app, "uploads", Uploads)._intake._folder.iterdir())


async def test_a_file_goes_from_each_side_to_the_other_byte_by_byte(ana: Sending, lucia: Sending) -> None:
    for one, other, name in ((ana, lucia, "Factura nº 3.pdf"), (lucia, ana, "factura.pdf")):
        file = await one.sent(name, LONG, "Aquí está")
        assert (file["name"], file["type"], file["size"]) == (name, "application/pdf", len(LONG))
        for reader in (one, other):
            got = await reader.get(file["id"])
            assert got.status_code == 200
            assert got.content == LONG
            assert got.headers["content-type"] == "application/pdf"
            assert got.headers["content-disposition"].startswith("attachment; filename=")


async def test_ten_cuts_later_it_is_the_same_file(house: House, ana: Sending, lucia: Sending) -> None:
    chance = random.Random(10)
    which = (await ana.begin("largo.pdf", len(LONG))).json()["id"]
    cuts = [*sorted(chance.sample(range(1, len(LONG)), 10)), len(LONG)]
    for cut in cuts:
        come = (await ana.look(which)).json()["offset"]
        beyond = await ana.part(which, come + 1, b"x")
        assert (beyond.status_code, beyond.json()["offset"]) == (409, come)
        answer = await ana.part(which, come, LONG[come:cut])
        assert answer.json()["offset"] == cut
        assert (answer.json()["file"] is not None) == (cut == len(LONG))
    said = {"client_id": new_client_id(), "body": "", "attachments": [which]}
    await house.operator(house.world.ana)("POST", f"{ana.talk}/messages", said)
    got = await lucia.get(which)
    assert hashlib.sha256(got.content).digest() == hashlib.sha256(LONG).digest()


async def test_who_comes_anew_goes_on_behind_what_was_still_being_written(
    house: House, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that takes its time: the part before is over, and what has come of it is counted once it lies there."""
    monkeypatch.setattr(parts, "GATHERED", 1000)
    written, disk = asyncio.Event(), threading.Event()
    loop, write = asyncio.get_running_loop(), Intake.write

    def slow(self: Intake, which: FileId, at: int, piece: bytes, size: int) -> int:
        loop.call_soon_threadsafe(written.set)
        assert disk.wait(10)
        return write(self, which, at, piece, size)

    async def cut() -> AsyncIterator[bytes]:
        yield LONG[:1000]
        yield LONG[1000:2000]  # waits for the disk, where its sender comes anew
        await asyncio.Event().wait()

    which = (await ana.begin("largo.pdf", len(LONG))).json()["id"]
    with monkeypatch.context() as patched:
        patched.setattr(Intake, "write", slow)
        caller = house.operator(house.world.ana)
        sent = {**caller.headers, "origin": "https://desk.example", "content-type": PART}
        path = f"{CONSOLE}/uploads/{which}?offset=0"
        before = asyncio.create_task(house.client.request("PATCH", path, content=cut(), headers=sent))
        await written.wait()
        anew = asyncio.create_task(ana.part(which, 2000, LONG[2000:]))
        coming = part(house.app, "uploads", Uploads)._coming
        async with asyncio.timeout(10):
            while which in coming:  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0)
        disk.set()
        assert (await before).status_code == 409
        assert (await anew).json()["file"]["size"] == len(LONG)


async def test_who_did_not_hear_that_it_was_begun_begins_it_again_and_goes_on(ana: Sending, lucia: Sending) -> None:
    for one in (ana, lucia):
        key = {"client_id": new_client_id()}
        first, again = [await one.begin("largo.pdf", len(LONG), **key) for _ in range(2)]
        assert first.json() == again.json()
        await one.part(first.json()["id"], 0, LONG[:1000])
        last = await one.begin("largo.pdf", len(LONG), **key)
        assert (last.status_code, last.json()) == (201, first.json() | {"offset": 1000})
        await one.part(first.json()["id"], 1000, LONG[1000:])
        assert (await one.begin("largo.pdf", len(LONG), **key)).json()["file"]["size"] == len(LONG)
        other = await one.begin("otro.pdf", len(LONG), **key)
        assert (other.status_code, other.json()["code"]) == (409, "client_id_reused")


async def test_a_visitor_who_is_shut_out_in_the_middle_of_a_file_sends_no_more_of_it(
    house: House, chat: Chat, lucia: Sending
) -> None:
    which = (await lucia.begin("largo.pdf", len(LONG))).json()["id"]
    assert (await lucia.part(which, 0, LONG[:1000])).status_code == 200
    house.world.act(blocks.block, house.world.ana, chat.id)
    refused = await lucia.part(which, 1000, LONG[1000:])
    assert (refused.status_code, refused.json()["code"]) == (403, "blocked")
    assert part(house.app, "uploads", Uploads)._intake.offset(FileId(which)) == 1000


async def test_a_half_file_goes_into_no_message(house: House, ana: Sending) -> None:
    which = (await ana.begin("largo.pdf", len(LONG))).json()["id"]
    await ana.part(which, 0, LONG[:1000])
    said = {"client_id": new_client_id(), "body": "hello", "attachments": [which]}
    caller = house.operator(house.world.ana)
    before = house.world.contents()
    answer = await caller("POST", f"{ana.talk}/messages", said)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "attachments")
    assert (await ana.get(which)).status_code == 404
    assert house.world.contents() == before


async def test_a_file_that_is_not_taken_says_why_and_leaves_nothing(house: House, ana: Sending, lucia: Sending) -> None:
    for one in (ana, lucia):
        for name, content, fault in (
            ("a.png", HTML, "mismatch"),
            ("a.png", SVG, "mismatch"),
            ("a.docx", office("xlsx"), "mismatch"),
            ("a.jpg", photo()[:300], "damaged"),
        ):
            answer = await one.whole(name, content)
            assert answer.status_code == 422, answer.text
            assert answer.headers["content-type"] == PROBLEM
            assert (answer.json()["code"], answer.json()["fault"]) == ("wrong_file", fault)
        assert (await one.begin("a.svg", 10)).json()["fault"] == "format"
        assert (await one.begin("a.pdf", 0)).json()["fault"] == "empty"
        large = await one.begin("a.pdf", 20_000_001)
        assert (large.status_code, large.json()["limit"]) == (413, 20_000_000)
        assert (await one.begin("a.pdf", 2**62)).status_code == 413
    assert lying(house) == []


async def test_more_than_was_announced_is_refused_before_its_end(house: House, ana: Sending) -> None:
    which = (await ana.begin("a.pdf", 1000)).json()["id"]
    answer = await ana.part(which, 0, bytes(1001))
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert (await ana.look(which)).json()["offset"] == 0

    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 100
            yield bytes(100)

    caller = house.operator(house.world.ana)
    path = f"{CONSOLE}/uploads/{which}?offset=0"
    sent = {**caller.headers, "origin": "https://desk.example", "content-type": PART}
    answer = await house.client.request("PATCH", path, content=endless(), headers=sent)
    assert (answer.status_code, read <= 1200) == (413, True)
    assert (await ana.look(which)).status_code == 404
    assert lying(house) == []


async def test_a_photograph_arrives_without_its_place_with_its_size_and_a_small_one(
    ana: Sending, lucia: Sending
) -> None:
    file = await lucia.sent("foto.jpg", photo())
    assert (file["width"], file["height"], file["thumbnail"]) == (48, 64, True)
    got = await ana.get(file["id"])
    assert b"Nokia" not in got.content
    assert len(got.content) == file["size"]
    assert got.headers["content-disposition"].startswith("inline")
    small = await ana.get(file["id"], "/thumbnail")
    assert (small.status_code, small.headers["content-type"], small.content[8:12]) == (200, "image/webp", b"WEBP")


async def test_nothing_that_is_served_can_act_in_a_page(ana: Sending) -> None:
    for name, content in (("a.png", picture()), ("a.mp3", MP3), ("a.pdf", PDF), ("a.docx", office("docx"))):
        file = await ana.sent(name, content)
        got = await ana.get(file["id"])
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert got.headers["cache-control"] == "private, no-cache"
        assert got.headers["content-disposition"].startswith("inline" if name in {"a.png", "a.mp3"} else "attachment")


async def test_parts_of_a_file_can_be_asked_for(ana: Sending) -> None:
    file = await ana.sent("a.pdf", LONG)
    for asked, start, end in (("0-99", 0, 100), ("299990-", 299_990, len(LONG)), ("-7", len(LONG) - 7, len(LONG))):
        got = await ana.get(file["id"], Range=f"bytes={asked}")
        assert got.status_code == 206
        assert got.content == LONG[start:end]
        assert got.headers["content-range"] == f"bytes {start}-{end - 1}/{len(LONG)}"
        assert got.headers["content-length"] == str(end - start)
    beyond = await ana.get(file["id"], Range="bytes=999999-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(LONG)}")
    for hostile in (
        "bytes=",
        "bytes=a-b",
        "bytes=0-1,5-9",
        "bytes=9-1",
        "lines=1-2",
        "bytes=" + "9" * 5000 + "-",
        "bytes=--1",
    ):
        got = await ana.get(file["id"], Range=hostile)
        assert (got.status_code, len(got.content)) == (200, len(LONG)), hostile[:20]
    tag = (await ana.get(file["id"])).headers["etag"]
    assert (await ana.get(file["id"], **{"If-None-Match": tag})).status_code == 304
    stale = await ana.get(file["id"], Range="bytes=0-1", **{"If-Range": '"another"'})
    assert stale.status_code == 200


async def test_to_ask_what_a_file_is_like_reads_nothing_of_it(
    house: House, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await ana.sent("a.pdf", LONG)
    whole, piece = await ana.get(file["id"]), await ana.get(file["id"], Range="bytes=10-19")
    read: list[int] = []
    monkeypatch.setattr(Store, "read", lambda *asked: read.append(asked[-1]))
    caller = house.operator(house.world.ana)
    for got, asked in ((whole, "bytes=a-b"), (piece, "bytes=10-19")):
        head = await caller("HEAD", f"{CONSOLE}/files/{file['id']}", headers={"Range": asked})
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert {name: value for name, value in head.headers.items() if name != "date"} == dict(got.headers)
    assert read == []


async def test_a_copied_address_opens_for_nobody_else_and_for_nobody_who_has_lost_it(
    house: House, chat: Chat, ana: Sending, lucia: Sending
) -> None:
    world = house.world
    file, inner = await lucia.sent("a.png", picture()), await ana.sent("a.png", picture(), kind="note")
    julian = Sending(house, house.visitor(world.julian), chat, visitor=True)
    bruno, clara = (Sending(house, house.operator(one), chat) for one in (world.bruno, world.clara))
    missing = await bruno.get("nothing")
    for which in (file["id"], inner["id"]):
        for end in ("", "/thumbnail"):
            assert (await ana.get(which, end)).status_code == 200
            for stranger in (julian, bruno, clara):
                assert (await stranger.get(which, end)).content == missing.content
            for door in (CONSOLE, WIDGET):
                assert (await house.nobody()("GET", f"{door}/files/{which}{end}")).content == missing.content
    assert (await lucia.get(inner["id"])).content == missing.content
    kept = (await ana.get(file["id"])).headers["etag"]
    world.act(queue.transfer, world.ana, chat.id, world.department("Soporte"), None)
    for headers in ({}, {"If-None-Match": kept}):
        assert (await ana.get(file["id"], **headers)).status_code == 404
    assert (await clara.get(file["id"])).status_code == 200


async def test_another_s_upload_is_missing(house: House, chat: Chat, ana: Sending, lucia: Sending) -> None:
    which = (await ana.begin("a.pdf", len(PDF))).json()["id"]
    bruno = Sending(house, house.operator(house.world.bruno), chat)
    for stranger in (bruno, lucia):
        assert (await stranger.part(which, 0, PDF)).status_code == 404
        assert (await stranger.look(which)).status_code == 404
    assert lying(house) == []
    assert (await ana.part(which, 0, PDF)).status_code == 200


async def test_only_bytes_are_taken_for_bytes(house: House, ana: Sending) -> None:
    which = (await ana.begin("a.pdf", len(PDF))).json()["id"]
    for kind in ("application/json", "multipart/form-data", "text/plain", "application/x-www-form-urlencoded"):
        assert (await ana.part(which, 0, PDF, kind)).status_code == 415
    caller = house.operator(house.world.ana)
    sent: dict[str, str | None] = {"origin": "https://evil.example", "content-type": PART}
    foreign = await caller("PATCH", f"{CONSOLE}/uploads/{which}?offset=0", raw=PDF, headers=sent)
    assert foreign.status_code == 403
    assert (await ana.look(which)).json()["offset"] == 0


def failing(fault: int) -> Callable[..., int]:
    """A call to the system that fails so."""

    def fail(*_: object) -> int:
        raise OSError(fault, os.strerror(fault))

    return fail


async def test_a_full_disk_takes_no_files_and_leaves_texts_alone(
    house: House, chat: Chat, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    which = (await ana.begin("a.pdf", len(LONG))).json()["id"]
    await ana.part(which, 0, LONG[:1000])
    monkeypatch.setattr(part(house.app, "uploads", Uploads)._intake, "_room_kept", 2**60)
    assert (await ana.begin("b.pdf", 10)).status_code == 507
    full = await ana.part(which, 1000, LONG[1000:])
    assert (full.status_code, full.json()["code"]) == (507, "no_space")
    assert (await ana.look(which)).json()["offset"] == 1000
    monkeypatch.undo()
    with monkeypatch.context() as patched:
        for fault in (errno.ENOSPC, errno.EDQUOT):
            patched.setattr(os, "pwrite", failing(fault))
            full = await ana.part(which, 1000, LONG[1000:])
            assert (full.status_code, full.json()["code"]) == (507, "no_space")
        house.world.act(conversations.answer, house.world.ana, chat.id, new_client_id(), "a text")
    assert (await ana.part(which, 1000, LONG[1000:])).status_code == 200


async def test_what_is_stored_and_was_not_noted_is_noted_when_asked_again(
    house: House, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise Busy

    which = (await ana.begin("a.png", len(PNG))).json()["id"]
    with monkeypatch.context() as patched:
        patched.setattr(actions, "finish", dies)
        assert (await ana.part(which, 0, PNG)).status_code == 503
    assert (await ana.look(which)).json()["file"] is None
    again = await ana.part(which, len(PNG), b"")
    assert (again.status_code, again.json()["file"]["type"]) == (200, "image/png")
    assert (await ana.part(which, len(PNG), b"")).json() == again.json()
    assert lying(house) == []


async def test_who_gives_a_file_up_leaves_nothing(house: House, ana: Sending) -> None:
    which = (await ana.begin("a.pdf", len(LONG))).json()["id"]
    await ana.part(which, 0, LONG[:1000])
    assert lying(house) == [which]
    caller = house.operator(house.world.ana)
    assert (await caller("DELETE", f"{CONSOLE}/uploads/{which}")).status_code == 204
    assert lying(house) == []
    assert house.world.see(list_known, [FileId(which)]) == set()


async def test_who_begins_files_without_end_is_held_up(house: House, ana: Sending) -> None:
    answers = [await ana.begin("a.exe", 10) for _ in range(int(UPLOADS.burst) + 2)]
    assert {one.status_code for one in answers} == {422, 429}


def test_names_are_saved_as_they_are_and_break_no_header() -> None:
    assert disposition("ñ «a».pdf", inline=False) == (
        "attachment; filename=\"_ _a_.pdf\"; filename*=UTF-8''%C3%B1%20%C2%ABa%C2%BB.pdf"
    )
    for name in ('a"b.pdf', "a\r\nb.pdf", "a\\b.pdf", "📄.pdf", "a;b.pdf"):
        header = disposition(name, inline=False)
        assert header.isascii()
        assert header.isprintable()
        assert header.count('"') == 2


@pytest.mark.parametrize(
    ("asked", "part"), [(None, None), ("bytes=0-0", (0, 1)), ("bytes=5-900", (5, 10)), ("bytes=-99", (0, 10))]
)
def test_ranges_are_held_to_the_file(asked: str | None, part: tuple[int, int] | None) -> None:
    assert part_of(asked, 10) == part


def test_what_lies_there_is_how_much_has_come(house: House) -> None:
    intake = Intake(house.settings.data)
    assert intake.offset(FileId("nothing")) == 0
