"""Files that go along with a message: which formats and how large, what they are called, and what readers get of them.

What a file is, its content says (`files/formats.py`); its name says only what its sender takes it for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Annotated, Literal, NamedTuple

import msgspec
import regex

from recado.domain.errors import FileTooLarge, Invalid, WrongFile
from recado.domain.ids import FileId
from recado.domain.text import salvaged_line

MB = 1_000_000
CAPTION_MAX = 160
"""Of the text that goes with files, in characters as people count them: a flag or a family is one."""
NAME_MAX = 120
_GIVEN_MAX = 2000
"""So much of a given name is looked at, from its end: there the ending is."""
FILES_MAX = 10
"""Files of one message."""
LARGEST = 100 * MB
USUAL = 20 * MB
PENDING_MAX = 20
"""Files that somebody has begun to send and not sent yet."""
KEPT_S = 24 * 3600
"""So long a file waits for its message."""
SOUND_MAX_MS = 30 * 60 * 1000
"""The longest recording."""
DAY_S = 24 * 3600
DAY_BYTES = {"visitor": 200 * MB, "operator": 5_000 * MB}
"""What one person may send within a day, whatever becomes of it."""
LEAST_BYTES = 100_000
"""So much each file counts at least: a small one, too, is looked at and stored."""

# fmt: off
FormatName = Literal[
    "pdf", "jpg", "png", "mp3", "doc", "docx", "xls", "xlsx", "audio",
    "webp", "ppt", "pptx", "odt", "ods", "txt", "csv", "zip",
]
# fmt: on


class Format(NamedTuple):
    """What a format's names end in, and whether it is allowed where no admin has said anything."""

    endings: tuple[str, ...]
    usual: bool = True


FORMATS: Mapping[FormatName, Format] = {
    "pdf": Format(("pdf",)),
    "jpg": Format(("jpg", "jpeg")),
    "png": Format(("png",)),
    "mp3": Format(("mp3",)),
    "doc": Format(("doc",)),
    "docx": Format(("docx",)),
    "xls": Format(("xls",)),
    "xlsx": Format(("xlsx",)),
    "audio": Format(("webm", "weba", "ogg", "oga", "opus", "m4a", "mp4", "wav")),
    "webp": Format(("webp",), usual=False),
    "ppt": Format(("ppt",), usual=False),
    "pptx": Format(("pptx",), usual=False),
    "odt": Format(("odt",), usual=False),
    "ods": Format(("ods",), usual=False),
    "txt": Format(("txt",), usual=False),
    "csv": Format(("csv",), usual=False),
    "zip": Format(("zip",), usual=False),
}
"""All formats whose content can be checked; `audio` is what browsers record."""

INLINE = frozenset(
    {
        *("image/jpeg", "image/png", "image/webp"),
        *("audio/mpeg", "audio/webm", "audio/ogg", "audio/mp4", "audio/wav"),
    }
)
"""What a browser may show where it stands: pictures and sound whose bytes were checked. All else is saved."""

MP3 = "audio/mpeg"

FileName = Annotated[str, msgspec.Meta(max_length=40, pattern="^[A-Za-z0-9_-]*$")]
"""The id of a file, as it comes from outside."""

_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_CHARACTER = regex.compile(r"\X")
_CODES_MAX = 64
"""Of what a character is made of, on average: a family of four with their skins is eleven."""


class Sound(msgspec.Struct, frozen=True):
    """What can be heard in a file: how long it is, in milliseconds, and how loud in 64 equal parts, 0 to 100."""

    ms: int
    peaks: list[int]


class Attachment(msgspec.Struct, frozen=True):
    """A file of a message as its readers get it: what lies behind the address `files/ID`.

    `type` is what the content was found to be. A picture has a size in pixels, as it is seen (turned as its camera was
    held), so that its place is kept free; `thumbnail` says that `files/ID/thumbnail` is a small WebP of it.
    Of sound, `files/ID/sound` is what every browser plays (MP3).
    """

    id: FileId
    name: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    thumbnail: bool = False
    sound: Sound | None = None

    @property
    def line(self) -> str:
        """What a list shows of it: its name, or of a voice message its length. Pages put that into words."""
        if self.sound is None or self.type == MP3:
            return f"📎 {self.name}"
        return f"🎤 {clock(self.sound.ms)}"


class Upload(msgspec.Struct, frozen=True):
    """A file on its way: how many of its bytes have come, and what it is once all have come and were checked."""

    id: FileId
    name: str
    size: int
    offset: int
    file: Attachment | None


class FormatRule(msgspec.Struct, frozen=True):
    """A format, the endings of its names, and how large it may be, in bytes; None where it is not allowed."""

    name: FormatName
    endings: list[str]
    max_bytes: int | None


class FormatLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How large files of a format may be, in bytes."""

    name: FormatName
    max_bytes: Annotated[int, msgspec.Meta(ge=1, le=LARGEST)]


class FileRules(msgspec.Struct, frozen=True):
    """Which files may be sent, in the order in which they are named."""

    formats: list[FormatRule]
    caption_max: int
    files_max: int
    sound_max_ms: int
    version: int


class Rendition(NamedTuple):
    """The MP3 that was made of a recording."""

    size: int
    sha256: bytes


class Found(NamedTuple):
    """What the bytes of a file were found to be. `size` and `sha256` are those of what is kept.

    `clean`: that is not what came, but what was made of it without notes.
    """

    type: str
    size: int
    sha256: bytes
    width: int | None = None
    height: int | None = None
    thumbnail: bool = False
    sound: Sound | None = None
    rendition: Rendition | None = None
    clean: bool = False


Limits = Mapping[str, int]
"""The largest size of each allowed format, in bytes."""


def usual_limits() -> dict[str, int]:
    """Return what is allowed until an admin says otherwise."""
    return {name: USUAL for name, one in FORMATS.items() if one.usual}


def rules_of(limits: Limits, version: int, *, allowed_only: bool = False) -> FileRules:
    """Return limits as pages get them."""
    rules = [FormatRule(name, list(one.endings), limits.get(name)) for name, one in FORMATS.items()]
    kept = [one for one in rules if one.max_bytes is not None or not allowed_only]
    return FileRules(kept, CAPTION_MAX, FILES_MAX, SOUND_MAX_MS, version)


def limits_of(given: Sequence[FormatLimit]) -> dict[str, int]:
    """Return limits as an admin sets them, in the order of the formats."""
    sizes = {one.name: one.max_bytes for one in given}
    if len(sizes) != len(given):
        raise Invalid("formats", "twice", "One format stands there twice.")
    return {name: sizes[name] for name in FORMATS if name in sizes}


def admit(name: str, size: int, limits: Limits) -> FormatName:
    """Return the format that a file's name claims, or refuse the file before anything of it has come."""
    if size < 1:
        raise WrongFile("empty")
    ending = name.rpartition(".")[2].lower()
    claimed = next((one for one, known in FORMATS.items() if ending in known.endings), None)
    if claimed is None:
        raise WrongFile("format")
    check_allowed(claimed, size, limits)
    return claimed


def check_allowed(claimed: str, size: int, limits: Limits) -> None:
    """Refuse a file whose format is not allowed, or that is too large for it."""
    if claimed not in limits:
        raise WrongFile("format")
    if size > limits[claimed]:
        raise FileTooLarge(limits[claimed])


def name_of(given: str) -> str:
    """Return a file's name as it is shown and saved: one readable line that no system takes for anything else.

    Folders, control characters and marks that turn the direction of writing are left out; the ending stays.
    """
    line = salvaged_line(given[-_GIVEN_MAX:], _GIVEN_MAX)
    last = unicodedata.normalize("NFC", line).replace("\\", "/").rpartition("/")[2]
    kept = "".join(one for one in last if unicodedata.category(one) not in _UNSHOWN and one not in '<>:"|?*')
    stem, dot, ending = " ".join(kept.split()).strip(" .").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    stem = stem.strip(" .") or "file"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    ending = ending.strip()[:16]
    return f"{stem[: NAME_MAX - len(ending) - 1].rstrip(' .')}.{ending}" if ending else stem[:NAME_MAX]


def clock(ms: int) -> str:
    """Return a length in minutes and seconds, with hours where there are any; of the shortest sound a second."""
    minutes, seconds = divmod(max(1, round(ms / 1000)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def is_caption(text: str) -> bool:
    """Return whether a text has at most `CAPTION_MAX` characters, as people count them (UAX 29).

    No more of it is looked at than that takes: to find where one flag ends, all those before it are counted.
    """
    return len(text) <= CAPTION_MAX * _CODES_MAX and not any(islice(_CHARACTER.finditer(text), CAPTION_MAX, None))


def check_caption(text: str) -> None:
    """Refuse a text beside files that is longer than `CAPTION_MAX`."""
    if not is_caption(text):
        raise Invalid("body", "caption_too_long", f"The text beside files has at most {CAPTION_MAX} characters.")


def check_count(files: Sequence[str]) -> None:
    """Refuse more files than one message carries, and one file twice."""
    if len(files) > FILES_MAX:
        raise Invalid("attachments", "too_many", f"At most {FILES_MAX} files in one message.")
    if len(set(files)) != len(files):
        raise Invalid("attachments", "twice", "One file stands there twice.")
