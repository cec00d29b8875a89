"""Files on their way: what has come of each lies in one folder of the data directory, under the file's id.

How much has come is the size of what lies there; nothing else counts it, so that nothing can disagree.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from recado.domain.errors import NoSpace
from recado.domain.ids import FileId
from recado.files.examine import beside

ROOM_KEPT = 256 * 1024 * 1024
"""So much of the disk files leave to what is written in words."""


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

    def append(self, which: FileId, piece: bytes | bytearray) -> None:
        """Add the next bytes of a file."""
        self.check_room(len(piece))
        with self.path(which).open("ab") as file:
            file.write(piece)

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
        """Move a file that a scanner has found to where nobody gets it from but who runs this machine."""
        self._quarantine.mkdir(exist_ok=True, mode=0o700)
        kept = self.path(which).rename(self._quarantine / which)
        kept.chmod(0o400)

    def list_old(self, before_s: float) -> list[FileId]:
        """Return the files of which nothing has come since a time (in seconds since 1970)."""
        lying = (one for one in self._folder.iterdir() if one.stat().st_mtime < before_s)
        return sorted({FileId(one.name.partition(".")[0]) for one in lying})
