"""Each file is looked at by a process of its own, which is soon there, and ends with whoever gives the file up."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from errno import EAGAIN, EFBIG, EIO, ENOSPC
from pathlib import Path
from typing import Any
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

TELLS = """
import json, os, stat, sys
from recado.files import formats

def is_mouth_or_line(number):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        return False
    return stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode)

def of_itself(raw):
    os.write(2, b"x" * 100_000)
    print("said on the way")
    own = {"pid": os.getpid(), "parent": os.getppid(), "group": os.getpgrp(), "session": os.getsid(0)}
    own |= {"nice": os.nice(0), "open": [one for one in range(64) if is_mouth_or_line(one)]}
    return formats.Kind("pdf", json.dumps(own | {"sees": sorted(os.environ)}))

formats.kind_of = of_itself
"""
"""What a process that looks at files says of itself, in the place of a type, between much else."""


@pytest.fixture
async def looks() -> AsyncIterator[Examiner]:
    one = Examiner()
    yield one
    await one.close()


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """What takes for ever to look at: nobody has begun to write it."""
    path = tmp_path / "slow"
    os.mkfifo(path)
    return path


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    path = tmp_path / "quick"
    path.write_bytes(PDF)
    return path


def fork_server(looks: Examiner) -> subprocess.Popen[bytes]:
    assert looks._forks._running is not None
    return looks._forks._running.process


async def begun(looks: Examiner, count: int = 1) -> list[int]:
    """The processes that look at files, once there are so many."""
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0)
            found = children(fork_server(looks).pid) if looks._forks._running else []
            if len(found) == count:
                return found


def children(process: int) -> list[int]:
    of_threads = [one.read_text().split() for one in Path(f"/proc/{process}/task").glob("*/children")]
    return sorted(int(one) for found in of_threads for one in found)


def is_there(process: int) -> bool:
    """Whether it is more than what is left of one that has ended."""
    return Path(f"/proc/{process}/exe").exists()


async def gone(process: int) -> None:
    async with asyncio.timeout(20):
        while is_there(process):  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0)


async def first_child(process: int) -> int:
    async with asyncio.timeout(20):
        while not (found := children(process)):  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0)
    return found[0]


async def looked_at(looks: Examiner, path: Path) -> tuple[asyncio.Task[Found], int]:
    """A look at what is called a picture, and the process that has begun it."""
    look = asyncio.create_task(looks.examine(path, "jpg", ANA))
    return look, (await begun(looks))[0]


async def test_each_look_is_by_a_process_of_its_own(
    tmp_path: Path, looks: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(TELLS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("RECADO_SECRET", "lantern")
    path = tmp_path / "x"
    path.write_bytes(PDF)
    told: list[dict[str, Any]] = [json.loads((await looks.examine(path, "pdf", ANA)).type) for _ in range(2)]
    assert len({one["pid"] for one in told}) == 2
    for one in told:
        assert one["parent"] == fork_server(looks).pid
        assert one["open"] == [0, 1, 2], "of no line and of no other process's mouth"
        assert "RECADO_SECRET" not in one["sees"]
        # What ends the server by its group says nothing of a file.
        assert one["group"] == one["parent"]
        # Linux may share the processors out among sessions first: nice counts beside those of the same one.
        assert (one["nice"], one["session"]) == (10, os.getsid(0))


async def test_what_looks_at_files_is_ready_before_one_has_come_and_for_a_while_after(
    looks: Examiner, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks.expect()
    await asyncio.wrap_future(looks._pool.submit(looks._forks.start))
    ready = fork_server(looks)
    assert (await looks.examine(quick, "pdf", ANA)).type == "application/pdf"
    assert fork_server(looks) is ready
    monkeypatch.setattr(examiner, "READY_S", 0.0)
    looks.expect()
    async with asyncio.timeout(20):
        while ready.returncode is None:  # noqa: ASYNC110 - the one thread that waits for its end sets it
            await asyncio.sleep(0)
    assert ready.returncode == 0
    assert (await looks.examine(quick, "pdf", ANA)).type == "application/pdf"


async def test_what_somebody_ended_while_it_waited_holds_up_nobody(looks: Examiner, quick: Path) -> None:
    await looks.examine(quick, "pdf", ANA)
    fork_server(looks).kill()
    fork_server(looks).wait(20)
    assert (await looks.examine(quick, "pdf", ANA)).type == "application/pdf"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_who_ends_a_process_or_all_of_them_says_nothing_of_a_file(
    looks: Examiner, slow: Path, quick: Path, how: signal.Signals
) -> None:
    look, process = await looked_at(looks, slow)
    os.kill(process, how)
    with pytest.raises(Busy):
        await look
    look, process = await looked_at(looks, slow)
    fork_server(looks).send_signal(how)
    with pytest.raises(Busy):
        await look
    await gone(process)
    assert (await looks.examine(quick, "pdf", ANA)).type == "application/pdf"


async def test_a_process_that_crashes_over_a_file_or_takes_too_long_has_said_enough(
    looks: Examiner, slow: Path
) -> None:
    for how in (signal.SIGSEGV, signal.SIGXCPU):
        look, process = await looked_at(looks, slow)
        os.kill(process, how)
        with pytest.raises(WrongFile) as refused:
            await look
        assert refused.value.fault == "too_complex"


async def test_after_a_crash_memory_is_laid_out_anew_and_no_other_look_is_lost(looks: Examiner, slow: Path) -> None:
    """Who tries one address after the other would find the same memory each time."""
    look, process = await looked_at(looks, slow)
    before = fork_server(looks)
    other = asyncio.create_task(looks.examine(slow, "pdf", ANA))
    (of_other,) = {*await begun(looks, 2)} - {process}
    os.kill(of_other, signal.SIGSEGV)
    with pytest.raises(WrongFile, match="too_complex"):
        await other
    assert looks._forks._running is None
    await asyncio.to_thread(slow.write_bytes, b"")
    with pytest.raises(WrongFile, match="mismatch"):
        await look
    assert await asyncio.to_thread(before.wait, 20) == 0


def test_a_process_that_takes_too_much_of_the_processor_ends_by_the_signal_that_says_so() -> None:
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


async def test_what_cannot_be_started_says_nothing(
    tmp_path: Path, looks: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", Mock(side_effect=OSError(EAGAIN, "")))
    looks.expect()
    for _ in range(2):
        with pytest.raises(Busy):
            await looks.examine(tmp_path, "pdf", ANA)


async def test_a_stop_of_the_server_ends_what_is_looked_at_and_refuses_nothing(looks: Examiner, slow: Path) -> None:
    first, process = await looked_at(looks, slow)
    work = [first, *(asyncio.create_task(looks.examine(slow, "jpg", ANA)) for _ in range(3))]
    program = fork_server(looks)
    await looks.close()
    told = await asyncio.gather(*work, looks.examine(slow, "jpg", ANA), return_exceptions=True)
    assert {type(one) for one in told} == {Busy}
    assert program.returncode is not None
    await gone(process)


async def test_nothing_is_started_after_a_stop(looks: Examiner, quick: Path) -> None:
    await looks.close()
    looks.expect()
    with pytest.raises(Busy):
        await looks.examine(quick, "pdf", ANA)
    with pytest.raises(OSError, match="no more"):
        looks._forks.start()


SERVER = """
import asyncio, sys
from pathlib import Path
from recado.files.examiner import Examiner
from recado.files.turns import Whose

