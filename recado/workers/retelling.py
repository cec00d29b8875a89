"""What happened elsewhere, as events for the pages of this process: made from the rows as they are now.

A page goes from version to version. So each version that it may have missed becomes one event, and all of them show
the present row: a page that hears them in order has no gap, and one that knows them already ignores them. Who hears is
decided from the present owner and department. Whoever could read before and cannot now gets a number and a version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from recado.db.changes import Change
from recado.domain.conversations import Status
from recado.domain.events import (
    Audience,
    ConversationClaimed,
    ConversationClosed,
    ConversationOpened,
    ConversationTaken,
    Event,
    MessagePosted,
    ThreadRead,
    ToDepartment,
    ToVisitor,
    WidgetConversationClosed,
    WidgetMessagePosted,
    WidgetThreadRead,
)
from recado.domain.ids import DepartmentId
from recado.domain.threads import Entry

Told = tuple[Event, tuple[Audience, ...]]


def retell(change: Change, after: int) -> Iterator[Told]:
    """Return the events of all versions above `after`, and those of losing access above `change.after`."""
    yield from _leaving(change)
    yield from _to_operators(change, after)
    yield from _to_visitor(change, after)


def _to_operators(change: Change, after: int) -> Iterator[Told]:
    row, which = change.conversation.row(), change.conversation.id
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry, _ in change.entries:
        entries[entry.rev].append(entry)
    for version in range(after + 1, row.version + 1):
        if version in entries:
            yield _kind_of(entries[version])(replace(row, version=version), entries[version]), change.readers
        elif change.marks:
            # Which mark was moved is not known any more: all are told, the last of them with the version.
            *others, last = sorted(change.marks, key=lambda mark: mark.at)
            yield from ((ThreadRead(which, None, mark), change.readers) for mark in others)
            yield ThreadRead(which, version, last), change.readers


Happened = type[ConversationOpened] | type[ConversationClaimed] | type[ConversationClosed] | type[MessagePosted]


def _kind_of(entries: Iterable[Entry]) -> Happened:
    kinds = {entry.activity.kind for entry in entries if entry.activity is not None}
    if "closed" in kinds:
        return ConversationClosed
    if "claimed" in kinds:
        return ConversationClaimed
    return ConversationOpened if any(entry.seq == 1 for entry in entries) else MessagePosted


def _leaving(change: Change) -> Iterator[Told]:
    whole = change.conversation
    claimed = any(entry.activity is not None and entry.activity.kind == "claimed" for entry, _ in change.entries)
    if claimed and whole.operator_id is not None and whole.status is not Status.WAITING:
        others = ToDepartment(DepartmentId(whole.department.id), but=whole.operator_id)
        yield ConversationTaken(whole.id, whole.counters.thread.version, whole.operator_id), (others,)


def _to_visitor(change: Change, after: int) -> Iterator[Told]:
    whole, audience = change.conversation.widget(), (ToVisitor(change.conversation.visitor_id),)
    last = 0
    for entry, (outward, version) in change.entries:
        if version is None or entry.rev <= after:
            continue
        last = version
        now = replace(whole, version=version)
        if outward is not None:
            yield WidgetMessagePosted(now, [outward]), audience
        else:
            yield WidgetConversationClosed(now, []), audience
    if last < whole.version:
        yield WidgetThreadRead(whole), audience
