"""Files within which other files lie: ZIP (with office documents) and OLE. They are looked at, never unpacked.

A ZIP bomb does its harm where it is unpacked, on the reader's machine; so what would unpack to very much is refused, by
the sizes in its directory and, where they overlap, by that (D. Fifield, "A better zip bomb", 2019).
"""

from __future__ import annotations

import io
import re
import zipfile
from itertools import pairwise

PARTS_MAX = 20_000
UNPACKED_MAX = 1_000_000_000
RATIO_MAX = 200
SMALL = 20_000_000
"""What unpacks to less is no bomb, however well it was packed."""
TYPES_MAX = 1_000_000
SECTORS_MAX = 4_096

_MAIN_TYPE = re.compile(rb"""ContentType\s*=\s*["']([^"'<>]*\.main\+xml)["']""")
"""What an office document's list of its parts says of the main one, whatever that part is called."""
_OFFICE = b"application/vnd.openxmlformats-officedocument."
_MAIN = {
    _OFFICE + b"wordprocessingml.document.main+xml": "docx",
    _OFFICE + b"spreadsheetml.sheet.main+xml": "xlsx",
    _OFFICE + b"presentationml.presentation.main+xml": "pptx",
}
_ODF = {"odt": b"application/vnd.oasis.opendocument.text", "ods": b"application/vnd.oasis.opendocument.spreadsheet"}
_OLE = {"doc": ("WordDocument",), "xls": ("Workbook", "Book"), "ppt": ("PowerPoint Document",)}


class TooComplexError(Exception):
    """More would come out of it than anybody wants to have."""


class _View(io.RawIOBase):
    """Bytes in memory as a file, without a copy of them."""

    def __init__(self, raw: memoryview) -> None:
        self._raw = raw
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, len(self._raw))[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        end = len(self._raw) if size is None or size < 0 else self._at + size
        found = bytes(self._raw[self._at : end])
        self._at += len(found)
        return found


def office_of(raw: memoryview) -> str | None:
    """Return which office document a ZIP is, or "zip"; None for one that cannot be read.

    Documents with macros have another main type, and are none of these.
    """
    try:
        with zipfile.ZipFile(_View(raw)) as archive:
            names = _checked(archive)
            parts = _read(archive, "[Content_Types].xml") if "[Content_Types].xml" in names else b""
            if main := set(_MAIN_TYPE.findall(parts)):
                return _MAIN.get(main.pop()) if len(main) == 1 else None
            kind = _read(archive, "mimetype").strip() if "mimetype" in names else b""
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, EOFError, OSError):
        return None
    return next((name for name, said in _ODF.items() if said == kind), "zip")


def _checked(archive: zipfile.ZipFile) -> set[str]:
    parts = sorted(archive.infolist(), key=lambda one: one.header_offset)
    packed, unpacked = sum(one.compress_size for one in parts), sum(one.file_size for one in parts)
    ends = ((one.header_offset + one.compress_size, after.header_offset) for one, after in pairwise(parts))
    overlap = any(end > begins for end, begins in ends)
    too_much = unpacked > UNPACKED_MAX or (unpacked > SMALL and unpacked > RATIO_MAX * max(1, packed))
    if len(parts) > PARTS_MAX or overlap or too_much:
        raise TooComplexError
    return {one.filename for one in parts}


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return the beginning of a part; that it unpacks to more than it says is an error of the library's."""
    with archive.open(name) as part:
        return part.read(TYPES_MAX)


def ole_of(raw: memoryview) -> str | None:
    """Return which office document an OLE file ([MS-CFB]) is, by the streams that its directory names."""
    sector = 1 << int.from_bytes(raw[30:32], "little")
    if sector not in {512, 4096} or len(raw) < 2 * sector:
        return None
    table = [int.from_bytes(raw[76 + 4 * one : 80 + 4 * one], "little") for one in range(109)]
    names: set[str] = set()
    at, seen = int.from_bytes(raw[48:52], "little"), 0
    while at < 0xFFFFFFFA and seen < SECTORS_MAX:
        seen += 1
        names |= _names_in(raw[(at + 1) * sector : (at + 2) * sector])
        at = _after(raw, table, at, sector)
    return next((name for name, streams in _OLE.items() if names & set(streams)), None)


def _names_in(directory: memoryview) -> set[str]:
    entries = (directory[at : at + 128] for at in range(0, len(directory) - 127, 128))
    return {bytes(one[: max(0, min(64, one[64] | one[65] << 8) - 2)]).decode("utf-16-le", "replace") for one in entries}


def _after(raw: memoryview, table: list[int], at: int, sector: int) -> int:
    """Return the sector that follows one in its chain; the end where the table does not say."""
    per = sector // 4
    if at // per >= len(table) or table[at // per] >= 0xFFFFFFFA:
        return 0xFFFFFFFE
    place = (table[at // per] + 1) * sector + at % per * 4
    return int.from_bytes(raw[place : place + 4], "little") if place + 4 <= len(raw) else 0xFFFFFFFE
