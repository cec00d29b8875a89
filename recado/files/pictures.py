"""Pictures: without what their camera noted (place, time, owner), measured, and with a small picture of each.

The pixels stay as they are: what is left out are whole segments of the file, so that nothing is lost by packing it
anew. What stands after the end of the picture goes too, which is where a second file would hide. How the camera was
held stays noted in a JPEG and a PNG, where browsers go by it; by what a WebP notes they do not, so it is turned.
Layouts: JPEG (ITU-T T.81, annex B), PNG (ISO/IEC 15948), WebP (RFC 9649).
"""

from __future__ import annotations

import io
import re
import warnings
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image, ImageOps

PIXELS_MAX = {"JPEG": 250_000_000, "PNG": 60_000_000, "WEBP": 60_000_000}
"""What is opened at all. A JPEG is read at an eighth of its size, the others as they are."""
SMALL = 640
"""The longer side of the small picture, in pixels."""
PROFILE_MAX = 1_000_000
SCANS_MAX = 100
"""Of a progressive JPEG, which cameras and programs write in about ten; each goes over all of its pixels once more."""
PASSED_MAX = 2_000_000_000
"""Pixels that all of its scans together go over: ten of the largest photograph that telephones take."""
TURNED_MAX = 25_000_000
"""Pixels of a WebP that is turned; a larger one stays as it lies. It is packed anew for it."""
GROWN_MAX = 2
"""So many times as large a WebP may become by being turned."""
ORIENTATION = 0x0112

_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_KEPT_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"cICP"}
_KEPT_PARTS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"}


class DamagedError(Exception):
    """The picture cannot be read to its end."""


class TooLargeError(Exception):
    """The picture has more pixels than are opened, or goes over them too often."""


class Picture(NamedTuple):
    """A picture without its notes, its size as it is seen, and a small one of it (WebP)."""

    raw: bytes
    width: int
    height: int
    small: bytes


