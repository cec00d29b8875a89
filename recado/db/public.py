"""Threads as customers see them: public entries by public numbers, and nothing else.

No statement here reads `seq`, `rev` or `version`: what leaves for a customer cannot be derived from them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, bindparam, select

from recado.db.bounded import Bounded
from recado.db.conversations import LISTED
from recado.db.entry_rows import attachments_of, quoted_of
from recado.db.hot import Hot
from recado.db.tables import conversations, messages, operators
from recado.db.threads import PublicNumbers
from recado.db.types import Columns
from recado.domain.actors import Visitor
from recado.domain.ids import ThreadId
from recado.domain.outward import WidgetAuthor, WidgetEntry, WidgetQuote, first_name
from recado.domain.threads import Entry, Quoted

_QUOTED = operators.alias("quoted_operator")
FROM = messages.outerjoin(
    operators, and_(messages.c.author_kind == "operator", operators.c.id == messages.c.author_id)
).outerjoin(_QUOTED, _QUOTED.c.id == messages.c.quoted_by)
WIDGET_ENTRY = (
    messages.c.public_seq,
    messages.c.public_rev,
    messages.c.author_kind,
    operators.c.name,
    messages.c.body,
    messages.c.at,
    messages.c.client_id,
    messages.c.attachments,
    messages.c.quoted,
    _QUOTED.c.name,
    messages.c.edits,
    messages.c.gone,
)
_ENTRY = select(*WIDGET_ENTRY).select_from(FROM)
_IN_THREAD = and_(messages.c.thread_id == bindparam("thread"), messages.c.public_seq.is_not(None))
PRECEDING = Bounded(
    _ENTRY, _IN_THREAD, messages.c.public_seq < bindparam("before"), keys=("public_seq",), newest_first=True
)
CHANGED = Bounded(_ENTRY, _IN_THREAD, messages.c.public_rev > bindparam("since"), keys=("public_rev", "public_seq"))
ANSWERERS = Hot(
    select(
        conversations.c.public_id,
        select(operators.c.name)
        .select_from(messages.join(operators, operators.c.id == messages.c.author_id))
        .where(
            messages.c.thread_id == conversations.c.thread_id,
            messages.c.public_seq.is_not(None),
            messages.c.author_kind == "operator",
            messages.c.gone.is_distinct_from("undone"),
        )
        .order_by(messages.c.public_seq.desc())
        .limit(1)
        .scalar_subquery(),
    ).where(LISTED)
)


def widget_entry_of(row: Columns) -> WidgetEntry:
    """Return the entry in the columns of `WIDGET_ENTRY`."""
    seq, rev, kind, name, body, at, client_id, files, quoted, quoted_name, edits, gone = row
    quote = widget_quote(quoted_of(quoted), quoted_name) if quoted else None
    own = client_id if kind == "visitor" else None
    return WidgetEntry(seq, rev, _author(kind, name), body, at, own, attachments_of(files), quote, edits > 0, gone)


def widget_entry(
    entry: Entry, numbers: PublicNumbers, name: str | None, quote: WidgetQuote | None = None
) -> WidgetEntry:
    """Return a new entry in the customer's shape: operators by first name, client ids only on the customer's own."""
    seq, rev, own = numbers
    author, files = _author(entry.author.kind, name), entry.attachments
    return WidgetEntry(seq, rev, author, entry.body, entry.at, own, files, quote, edited=False, gone=None)


def widget_quote(quoted: Quoted, name: str | None) -> WidgetQuote | None:
    """Return a quotation in the customer's shape; None of what they do not see. `name` is the quoted operator's."""
    if quoted.public_seq is None:
        return None
    quote = quoted.quote
    return WidgetQuote(quoted.public_seq, _author(quote.author.kind, name), quote.text, quote.gone)


def _author(kind: str, name: str | None) -> WidgetAuthor:
    return WidgetAuthor("visitor", None) if kind == "visitor" else WidgetAuthor("operator", first_name(name))


def _entries(rows: Iterable[Columns]) -> list[WidgetEntry]:
    return [widget_entry_of(row) for row in rows]


def list_before(conn: Connection, thread: ThreadId, before: int | None, limit: int) -> tuple[list[WidgetEntry], bool]:
    """Return at most `limit` public entries older than `before` (None: the newest) and whether more exist."""
    rows, more = PRECEDING.read(conn, {"thread": thread, "before": before or 2**62}, limit)
    return _entries(reversed(rows)), more


def list_changed(conn: Connection, thread: ThreadId, since: int, limit: int) -> list[WidgetEntry] | None:
    """Return the public entries changed after public version `since`, in order; None where no answer carries them."""
    rows, more = CHANGED.read(conn, {"thread": thread, "since": since}, limit)
    return None if more else sorted(_entries(rows), key=lambda entry: entry.seq)


def list_answerers(conn: Connection, me: Visitor, limit: int) -> dict[str, str]:
    """Return the first name of who wrote the newest answer in each of the conversations in a visitor's list."""
    rows = ANSWERERS.all(conn, {"visitor": me.id, "limit": limit})
    return {which: called for which, name in rows if (called := first_name(name)) is not None}
