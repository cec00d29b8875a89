"""The server's side of the fork server (`forkserver`): starts it when a file needs it, and asks it for processes."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from recado.files.forkserver import LENGTH

_START = "import os; os.nice(10); from recado.files.forkserver import main; main()"
"""Its imports cost more of the processor than most looks do: those, too, take their turn behind people's work."""

ENDS_WITHIN_S = 1.0
"""A fork server that looks at nothing ends at once when it is asked no more."""


class _Running(NamedTuple):
    process: subprocess.Popen[bytes]
    line: socket.socket


class _Left(NamedTuple):
    process: subprocess.Popen[bytes]
    until: float
    """When the last of its looks has ended, or has been given up."""


class Forks:
    """Processes that look at files, from one fork server that runs while it is needed. For use by several threads."""

    def __init__(self, longest_s: float) -> None:
        """No look takes longer than `longest_s`: by then it has been given up."""
        self._longest_s = longest_s
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._leaving: list[_Left] = []
        self._closed = False

    def start(self) -> None:
        """Have the fork server running; `OSError` where it cannot be started."""
        with self._lock:
            self._line()

    def look(self, path: Path, claimed: str) -> socket.socket:
        """Have a process look at a file; return the line on which `Ended` comes, and which is closed to end it.

        `OSError` where there can be no process. Where something ends the fork server, the line closes without a word.
        """
        asked = b"\0".join((os.fsencode(path), claimed.encode()))
        mine, its = socket.socketpair()
        try:
            with its, self._lock:
                socket.send_fds(self._line(), [len(asked).to_bytes(LENGTH), asked], [its.fileno()])
        except OSError:
            mine.close()
            raise
        return mine

    def leave(self) -> None:
        """Ask this fork server no more: it ends with the last of its processes, and the next is a new one.

        One that hangs is killed once a look that it may have begun by now would have been given up.
        """
        with self._lock:
            self._leave()

    def rest(self) -> None:
        """Have nothing run where nothing is being looked at."""
        with self._lock:
            left = self._leave()
        if left is not None:
            with suppress(subprocess.TimeoutExpired):
                left.wait(ENDS_WITHIN_S)

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            self._closed = True
            self._leave()
            for one in self._leaving:
                _end(one.process)

    def _line(self) -> socket.socket:
        if self._closed:
            raise OSError(errno.ESHUTDOWN, "Files are looked at no more.")
        self._reap()
        if self._running is not None and self._running.process.poll() is not None:  # somebody has ended it
            self._leave()
        if self._running is None:
            self._running = _started()
        return self._running.line

    def _leave(self) -> subprocess.Popen[bytes] | None:
        self._reap()
        if self._running is None:
            return None
        process, line = self._running
        self._running = None
        line.close()
        self._leaving.append(_Left(process, time.monotonic() + self._longest_s))
        return process

    def _reap(self) -> None:
        """Let go of those that have ended, and end those that should have."""
        for one in self._leaving:
            if one.until < time.monotonic():
                _end(one.process)
        self._leaving = [one for one in self._leaving if one.process.poll() is None]


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _started() -> _Running:
    """Start a fork server.

    In a group of its own: what ends the server by its group, as Ctrl+C does, is no word on a file. Not in a session of
    its own: Linux may share the processors out among sessions first, and being nice counts within one alone.
    """
    command = [sys.executable, "-P", "-X", "utf8", "-c", _START]
    mine, its = socket.socketpair()
    try:
        with its:
            process = subprocess.Popen(  # noqa: S603 - our own program
                command, stdin=its.fileno(), stdout=subprocess.DEVNULL, env=_surroundings(), process_group=0
            )
    except OSError:
        mine.close()
        raise
    return _Running(process, mine)


def _surroundings() -> dict[str, str]:
    """Return what of our environment it gets: where the code lies, and none of our secrets."""
    return {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
