"""Single entries of a thread: looked up to be quoted, changed, taken out; and the texts they had before.

Whoever asks holds the lock of the thread's owner, and has asked whether it may be read.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, case, insert, select, update

from recado.db import attachments, threads
from recado.db.database import Tx
from recado.db.entry_rows import ENTRY, attachments_of, entry_of
from recado.db.hot import Hot
from recado.db.public import FROM, WIDGET_ENTRY, widget_entry_of
from recado.db.tables import conversations, message_versions, messages, operators
from recado.db.tables import threads as thread_rows
from recado.domain.ids import ThreadId
from recado.domain.outward import WidgetEntry
from recado.domain.threads import Activity, Entry, EntryVersion, Gone, Quote, Quoted, line_of

_ONE = and_(messages.c.thread_id == bindparam("thread"), messages.c.seq == bindparam("seq"))
_AUTHOR = and_(messages.c.author_kind == "operator", operators.c.id == messages.c.author_id)
FIND = Hot(
    select(*ENTRY, messages.c.id, messages.c.public_seq, operators.c.name)
    .select_from(messages.outerjoin(operators, _AUTHOR))
    .where(_ONE)
)
VERSIONS = Hot(
    select(message_versions.c.body, message_versions.c.until)
    .select_from(message_versions.join(messages, messages.c.id == message_versions.c.message_id))
    .where(_ONE, messages.c.gone.is_distinct_from("undone"))
    .order_by(message_versions.c.id)
)
CHANGED_BY = Hot(
    select(*ENTRY)
    .where(messages.c.thread_id == bindparam("thread"), messages.c.rev == bindparam("version"))
    .order_by(messages.c.seq)
)
CHANGED_OUTSIDE = Hot(
    select(*WIDGET_ENTRY)
    .select_from(FROM)
    .where(
        messages.c.thread_id == bindparam("thread"),
        messages.c.public_seq.is_not(None),
        messages.c.public_rev == bindparam("version"),
    )
    .order_by(messages.c.public_seq)
)
NEWEST = Hot(
    select(messages.c.body, messages.c.attachments, messages.c.author_kind, messages.c.author_id)
    .where(messages.c.thread_id == bindparam("thread"), messages.c.public_seq.is_not(None), messages.c.gone.is_(None))
    .order_by(messages.c.public_seq.desc())
    .limit(1)
)
_ANSWERS = (
    messages.c.thread_id == bindparam("thread"),
    messages.c.public_seq.is_not(None),
    messages.c.author_kind == "operator",
    messages.c.gone.is_(None),
)
FIRST_ANSWER = Hot(select(messages.c.at).where(*_ANSWERS).order_by(messages.c.public_seq).limit(1))
NEWEST_ANSWER = Hot(
    select(messages.c.seq, messages.c.public_seq).where(*_ANSWERS).order_by(messages.c.public_seq.desc()).limit(1)
)
TURNS = Hot(
    select(messages.c.seq, messages.c.activity)
    .where(
        messages.c.thread_id == bindparam("thread"),
        messages.c.seq > bindparam("after"),
        messages.c.kind == "activity",
        messages.c.author_kind == "visitor",
    )
    .order_by(messages.c.seq.desc())
)
WAITS_SINCE = Hot(
    select(messages.c.at)
    .where(
        messages.c.thread_id == bindparam("thread"),
        messages.c.public_seq > bindparam("answered"),
        messages.c.seq > bindparam("reopened"),
        messages.c.author_kind == "visitor",
    )
    .order_by(messages.c.public_seq)
    .limit(1)
)


class Found(NamedTuple):
    """An entry with its row's number, its public number (None for what no customer sees), its operator's name."""

    entry: Entry
    id: int
    public_seq: int | None
    name: str | None

    @property
    def quoted(self) -> Quoted:
        """What is stored of it where another entry quotes it."""
        return _quoted(self.entry, self.public_seq, self.entry.body, None)


def _quoted(entry: Entry, public_seq: int | None, body: str, gone: Gone | None) -> Quoted:
    line = "" if gone else line_of(body, entry.attachments)
    return Quoted(Quote(entry.seq, entry.kind, entry.author, line, gone), public_seq)


def find(conn: Connection, thread: ThreadId, seq: int) -> Found | None:
    """Return an entry by its number."""
    row = FIND.first(conn, {"thread": thread, "seq": seq})
    return None if row is None else Found(entry_of(row), *row[len(ENTRY) :])


def list_versions(conn: Connection, thread: ThreadId, seq: int) -> list[EntryVersion]:
    """Return the texts that an entry had before, oldest first; none of what was taken back, as if never sent."""
    return [EntryVersion(*row) for row in VERSIONS.all(conn, {"thread": thread, "seq": seq})]


def edit(tx: Tx, thread: ThreadId, found: Found, body: str, mentions: list[int]) -> None:
    """Give an entry another text; the one that it had is kept, and what quotes it follows."""
    values = {"body": body, "mentions": msgspec.json.encode(mentions).decode() if mentions else None}
    _change(tx, thread, found, values | {"edits": found.entry.edits + 1}, body, None)


def take_out(tx: Tx, thread: ThreadId, found: Found, gone: Gone) -> None:
    """Take an entry's text and files out; its numbers stay, and its text among the former ones."""
    values = {
        "body": "",
        "mentions": None,
        "attachments": None,
        "quoted": None,
        "quoted_seq": None,
        "quoted_by": None,
        "gone": gone,
    }
    _change(tx, thread, found, values, "", gone)
    if found.entry.attachments:
        attachments.take_out(tx, thread, found.entry.seq)
    if found.public_seq is not None:
        _still_due(tx, thread)


