"""An entry as the database gives it: which columns, and how they become the shape that operators get."""

from __future__ import annotations

from functools import reduce

import msgspec
from sqlalchemy import ColumnElement, String, and_, case, cast, func

from recado.db.tables import messages
from recado.db.types import Columns
from recado.domain.actors import Author
from recado.domain.attachments import Attachment
from recado.domain.threads import Activity, Entry, Gone, Quoted


class _Beside(msgspec.Struct, frozen=True, array_like=True):
    """What few entries have beside their words. Where it is stored, most of it is JSON already."""

    activity: Activity | None
    mentions: list[int]
    attachments: list[Attachment]
    quoted: Quoted | None
    edits: int
    gone: Gone | None


def _in_one(*parts: ColumnElement[str]) -> ColumnElement[str]:
    """Return the parts, each of them JSON, as one array."""
    return "[" + reduce(lambda before, part: before + "," + part, parts) + "]"


_WORDS_ALONE = and_(
    messages.c.activity.is_(None),
    messages.c.mentions.is_(None),
    messages.c.attachments.is_(None),
    messages.c.quoted.is_(None),
    messages.c.gone.is_(None),
    messages.c.edits == 0,
)
_BESIDE = _in_one(
    func.coalesce(messages.c.activity, "null"),
    func.coalesce(messages.c.mentions, "[]"),
    func.coalesce(messages.c.attachments, "[]"),
    func.coalesce(messages.c.quoted, "null"),
    cast(messages.c.edits, String),
    func.coalesce('"' + messages.c.gone + '"', "null"),
)
ENTRY = (
    messages.c.seq,
    messages.c.rev,
    messages.c.kind,
    messages.c.author_kind,
    messages.c.author_id,
    messages.c.client_id,
    messages.c.body,
    messages.c.at,
    case((_WORDS_ALONE, None), else_=_BESIDE),
)
"""What lies beside the words comes in one column, as JSON, since each column is paid for with every row."""


def entry_of(row: Columns) -> Entry:
    """Return the entry in the columns of `ENTRY`, with which the row begins."""
    seq, rev, kind, author_kind, author_id, client_id, body, at, beside, *_ = row
    author = Author(author_kind, author_id)
    own = client_id if author_kind == "operator" else None
    if beside is None:
        return Entry(seq, rev, kind, author, own, body, None, at, [], [])
    activity, mentions, files, quoted, edits, gone = msgspec.structs.astuple(msgspec.json.decode(beside, type=_Beside))
    quote = quoted.quote if quoted else None
    return Entry(seq, rev, kind, author, own, body, activity, at, mentions, files, quote, edits, gone)


def attachments_of(stored: str | None) -> list[Attachment]:
    """Return an entry's files, which are written beside its words: to read them costs no look elsewhere."""
    return msgspec.json.decode(stored, type=list[Attachment]) if stored else []


def quoted_of(stored: str) -> Quoted:
    """Return what is stored of a quotation."""
    return msgspec.json.decode(stored, type=Quoted)


def quoted_by(quoted: Quoted) -> int | None:
    """Return the operator who is quoted; None where it is the customer."""
    return quoted.quote.author.id if quoted.quote.author.kind == "operator" else None
