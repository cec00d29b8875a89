"""A thread: the ordered entries that conversations, and later directs and items, have in common.

Two numbers per entry: `seq` counts every entry, `public_seq` only what a customer may see. Two versions per thread, in
the same way. Whoever is outside knows the public numbers alone, so that a note can neither slip out nor be counted.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Literal

import msgspec

from recado.domain.actors import Author
from recado.domain.attachments import Attachment, check_caption, check_count
from recado.domain.errors import Invalid
from recado.domain.ids import FileId, OperatorId, ThreadId

EntryKind = Literal["public", "note", "activity"]
ActivityKind = Literal[
    "started",
    "claimed",
    "assigned",
    "released",
    "returned",
    "transferred",
    "paused",
    "resumed",
    "closed",
    "reopened",
    "blocked",
    "looked_in",
    "looked_away",
    "added",
    "shown_all",
    "left",
    "renamed",
]
Cause = Literal["absent", "disabled", "department"]
"""Why a conversation went back by itself: its owner was gone too long, was disabled, or left its department."""

BODY_MAX_BYTES = 64 * 1024
EXCERPT_CHARS = 140
PAGE = 50
CHANGES_MAX = 500
PAGE_BYTES = 256 * 1024
"""So much text an answer carries, whatever the number of its entries; the last one may go beyond."""

Gone = Literal["deleted", "undone"]
"""How an entry has gone: its author deleted it, or took it back before anybody on the other side had seen it."""

_UNSEEN = frozenset({"Cf", "Zl", "Zp", "Zs"})
"""Unicode categories that, beside white space, leave nothing on the screen: separators and direction marks."""


class Activity(msgspec.Struct, frozen=True):
    """What happened, by kinds and ids; the reader's page renders it in the reader's language.

    `operator` is whose it was or became; who did it is the entry's author. `to` and `department` are where a transfer
    led; `origin` is the department that lost it, by a transfer or by a block while it waited; `until` is when a pause
    ends, in microseconds UTC. To a direct conversation people are *added* from then on, or *shown all* that whoever
    adds them reads: those whom the entry mentions.
    """

    kind: ActivityKind
    operator: OperatorId | None
    to: int | None = None
    department: int | None = None
    origin: int | None = None
    until: int | None = None
    reason: int | None = None
    cause: Cause | None = None


class Quote(msgspec.Struct, frozen=True):
    """The beginning of the entry that another one answers to, as it is now; no text where that has gone."""

    seq: int
    kind: EntryKind
    author: Author
    text: str
    gone: Gone | None = None


class Entry(msgspec.Struct, frozen=True):
    """One entry as operators see it. `at` in microseconds UTC; `rev` is the thread version of its last change.

    `edits`: how often its author has changed its text since it was sent. One that has `gone` keeps its numbers alone.
    """

    seq: int
    rev: int
    kind: EntryKind
    author: Author
    client_id: str | None
    body: str
    activity: Activity | None
    at: int
    mentions: list[int]
    """The operators that a note names."""
    attachments: list[Attachment]
    quote: Quote | None = None
    edits: int = 0
    gone: Gone | None = None


class Quoted(msgspec.Struct, frozen=True):
    """What is stored of a quotation: the shape that operators get, and by which number customers know the entry."""

    quote: Quote
    public_seq: int | None = None


class EntryVersion(msgspec.Struct, frozen=True):
    """A text that an entry once had, and until when, in microseconds UTC."""

    body: str
    until: int


class Mark(msgspec.Struct, frozen=True):
    """How far somebody has read: the entry's `seq`, and how many customers' messages that includes."""

    reader: Author
    seq: int
    inbound_count: int
    at: int


class Thread(msgspec.Struct, frozen=True):
    """The counters of a thread at one moment.

    `answer_due_since` is when its customer first wrote after the last answer; None where they wait for none.
    """

    id: ThreadId
    seq: int
    public_seq: int
    version: int
    public_version: int
    inbound_count: int
    last_at: int
    answer_due_since: int | None


class NewEntry(msgspec.Struct, frozen=True):
    """An entry on its way into a thread. `client_id` is None for activity, which nobody sends twice.

    `along` is what else was asked for with it under the client id: where a note goes with a movement, that movement.
    `files` are those it was sent with; `attachments` the same, once they are known to be the sender's to send there.
    `quotes` is the entry that it answers to, by its number; `quoted` what is stored of that, once it has been found.
    `direct`: it is said among colleagues in a conversation of their own, and stands there as a message does elsewhere.
    """

    kind: EntryKind
    author: Author
    body: str = ""
    client_id: str | None = None
    activity: Activity | None = None
    mentions: tuple[int, ...] = ()
    along: tuple[object, ...] = ()
    files: tuple[FileId, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    quotes: int | None = None
    quoted: Quoted | None = None
    direct: bool = False

    @property
    def public(self) -> bool:
        """Whether a customer may see it."""
        return self.kind == "public"

    @property
    def inbound(self) -> bool:
        """Whether it counts as unread for operators: a customer's message, and no line about what it brought about.

        In a direct conversation each message counts; to its author's own mark it counts as read.
        """
        if self.direct:
            return self.kind == "note"
        return self.public and self.author.kind == "visitor"

    @property
    def listed(self) -> bool:
        """Whether a list shows the beginning of it."""
        return self.public or (self.direct and self.kind == "note")

    @property
    def settles(self) -> bool:
        """Whether nobody waits any more for an answer to what was written before it.

        An answer; and the line that a customer comes back to what had ended: they ask anew.
        """
        if self.author.kind == "visitor":
            return self.activity is not None and self.activity.kind == "reopened"
        return self.public

    @property
    def excerpt(self) -> str:
        """The line that a list shows of it; of a file without a text, its name."""
        return line_of(self.body, self.attachments)

    @property
    def request_hash(self) -> bytes:
        """A digest of what was asked, so that the same client id with other content is noticed for ever."""
        asked = [self.kind, self.body, *map("@{}".format, self.mentions)]
        asked += map("+{}".format, (*self.along, *self.files))
        if self.quotes is not None:
            asked.append(f">{self.quotes}")
        return hashlib.blake2b("\0".join(asked).encode(), digest_size=16).digest()


def body_of(text: str, *, field: str = "body") -> str:
    """Return a message's text as it will be stored, or refuse it with the reason.

    Nothing is cut or cleaned silently: what is stored is what was sent. NUL is refused because PostgreSQL cannot keep
    it; lone surrogates because they are not text.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise Invalid(field, "surrogate", "The message contains half of a character (a lone surrogate).") from None
    if size > BODY_MAX_BYTES:
        raise Invalid(field, "too_long", f"The message has {size} bytes; the limit is {BODY_MAX_BYTES}.")
    if all(character.isspace() or unicodedata.category(character) in _UNSEEN for character in text):
        raise Invalid(field, "empty", "The message is empty.")
    if "\0" in text:
        raise Invalid(field, "nul", "The message contains a NUL character, which cannot be stored.")
    return text


def words_of(text: str, files: Sequence[str], *, short: bool = True) -> tuple[str, tuple[FileId, ...]]:
    """Return a message's text and files as they will be stored. With files the text may be none, and ought to be short.

    `short` false: it is as long as it is, since it came with the files out of a quick reply.
    """
    check_count(files)
    if not files:
        return body_of(text), ()
    if short:
        check_caption(text)
    return (text and body_of(text)), tuple(FileId(one) for one in files)


def line_of(body: str, attachments: Sequence[Attachment]) -> str:
    """Return the line of an entry for a list; of a file without a text, what that is."""
    return excerpt_of(body) or excerpt_of(" ".join(one.line for one in attachments[:1]))


def excerpt_of(body: str) -> str:
    """Return one line for a list: the text with its white space folded, cut at `EXCERPT_CHARS` characters."""
    line = " ".join(body[: EXCERPT_CHARS * 4].split())
    return line if len(line) <= EXCERPT_CHARS else line[: EXCERPT_CHARS - 1] + "…"
