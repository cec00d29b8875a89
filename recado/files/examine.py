"""What looks at one file, in a process of its own (`forkserver`): what it is, and what is made of it.

What `main` writes last is a line of JSON, `Examined`: that alone is said of the file. Where the machine has no room or
cannot read, it ends with `OURS` and has said nothing. A picture or a recording without its notes comes to lie at
`PATH.clean`, a small picture at `PATH.small`, a recording as MP3 at `PATH.sound`. Whatever a stranger's file makes of
the libraries that read it happens here: in a process that dies of it, with little memory, little time, none of our
environment, and where the system knows how to do that (`confine`) nothing within reach but this one file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import sys
import traceback
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NoReturn

import msgspec

from recado.domain.attachments import SOUND_MAX_MS, Sound
from recado.files.confine import shut_in

MP3_MAX_MS = 2 * 3600 * 1000
"""What is longer has no waveform."""
LATE_MS = 5_000
"""A recorder that stops by itself stops a little late."""
MEMORY = 1_500_000_000
SECONDS = 20
SOUND_SECONDS = 60
"""Some four times what the longest recording takes on a machine of 2020."""
WRITTEN = 200_000_000
OURS = os.EX_TEMPFAIL
"""How it ends where not the file is at fault but the machine: a full disk, one that cannot be read."""
MP4 = "audio/mp4"
SOUNDS = frozenset({"audio", "mp3"})
PICTURES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


class Examined(msgspec.Struct, frozen=True):
    """What a file was found to be, or `fault`, why it is not taken. `clean`: what is kept lies beside it.

    `rendition`: what is played instead of a recording lies beside it, of this size, with this digest.
    """

    fault: str | None = None
    type: str = ""
    size: int = 0
    sha256: str = ""
    width: int | None = None
    height: int | None = None
    clean: bool = False
    sound: Sound | None = None
    rendition: tuple[int, str] | None = None


def beside(path: Path, what: str) -> Path:
    """Return where something made of a file lies."""
    return path.with_name(f"{path.name}.{what}")


def seconds_for(claimed: str) -> int:
    """Return how much of a processor's time a file may take that is claimed to be of a format."""
    return SOUND_SECONDS if claimed in SOUNDS else SECONDS


def hold_back(seconds: int) -> None:
    """Take little of the machine, and only for a while."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))  # at the second one SIGKILL, which says nothing
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def fetch(claimed: str) -> None:
    """Fetch the code that looks at files of a format, before anything is shut in."""
    from recado.files import formats  # noqa: F401, PLC0415 - the server itself needs none of it

    if claimed in PICTURES:
        from recado.files import pictures  # noqa: F401, PLC0415 - takes a while, and only pictures need it
    elif claimed in SOUNDS:
        from recado.files import notes, sound  # noqa: F401, PLC0415 - likewise


def reach_only(path: Path, claimed: str) -> None:
    """Reach this file, what will be made of it, and nothing else of the machine.

    What is made is a file of its own each time: what was made before may lie in the store by now, under a second name.
    """
    made: tuple[str, ...] = ()
    if claimed in PICTURES:
        made = "clean", "small"
    elif claimed == "audio":
        made = "sound", "clean"
    files = [beside(path, one) for one in made]
    if path.exists():
        for one in files:
            one.unlink(missing_ok=True)
            one.touch()
    shut_in([path], files)


def examine(path: Path, claimed: str) -> Examined:
    """Return what lies at `path`, which its name claims to be of a format."""
    from recado.files.containers import TooComplexError  # noqa: PLC0415 - who starts this program needs none of it
    from recado.files.formats import kind_of  # noqa: PLC0415 - likewise

    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        raw = mmap(file.fileno(), size, access=ACCESS_READ) if size else b""  # only a few places of most are looked at
    try:
        kind = kind_of(memoryview(raw))
    except TooComplexError:
        return Examined("too_complex")
    if kind is None or (kind.format != claimed and (kind.format, claimed) != ("txt", "csv")):
        return Examined("mismatch")
    if kind.format in PICTURES:
        return _picture(path, path.read_bytes(), kind.type, PICTURES[kind.format])
    kept = _without_notes(path) if kind.type == MP4 else path
    with kept.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    whole = Examined(None, kind.type, size, digest, clean=kept is not path)
    return _sound(path, whole, kind.format) if kind.format in SOUNDS else whole


def _without_notes(path: Path) -> Path:
    from recado.files.notes import without_notes  # noqa: PLC0415 - only recordings of telephones need it

    kept = beside(path, "clean")
    kept.write_bytes(without_notes(path.read_bytes()))
    return kept


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


def _sound(path: Path, whole: Examined, form: str) -> Examined:
    from recado.files import sound  # noqa: PLC0415 - takes a while, and only sound needs it

    made = beside(path, "sound") if form == "audio" else None
    try:
        kept = beside(path, "clean") if whole.clean else path
        heard = sound.listen(kept, whole.type, MP3_MAX_MS if made is None else SOUND_MAX_MS + LATE_MS, made)
    except sound.WrongSoundError as error:
        # What is played as it is need not be measured.
        return whole if (error.fault, made) == ("too_long", None) else Examined(error.fault)
    found = msgspec.structs.replace(whole, sound=Sound(heard.ms, heard.peaks))
    if made is None:
        return found
    raw = made.read_bytes()
    return msgspec.structs.replace(found, rendition=(len(raw), hashlib.sha256(raw).hexdigest()))


def answer(path: Path, claimed: str) -> Examined:
    """Return what is said of the file. What this machine lacks says nothing of it, and is raised: `OSError`."""
    try:
        return examine(path, claimed)
    except MemoryError:
        return Examined("too_complex")
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        return Examined("too_complex")
    except ImportError:
        raise
    except Exception:  # noqa: BLE001 - whatever a library makes of a stranger's file
        traceback.print_exc()
        return Examined("damaged")


def main(path: Path, claimed: str) -> NoReturn:
    """Examine a file, say what was found, and end."""
    hold_back(seconds_for(claimed))
    fetch(claimed)
    try:
        reach_only(path, claimed)
        found = answer(path, claimed)
    except OSError:
        traceback.print_exc()
        os._exit(OURS)
    sys.stdout.write(f"\n{msgspec.json.encode(found).decode()}")
    sys.stdout.flush()
    os._exit(0)  # no tidying up: it takes as long as a look at most files
