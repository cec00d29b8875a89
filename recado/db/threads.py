"""Threads and their entries: numbering, appending, reading pages, read marks.

Every entry is numbered by one UPDATE in its own transaction, so that numbers are gap-free and in commit order. Whoever
appends holds the owner's lock (a conversation's) already.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, case, func, insert, null, select, update

from recado.db.database import Tx
from recado.db.dialect import is_unique_violation
from recado.db.entry_rows import ENTRY, entry_of, quoted_by
from recado.db.hot import Hot
from recado.db.tables import messages, threads
from recado.db.types import Columns
from recado.domain.actors import Author, AuthorKind
from recado.domain.errors import ClientIdReused
from recado.domain.events import ThreadChanged
from recado.domain.ids import ThreadId
from recado.domain.threads import Entry, NewEntry, Thread

COUNTERS = (
    threads.c.id,
    threads.c.seq,
    threads.c.public_seq,
    threads.c.version,
    threads.c.public_version,
    threads.c.inbound_count,
    threads.c.excerpt,
    threads.c.excerpt_by,
    threads.c.excerpt_author,
    threads.c.last_at,
    threads.c.answer_due_since,
)
_NOW: Any = bindparam("at", type_=threads.c.last_at.type)
_AT = case((threads.c.last_at >= _NOW, threads.c.last_at + 1), else_=_NOW)

TOUCH = Hot(
    update(threads)
    .where(threads.c.id == bindparam("thread"))
    .values(
        version=threads.c.version + 1,
        public_version=threads.c.public_version + bindparam("told"),
        outward_version=case((bindparam("told") > 0, threads.c.version + 1), else_=threads.c.outward_version),
        changed_at=_NOW,
    )
    .returning(*COUNTERS)
)
INSERT_WORDS = Hot(insert(messages).inline())
"""For an entry that is words alone, as nearly all are: columns that stay empty cost a sixth of the statement."""
INSERT_ENTRY = Hot(insert(messages).inline())
FIND_SENT = Hot(
    select(*ENTRY, messages.c.request_hash, messages.c.thread_id).where(
        messages.c.author_kind == bindparam("author_kind"),
        messages.c.author_id == bindparam("author_id"),
        messages.c.client_id == bindparam("client_id"),
    )
)
LAST_LINE = Hot(
    select(*ENTRY)
    .where(messages.c.thread_id == bindparam("thread"), messages.c.kind == "activity")
    .order_by(messages.c.seq.desc())
    .limit(1)
)
PUBLIC_NUMBERS = Hot(
    select(messages.c.public_seq, messages.c.public_rev, messages.c.client_id).where(
        messages.c.thread_id == bindparam("thread"), messages.c.seq == bindparam("seq")
    )
)
OF_PUBLIC = Hot(
    select(messages.c.seq).where(
        messages.c.thread_id == bindparam("thread"), messages.c.public_seq == bindparam("public_seq")
    )
)


class Counters(NamedTuple):
    """A thread's counters with the line that a list shows of it."""

    thread: Thread
    excerpt: str
    excerpt_by: AuthorKind
    excerpt_author: int | None


class Appended(NamedTuple):
    """An entry as stored, its public numbers (None where it has none), and the thread after it."""

    entry: Entry
    public_seq: int | None
    public_rev: int | None
    counters: Counters


class AlreadySent(NamedTuple):
    """What a client id stands for already."""

    entry: Entry
    request_hash: bytes
    thread: ThreadId


class PublicNumbers(NamedTuple):
    """How an entry is addressed outside."""

    seq: int
    rev: int
    client_id: str | None


def counters_of(row: Columns) -> Counters:
    """Return the counters in the columns of `COUNTERS`."""
    number, seq, public_seq, version, public_version, inbound, excerpt, by, author, last_at, due_since = row
    thread = Thread(number, seq, public_seq, version, public_version, inbound, last_at, due_since)
    return Counters(thread, excerpt, by, author)


def create(tx: Tx) -> ThreadId:
    """Make an empty thread and return its number."""
    values = {
        "seq": 0,
        "public_seq": 0,
        "version": 0,
        "public_version": 0,
        "inbound_count": 0,
        "excerpt": "",
        "excerpt_by": "system",
        "last_at": tx.now,
        "changed_at": tx.now,
        "created_at": tx.now,
    }
    return ThreadId(tx.conn.execute(insert(threads).returning(threads.c.id), values).scalar_one())


@cache
def _numbering(
    *, public: bool, listed: bool, told: bool, changes: bool, inbound: bool, due: bool, settles: bool
) -> Hot:
    """Return the statement that takes a thread's next numbers for an entry: it touches what such an entry moves."""
    version = threads.c.version + int(changes)
    moved: dict[str, Any] = {"seq": threads.c.seq + 1, "version": version, "last_at": _AT, "changed_at": _NOW}
    if told:
        moved |= {"public_version": threads.c.public_version + 1, "outward_version": version}
    if listed:
        moved |= {name: bindparam(f"new_{name}") for name in ("excerpt", "excerpt_by", "excerpt_author")}
    if public:
        moved["public_seq"] = threads.c.public_seq + 1
    if inbound:
        moved["inbound_count"] = threads.c.inbound_count + 1
    if due:
        moved["answer_due_since"] = func.coalesce(threads.c.answer_due_since, _AT)
    elif settles:
        moved["answer_due_since"] = null()
    return Hot(update(threads).where(threads.c.id == bindparam("thread")).values(moved).returning(*COUNTERS))


