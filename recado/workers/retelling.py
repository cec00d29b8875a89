"""What happened elsewhere, as events for the pages of this process: made from the rows as they are now.

A page goes from version to version. So each version that it may have missed becomes one event, and all of them show
the present row: a page that hears them in order has no gap, and one that knows them already ignores them. Who hears is
decided from the present owner and department. Whoever could read before and cannot now gets a number and a version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from recado.db.changes import Change
from recado.domain.conversations import ConversationRow, Status
from recado.domain.events import (
    Audience,
    ConversationClaimed,
    ConversationClosed,
    ConversationLeft,
    ConversationOpened,
    ConversationPaused,
    ConversationQueued,
    ConversationResumed,
    ConversationTaken,
    Event,
    MessagePosted,
    Readers,
    ThreadRead,
    ToDepartment,
    ToOperator,
    ToVisitor,
    WidgetConversationChanged,
    WidgetConversationClosed,
    WidgetMessagePosted,
    WidgetThreadRead,
    Without,
)
from recado.domain.ids import DepartmentId, OperatorId
from recado.domain.threads import Activity, ActivityKind, Entry

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
            yield _event(change, replace(row, version=version), entries[version]), change.readers
        elif change.marks:
            # Which mark was moved is not known any more: all are told, the last of them with the version.
            *others, last = sorted(change.marks, key=lambda mark: mark.at)
            yield from ((ThreadRead(which, None, mark), change.readers) for mark in others)
            yield ThreadRead(which, version, last), change.readers


Happened = (
    type[ConversationOpened]
    | type[ConversationClaimed]
    | type[ConversationQueued]
    | type[ConversationPaused]
    | type[ConversationResumed]
    | type[ConversationClosed]
    | type[MessagePosted]
)
BY_LINE: Mapping[ActivityKind, Happened] = {
    "closed": ConversationClosed,
    "blocked": ConversationClosed,
    "claimed": ConversationClaimed,
    "assigned": ConversationClaimed,
    "released": ConversationQueued,
    "returned": ConversationQueued,
    "paused": ConversationPaused,
    "resumed": ConversationResumed,
}
HELD = frozenset({Status.ATTENDING, Status.PAUSED})
STAYING = frozenset({"paused", "resumed", "looked_in"})
"""Lines after which everybody reads on who did."""


def _event(change: Change, row: ConversationRow, entries: list[Entry]) -> Event:
    happened = _kind_of(entries)
    if happened is ConversationClaimed or happened is ConversationQueued:
        return happened(row, entries, change.seen)
    return happened(row, entries)  # type: ignore[call-arg]


def _kind_of(entries: Iterable[Entry]) -> Happened:
    """Return what happened: pages go by the row; the kind tells them where to look."""
    for entry in entries:
        if entry.activity is not None:
            kind, to = entry.activity.kind, entry.activity.to
            if kind == "transferred":
                return ConversationQueued if to is None else ConversationClaimed
            if kind == "reopened":
                return ConversationQueued if entry.author.kind == "visitor" else ConversationClaimed
            return BY_LINE.get(kind, MessagePosted)
    return ConversationOpened if any(entry.seq == 1 for entry in entries) else MessagePosted


def _leaving(change: Change) -> Iterator[Told]:
    """Tell those from whom the lines since then took it: who attends it, in their department; else nothing more."""
    whole, version = change.conversation, change.conversation.counters.thread.version
    lines = [entry.activity for entry, _ in change.entries if entry.activity is not None]
    lines = [line for line in lines if line.kind not in STAYING]
    if not lines:
        return
    department = (ToDepartment(DepartmentId(whole.department.id)),)
    stay: Readers = change.readers
    if whole.status in HELD and whole.operator_id is not None:
        yield ConversationTaken(whole.id, version, whole.operator_id), (Without(department, stay),)
        stay = (*stay, *department)
    before = {reader for line in lines for reader in _before(line)} | {ToOperator(one) for one in change.looked}
    yield ConversationLeft(whole.id, version), (Without((*before, *department), stay),)


def _before(line: Activity) -> Iterator[ToOperator | ToDepartment]:
    """Return whom a line may have taken it from, besides its present department."""
    for operator in (line.operator, line.to):
        if operator is not None:
            yield ToOperator(OperatorId(operator))
    if line.origin is not None:
        yield ToDepartment(DepartmentId(line.origin))


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
            yield (
                (WidgetConversationClosed if whole.status == "closed" else WidgetConversationChanged)(now, []),
                audience,
            )
    if last < whole.version:
        yield WidgetThreadRead(whole), audience
