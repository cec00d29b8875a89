"""Files of each format, made here, so that what is in them is known."""

import io
import struct
import zipfile
import zlib

from PIL import Image

from tests.files.sounds import recording, tone

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP3, OGG, WEBM, MP4, WAV = (recording(kind, tone(200)) for kind in ("mp3", "ogg", "webm", "m4a", "wav"))
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), **how: object) -> bytes:
    """A picture in which neighbouring pixels differ."""
    made = Image.effect_noise(size, 40).convert("RGB")
    written = io.BytesIO()
    made.save(written, kind, **how)
    return written.getvalue()


def photo(orientation: int = 6) -> bytes:
    """A photograph whose camera has noted how and where it was held."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Nokia of Lucia"
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (40.0, 25.0, 3.0)
    return picture("JPEG", exif=exif, comment=b"written at home")


def zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def office(name: str, main: str = "main+xml", *, called: str | None = None, more: str = "") -> bytes:
    """A document, with its main part where it usually is or `called` otherwise."""
    part, kind = _MAIN[name]
    of_main = f"application/vnd.openxmlformats-officedocument.{kind}.{main}"
    types = f'<Types>{more}<Override PartName="/{called or part}" ContentType="{of_main}"/></Types>'
    return zipped({"[Content_Types].xml": types.encode(), called or part: b"<xml/>"})


def ole(stream: str) -> bytes:
    """The smallest OLE file whose directory names a stream."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<I", head, 48, 1)
    struct.pack_into("<109I", head, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + bytes(62)
        for name in ("Root Entry", stream)
    )
    return bytes(head) + table + entries.ljust(512, b"\0")


def huge_png(side: int) -> bytes:
    """A small file that says it is a picture of `side` by `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
