"""Files on their way: what has come of each lies in one folder of the data directory, under the file's id.

How much has come is the size of what lies there; nothing else counts it, so that nothing can disagree. Several
processes may have one folder: each looks and writes under a lock of the file, and what has come is never changed.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from recado.domain.errors import Busy, FileTooLarge, NoSpace, WrongOffset
from recado.domain.ids import FileId
from recado.files.examine import beside

ROOM_KEPT = 256 * 1024 * 1024
"""So much of the disk files leave to what is written in words."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says where there is no room, or none for us."""
WRITE = 2
"""SYNC_FILE_RANGE_WRITE of sync_file_range(2)."""
_begin_range = getattr(ctypes.CDLL(None), "sync_file_range", None)
if _begin_range is not None:
    _begin_range.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)


class Intake:
    """The folder of what is coming, and the one of what a scanner has found."""

    def __init__(self, data: Path, room_kept: int = ROOM_KEPT) -> None:
        self._folder = data / "uploads"
        self._quarantine = data / "quarantine"
        self._room_kept = room_kept
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def path(self, which: FileId) -> Path:
        """Return where a file comes to lie."""
        return self._folder / which

    def offset(self, which: FileId) -> int:
        """Return how many bytes of a file have come."""
        with contextlib.suppress(FileNotFoundError):
            return self.path(which).stat().st_size
        return 0

    def check_room(self, size: int) -> None:
        """Refuse what would fill the disk, on which people's words are stored too."""
        if shutil.disk_usage(self._folder).free - size < self._room_kept:
            raise NoSpace

    def write(self, which: FileId, at: int, piece: bytes | bytearray, size: int) -> int:
        """Write bytes of a file of `size` at their place, and return how many have come by then.

        What lies there already stays as it is: another process may have got the same bytes, or be looking at them.
        `WrongOffset` where bytes before them are missing, `FileTooLarge` where more lie there than were announced,
        `Busy` where another process is at it.
        """
        end = at + len(piece)
        if end > size:
            raise FileTooLarge(size)
        with self._locked(which, begins=at == 0) as file:
            come = os.fstat(file).st_size
            if at > come:
                raise WrongOffset(come)
            if end <= come:
                return come
            self.check_room(end - come)
            rest = memoryview(piece)[come - at :]
            while rest:
                try:
                    written = os.pwrite(file, rest, end - len(rest))
                except OSError as error:
                    if error.errno in FULL:
                        raise NoSpace from None
                    raise
                rest = rest[written:]
        return end

    @contextlib.contextmanager
    def whole(self, which: FileId, size: int) -> Iterator[None]:
        """Hold a file of which all has come, so that no other process looks at it; `Busy` where one does.

        Who has waited for that one finds the file gone, and is told to ask again. `WrongOffset` where it is not whole.
        """
        with self._locked(which) as file:
            come = os.fstat(file).st_size
            if come != size:
                raise WrongOffset(min(come, size))
            yield

    @contextlib.contextmanager
    def _locked(self, which: FileId, *, begins: bool = False) -> Iterator[int]:
        """Hold what lies there of a file. A process that dies lets go of it."""
        try:
            file = os.open(self.path(which), os.O_RDWR | (os.O_CREAT if begins else 0), 0o600)
        except FileNotFoundError:
            raise WrongOffset(0) from None
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy from None
            try:
                if not self._is_there(which, file):
                    raise Busy
                yield file
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)  # a program that is just being started has the file open, too
        finally:
            os.close(file)

    def _is_there(self, which: FileId, file: int) -> bool:
        with contextlib.suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(file), self.path(which).stat())
        return False

    def begin_flush(self, which: FileId) -> None:
        """Let the disk begin with what has come of a file: at the end it would get all of it at once, before any text.

        Nothing is promised by that: `flush` waits for all of it, and says what went wrong. Not every system can do it.
        """
        if _begin_range is not None:
            with contextlib.suppress(FileNotFoundError), self.path(which).open("rb") as file:
                _begin_range(file.fileno(), 0, 0, WRITE)

    def flush(self, which: FileId) -> None:
        """Let the disk have what has come of a file, if it is still there."""
        with contextlib.suppress(FileNotFoundError), self.path(which).open("rb") as file:
            os.fsync(file.fileno())

    def remove(self, which: FileId) -> None:
        """Remove what has come of a file, and what was made of it."""
        path = self.path(which)
        for one in (path, *(beside(path, what) for what in ("clean", "small", "sound"))):
            one.unlink(missing_ok=True)

    def set_apart(self, which: FileId) -> None:
        """Move a file that a scanner has found to where none but who runs this machine gets it, if it is there."""
        self._quarantine.mkdir(exist_ok=True, mode=0o700)
        with contextlib.suppress(FileNotFoundError):  # its sender has given it up
            self.path(which).rename(self._quarantine / which).chmod(0o400)

    def list_old(self, before_s: float) -> list[FileId]:
        """Return the files of which nothing has come since a time (in seconds since 1970)."""
        lying = set()
        for one in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # its sender is done with it
                if one.stat().st_mtime < before_s:
                    lying.add(FileId(one.name.partition(".")[0]))
        return sorted(lying)
