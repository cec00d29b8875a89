"""What a file is, by its content. Its name is not asked.

Signatures are those of the formats' own specifications; containers are opened (`containers`), since a DOCX is a ZIP
with certain parts and an XLS an OLE file with a certain stream. What looks like two formats at once is the one that its
first bytes say, and is kept and served as that one alone.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from recado.files.containers import office_of, ole_of


class Kind(NamedTuple):
    """A format by the name that it has in `domain/attachments.py`, and its media type."""

    format: str
    type: str


_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", Kind("pdf", "application/pdf")),
    (b"\xff\xd8\xff", Kind("jpg", "image/jpeg")),
    (b"\x89PNG\r\n\x1a\n", Kind("png", "image/png")),
    (b"OggS", Kind("audio", "audio/ogg")),
    (b"\x1a\x45\xdf\xa3", Kind("audio", "audio/webm")),
)
_FRAME = re.compile(rb"\xff[\xe2-\xff][\x10-\xef]", re.DOTALL)
_HANDLER = re.compile(rb"hdlr.{8}(soun|vide)", re.DOTALL)
_KBPS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_LOOK = 64 * 1024


def kind_of(raw: memoryview) -> Kind | None:
    """Return what the bytes are; None for what is none of the formats that we know."""
    head = bytes(raw[:_LOOK])
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind if kind.format != "audio" or _has_sound(kind, head) else None
    if head[:4] == b"RIFF" and head[8:12] in {b"WEBP", b"WAVE"}:
        return Kind("webp", "image/webp") if head[8:12] == b"WEBP" else Kind("audio", "audio/wav")
    if head[4:8] == b"ftyp":
        tracks = {found[1] for found in _HANDLER.finditer(raw)}
        return Kind("audio", "audio/mp4") if tracks == {b"soun"} else None
    if head[:4] == b"PK\x03\x04":
        return _kind_named(office_of(raw))
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _kind_named(ole_of(raw))
    return Kind("mp3", "audio/mpeg") if _is_mp3(raw) else _text(raw)


_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "zip": "application/zip",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}


def _kind_named(name: str | None) -> Kind | None:
    return None if name is None else Kind(name, _TYPES[name])


def _has_sound(kind: Kind, head: bytes) -> bool:
    """Whether a container has sound, by its beginning (RFC 9559, RFC 3533). That it has pictures, who opens it sees."""
    if kind.type == "audio/ogg":
        return b"OpusHead" in head[:512] or b"\x01vorbis" in head[:512]
    return b"webm" in head[:64] and re.search(rb"A_(OPUS|VORBIS)", head) is not None


def _is_mp3(raw: memoryview) -> bool:
    """Whether three frames of MPEG audio, layer III (ISO/IEC 11172-3) follow each other, after any ID3v2 tag."""
    at = 0
    if bytes(raw[:3]) == b"ID3" and len(raw) > 10:
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(raw[6:10], (21, 14, 7, 0), strict=True))
    found = _FRAME.search(raw, at, at + 4096)
    while found is not None:
        if _frames_from(raw, found.start()) >= 3:
            return True
        found = _FRAME.search(raw, found.start() + 1, at + 4096)
    return False


def _frames_from(raw: memoryview, at: int) -> int:
    """Return how many frames follow each other from a place, at most three; the end of the file is as good as one."""
    for count in range(3):
        if count and at >= len(raw):
            return 3
        size = _frame_size(bytes(raw[at : at + 4]))
        if size == 0:
            return count
        at += size
    return 3


def _frame_size(head: bytes) -> int:
    """Return how many bytes a frame with this header has; 0 where it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rate, hertz = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate in {0, 15} or hertz == 3:
        return 0
    kbps = _KBPS[1 if version == 3 else 2][rate]
    return (144 if version == 3 else 72) * kbps * 1000 // _HERTZ[version][hertz] + (head[2] >> 1 & 1)


def _text(raw: memoryview) -> Kind | None:
    """Return plain text where all of it is UTF-8 without control characters but for those that lay text out."""
    try:
        text = str(raw, "utf-8")
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", text) else Kind("txt", "text/plain; charset=utf-8")