def prepare(raw: bytes, kind: str) -> Picture:
    """Return a picture as it is kept; `kind` is its format in Pillow's words."""
    Image.MAX_IMAGE_PIXELS = None
    try:
        orientation = _orientation(raw, kind)
        bare = {"JPEG": strip_jpeg, "PNG": strip_png, "WEBP": strip_webp}[kind](raw, orientation)
        return Picture(bare, *_small(bare, kind))
    except (OSError, SyntaxError, ValueError, IndexError, EOFError, Image.DecompressionBombError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # what the system says is no fault of the picture's
        raise DamagedError from None


def _opened(raw: bytes, kind: str) -> Image.Image:
    picture = Image.open(io.BytesIO(raw), formats=[kind])
    if picture.width * picture.height > PIXELS_MAX[kind]:
        raise TooLargeError
    return picture


def _orientation(raw: bytes, kind: str) -> int:
    """Return how the camera was held, 1 to 8; what else it noted is not read."""
    picture = _opened(raw, kind)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = picture.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - notes that cannot be read are notes that nobody misses
        return 1
    return found if found in range(1, 9) else 1


def _small(raw: bytes, kind: str) -> tuple[int, int, bytes]:
    picture = _opened(raw, kind)
    width, height = picture.size
    if kind == "JPEG":
        picture.draft("RGB", (SMALL, SMALL))
    picture.load()
    if picture.getexif().get(ORIENTATION, 1) > 4:
        width, height = height, width
    picture.thumbnail((SMALL, SMALL))
    turned = ImageOps.exif_transpose(picture).convert("RGBA" if picture.has_transparency_data else "RGB")
    written = io.BytesIO()
    turned.save(written, "WEBP", quality=80, method=2, exif=b"", xmp=b"", icc_profile=None)
    return width, height, written.getvalue()


def _note(orientation: int) -> bytes:
    """Return the one note that stays, since without it the picture would lie on its side, as EXIF."""
    note = b"II*\0\x08\0\0\0\x01\0" + ORIENTATION.to_bytes(2, "little") + b"\x03\0\x01\0\0\0"
    return note + orientation.to_bytes(4, "little") + b"\0\0\0\0"


def _in_jpeg(orientation: int) -> bytes:
    body = b"Exif\0\0" + _note(orientation)
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _in_png(orientation: int) -> bytes:
    note = _note(orientation)
    return len(note).to_bytes(4, "big") + b"eXIf" + note + zlib.crc32(b"eXIf" + note).to_bytes(4, "big")


def strip_jpeg(raw: bytes, orientation: int) -> bytes:
    """Return a JPEG with its JFIF header, colours and scans alone."""
    kept, held, at = [b"\xff\xd8"], _in_jpeg(orientation) if orientation > 1 else b"", 2
    picture, scans = _opened(raw, "JPEG"), 0
    most = min(SCANS_MAX, PASSED_MAX // max(1, picture.width * picture.height))
    while True:
        if raw[at] != 0xFF:
            raise DamagedError
        while raw[at] == 0xFF:
            at += 1
        marker, at = raw[at], at + 1
        if marker == 0xD9:
            return b"".join([*kept, b"\xff\xd9"])
        segment = _segment(raw, at)
        if held and marker != 0xE0:
            kept.append(held)
            held = b""
        if _is_needed(marker, segment):
            kept.append(bytes((0xFF, marker)) + segment)
        at += len(segment)
        if marker == 0xDA:
            scans += 1
            if scans > most:
                raise TooLargeError
            end = _SCAN_END.search(raw, at)
            if end is None:
                return _ended(b"".join([*kept, raw[at:]]).rstrip(b"\xff"))
            kept.append(raw[at : end.start()])
            at = end.start()


def _segment(raw: bytes, at: int) -> bytes:
    """Return the segment whose length stands at a place, with that."""
    size = int.from_bytes(raw[at : at + 2], "big")
    segment = raw[at : at + size]
    if size < 2 or len(segment) != size:
        raise DamagedError
    return segment


def _ended(cut: bytes) -> bytes:
    """Return a JPEG that lacks the mark of its end, and nothing else, with that mark.

    Some programs leave it out, and everything shows such a picture. Where more is missing, it makes a difference what
    stands in its place.
    """
    whole, other = (b"".join((cut, more, b"\xff\xd9")) for more in (b"", b"\xa5" * 64))
    if _pixels(whole) != _pixels(other):
        raise DamagedError
    return whole


def _pixels(raw: bytes) -> bytes:
    picture = _opened(raw, "JPEG")
    picture.draft("RGB", (SMALL, SMALL))
    return picture.tobytes()


def _is_needed(marker: int, segment: bytes) -> bool:
    if marker == 0xE2:
        return segment[2:14] == b"ICC_PROFILE\0"
    return marker in {0xE0, 0xEE} or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def strip_png(raw: bytes, orientation: int) -> bytes:
    """Return a PNG with what its pixels and colours need, and not a word of text."""
    kept, at = [raw[:8]], 8
    while True:
        size, kind = int.from_bytes(raw[at : at + 4], "big"), raw[at + 4 : at + 8]
        whole = raw[at : at + 12 + size]
        if len(whole) != 12 + size:
            raise DamagedError
        if kind in _KEPT_CHUNKS and (kind != b"iCCP" or size <= PROFILE_MAX):
            kept.append(whole)
        if kind == b"IHDR" and orientation > 1:
            kept.append(_in_png(orientation))
        if kind == b"IEND":
            return b"".join(kept)
        at += 12 + size


def strip_webp(raw: bytes, orientation: int) -> bytes:
    """Return a WebP without EXIF and XMP, and with flags that say so; turned, where it lies on its side."""
    return (_turned(raw) if orientation > 1 else None) or _bare_webp(raw)


def _turned(raw: bytes) -> bytes | None:
    """Return a WebP as it is seen, packed anew as well as it was; None where it moves, or is or becomes too large."""
    picture = _opened(raw, "WEBP")
    if getattr(picture, "is_animated", False) or picture.width * picture.height > TURNED_MAX:
        return None
    profile = picture.info.get("icc_profile") or b""
    lossless = any(kind == b"VP8L" for kind, _ in _parts(raw))
    written = io.BytesIO()
    ImageOps.exif_transpose(picture).save(
        written,
        "WEBP",
        lossless=lossless,
        quality=0 if lossless else 95,  # of one without loss it says how long better ways are looked for
        method=2,
        exif=b"",
        xmp=b"",
        icc_profile=profile if len(profile) <= PROFILE_MAX else b"",
    )
    turned = written.getvalue()
    return turned if len(turned) < GROWN_MAX * len(raw) else None


def _bare_webp(raw: bytes) -> bytes:
    kept = [b"WEBP"]
    for kind, whole in _parts(raw):
        if kind == b"VP8X":
            kept.append(whole[:8] + bytes((whole[8] & ~0x0C,)) + whole[9:])
        elif kind in _KEPT_PARTS:
            kept.append(whole)
    body = b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _parts(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the parts of a WebP with what each is."""
    at, end = 12, min(len(raw), 8 + int.from_bytes(raw[4:8], "little"))
    while at + 8 <= end:
        kind, size = raw[at : at + 4], int.from_bytes(raw[at + 4 : at + 8], "little")
        whole = raw[at : at + 8 + size + size % 2]
        if len(whole) < 8 + size:
            raise DamagedError
        yield kind, whole
        at += 8 + size + size % 2