def _change(tx: Tx, thread: ThreadId, found: Found, values: dict[str, Any], body: str, gone: Gone | None) -> None:
    public = found.public_seq is not None
    now = threads.touch(tx, thread, tell_customer=public).thread
    tx.conn.execute(
        insert(message_versions).values(message_id=found.id, body=found.entry.body, until=tx.now),
    )
    outside = {"public_rev": now.public_version} if public else {}
    tx.conn.execute(update(messages).where(messages.c.id == found.id).values(rev=now.version, **values, **outside))
    quoted = msgspec.json.encode(_quoted(found.entry, found.public_seq, body, gone)).decode()
    tx.conn.execute(
        update(messages)
        .where(messages.c.thread_id == thread, messages.c.quoted_seq == found.entry.seq)
        .values(
            quoted=quoted,
            rev=now.version,
            public_rev=case((messages.c.public_seq.is_not(None), now.public_version), else_=messages.c.public_rev),
        )
    )
    if public:
        text, files, by, who = NEWEST.first(tx.conn, {"thread": thread}) or ("", None, "system", None)
        line = {"excerpt": line_of(text, attachments_of(files)), "excerpt_by": by}
        line["excerpt_author"] = who if by == "operator" else None
        tx.conn.execute(update(thread_rows).where(thread_rows.c.id == thread).values(line))


def _still_due(tx: Tx, thread: ThreadId) -> None:
    """Reckon anew when the first answer was and since when the customer waits: one that has gone is none any more."""
    here = {"thread": thread}
    mine = update(conversations).where(conversations.c.thread_id == thread)
    tx.conn.execute(mine.values(first_answer_at=FIRST_ANSWER.scalar(tx.conn, here)))
    seq, answered = NEWEST_ANSWER.first(tx.conn, here) or (0, 0)
    turns = TURNS.all(tx.conn, {**here, "after": seq})
    reopened = next((at for at, line in turns if msgspec.json.decode(line, type=Activity).kind == "reopened"), 0)
    due = WAITS_SINCE.scalar(tx.conn, {**here, "answered": answered, "reopened": reopened})
    tx.conn.execute(update(thread_rows).where(thread_rows.c.id == thread).values(answer_due_since=due))


def list_changed_by(conn: Connection, thread: ThreadId, version: int) -> list[Entry]:
    """Return the entries whose last change brought this version, ascending."""
    return [entry_of(row) for row in CHANGED_BY.all(conn, {"thread": thread, "version": version})]


def list_changed_outside(conn: Connection, thread: ThreadId, public_version: int) -> list[WidgetEntry]:
    """Return, as their customer sees them, the entries whose last change brought this public version, ascending."""
    return [widget_entry_of(row) for row in CHANGED_OUTSIDE.all(conn, {"thread": thread, "version": public_version})]
