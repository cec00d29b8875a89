"""Starts many servers quickly: one process has imported the program, and each server is forked from it.

What a server does from its first line on is the same as by the command, less the caps on what one person may ask for;
only the second of importing is saved, which is no part of what is checked. A line on standard input with settings as
JSON brings one; its id comes back as a line.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.reliability.uncapped import widen

if TYPE_CHECKING:
    from tests.process import Server

PR_SET_PDEATHSIG = 1
ROOT = Path(__file__).resolve().parents[2]
SERVER = (
    "recado.server",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
)
"""What importing is saved: all that a server needs, and that the caps are widened before."""


class Zygote:
    """The process that servers are forked from; `start` is a `Starter`."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)

    def start(self, server: Server) -> int:
        """Fork a server and return its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"log": str(server.log), "settings": dict(server.settings)}
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _become_server(log: str, settings: dict[str, str]) -> None:
    from recado.cli import main  # noqa: PLC0415 - imported by the parent before

    os.setsid()
    # It ends with its parent, also when the tests are ended from outside.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (0, 1, 2):
        os.dup2(descriptor, stream)
    for name in [name for name in os.environ if name.startswith("RECADO_")]:
        del os.environ[name]
    os.environ.update(settings)
    main(["serve"])


def _serve_forks() -> None:
    widen()
    for name in SERVER:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_server(asked["log"], asked["settings"])
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve_forks()
