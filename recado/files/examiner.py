"""Starts the program that looks at a file (`examine`), and makes of whatever becomes of it an answer.

A verdict on a file is what the program says of it, that it needed too much of the processor, or that it crashed over
it. Whatever else ends a program (somebody who stops it, a machine without memory, a full disk, a busy one) says nothing
of the file: that is `Busy`, and the file waits to be looked at again.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
import structlog

from recado.domain.attachments import SOUND_MAX_MS, Found, Rendition
from recado.domain.errors import Busy, WrongFile
from recado.files.examine import PICTURES, SOUNDS, Examined, seconds_for
from recado.files.turns import AGAIN_S, Turns, Whose

WAIT = 3
"""How many times as long it may take as what it may take of the processor: people's work comes first."""
SOUNDS_AT_ONCE = 2
PICTURES_AT_ONCE = 1
OTHERS_AT_ONCE = 1
"""Recordings take many seconds, pictures as many at the worst, all else less than one: so that never waits for those.
More would take the machine from those who write."""
WAITING_MAX = 50
"""Of recordings, of pictures, and of all else: who comes after that asks again later."""
EARLY = 4
"""Programs that have been started and wait for their file: a slow line keeps one waiting."""
SPARE_S = 60.0
"""So long after a look one program more waits for the next file, whichever that is."""
_START = "import os; os.nice(10); from recado.files.examine import main; main()"
"""Its imports cost more of the processor than most looks do: those, too, take their turn behind people's work."""

_CRASHES = frozenset(
    {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE, signal.SIGSYS, signal.SIGXCPU}
)
"""By these a program ends of what it reads; by all others, of somebody's will."""

_log = structlog.get_logger(__name__)


class Examiner:
    """Looks at files, a few at a time, each in a process of its own."""

    def __init__(self) -> None:
        self._sounds = Turns(SOUNDS_AT_ONCE, WAITING_MAX)
        self._pictures = Turns(PICTURES_AT_ONCE, WAITING_MAX)
        self._others = Turns(OTHERS_AT_ONCE, WAITING_MAX)
        at_once = SOUNDS_AT_ONCE + PICTURES_AT_ONCE + OTHERS_AT_ONCE
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="examiner")
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="examiner-start")
        self._early: dict[Path, Future[_Program]] = {}
        self._spare: Future[_Program] | None = None
        self._spare_ends: asyncio.TimerHandle | None = None
        self._looks: set[_Look] = set()
        self._closed = False

    @contextmanager
    def expecting(self, path: Path) -> Iterator[None]:
        """Have a program ready while the end of a file still comes, since its start takes longer than most looks."""
        if len(self._early) < EARLY:
            self._early[path] = self._take_spare() or self._starter.submit(_Program)
        try:
            yield
        finally:
            early = self._early.pop(path, None)
            if early is not None:
                self._starter.submit(_end, early)

    async def examine(self, path: Path, claimed: str, whose: Whose) -> Found:
        """Return what a file is, or raise `WrongFile`, or `Busy` where nobody can say it now.

        What was made of it then lies beside it.
        """
        async with self._turns_of(claimed).turn(whose):
            if self._closed:
                raise Busy(AGAIN_S)
            look = _Look(path, claimed, self._early.pop(path, None) or self._take_spare())
            self._looks.add(look)
            try:
                found = await asyncio.get_running_loop().run_in_executor(self._pool, look.run)
            finally:
                self._looks.remove(look)
                look.end()
                self._keep_spare()
        if found.fault is not None:
            raise WrongFile(found.fault, SOUND_MAX_MS if found.fault == "too_long" else None)
        made = Rendition(found.rendition[0], bytes.fromhex(found.rendition[1])) if found.rendition else None
        digest = bytes.fromhex(found.sha256)
        small = found.clean and found.width is not None
        return Found(found.type, found.size, digest, found.width, found.height, small, found.sound, made, found.clean)

    def _turns_of(self, claimed: str) -> Turns:
        if claimed in SOUNDS:
            return self._sounds
        return self._pictures if claimed in PICTURES else self._others

    async def close(self) -> None:
        """End all programs. Who waits for one is told `Busy`: the file stays, and is looked at after the next start."""
        self._closed = True
        for look in self._looks:
            look.end()
        spare = self._take_spare()
        if spare is not None:
            await asyncio.to_thread(_end, spare)
        await asyncio.to_thread(self._pool.shutdown)

    def _keep_spare(self) -> None:
        """Start the program for the next file, so that it need not wait for that. It ends where none comes for long."""
        if self._spare is None and not self._closed:
            self._spare = self._starter.submit(_Program)
            self._spare_ends = asyncio.get_running_loop().call_later(SPARE_S, self._end_spare)

    def _take_spare(self) -> Future[_Program] | None:
        spare, self._spare = self._spare, None
        if self._spare_ends is not None:
            self._spare_ends.cancel()
            self._spare_ends = None
        return spare

    def _end_spare(self) -> None:
        spare = self._take_spare()
        if spare is not None:
            self._starter.submit(_end, spare)


