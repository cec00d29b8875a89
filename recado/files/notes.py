"""What telephones note in the recordings they make (MP4, ISO/IEC 14496-12): titles, which are often places, and times.

Everything stays where it is, so that no table of places in the file has to be written anew: a box of notes becomes an
empty one that readers pass over, and times become zeros.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_WITHIN = frozenset({b"moov", b"trak", b"mdia", b"moof", b"traf"})
"""Boxes in which others lie that are looked at."""
_NOTES = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip", b"wide"})
"""What users and programs write, and what was left over; none is needed to hear anything."""
_TIMED = frozenset({b"mvhd", b"tkhd", b"mdhd"})
"""Headers that begin with when it was made and changed."""
_DEPTH = 6


class _Box(NamedTuple):
    kind: bytes
    begins: int
    content: int
    ends: int


def without_notes(raw: bytes) -> bytes:
    """Return a recording of the same length without what its maker noted. What cannot be followed stays as it is."""
    bare = bytearray(raw)
    _clear(bare, 0, len(bare), _DEPTH)
    return bytes(bare)


def _clear(bare: bytearray, begins: int, ends: int, depth: int) -> None:
    for box in _boxes(bare, begins, ends):
        if box.kind in _NOTES:
            bare[box.begins + 4 : box.begins + 8] = b"free"
            bare[box.content : box.ends] = bytes(box.ends - box.content)
        elif box.kind in _TIMED and box.ends - box.content >= 20:
            times = 16 if bare[box.content] == 1 else 8
            bare[box.content + 4 : box.content + 4 + times] = bytes(times)
        elif box.kind in _WITHIN and depth:
            _clear(bare, box.content, box.ends, depth - 1)


def _boxes(raw: bytearray, at: int, ends: int) -> Iterator[_Box]:
    """Yield the boxes that follow each other; one that is larger than where it lies ends with that."""
    while at + 8 <= ends:
        size, content = int.from_bytes(raw[at : at + 4], "big"), at + 8
        if size == 1 and at + 16 <= ends:
            size, content = int.from_bytes(raw[at + 8 : at + 16], "big"), at + 16
        end = min(ends, at + size) if size else ends
        if end < content:
            return
        yield _Box(bytes(raw[at + 4 : at + 8]), at, content, end)
        at = end
