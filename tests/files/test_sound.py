"""A recording is measured by decoding it, and made into what every browser plays; what is none is refused."""

import hashlib
import io
import struct
from array import array
from pathlib import Path

import av
import pytest

from recado.domain.attachments import SOUND_MAX_MS
from recado.files import examine as program
from recado.files import sound
from recado.files.examine import Examined, beside, examine
from recado.files.notes import without_notes
from tests.files.samples import PDF
from tests.files.sounds import RATE, WAYS, endless, frames_of, heard, recorded, recording, tone

KINDS = [kind for kind in WAYS if kind != "mp3"]


def examined(tmp_path: Path, content: bytes | bytearray, claimed: str = "audio") -> Examined:
    (tmp_path / "file").write_bytes(content)
    return examine(tmp_path / "file", claimed)


def made(tmp_path: Path) -> bytes:
    return (tmp_path / "file.sound").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_recorded_is_played_as_long_and_at_its_pitch(tmp_path: Path, kind: str) -> None:
    found = examined(tmp_path, recording(kind, tone(2500, 440)))
    assert (found.fault, found.type) == (None, WAYS[kind].type)
    assert found.sound is not None
    assert found.sound.ms == pytest.approx(2500, abs=45)
    played = heard(made(tmp_path))
    assert found.rendition is not None
    assert found.rendition[0] == len(made(tmp_path)) < 20_000
    assert played.said_ms == pytest.approx(found.sound.ms, abs=2)
    assert played.ms == pytest.approx(found.sound.ms, abs=2)
    assert played.hertz == pytest.approx(440, abs=3)
    assert played.loud == pytest.approx(12_000, rel=0.15)


def test_an_mp3_is_measured_and_stays_as_it_is(tmp_path: Path) -> None:
    found = examined(tmp_path, recording("mp3", tone(1500)), "mp3")
    assert found.sound is not None
    assert found.sound.ms == pytest.approx(1500, abs=2)
    assert found.rendition is None
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_one_without_end_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "MP3_MAX_MS", 1000)
    found = examined(tmp_path, recording("mp3", tone(1500)), "mp3")
    assert (found.fault, found.type, found.sound) == (None, "audio/mpeg", None)


def test_peaks_follow_what_is_loud(tmp_path: Path) -> None:
    pause = array("h", bytes(2 * RATE))
    found = examined(tmp_path, recording("wav", tone(1000) + pause + tone(1000, loud=3000) + pause))
    assert found.sound is not None
    peaks = found.sound.peaks
    assert len(peaks) == sound.PEAKS
    assert {min(peaks[:15]), max(peaks)} == {100}
    assert set(peaks[17:31]) == set(peaks[49:]) == {0}
    assert set(peaks[33:47]) <= {24, 25}


def test_silence_is_a_recording_too(tmp_path: Path) -> None:
    found = examined(tmp_path, recording("webm", array("h", bytes(6 * RATE))))
    assert found.sound is not None
    assert found.sound.ms == pytest.approx(3000, abs=30)
    assert set(found.sound.peaks) == {0}


def wav(rate: int = 8000, channels: int = 1, tag: int = 1, bits: int = 8, content: bytes = bytes(8000)) -> bytes:
    """A WAV file that says what it likes."""
    about = struct.pack("<HHIIHH", tag, channels, rate, rate, channels * bits // 8, bits)
    return b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + about + b"data" + struct.pack("<I", len(content)) + content


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (wav(rate=1), "too_complex"),
        (wav(rate=400_000), "too_complex"),
        (wav(channels=64), "too_complex"),
        (wav(channels=0xFFFF), "damaged"),
        (wav(tag=0x1234), "format"),
        (wav(content=b""), "no_sound"),
        (recording("webm", array("h")), "no_sound"),
        (recording("ogg", tone(100))[:100], "no_sound"),
        (recorded(WAYS["webm"], frames_of(tone(200)), film="libvpx"), "mismatch"),
        (recorded(WAYS["m4a"], frames_of(tone(200)), film="mpeg4"), "mismatch"),
        (PDF, "mismatch"),
    ],
    ids=range(11),
)
def test_what_is_no_recording_is_refused_with_the_reason(tmp_path: Path, content: bytes, fault: str) -> None:
    assert examined(tmp_path, content).fault == fault


@pytest.mark.parametrize("way", ["m4a", "alac"])
def test_what_a_telephone_noted_of_a_recording_is_gone_and_its_sound_is_the_same(tmp_path: Path, way: str) -> None:
    noted = {"title": "Calle Mayor 7", "location": "+40.4168-003.7038/", "creation_time": "2024-02-29T10:00:00Z"}
    taken = recording(way, notes=noted)
    for word in (b"Calle Mayor 7", b"loci"):
        assert word in taken
    found = examined(tmp_path, taken)
    kept = beside(tmp_path / "file", "clean").read_bytes()
    assert (found.clean, found.fault, len(kept)) == (True, None, len(taken))
    assert found.sha256 == hashlib.sha256(kept).hexdigest()
    for word in (b"Calle Mayor", b"loci"):
        assert word not in kept
    with av.open(io.BytesIO(kept)) as container:
        assert not {"title", "location", "creation_time"} & container.metadata.keys()
    assert heard(kept) == heard(taken)


def test_boxes_that_cannot_be_followed_are_left_as_they_are() -> None:
    for odd in (b"", b"\0\0\0\x04udta", b"\0\0\0\x01moov", b"\xff\xff\xff\xffmvhd\0", bytes(64)):
        assert len(without_notes(odd)) == len(odd)
    deep = b""
    for _ in range(2_000):
        deep = (len(deep) + 8).to_bytes(4, "big") + b"trak" + deep
    assert without_notes(deep) == deep


@pytest.mark.parametrize("kind", ["webm", "m4a", "wav"])
def test_of_a_recording_that_was_cut_off_what_there_is_is_played(tmp_path: Path, kind: str) -> None:
    content = recording(kind, tone(2000))
    found = examined(tmp_path, content[: len(content) * 3 // 5])
    assert found.sound is not None
    assert found.sound.ms == pytest.approx(1200, abs=150)
    assert heard(made(tmp_path)).hertz == pytest.approx(440, abs=3)


def test_what_is_recorded_looks_like_anything(tmp_path: Path) -> None:
    content = bytearray(recording("webm"))
    content[3000:3002] = b"V_"  # as the codes of pictures begin
    assert examined(tmp_path, content).fault is None


def test_a_small_file_of_hours_is_given_up_in_time(tmp_path: Path) -> None:
    content = endless(hours=2)
    assert len(content) < 1_100_000
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(sound.WrongSoundError) as refusal:
        sound.listen(tmp_path / "file", "audio/ogg", 10_000, tmp_path / "made")
    assert refusal.value.fault == "too_long"
    assert (tmp_path / "made").stat().st_size < 70_000


@pytest.mark.parametrize("kind", ["webm", "m4a"])
@pytest.mark.parametrize(("over", "fault"), [(0, None), (1500, None), (8000, "too_long")])
def test_one_that_ended_where_the_server_said_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, over: int, fault: str | None
) -> None:
    monkeypatch.setattr(program, "SOUND_MAX_MS", 2000)
    assert examined(tmp_path, recording(kind, tone(2000 + over))).fault == fault


def test_a_full_disk_is_no_fault_of_the_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, full = tmp_path / "said", tmp_path / "full"
    said.write_bytes(recording("webm"))
    full.symlink_to("/dev/full")
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    with pytest.raises(OSError, match="No space left"):
        sound.listen(said, "audio/webm", SOUND_MAX_MS, full)
