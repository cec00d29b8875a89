"""What happened elsewhere, as events for the pages of this process: made from the rows as they are now.

A page goes from version to version. So each version that it may have missed becomes one event, and all of them show
the present row: a page that hears them in order has no gap, and one that knows them already ignores them. Who hears is
decided from the present owner and department.

Whoever lost it meanwhile gets what they would have got at that moment: a number, the version by which they lost it, and
who had it then, where that was theirs to know. Who could read it before each line is made out from the lines, backwards
from now. Who had lost it before is told nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from recado.db.changes import Change
from recado.db.direct_changes import DirectChange
from recado.domain.conversations import HELD, ConversationRow, Status
from recado.domain.events import (
    Audience,
    ConversationChanged,
    ConversationClaimed,
    ConversationClosed,
    ConversationLeft,
    ConversationOpened,
    ConversationPaused,
    ConversationQueued,
    ConversationResumed,
    ConversationTaken,
    Event,
    MessageChanged,
    MessagePosted,
    Readers,
    ThreadRead,
    ToOperators,
    ToVisitor,
)
from recado.domain.outward import WidgetEntry
from recado.domain.outward_events import (
    WidgetConversationChanged,
    WidgetConversationClosed,
    WidgetMessageChanged,
    WidgetMessagePosted,
    WidgetThreadRead,
)
from recado.domain.permissions import Facts, readers_of
from recado.domain.standings import Standing, before
from recado.domain.threads import ActivityKind, Entry
from recado.workers.retelling_directs import retell_direct

Told = tuple[Event, Audience]
Found = Change | DirectChange


def retell(change: Found) -> Iterator[Told]:
    """Return the events of all versions above `change.after`: of losing access, then of what there is now."""
    if isinstance(change, DirectChange):
        yield from retell_direct(change)
        return
    yield from _leaving(change)
    yield from _to_operators(change)
    yield from _to_visitor(change)


def _to_operators(change: Change) -> Iterator[Told]:
    row, which, readers = change.conversation.row(), change.conversation.id, ToOperators(change.readers)
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry, _ in change.entries:
        entries[entry.rev].append(entry)
    for version in range(change.after + 1, row.version + 1):
        if version in entries:
            yield _event(change, replace(row, version=version), entries[version]), readers
            continue
        # Which mark was moved is not known any more, or, while it waits, whether one was: all are told, and with the
        # version the last of them, or the row.
        marks = sorted(change.marks, key=lambda mark: mark.at)
        last = None if row.status is Status.WAITING or not marks else marks.pop()
        yield from ((ThreadRead(which, None, mark), readers) for mark in marks)
        if last is None:
            yield ConversationChanged(replace(row, version=version)), readers
        else:
            yield ThreadRead(which, version, last), readers


Happened = (
    type[ConversationOpened]
    | type[ConversationClaimed]
    | type[ConversationQueued]
    | type[ConversationPaused]
    | type[ConversationResumed]
    | type[ConversationClosed]
    | type[MessagePosted]
    | type[MessageChanged]
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


def _event(change: Change, row: ConversationRow, entries: list[Entry]) -> Event:
    happened = _kind_of(entries)
    if happened is ConversationClaimed or happened is ConversationQueued:
        return happened(row, entries, change.seen)
    return happened(row, entries)  # type: ignore[call-arg]


def _kind_of(entries: Sequence[Entry]) -> Happened:
    """Return what happened: pages go by the row; the kind tells them where to look."""
    if any(entry.edits or entry.gone for entry in entries):
        return MessageChanged
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
    """Tell who lost it by which line, as they were told then by the process that stored it, and of nothing since."""
    whole, told = change.conversation, []
    after = Standing(whole.status, whole.department.id, whole.operator_id)
    for entry, outward in reversed(change.lines):
        line = entry.activity
        if line is None or (line.kind == "blocked" and outward.version is None):
            continue
        was = before(line, after)
        told.append(_left(change, entry, was, after))
        after = was
    yield from (one for one in reversed(told) if one is not None)


def _left(change: Change, entry: Entry, was: Standing, after: Standing) -> Told | None:
    which, version, line = change.conversation.id, entry.rev, entry.activity
    if line is not None and line.kind == "looked_away" and line.operator is not None:
        return ConversationLeft(which, version), ToOperators(frozenset((line.operator,)) - change.readers)
    hearing = _readers(change, was).union(change.looked.get(version, ()))
    gone = ToOperators(hearing - _readers(change, after) - change.readers)
    if after.status in HELD and after.owner is not None and _belong(change, was, after):
        return ConversationTaken(which, version, after.owner), gone
    return ConversationLeft(which, version), gone


def _readers(change: Change, standing: Standing) -> Readers:
    members = change.members[standing.department]
    return readers_of(Facts(standing.status, standing.owner, change.conversation.archive, members))


def _belong(change: Change, was: Standing, after: Standing) -> bool:
    """Return whether those who left are of the department in which it was attended then."""
    if was.department != after.department:
        return False
    return was.status is Status.WAITING or was.owner in change.members[was.department]


def _to_visitor(change: Change) -> Iterator[Told]:
    whole, audience = change.conversation.widget(), ToVisitor(change.conversation.visitor_id)
    told: defaultdict[int, list[WidgetEntry]] = defaultdict(list)
    for _, (outward, version) in change.entries:
        if version is not None:
            told[version].extend([outward] if outward is not None else [])
    last = max(told, default=0)
    for version in sorted(told):
        now, entries = replace(whole, version=version), told[version]
        if any(entry.edited or entry.gone for entry in entries):
            yield WidgetMessageChanged(now, entries), audience
        elif entries:
            yield WidgetMessagePosted(now, entries), audience
        else:
            yield (
                (WidgetConversationClosed if whole.status == "closed" else WidgetConversationChanged)(now, []),
                audience,
            )
    # What is left that the customer sees came without an entry: somebody has read on.
    if last < whole.version and change.outward > change.after:
        yield WidgetThreadRead(whole), audience
