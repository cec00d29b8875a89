"""What has changed lately, for a process that has not made the change itself: found by looking, never remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select, union_all

from recado.db import direct_changes, marks
from recado.db.attachments import DRAFTED
from recado.db.bounded import Bounded
from recado.db.conversation_rows import WHOLE, Conversation, whole_of
from recado.db.direct_changes import DirectChange
from recado.db.entry_rows import ENTRY, entry_of
from recado.db.hot import Hot
from recado.db.look_ins import list_ended
from recado.db.public import FROM, WIDGET_ENTRY, widget_entry_of
from recado.db.readers import list_members, list_readers
from recado.db.tables import (
    attachments,
    close_reasons,
    conversations,
    departments,
    file_rules,
    inboxes,
    memberships,
    messages,
    notice_defaults,
    operators,
    replies,
    sessions,
    threads,
)
from recado.db.types import Columns
from recado.domain.events import Readers
from recado.domain.ids import DepartmentId, OperatorId, ThreadId
from recado.domain.outward import WidgetEntry
from recado.domain.people import SESSION_IDLE_S, SESSION_MAX_S
from recado.domain.threads import Entry, Mark

ENTRIES_MAX = 100
BACK = 30
"""How many versions back is looked for what is not known to have been told."""

CHANGED_AFTER = Hot(select(threads.c.id, threads.c.version).where(threads.c.changed_at > bindparam("after")))
OF_THREAD = Hot(WHOLE.where(conversations.c.thread_id == bindparam("thread")))
_AFTER = select(*ENTRY, *WIDGET_ENTRY).select_from(FROM)
_CHANGED = and_(messages.c.thread_id == bindparam("thread"), messages.c.rev > bindparam("after"))
ENTRIES_AFTER = Bounded(_AFTER, _CHANGED, keys=("rev", "seq"), newest_first=True)
LINES_AFTER = Hot(_AFTER.where(_CHANGED, messages.c.kind == "activity").order_by(messages.c.seq.desc()))
OUTWARD_VERSION = Hot(select(threads.c.outward_version).where(threads.c.id == bindparam("thread")))
FIRST_SINCE = Hot(
    select(func.min(messages.c.rev)).where(
        messages.c.thread_id == bindparam("thread"),
        messages.c.rev > bindparam("after"),
        messages.c.at > bindparam("since", type_=messages.c.at.type),
    )
)
VERSIONS = Hot(
    union_all(
        *(
            select(func.count(), func.coalesce(func.sum(table.c.version), 0)).select_from(table)
            for table in (operators, replies, departments, inboxes, close_reasons, file_rules, notice_defaults)
        )
    )
)


IN_DRAFTS = Hot(
    select(attachments.c.uploader_id, func.count(), func.sum(attachments.c.id))
    .where(DRAFTED, attachments.c.uploader_kind == "operator")
    .group_by(attachments.c.uploader_id)
)


class Outward(NamedTuple):
    """An entry as its customer sees it, or None where it is not for them; and the public version it came with."""

    entry: WidgetEntry | None
    version: int | None


class Change(NamedTuple):
    """A conversation as it is now, who reads it now, and the entries with a version above `after`, in order.

    `after` is later than was asked for where there is more than is read of one thread: pages miss a version and fetch.
    `lines` are those of all that was asked for, since who lost it by one of them has no other way to learn it.
    """

    conversation: Conversation
    readers: Readers
    looked: dict[int, list[OperatorId]]
    """Who looked in until which version, where a movement ended that."""
    members: dict[int, Readers]
    """The operators of each department in which it was or is; empty where nothing has moved it."""
    after: int
    entries: list[tuple[Entry, Outward]]
    lines: list[tuple[Entry, Outward]]
    marks: list[Mark]
    outward: int
    """The version by which it last changed for its customer."""

    @property
    def version(self) -> int:
        """The version that its pages have once they have heard all of it."""
        return self.conversation.counters.thread.version

    @property
    def seen(self) -> dict[int, int]:
        """How many of the customer's messages each operator has seen."""
        operators_ = [mark for mark in self.marks if mark.reader.kind == "operator"]
        return {mark.reader.id: mark.inbound_count for mark in operators_ if mark.reader.id is not None}


Drafted = dict[OperatorId, tuple[int, int]]
"""Of each operator who has files in drafts, how many, and a number that no other ones give."""


