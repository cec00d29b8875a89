"""The program that looks at one file: what it is, and of a picture what is kept. It runs by itself, with limits.

`python -m recado.files.examine PATH FORMAT` writes one line of JSON: `Examined`. A picture without its notes
comes to lie at `PATH.clean`, a small one of it at `PATH.small`. Whatever a stranger's file makes of the libraries that
read it happens here: in a process that dies of it, with little memory, little time, and nothing in its hands.
"""

from __future__ import annotations

import hashlib
import os
import resource
import sys
from pathlib import Path

import msgspec

MEMORY = 1_500_000_000
SECONDS = 20
WRITTEN = 200_000_000
_PICTURES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


class Examined(msgspec.Struct, frozen=True):
    """What a file was found to be, or `fault`, why it is not taken. `clean`: what is kept lies beside it."""

    fault: str | None = None
    type: str = ""
    size: int = 0
    sha256: str = ""
    width: int | None = None
    height: int | None = None
    clean: bool = False


def beside(path: Path, what: str) -> Path:
    """Return where something made of a file lies."""
    return path.with_name(f"{path.name}.{what}")


def hold_back() -> None:
    """Take little of the machine, and only for a while."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def examine(path: Path, claimed: str) -> Examined:
    """Return what lies at `path`, which its name claims to be of a format."""
    from recado.files.containers import TooComplexError  # noqa: PLC0415 - after the limits are set
    from recado.files.formats import kind_of  # noqa: PLC0415 - likewise

    raw = path.read_bytes()
    try:
        kind = kind_of(memoryview(raw))
    except TooComplexError:
        return Examined("too_complex")
    if kind is None or (kind.format != claimed and (kind.format, claimed) != ("txt", "csv")):
        return Examined("mismatch")
    if kind.format in _PICTURES:
        return _picture(path, raw, kind.type, _PICTURES[kind.format])
    return Examined(None, kind.type, len(raw), hashlib.sha256(raw).hexdigest())


def _picture(path: Path, raw: bytes, kind: str, name: str) -> Examined:
    from recado.files import pictures  # noqa: PLC0415 - takes a while, and only pictures need it

    try:
        made = pictures.prepare(raw, name)
    except pictures.TooLargeError:
        return Examined("too_complex")
    except pictures.DamagedError:
        return Examined("damaged")
    beside(path, "clean").write_bytes(made.raw)
    beside(path, "small").write_bytes(made.small)
    digest = hashlib.sha256(made.raw).hexdigest()
    return Examined(None, kind, len(made.raw), digest, made.width, made.height, clean=True)


def main() -> None:
    """Examine the file that the command line names."""
    hold_back()
    path, claimed = sys.argv[1:]
    try:
        found = examine(Path(path), claimed)
    except MemoryError:
        found = Examined("too_complex")
    sys.stdout.buffer.write(msgspec.json.encode(found))


if __name__ == "__main__":
    main()