asyncio.run(Examiner().examine(Path(sys.argv[1]), "jpg", Whose("ana", of_desk=True)))
"""


async def test_a_server_that_dies_leaves_nothing_that_looks_at_files(slow: Path) -> None:
    """What it had open is closed then."""
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, str(slow))
    try:
        forks = await first_child(server.pid)
        look = await first_child(forks)
    finally:
        server.kill()
        await server.wait()
    await gone(forks)
    await gone(look)


async def test_a_fork_server_that_hangs_is_replaced_and_ended(
    looks: Examiner, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await looks.examine(quick, "pdf", ANA)
    hung = fork_server(looks)
    hung.send_signal(signal.SIGSTOP)
    with monkeypatch.context() as impatient:
        impatient.setattr(examiner, "WAIT", 0.001)
        with pytest.raises(Busy):
            await looks.examine(quick, "pdf", ANA)
    assert (await looks.examine(quick, "pdf", ANA)).type == "application/pdf"
    assert hung.poll() is None, "it may have begun what somebody else still waits for"
    looks._forks._leaving = [one._replace(until=0.0) for one in looks._forks._leaving]
    assert (await looks.examine(quick, "pdf", ANA)).type == "application/pdf"
    assert hung.returncode == -signal.SIGKILL


FORKS_ONCE = """
import os

def once(fork=os.fork):
    def fails():
        raise BlockingIOError(11, "Resource temporarily unavailable")
    os.fork = fails
    return fork()

os.fork = once
"""


async def test_where_no_further_process_can_be_those_that_look_go_on(
    tmp_path: Path, looks: Examiner, slow: Path, quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FORKS_ONCE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    look, process = await looked_at(looks, slow)
    for _ in range(2):
        with pytest.raises(Busy):
            await looks.examine(quick, "pdf", ANA)
    assert not look.done()
    assert is_there(process)
    look.cancel()


async def test_recordings_and_pictures_hold_up_nothing_else(
    tmp_path: Path, looks: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, run = threading.Event(), examiner._Look.run

    def slow(look: examiner._Look) -> Examined:
        assert look._claimed == "pdf" or over.wait(20)
        return run(look)

    monkeypatch.setattr(examiner._Look, "run", slow)
    others = [Whose(number, of_desk=True) for number in range(examiner.SOUNDS_AT_ONCE + 1)]
    claims = ["audio"] * len(others) + ["jpg", "webp"]
    files = [tmp_path / str(number) for number in range(len(claims))]
    for one in files:
        one.write_bytes(PDF)
    slow_ones = zip(files, claims, [*others, *others[:2]], strict=True)
    waiting = [asyncio.create_task(looks.examine(*one)) for one in slow_ones]
    await asyncio.sleep(0)
    assert (await looks.examine(files[0], "pdf", Whose(0, of_desk=False))).type == "application/pdf"
    assert not any(one.done() for one in waiting)
    over.set()
    assert {type(one) for one in await asyncio.gather(*waiting, return_exceptions=True)} == {WrongFile}


async def test_a_file_that_was_given_up_is_looked_at_no_longer(looks: Examiner, slow: Path) -> None:
    look, process = await looked_at(looks, slow)
    program = fork_server(looks)
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    await begun(looks, 0)
    assert not is_there(process)
    assert program.poll() is None
