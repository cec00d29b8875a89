"""A recording is measured by decoding it, and made into what every browser plays; what is none is refused."""

from array import array
from pathlib import Path

import pytest

from recado.files import sound
from recado.files.examine import Examined, examine
from tests.files.sounds import RATE, WAYS, heard, recording, tone

KINDS = [kind for kind in WAYS if kind != "mp3"]


def examined(tmp_path: Path, content: bytes, claimed: str = "audio") -> Examined:
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