def append(
    tx: Tx, thread: ThreadId, new: NewEntry, *, tell_customer: bool = False, continues: bool = False
) -> Appended:
    """Number and store an entry.

    `tell_customer` raises the public version for an entry that is not public itself but changes what the customer
    sees (the conversation's end). `continues` keeps the version, for the second entry of one change: an event tells one
    change, and a page that hears them all never sees a gap. The caller has looked the client id up under the lock;
    `ClientIdReused` where it goes into another thread meanwhile, and then nothing of the transaction stays.
    """
    told = new.public or tell_customer
    counters = _number(tx, thread, new, told=told, changes=not continues)
    now = counters.thread
    public_seq = now.public_seq if new.public else None
    public_rev = now.public_version if told else None
    row = {"thread_id": thread, "public_seq": public_seq, "public_rev": public_rev, **_row_of(new, now)}
    more = _more_of(new)
    try:
        if more:
            INSERT_ENTRY.run(tx.conn, row | more)
        else:
            INSERT_WORDS.run(tx.conn, row)
    except Exception as error:
        # Its lock is one thread's: into another, the same author may be sending under the same id at this moment.
        if new.client_id and is_unique_violation(error):
            raise ClientIdReused from None
        raise
    return Appended(_stored(new, now), public_seq, public_rev, counters)


def _row_of(new: NewEntry, now: Thread) -> dict[str, Any]:
    """Return the columns of an entry that has taken its number, less those that customers know it by."""
    return {
        "seq": now.seq,
        "rev": now.version,
        "kind": new.kind,
        "author_kind": new.author.kind,
        "author_id": new.author.id,
        "client_id": new.client_id,
        "request_hash": new.request_hash if new.client_id else None,
        "body": new.body,
        "at": now.last_at,
    }


def _more_of(new: NewEntry) -> dict[str, Any]:
    """Return the columns of what an entry carries beside its words; nothing where it carries nothing."""
    if not (new.activity or new.mentions or new.attachments or new.quoted):
        return {}
    return {
        "activity": msgspec.json.encode(new.activity).decode() if new.activity else None,
        "mentions": msgspec.json.encode(new.mentions).decode() if new.mentions else None,
        "attachments": msgspec.json.encode(new.attachments).decode() if new.attachments else None,
        "quoted": msgspec.json.encode(new.quoted).decode() if new.quoted else None,
        "quoted_seq": new.quotes,
        "quoted_by": quoted_by(new.quoted) if new.quoted else None,
    }


def _number(tx: Tx, thread: ThreadId, new: NewEntry, *, told: bool, changes: bool) -> Counters:
    """Take the next numbers of a thread for an entry."""
    statement = _numbering(
        public=new.public,
        listed=new.listed,
        told=told,
        changes=changes,
        inbound=new.inbound,
        due=new.inbound and not new.direct,
        settles=new.settles,
    )
    values: dict[str, Any] = {"thread": thread, "at": tx.now}
    if new.listed:
        values |= {
            "new_excerpt": new.excerpt,
            "new_excerpt_by": new.author.kind,
            "new_excerpt_author": new.author.id if new.author.kind == "operator" else None,
        }
    counters = counters_of(statement.one(tx.conn, values))
    tx.emit(ThreadChanged(thread, counters.thread.version))
    return counters


def _stored(new: NewEntry, now: Thread) -> Entry:
    """Return an entry as operators see it, from what was just stored."""
    client_id = new.client_id if new.author.kind == "operator" else None
    mentions = list(new.mentions)
    return Entry(
        now.seq,
        now.version,
        new.kind,
        new.author,
        client_id,
        new.body,
        new.activity,
        now.last_at,
        mentions,
        list(new.attachments),
        new.quoted.quote if new.quoted else None,
    )


def touch(tx: Tx, thread: ThreadId, *, tell_customer: bool) -> Counters:
    """Raise the thread's version for a change that adds no entry, and return its counters."""
    counters = counters_of(TOUCH.one(tx.conn, {"thread": thread, "told": int(tell_customer), "at": tx.now}))
    tx.emit(ThreadChanged(thread, counters.thread.version))
    return counters


def find_sent(tx: Tx, author: Author, client_id: str) -> AlreadySent | None:
    """Return what this author has sent under this client id, to whichever thread and however long ago."""
    row = FIND_SENT.first(tx.conn, {"author_kind": author.kind, "author_id": author.id, "client_id": client_id})
    return None if row is None else AlreadySent(entry_of(row), *row[len(ENTRY) :])


def find_last_line(conn: Connection, thread: ThreadId) -> Entry | None:
    """Return the newest entry that says what happened; None where there is none."""
    row = LAST_LINE.first(conn, {"thread": thread})
    return None if row is None else entry_of(row)


def seq_of_public(conn: Connection, thread: ThreadId, public_seq: int) -> int | None:
    """Return the inner number of a public entry; None where there is none."""
    number: int | None = OF_PUBLIC.scalar(conn, {"thread": thread, "public_seq": public_seq})
    return number


def get_public(conn: Connection, thread: ThreadId, seq: int) -> PublicNumbers:
    """Return the public numbers of a public entry."""
    return PublicNumbers(*PUBLIC_NUMBERS.one(conn, {"thread": thread, "seq": seq}))
