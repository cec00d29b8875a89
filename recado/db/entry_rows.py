"""An entry as the database gives it: which columns, and how they become the shape that operators get."""

from __future__ import annotations

import msgspec

from recado.db.tables import messages
from recado.db.types import Columns
from recado.domain.actors import Author
from recado.domain.attachments import Attachment
from recado.domain.threads import Activity, Entry, Quoted

ENTRY = (
    messages.c.seq,
    messages.c.rev,
    messages.c.kind,
    messages.c.author_kind,
    messages.c.author_id,
    messages.c.client_id,
    messages.c.body,
    messages.c.activity,
    messages.c.at,
    messages.c.mentions,
    messages.c.attachments,
    messages.c.quoted,
    messages.c.edits,
    messages.c.gone,
)


def entry_of(row: Columns) -> Entry:
    """Return the entry in the columns of `ENTRY`."""
    seq, rev, kind, author_kind, author_id, client_id, body, activity, at, mentions, files, quoted, edits, gone = row[
        : len(ENTRY)
    ]
    return Entry(
        seq,
        rev,
        kind,
        Author(author_kind, author_id),
        client_id if author_kind == "operator" else None,
        body,
        msgspec.json.decode(activity, type=Activity) if activity else None,
        at,
        msgspec.json.decode(mentions, type=list[int]) if mentions else [],
        attachments_of(files),
        quoted_of(quoted).quote if quoted else None,
        edits,
        gone,
    )


def attachments_of(stored: str | None) -> list[Attachment]:
    """Return an entry's files, which are written beside its words: to read them costs no look elsewhere."""
    return msgspec.json.decode(stored, type=list[Attachment]) if stored else []


def quoted_of(stored: str) -> Quoted:
    """Return what is stored of a quotation."""
    return msgspec.json.decode(stored, type=Quoted)


def quoted_by(quoted: Quoted) -> int | None:
    """Return the operator who is quoted; None where it is the customer."""
    return quoted.quote.author.id if quoted.quote.author.kind == "operator" else None
