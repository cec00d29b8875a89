"""Steps with a name, their seconds, and a stamp of what they were made from; programs run quietly.

A step is skipped when its stamp equals the hash of its inputs. Stamps lie inside what the step made, so
removing that removes the stamp too.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED_BYTES = 1_500_000_000
TAIL_LINES = 20


class ProblemError(Exception):
    """What a developer can do something about: told in one line, exit code 1."""


def full_disk(place: Path) -> ProblemError:
    free = shutil.disk_usage(place).free // 1_000_000
    return ProblemError(
        f"The disk of {place} is full ({free} MB free): free {NEEDED_BYTES // 1_000_000} MB and run this again."
    )


def say(line: str) -> None:
    print(line, flush=True)


@contextlib.contextmanager
def timed(name: str) -> Iterator[None]:
    """Prints the name at once and its seconds when it is done."""
    on_screen = sys.stdout.isatty()
    if on_screen:
        print(f"  {name} …", end="", flush=True)
    began = time.monotonic()
    yield
    back = "\r" if on_screen else ""
    print(f"{back}  {name:<44}{time.monotonic() - began:6.1f} s", flush=True)


def hash_of(paths: Iterable[Path], *more: str) -> str:
    """SHA-256 over the paths' names and bytes and some more words, in hex."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for word in more:
        digest.update(f"{word}\0".encode())
    return digest.hexdigest()


def step(name: str, stamp: Path, inputs: str, action: Callable[[], None]) -> bool:
    """Runs the action unless the stamp says that it was done with these inputs; True when it ran."""
    if stamp.is_file() and stamp.read_text() == inputs:
        return False
    if shutil.disk_usage(ROOT).free < NEEDED_BYTES:
        raise full_disk(ROOT)
    with timed(name):
        stamp.unlink(missing_ok=True)
        action()
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(inputs)
    return True


def quietly(what: str, command: list[str], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> str:
    """The program's output; when it fails, its last lines are printed and the problem is raised."""
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        try:
            code = subprocess.run(
                command, cwd=cwd, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False
            ).returncode
        except FileNotFoundError:
            raise ProblemError(f"{what} failed: there is no program {command[0]}.") from None
        log.seek(0)
        output = log.read()
    if code == 0:
        return output
    if os.strerror(errno.ENOSPC) in output or "ENOSPC" in output:
        raise full_disk(cwd)
    say("\n".join(["", *output.splitlines()[-TAIL_LINES:]]))
    raise ProblemError(f"{what} failed with exit code {code}; its last lines are above.")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in one checkout."""
    with (ROOT / ".setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  waiting for another set-up of this checkout")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
