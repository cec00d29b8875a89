"""The benchmark of files measures what it says it does. Times are not judged here, and everything is small."""

import pytest

from bench import files
from bench.figures import GOALS
from bench.live import Pace


@pytest.mark.parametrize(
    ("measure", "names"),
    [
        (files.upload, ["upload.mb_per_s", "bare_upload.mb_per_s", "upload.of_bare", "upload.in_parts_of_bare"]),
        (files.ranges, [f"{one}range.first_byte_{p}_ms" for one in ("", "bare_") for p in ("p50", "p99")]),
        (files.texts, ["uploads.text_p99_ms", "uploads.text_alone_p99_ms", "uploads.text_p99_ratio"]),
    ],
)
async def test_each_figure_is_had(monkeypatch: pytest.MonkeyPatch, measure: files.Measure, names: list[str]) -> None:
    small: dict[str, object] = {
        "SIZE": 300_000,
        "PART": 100_000,
        "ROUNDS": 1,
        "RANGE": 1000,
        "TURNS": 1,
        "AT_ONCE": 2,
        "PACE_S": 0.1,
    }
    small |= {"APART_S": 0.5, "UNDER": Pace(2, 10, 1), "TEXTS": Pace(2, 10, 1)}
    for name, value in small.items():
        monkeypatch.setattr(files, name, value)
    figures = await measure()
    assert [one.name for one in figures] == names
    assert all(one.value > 0 for one in figures)
    assert GOALS.keys() & set(names)
