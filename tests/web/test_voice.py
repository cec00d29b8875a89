"""A recording goes to the other side as it was, and is played there by every browser."""

import asyncio
import threading
import time
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from recado.domain.attachments import SOUND_MAX_MS
from recado.domain.ids import FileId
from recado.files import examiner
from recado.files.examine import Examined
from recado.files.notes import without_notes
from recado.files.store import Part, StoreAwayError
from recado.web.uploads import Uploads
from tests.files.samples import picture
from tests.files.sounds import heard, recording, tone
from tests.web.doors import House
from tests.web.doors import part_of as part
from tests.web.files import Sending
from tests.web.served import until
from tests.world import Chat


@pytest.fixture
def chat(house: House) -> Chat:
    return house.world.attended()


@pytest.fixture
def ana(house: House, chat: Chat) -> Sending:
    return Sending(house, house.operator(house.world.ana), chat)


@pytest.fixture
def lucia(house: House, chat: Chat) -> Sending:
    return Sending(house, house.visitor(house.world.lucia), chat, visitor=True)


def finding(monkeypatch: pytest.MonkeyPatch, found: Callable[[Path], Examined]) -> None:
    """Let what looks at files say something else."""
    monkeypatch.setattr(examiner._Look, "run", lambda look: found(look._path))


async def test_what_one_side_records_the_other_side_plays(ana: Sending, lucia: Sending) -> None:
    spoken = tone(1200)
    for one, other, name in ((lucia, ana, "voice-1.webm"), (ana, lucia, "voice-2.m4a")):
        content = recording(name.rpartition(".")[2], spoken)
        file = await one.sent(name, content)
        assert (await other.get(file["id"])).content == (without_notes(content) if name.endswith("m4a") else content)
        played = await other.get(file["id"], "/sound")
        assert (played.status_code, played.headers["content-type"]) == (200, "audio/mpeg")
        assert played.headers["content-disposition"].startswith(f'inline; filename="{name.partition(".")[0]}.mp3"')
        assert heard(played.content).ms == pytest.approx(file["sound"]["ms"], abs=2)
        assert heard(played.content).hertz == pytest.approx(440, abs=3)
        wound_on = await other.get(file["id"], "/sound", Range="bytes=1000-1999")
        assert (wound_on.status_code, wound_on.content) == (206, played.content[1000:2000])
        assert wound_on.headers["content-range"] == f"bytes 1000-1999/{len(played.content)}"
        began = time.process_time()
        for start in range(0, 5000, 500):
            await other.get(file["id"], "/sound", Range=f"bytes={start}-{start + 499}")
        assert time.process_time() - began < 10 * 0.05
        kept = {"If-None-Match": played.headers["etag"]}
        assert (await other.get(file["id"], "/sound", **kept)).status_code == 304
        assert (await other.get(file["id"], **kept)).status_code == 200


async def test_an_mp3_is_played_as_it_is_and_a_picture_not_at_all(ana: Sending) -> None:
    song, seen = recording("mp3"), await ana.sent("a.png", picture())
    file = await ana.sent("a.mp3", song)
    assert len(file["sound"]["peaks"]) == 64
    assert (await ana.get(file["id"], "/sound")).content == song
    assert seen["sound"] is None
    assert (await ana.get(seen["id"], "/sound")).status_code == 404


async def test_what_the_store_took_by_half_is_no_file_until_it_has_all(
    house: House, ana: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, store = recording("ogg"), part(house.app, "uploads", Uploads)._store
    put = store.put

    async def away(which: FileId, what: Part, source: Path) -> None:
        if what == "sound":
            raise StoreAwayError
        await put(which, what, source)

    which = (await ana.begin("voice.ogg", len(content))).json()["id"]
    with monkeypatch.context() as patched:
        patched.setattr(store, "put", away)
        assert (await ana.part(which, 0, content)).status_code == 503
    assert (await ana.look(which)).json()["file"] is None
    kept = await ana.part(which, len(content), b"")
    assert (kept.status_code, kept.json()["file"]["sound"]["ms"]) == (200, 1000)


async def test_a_recording_of_nothing_is_refused_and_leaves_nothing(house: House, ana: Sending) -> None:
    folder = part(house.app, "uploads", Uploads)._intake._folder
    before = set(folder.iterdir())
    silent = await ana.whole("voice.wav", recording("wav", array("h")))
    assert (silent.status_code, silent.json()["code"], silent.json()["fault"]) == (422, "wrong_file", "no_sound")
    assert "limit" not in silent.json()
    assert set(folder.iterdir()) == before


async def test_long_recordings_hold_up_nobody_but_their_sender(
    house: House, ana: Sending, lucia: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers = [str((await lucia.begin("voice.wav", 4)).json()["id"]) for _ in range(examiner.SOUNDS_AT_ONCE)]
    looked_at: list[str] = []
    over = threading.Event()

    def look(path: Path) -> Examined:
        looked_at.append(path.name)
        if path.name in hers:
            over.wait(20)
        return Examined("no_sound")

    finding(monkeypatch, look)
    waiting = part(house.app, "uploads", Uploads)._examiner._sounds._waiting
    sends = [asyncio.create_task(lucia.part(which, 0, b"RIFF")) for which in hers]
    await until(lambda: len(looked_at) + len(waiting) == len(hers))
    assert len(looked_at) == 1
    assert (await ana.whole("voice.wav", b"RIFF")).json()["fault"] == "no_sound"
    over.set()
    assert {(await one).status_code for one in sends} == {422}


async def test_one_that_is_too_long_is_told_how_long_it_may_be(ana: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    finding(monkeypatch, lambda _: Examined("too_long"))
    answer = await ana.whole("voice.wav", recording("wav", tone(50)))
    assert (answer.status_code, answer.json()["fault"], answer.json()["limit"]) == (422, "too_long", SOUND_MAX_MS)