class _Look:
    """One look at one file, which may be ended from outside."""

    def __init__(self, path: Path, claimed: str, early: Future[_Program] | None) -> None:
        self._path = path
        self._claimed = claimed
        self._early = early
        self._program: _Program | None = None
        self._over = False

    def run(self) -> Examined:
        """Return what a program says of the file; raise `Busy` where it said nothing."""
        try:
            self._program = _ready(self._early) or _Program()
        except OSError as error:
            _log.warning("examiner_not_started", exc_info=error)
            raise Busy(AGAIN_S) from None
        if self._over:
            self._program.kill()
        return self._program.look(self._path, self._claimed)

    def end(self) -> None:
        """Let it be over, begun or not."""
        self._over = True
        if self._program is not None:
            self._program.kill()


class _Program:
    """The program, started; it waits to be told its one file.

    In a group of its own: what ends the server by its group, as Ctrl+C does, is no word on a file. Not in a session of
    its own: Linux may share the processors out among sessions first, and being nice counts within one alone.
    """

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-X", "utf8", "-c", _START]
        pipe, env = subprocess.PIPE, _surroundings()
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=env, process_group=0
        )

    def look(self, path: Path, claimed: str) -> Examined:
        """Return what it says of a file; raise `Busy` where it said nothing."""
        told = b"\0".join((os.fsencode(path), claimed.encode()))
        try:
            output, said = self._process.communicate(told, timeout=seconds_for(claimed) * WAIT)
        except subprocess.TimeoutExpired:
            self.end()
            _log.warning("file_not_examined", why="the machine is busy")
            raise Busy(AGAIN_S) from None
        status = self._process.returncode
        if status != 0 or said:
            _log.warning("file_not_examined", status=status, why=said[-2000:].decode(errors="replace"))
        if status == 0:
            return msgspec.json.decode(output, type=Examined)
        if -status in _CRASHES:
            return Examined("too_complex")
        raise Busy(AGAIN_S)

    def is_over(self) -> bool:
        """Return whether somebody has ended it."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """Let whoever waits for what it says wait no longer."""
        self._process.kill()

    def end(self) -> None:
        """End it, whatever it does."""
        self.kill()
        self._process.communicate()


def _ready(early: Future[_Program] | None) -> _Program | None:
    """Return a program that was started early; None where it was not, or waits no longer."""
    if early is None or early.exception() is not None:
        return None
    program = early.result()
    if not program.is_over():
        return program
    program.end()
    return None


def _end(early: Future[_Program]) -> None:
    """End a program that is not needed."""
    program = _ready(early)
    if program is not None:
        program.end()


def _surroundings() -> dict[str, str]:
    """Return what of our environment the program gets: where the code lies, and none of our secrets."""
    return {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
