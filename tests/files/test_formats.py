"""What a file is, its content says; what it is not, or what would do harm where it is opened, is not taken."""

import zipfile
from pathlib import Path

import pytest

from recado.domain.attachments import FORMATS
from recado.files.examine import examine
from tests.files.samples import (
    HTML,
    MP3,
    MP4,
    OGG,
    PDF,
    SVG,
    WAV,
    WEBM,
    huge_png,
    office,
    ole,
    photo,
    picture,
    zipped,
)

GOOD: list[tuple[str, bytes, str]] = [
    ("pdf", PDF, "application/pdf"),
    ("jpg", photo(), "image/jpeg"),
    ("png", picture(), "image/png"),
    ("webp", picture("WEBP"), "image/webp"),
    ("mp3", MP3, "audio/mpeg"),
    ("mp3", b"ID3\4\0\0\0\0\0\x0a" + bytes(10) + MP3, "audio/mpeg"),
    ("audio", OGG, "audio/ogg"),
    ("audio", WEBM, "audio/webm"),
    ("audio", MP4, "audio/mp4"),
    ("audio", WAV, "audio/wav"),
    ("docx", office("docx"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (
        "docx",  # as Word for the web writes it
        office("docx", called="word/document2.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("zip", zipped({"[Content_Types].xml": b"<Types/>", "a.txt": b"a"}), "application/zip"),
    ("xlsx", office("xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", office("pptx"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("doc", ole("WordDocument"), "application/msword"),
    ("xls", ole("Workbook"), "application/vnd.ms-excel"),
    ("ppt", ole("PowerPoint Document"), "application/vnd.ms-powerpoint"),
    (
        "odt",
        zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        "application/vnd.oasis.opendocument.text",
    ),
    (
        "ods",
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    ("zip", zipped({"a.txt": b"a"}), "application/zip"),
    ("txt", "Año\n".encode(), "text/plain; charset=utf-8"),
    ("csv", b"a;b\r\n1;2\r\n", "text/plain; charset=utf-8"),
]
POLYGLOTS: list[bytes] = [
    *(HTML, SVG, b"<?xml version='1.0'?><x/>", b"alert(1)//", b"\0asm\1\0\0\0", b"GIF89a" + HTML, b"MZ" + bytes(200)),
    *(PDF, zipped({"a": b"b"}), PDF + zipped({"a": b"b"}), HTML + picture(), SVG + PDF, b"\xff\xd8\xff" + HTML),
    *(OGG, MP3, WEBM, ole("Workbook"), office("docx"), b"#!/bin/sh\n", b"\x89PNG\r\n\x1a\n" + HTML, b"", bytes(100)),
]


def examined(tmp_path: Path, content: bytes, claimed: str) -> str:
    """The type that a file is found to have, or the fault for which it is not taken."""
    path = tmp_path / "file"
    path.write_bytes(content)
    found = examine(path, claimed)
    return found.fault or found.type


@pytest.mark.parametrize(("name", "content", "kind"), GOOD, ids=[f"{name}-{kind}" for name, _, kind in GOOD])
def test_each_format_is_known_by_its_content_and_is_no_other(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    assert examined(tmp_path, content, name) == kind
    alike = {"txt", "csv"} if name in {"txt", "csv"} else {name}
    for other in FORMATS.keys() - alike:
        assert examined(tmp_path, content, other) == "mismatch", other


@pytest.mark.parametrize("content", POLYGLOTS, ids=[str(number) for number in range(len(POLYGLOTS))])
def test_what_is_no_picture_is_none_by_being_called_one(tmp_path: Path, content: bytes) -> None:
    assert examined(tmp_path, content, "png") in {"mismatch", "damaged"}


def test_nothing_of_what_hides_behind_a_picture_is_kept(tmp_path: Path) -> None:
    for name, content in (("png", picture()), ("jpg", photo()), ("webp", picture("WEBP"))):
        for hidden in (HTML, zipped({"a": HTML}), PDF):
            assert examined(tmp_path, content + hidden, name).startswith("image/")
            kept = (tmp_path / "file.clean").read_bytes()
            assert hidden not in kept
            assert len(kept) <= len(content) + 40


def test_documents_with_macros_are_none(tmp_path: Path) -> None:
    hidden = '<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
    for content in (office("docx", "macroEnabled.main+xml"), office("docx", more=hidden)):
        for claimed in ("docx", "zip"):
            assert examined(tmp_path, content, claimed) == "mismatch"


@pytest.mark.parametrize(
    ("claimed", "content"),
    [
        ("zip", zipped({"zeros": bytes(30_000_000)})),
        ("docx", zipped({"word/document.xml": bytes(30_000_000)})),
        ("png", huge_png(100_000)),
    ],
)
def test_bombs_are_not_opened(tmp_path: Path, claimed: str, content: bytes) -> None:
    assert len(content) < 100_000
    assert examined(tmp_path, content, claimed) == "too_complex"


def test_parts_that_lie_upon_each_other_are_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one", bytes(1000))
        archive.writestr("two", bytes(1000))
        archive.filelist[1].header_offset = archive.filelist[0].header_offset + 10
    assert examine(path, "zip").fault in {"too_complex", "mismatch"}


@pytest.mark.parametrize("content", [photo(), picture(), picture("WEBP")], ids=["jpg", "png", "webp"])
def test_a_picture_that_was_cut_is_damaged(tmp_path: Path, content: bytes) -> None:
    claimed = {b"\xff": "jpg", b"\x89": "png", b"R": "webp"}[content[:1]]
    for at in range(20, len(content) - 8, max(1, len(content) // 40)):
        assert examined(tmp_path, content[:at], claimed) in {"damaged", "mismatch"}, at


@pytest.mark.parametrize("content", [ole("Workbook"), office("xlsx"), MP3, WEBM], ids=["xls", "xlsx", "mp3", "webm"])
def test_no_cut_makes_a_fault(tmp_path: Path, content: bytes) -> None:
    for at in range(0, len(content), max(1, len(content) // 60)):
        examined(tmp_path, content[:at], "xls")
