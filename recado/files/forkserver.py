"""The fork server: it has fetched what looks at files, and for each file forks a process that does (`examine`).

To start Python and to fetch all of that takes more of the processor than most looks do; a fork of what has done so
takes little. It reads no file itself. On its standard input it is sent a length, then PATH and FORMAT with a zero byte
between them, and with these an end of a line of their own. On that line goes back what became of it, `Ended`; where the
other end is closed, the process is killed. Once nobody can ask any more this ends with the last of them, and where it
dies they die with it.
"""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import signal
import socket
import sys
import traceback
from contextlib import suppress
from functools import partial
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import NoReturn

import msgspec

from recado.files import examine

LENGTH = 4
"""Bytes of the length of what is asked for."""
SAID_MAX = 16 * 1024
"""So many bytes are kept of what a process says, the last ones."""
OPEN_AT_ONCE = 64
END_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


class Ended(msgspec.Struct, frozen=True):
    """How a process ended, less than zero for a signal, and what it has said."""

    status: int
    said: bytes


class _Look:
    """A process that looks at a file."""

    def __init__(self, path: Path, claimed: str, line: socket.socket, selector: DefaultSelector) -> None:
        self._line = line
        self._selector = selector
        self._said = bytearray()
        self._is_over = False
        self._heard, said = os.pipe()
        parent = os.getpid()
        try:
            self._process = os.fork()
        except OSError:
            os.close(self._heard)
            os.close(said)
            raise
        if self._process == 0:
            _be_one(path, claimed, said, parent)
        os.close(said)
        selector.register(self._heard, EVENT_READ, self._hear)
        selector.register(line, EVENT_READ, self._end)

    def _hear(self) -> None:
        """Take what it says. Once it can say no more it is over, and how it ended is told."""
        if piece := os.read(self._heard, SAID_MAX):
            self._said += piece
            del self._said[:-SAID_MAX]
            return
        self._end()
        _, status = os.waitpid(self._process, 0)
        self._selector.unregister(self._heard)
        os.close(self._heard)
        _tell(self._line, Ended(os.waitstatus_to_exitcode(status), bytes(self._said)))

    def _end(self) -> None:
        """Let it be over. If it has ended, nothing changes how."""
        if not self._is_over:
            self._is_over = True
            self._selector.unregister(self._line)
            os.kill(self._process, signal.SIGKILL)


def _be_one(path: Path, claimed: str, said: int, parent: int) -> NoReturn:
    """Be the process that looks at a file. It has nothing open but what it speaks on, and can speak for no other."""
    try:
        _end_with(parent)
        for one in (0, 1, 2):
            os.dup2(said, one)
        os.closerange(3, OPEN_AT_ONCE)
        examine.main(path, claimed)
    except BaseException:  # noqa: BLE001 - whatever it was, this is no fork server
        traceback.print_exc()
    finally:
        os._exit(examine.OURS)


def _end_with(parent: int) -> None:
    """Be killed once what has forked this has died; it may have by now."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(examine.OURS)


def _take(control: socket.socket, selector: DefaultSelector) -> None:
    """Have a file looked at; or nobody asks any more."""
    length, lines, _, _ = socket.recv_fds(control, LENGTH, 1)
    if not length:
        selector.unregister(control)
        return
    path, _, claimed = control.recv(int.from_bytes(length), socket.MSG_WAITALL).partition(b"\0")
    with suppress(ImportError):  # the process itself says what is missing
        examine.fetch(claimed.decode())
    line = socket.socket(fileno=lines[0])
    try:
        _Look(Path(os.fsdecode(path)), claimed.decode(), line, selector)
    except OSError as error:  # a machine without memory: those that look already go on
        _tell(line, Ended(examine.OURS, repr(error).encode()))


def _tell(line: socket.socket, ended: Ended) -> None:
    with line, suppress(OSError):  # nobody may wait for it any more
        line.sendall(msgspec.json.encode(ended))


def main() -> None:
    """Have files looked at, as long as somebody asks for it and until the last of them has been."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_AT_ONCE, OPEN_AT_ONCE))
    examine.fetch("")
    with socket.socket(fileno=0) as control, DefaultSelector() as selector:
        selector.register(control, EVENT_READ, partial(_take, control, selector))
        gc.freeze()
        while selector.get_map():
            for key, _ in selector.select():
                key.data()