class Versions(NamedTuple):
    """Numbers that are others once the team, quick replies, or departments and inboxes have changed.

    In the order of `live.bus.NEWS`, which says what is told then.
    """

    people: int
    replies: int
    settings: int


def list_changed(conn: Connection, after: int) -> list[tuple[ThreadId, int]]:
    """Return the threads that have changed after a time, with their versions."""
    return [(row[0], row[1]) for row in CHANGED_AFTER.all(conn, {"after": after})]


def version_at(conn: Connection, thread: ThreadId, version: int, since: int) -> int:
    """Return the version that a thread had at a time, at most the one before `version`, and not looking far back."""
    first = FIRST_SINCE.scalar(conn, {"thread": thread, "after": max(0, version - BACK), "since": since})
    return min(version, first or version) - 1


def find(conn: Connection, thread: ThreadId, after: int) -> Change | DirectChange | None:
    """Return what has changed in a conversation after a version; None where the thread is nobody's."""
    row = OF_THREAD.first(conn, {"thread": thread})
    if row is None:
        return direct_changes.find(conn, thread, after)
    conversation = whole_of(row)
    newest, more = ENTRIES_AFTER.read(conn, {"thread": thread, "after": after}, ENTRIES_MAX)
    entries = _told(newest)
    if not more:
        lines = [one for one in entries if one[0].activity is not None]
    else:
        lines = _told(LINES_AFTER.all(conn, {"thread": thread, "after": after}))
        after = entries[0][0].rev
        entries = [one for one in entries if one[0].rev > after]
    readers, listed = list_readers(conn, conversation), marks.list_marks(conn, thread)
    moves = [entry.activity for entry, _ in lines if entry.activity is not None]
    been = {conversation.department.id, *(move.origin for move in moves if move.origin is not None)} if moves else ()
    members = {department: list_members(conn, department) for department in been}
    looked = _looked(conn, conversation, lines) if lines else {}
    outward: int = OUTWARD_VERSION.scalar(conn, {"thread": thread})
    return Change(conversation, readers, looked, members, after, entries, lines, listed, outward)


def _told(newest_first: Sequence[Columns]) -> list[tuple[Entry, Outward]]:
    return [(entry_of(one), _outward(one)) for one in reversed(newest_first)]


def _looked(
    conn: Connection, conversation: Conversation, lines: list[tuple[Entry, Outward]]
) -> dict[int, list[OperatorId]]:
    versions_ = {entry.at: entry.rev for entry, _ in lines}
    looked: dict[int, list[OperatorId]] = {}
    for operator, at in list_ended(conn, conversation.id, versions_):
        looked.setdefault(versions_[at], []).append(operator)
    return looked


def _outward(row: Columns) -> Outward:
    seq, rev, *_ = outward = row[len(ENTRY) :]
    return Outward(None if seq is None else widget_entry_of(outward), rev)


def versions(conn: Connection) -> Versions:
    """Return the versions of team, quick replies and settings."""
    people, replies_, *settings = (count + total for count, total in VERSIONS.all(conn, {}))
    return Versions(people, replies_, sum(settings))


def drafted(conn: Connection) -> Drafted:
    """Return of each operator who has files in drafts two numbers that are others once one has come or gone."""
    return {row[0]: (row[1], int(row[2])) for row in IN_DRAFTS.all(conn, {})}


def scopes(conn: Connection, token_hashes: Iterable[bytes], now: int) -> dict[bytes, frozenset[DepartmentId]]:
    """Return the departments of each session's operator; sessions that have ended are not among them."""
    rows = conn.execute(
        select(sessions.c.token_hash, memberships.c.department_id)
        .select_from(sessions.join(operators).outerjoin(memberships, memberships.c.operator_id == operators.c.id))
        .where(
            sessions.c.token_hash.in_(list(token_hashes)),
            sessions.c.seen_at > now - SESSION_IDLE_S * 1_000_000,
            sessions.c.created_at > now - SESSION_MAX_S * 1_000_000,
            operators.c.disabled_at.is_(None),
        )
    )
    found: dict[bytes, set[DepartmentId]] = {}
    for token_hash, department in rows:
        found.setdefault(token_hash, set()).update([department] if department is not None else [])
    return {token_hash: frozenset(mine) for token_hash, mine in found.items()}
