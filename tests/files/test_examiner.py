"""The program that looks at a file is started while the file still comes, and ends with whoever gives the file up."""

import asyncio
from pathlib import Path

import pytest

from recado.domain.errors import WrongFile
from recado.files import examiner
from recado.files.examiner import Examiner
from tests.files.samples import PDF


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[examiner._Program]:
    """All programs, as they are started."""
    programs: list[examiner._Program] = []

    class Noted(examiner._Program):
        def __init__(self) -> None:
            super().__init__()
            programs.append(self)

    monkeypatch.setattr(examiner, "_Program", Noted)
    return programs


async def test_one_program_looks_at_a_file_that_was_expected(tmp_path: Path, started: list[examiner._Program]) -> None:
    path, looks = tmp_path / "coming", Examiner()
    with looks.expecting(path):
        path.write_bytes(PDF)
        assert (await looks.examine(path, "pdf")).type == "application/pdf"
        with pytest.raises(WrongFile):
            await looks.examine(path, "png")
    assert len(started) == 2


async def test_a_program_whose_file_does_not_come_ends(tmp_path: Path, started: list[examiner._Program]) -> None:
    looks = Examiner()
    with looks.expecting(tmp_path / "cut"):
        pass
    await asyncio.to_thread(looks._starter.shutdown)
    assert [one._process.returncode for one in started] == [-9]


async def test_few_wait_for_slow_lines(tmp_path: Path, started: list[examiner._Program]) -> None:
    looks = Examiner()
    slow = [looks.expecting(tmp_path / str(number)) for number in range(examiner.EARLY + 2)]
    for one in slow:
        one.__enter__()
    for one in slow:
        one.__exit__(None, None, None)
    await asyncio.to_thread(looks._starter.shutdown)
    assert len(started) == examiner.EARLY
