"""The program that looks at a file is started while the file still comes, and ends with whoever gives the file up."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from errno import EAGAIN, EFBIG, EIO, ENOSPC
from pathlib import Path
from unittest.mock import Mock

import pytest

from recado.domain.attachments import Found
from recado.domain.errors import Busy, WrongFile
from recado.files import examine, examiner
from recado.files.examine import Examined, beside
from recado.files.examiner import Examiner
from recado.files.turns import Whose
from tests.files.samples import PDF, photo

ANA = Whose("ana", of_desk=True)


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


@pytest.fixture
async def looks() -> AsyncIterator[Examiner]:
    one = Examiner()
    yield one
    await one.close()


async def ended(looks: Examiner) -> None:
    """Returns once all has been done that was to be begun or ended beside the loop."""
    await asyncio.wrap_future(looks._starter.submit(lambda: None))


async def test_each_look_is_of_a_program_of_its_own_that_was_ready(
    tmp_path: Path, looks: Examiner, started: list[examiner._Program]
) -> None:
    path = tmp_path / "coming"
    with looks.expecting(path):
        path.write_bytes(PDF)
        assert (await looks.examine(path, "pdf", ANA)).type == "application/pdf"
        with pytest.raises(WrongFile):
            await looks.examine(path, "png", ANA)
    await ended(looks)
    assert [one._process.poll() for one in started] == [0, 0, None]


async def test_the_next_file_finds_a_program_ready_unless_it_comes_late(
    tmp_path: Path, looks: Examiner, started: list[examiner._Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_bytes(PDF)
    await looks.examine(path, "pdf", ANA)
    with looks.expecting(path):
        await ended(looks)
        assert len(started) == 2
        monkeypatch.setattr(examiner, "SPARE_S", 0.0)
        await looks.examine(path, "pdf", ANA)
    assert looks._spare is not None
    async with asyncio.timeout(20):
        while looks._spare is not None:  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0)
    await ended(looks)
    assert [one._process.returncode for one in started] == [0, 0, -signal.SIGKILL]


async def test_a_program_that_somebody_ended_while_it_waited_holds_up_nobody(
    tmp_path: Path, looks: Examiner, started: list[examiner._Program]
) -> None:
    path = tmp_path / "x"
    path.write_bytes(PDF)
    with looks.expecting(path):
        await ended(looks)
        started[0]._process.kill()
        started[0]._process.wait(20)
        assert (await looks.examine(path, "pdf", ANA)).type == "application/pdf"


async def test_a_program_takes_turns_behind_those_who_write_from_its_first_line_on(
    looks: Examiner, started: list[examiner._Program], tmp_path: Path
) -> None:
    with looks.expecting(tmp_path):
        await ended(looks)
        async with asyncio.timeout(20):
            while os.getpriority(os.PRIO_PROCESS, started[0]._process.pid) != 10:  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0)
        # Linux may share the processors out among sessions first: nice counts beside those of the same one.
        assert os.getsid(started[0]._process.pid) == os.getsid(0)


async def test_what_ends_the_server_by_its_group_says_nothing_of_a_file(
    looks: Examiner, started: list[examiner._Program], tmp_path: Path
) -> None:
    with looks.expecting(tmp_path):
        await ended(looks)
        assert os.getpgid(started[0]._process.pid) == started[0]._process.pid


async def test_a_program_whose_file_does_not_come_ends(
    tmp_path: Path, looks: Examiner, started: list[examiner._Program]
) -> None:
    with looks.expecting(tmp_path / "cut"):
        pass
    await ended(looks)
    assert [one._process.returncode for one in started] == [-9]


async def test_few_wait_for_slow_lines(tmp_path: Path, looks: Examiner, started: list[examiner._Program]) -> None:
    slow = [looks.expecting(tmp_path / str(number)) for number in range(examiner.EARLY + 2)]
    for one in slow:
        one.__enter__()
    for one in slow:
        one.__exit__(None, None, None)
    await ended(looks)
    assert len(started) == examiner.EARLY


async def looked_at(looks: Examiner, path: Path) -> tuple[asyncio.Task[Found], subprocess.Popen[bytes]]:
    """A look at a file whose program has begun, and that one."""
    look = asyncio.create_task(looks.examine(path, "jpg", ANA))
    await begun(looks)
    (program,) = (one._program for one in looks._looks)
    assert program is not None
    return look, program._process


async def begun(looks: Examiner) -> None:
    """Returns once a program is at work."""
    async with asyncio.timeout(20):
        while not any(look._program for look in looks._looks):  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_who_ends_a_program_says_nothing_of_its_file(
    tmp_path: Path, looks: Examiner, how: signal.Signals
) -> None:
    path = tmp_path / "x"
    path.write_bytes(photo())
    look, program = await looked_at(looks, path)
    program.send_signal(how)
    with pytest.raises(Busy):
        await look
    assert (await looks.examine(path, "jpg", ANA)).type == "image/jpeg"


async def test_a_program_that_crashes_over_a_file_or_takes_too_long_has_said_enough(
    tmp_path: Path, looks: Examiner
) -> None:
    path = tmp_path / "x"
    path.write_bytes(photo())
    for how in (signal.SIGSEGV, signal.SIGXCPU):
        look, program = await looked_at(looks, path)
        program.send_signal(how)
        with pytest.raises(WrongFile) as refused:
            await look
        assert refused.value.fault == "too_complex"


def test_a_program_that_takes_too_much_of_the_processor_ends_by_the_signal_that_says_so() -> None:
    spins = "from recado.files import examine; examine.hold_back(1)\nwhile True: pass"
    assert subprocess.run([sys.executable, "-c", spins], check=False).returncode == -signal.SIGXCPU


async def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path, looks: Examiner) -> None:
    path = tmp_path / "x"
    path.write_bytes(photo())
    small = beside(path, "small")
    small.symlink_to("/dev/full")
    with pytest.raises(OSError, match=os.strerror(ENOSPC)):
        examine.answer(path, "jpg")
    small.unlink()
    small.mkdir()
    with pytest.raises(Busy):
        await looks.examine(path, "jpg", ANA)
    small.rmdir()
    assert (await looks.examine(path, "jpg", ANA)).thumbnail


def test_what_no_library_foresaw_in_a_file_is_said_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    large = OSError(EFBIG, "")
    for raised, said in ((KeyError("x"), "damaged"), (MemoryError(), "too_complex"), (large, "too_complex")):
        monkeypatch.setattr(examine, "examine", Mock(side_effect=raised))
        assert examine.answer(Path("x"), "pdf").fault == said
    for ours in (OSError(EIO, ""), FileNotFoundError(), ImportError()):
        monkeypatch.setattr(examine, "examine", Mock(side_effect=ours))
        with pytest.raises(type(ours)):
            examine.answer(Path("x"), "pdf")


async def test_a_program_that_cannot_be_started_says_nothing(
    tmp_path: Path, looks: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examiner, "_Program", Mock(side_effect=OSError(EAGAIN, "")))
    with looks.expecting(tmp_path), pytest.raises(Busy):
        await looks.examine(tmp_path, "pdf", ANA)
    with pytest.raises(Busy):
        await looks.examine(tmp_path, "pdf", ANA)


async def test_a_stop_of_the_server_ends_what_is_looked_at_and_refuses_nothing(
    tmp_path: Path, looks: Examiner, started: list[examiner._Program]
) -> None:
    paths = [tmp_path / str(number) for number in range(4)]
    for path in paths:
        path.write_bytes(photo())
    work = [asyncio.create_task(looks.examine(path, "jpg", ANA)) for path in paths]
    await begun(looks)
    await looks.close()
    told = await asyncio.gather(*work, looks.examine(paths[0], "jpg", ANA), return_exceptions=True)
    assert {type(one) for one in told} == {Busy}
    assert all(one._process.returncode is not None for one in started)


async def test_recordings_and_pictures_hold_up_nothing_else(
    tmp_path: Path, looks: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, look = threading.Event(), examiner._Program.look

    def slow(self: examiner._Program, path: Path, claimed: str) -> Examined:
        assert claimed == "pdf" or over.wait(20)
        return look(self, path, claimed)

    monkeypatch.setattr(examiner._Program, "look", slow)
    (tmp_path / "x").write_bytes(PDF)
    others = [Whose(number, of_desk=True) for number in range(examiner.SOUNDS_AT_ONCE + 1)]
    claims = ["audio"] * len(others) + ["jpg", "webp"]
    slow_ones = zip(claims, [*others, *others[:2]], strict=True)
    waiting = [asyncio.create_task(looks.examine(tmp_path / "x", claimed, one)) for claimed, one in slow_ones]
    await asyncio.sleep(0)
    assert (await looks.examine(tmp_path / "x", "pdf", Whose(0, of_desk=False))).type == "application/pdf"
    assert not any(one.done() for one in waiting)
    over.set()
    assert {type(one) for one in await asyncio.gather(*waiting, return_exceptions=True)} == {WrongFile}


async def test_a_file_that_was_given_up_is_looked_at_no_longer(tmp_path: Path, looks: Examiner) -> None:
    path = tmp_path / "x"
    path.write_bytes(photo())
    look, program = await looked_at(looks, path)
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    await looks.close()
    assert program.returncode == -signal.SIGKILL
