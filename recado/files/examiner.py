"""Starts the program that looks at a file (`examine`), and makes of whatever becomes of it an answer."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
import structlog

from recado.domain.attachments import SOUND_MAX_MS, Found, Rendition
from recado.domain.errors import WrongFile
from recado.files.examine import Examined, seconds_for

WAIT = 3
"""How many times as long it may take as what it may take of the processor: people's work comes first."""
AT_ONCE = 2
"""Programs at work at the same time: more would take the machine from those who write."""
EARLY = 4
"""Programs that have been started and wait for their file: a slow line keeps one waiting."""

_log = structlog.get_logger(__name__)


class Examiner:
    """Looks at files, a few at a time, each in a process of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="examiner")
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="examiner-start")
        self._early: dict[Path, Future[_Program]] = {}

    @contextmanager
    def expecting(self, path: Path) -> Iterator[None]:
        """Start the program while the end of a file still comes, since its start takes longer than most looks."""
        if len(self._early) < EARLY:
            self._early[path] = self._starter.submit(_Program)
        try:
            yield
        finally:
            early = self._early.pop(path, None)
            if early is not None:
                self._starter.submit(lambda: early.result().end())

    async def examine(self, path: Path, claimed: str) -> Found:
        """Return what a file is, or raise `WrongFile`. What was made of it then lies beside it."""
        early = self._early.pop(path, None)
        found = await asyncio.get_running_loop().run_in_executor(self._pool, _look, path, claimed, early)
        if found.fault is not None:
            raise WrongFile(found.fault, SOUND_MAX_MS if found.fault == "too_long" else None)
        made = Rendition(found.rendition[0], bytes.fromhex(found.rendition[1])) if found.rendition else None
        digest = bytes.fromhex(found.sha256)
        return Found(found.type, found.size, digest, found.width, found.height, found.clean, found.sound, made)


class _Program:
    """The program, started; it waits to be told its one file."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-X", "utf8", "-m", "recado.files.examine"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=_surroundings())  # noqa: S603 - our own program

    def look(self, path: Path, claimed: str) -> Examined:
        """Return what it says of a file."""
        told = b"\0".join((os.fsencode(path), claimed.encode()))
        try:
            output, said = self._process.communicate(told, timeout=seconds_for(claimed) * WAIT)
        except subprocess.TimeoutExpired:
            self.end()
            return Examined("too_complex")
        status = self._process.returncode
        if status == 0:
            return msgspec.json.decode(output, type=Examined)
        if not path.exists():
            return Examined("damaged")  # it was given up meanwhile
        _log.warning("file_not_examined", status=status, why=said[-2000:].decode(errors="replace"))
        return Examined("damaged" if status > 0 else "too_complex")

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.communicate()


def _surroundings() -> dict[str, str]:
    """Return what of our environment the program gets: where the code lies, and none of our secrets."""
    return {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}


def _look(path: Path, claimed: str, early: Future[_Program] | None) -> Examined:
    return (early.result() if early is not None else _Program()).look(path, claimed)
