"""Has files looked at, each by a process of its own (`examine`), and makes of whatever becomes of that an answer.

A verdict on a file is what the process says of it, that it needed too much of the processor, or that it crashed over
it. Whatever else ends a process (somebody who stops it, a machine without memory, a full disk, a busy one) says nothing
of the file: that is `Busy`, and the file waits to be looked at again.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec
import structlog

from recado.domain.attachments import SOUND_MAX_MS, Found, Rendition
from recado.domain.errors import Busy, WrongFile
from recado.files.examine import PICTURES, SOUND_SECONDS, SOUNDS, Examined, seconds_for
from recado.files.forks import Forks
from recado.files.forkserver import SAID_MAX, Ended
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
READY_S = 60.0
"""So long after a file what looks at files stays ready for the next one."""

_CRASHES = frozenset(
    {signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGFPE, signal.SIGSYS, signal.SIGXCPU}
)
"""By these a process ends of what it reads; by all others, of somebody's will."""

_log = structlog.get_logger(__name__)


class Examiner:
    """Looks at files, a few at a time, each in a process of its own."""

    def __init__(self) -> None:
        self._sounds = Turns(SOUNDS_AT_ONCE, WAITING_MAX)
        self._pictures = Turns(PICTURES_AT_ONCE, WAITING_MAX)
        self._others = Turns(OTHERS_AT_ONCE, WAITING_MAX)
        at_once = SOUNDS_AT_ONCE + PICTURES_AT_ONCE + OTHERS_AT_ONCE
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="examiner")
        self._forks = Forks(WAIT * SOUND_SECONDS)
        self._looks: set[_Look] = set()
        self._rests: asyncio.TimerHandle | None = None
        self._closed = False

    def expect(self) -> None:
        """Be ready for a file whose end is still coming: to become so takes longer than most looks."""
        if not self._closed:
            self._pool.submit(self._forks.start)
            self._rest_later()

    async def examine(self, path: Path, claimed: str, whose: Whose) -> Found:
        """Return what a file is, or raise `WrongFile`, or `Busy` where nobody can say it now.

        What was made of it then lies beside it.
        """
        async with self._turns_of(claimed).turn(whose):
            if self._closed:
                raise Busy(AGAIN_S)
            look = _Look(self._forks, path, claimed)
            self._looks.add(look)
            try:
                found = await asyncio.get_running_loop().run_in_executor(self._pool, look.run)
            finally:
                self._looks.remove(look)
                look.end()
                self._rest_later()
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

    def _rest_later(self) -> None:
        """Let nothing of this run any more once no file has come for a while."""
        if self._rests is not None:
            self._rests.cancel()
        if not self._closed:
            self._rests = asyncio.get_running_loop().call_later(READY_S, self._pool.submit, self._forks.rest)

    async def close(self) -> None:
        """End all that looks at files. Who waits for it is told `Busy`: the file stays, and is looked at later."""
        self._closed = True
        self._rest_later()
        for look in self._looks:
            look.end()
        await asyncio.to_thread(self._forks.close)
        await asyncio.to_thread(self._pool.shutdown)


class _Look:
    """One look at one file, which may be ended from outside."""

    def __init__(self, forks: Forks, path: Path, claimed: str) -> None:
        self._forks = forks
        self._path = path
        self._claimed = claimed
        self._line: socket.socket | None = None
        self._is_over = False

    def run(self) -> Examined:
        """Return what is said of the file; raise `Busy` where nothing is."""
        if self._is_over:
            raise Busy(AGAIN_S)
        try:
            self._line = self._forks.look(self._path, self._claimed)
        except OSError as error:
            _log.warning("examiner_not_started", exc_info=error)
            raise Busy(AGAIN_S) from None
        with self._line:
            return self._verdict(self._heard(self._line))

    def _heard(self, line: socket.socket) -> Ended:
        """Wait for how the process ends."""
        line.settimeout(seconds_for(self._claimed) * WAIT)
        try:
            if not self._is_over:
                return msgspec.json.decode(b"".join(iter(partial(line.recv, SAID_MAX), b"")), type=Ended)
        except TimeoutError:
            _log.warning("file_not_examined", why="the machine is busy")
            self._forks.leave()  # it may hang
        except msgspec.DecodeError:
            if not self._is_over:
                _log.warning("file_not_examined", why="somebody has ended what looks at files")
                self._forks.leave()
        raise Busy(AGAIN_S)

    def _verdict(self, ended: Ended) -> Examined:
        said, _, answer = ended.said.rpartition(b"\n") if ended.status == 0 else (ended.said, b"", b"")
        if ended.status != 0 or said:
            why = said[-2000:].decode(errors="replace")
            _log.warning("file_not_examined", status=ended.status, why=why)
        if ended.status == 0:
            return msgspec.json.decode(answer, type=Examined)
        if -ended.status not in _CRASHES:
            raise Busy(AGAIN_S)
        self._forks.leave()  # the next one's memory is laid out otherwise than what this one may have seen
        return Examined("too_complex")

    def end(self) -> None:
        """Let it be over, begun or not."""
        self._is_over = True
        if self._line is not None:
            with suppress(OSError):  # it is over
                self._line.shutdown(socket.SHUT_RDWR)
