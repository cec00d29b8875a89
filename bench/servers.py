"""The servers that are measured: the product as people run it, and bare ones beside it; each a process of its own."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.005
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """A figure cannot be had; the text says why in one line."""


class Door:
    """Where a running server is reached."""

    def __init__(self, port: int) -> None:
        self.port = port

    @property
    def origin(self) -> str:
        """Its address, as a browser's Origin header names it."""
        return f"http://127.0.0.1:{self.port}"


class Server(Door):
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, ready_s: float) -> None:
        super().__init__(port)
        self.process = process
        self.ready_s = ready_s
        """Seconds from its start to its first answer."""

    def cpu_s(self) -> float:
        """Return the processor seconds of all its processes so far."""
        return sum(_cpu_ticks(pid) for pid in _family(self.process.pid)) / _TICKS_PER_S

    def rss_kb(self) -> int:
        """Return the resident memory of all its processes in KiB."""
        return sum(_rss_kb(pid) for pid in _family(self.process.pid))


def _family(pid: int) -> list[int]:
    """Return a process and its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found.extend(_family(int(child)))
    return found


def _cpu_ticks(pid: int) -> int:
    # The name in brackets may hold spaces; of what follows, user and system time are the 12th and 13th.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _rss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def allow_many_files() -> None:
    """Raise the number of open files of this process, and so of the servers it starts, as far as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@contextlib.contextmanager
def recado(data: Path) -> Iterator[Server]:
    """The product on a data directory, with its default settings but for the port."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RECADO_")}
    environment |= {"RECADO_DATA": str(data), "RECADO_PORT": str(port)}
    with _running(["-m", "recado", "serve"], environment, port) as server:
        yield server


@contextlib.contextmanager
def bare(kind: str) -> Iterator[Server]:
    """A bare server, `http` or `route`; see `bench.bare`."""
    port = free_port()
    with _running(["-m", "bench.bare", kind, str(port)], dict(os.environ), port) as server:
        yield server


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str], port: int) -> Iterator[Server]:
    with tempfile.TemporaryFile() as log:
        began = time.monotonic()
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            if not wait_for_answer(process, port):
                log.seek(0)
                raise BenchError(f"{' '.join(command)} does not answer: {log.read().decode()[-2000:]}")
            yield Server(process, port, time.monotonic() - began)
        finally:
            process.terminate()
            process.wait()


def wait_for_answer(process: subprocess.Popen[bytes], port: int) -> bool:
    """Return whether the server answers within a while; False when its process ends first."""
    ends = time.monotonic() + READY_WITHIN_S
    while process.poll() is None and time.monotonic() < ends:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(LOOK_EVERY_S)
    return False
