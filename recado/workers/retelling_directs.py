"""What happened elsewhere in direct conversations, as events for the pages of this process: see `retelling`.

Who hears is decided from who takes part now, and what each hears from where on they read. Who has left meanwhile hears
that they have, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from recado.db.direct_changes import DirectChange
from recado.domain.events import Audience, DirectChanged, DirectLeft, DirectPosted, DirectRead, Event, ToOperators
from recado.domain.ids import OperatorId
from recado.domain.threads import Entry

Told = tuple[Event, Audience]


def retell_direct(change: DirectChange) -> Iterator[Told]:
    """Return the events of all versions above `change.after`: of leaving, then of what there is now."""
    row, here = change.direct.row(), ToOperators(frozenset(change.floors))
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in change.entries:
        entries[entry.rev].append(entry)
        yield from _leaving(change, entry)
    for version in range(change.after + 1, row.version + 1):
        if version in entries:
            changed = any(entry.edits or entry.gone for entry in entries[version])
            happened = DirectChanged if changed else DirectPosted
            for people, readable in _by_reader(change, entries[version]):
                yield happened(replace(row, version=version), readable), people
        elif change.marks:
            # Which mark was moved is not known any more: all are told, the last of them with the version.
            *others, last = sorted(change.marks, key=lambda mark: mark.at)
            yield from ((DirectRead(row.id, None, mark), here) for mark in others)
            yield DirectRead(row.id, version, last), here
    # Whoever has said something has a mark that moved with it.
    yield from ((DirectRead(row.id, None, mark), here) for mark in change.marks)


def _leaving(change: DirectChange, entry: Entry) -> Iterator[Told]:
    if entry.activity is not None and entry.activity.kind == "left" and entry.activity.operator not in change.floors:
        assert entry.activity.operator is not None
        yield DirectLeft(change.direct.id, entry.rev), ToOperators(frozenset((entry.activity.operator,)))


def _by_reader(change: DirectChange, entries: list[Entry]) -> Iterator[tuple[ToOperators, list[Entry]]]:
    """Return those who take part, and what of these entries they may read, by where they begin."""
    people: defaultdict[int, set[OperatorId]] = defaultdict(set)
    for person, floor in change.floors.items():
        people[floor].add(person)
    for floor, those in people.items():
        yield ToOperators(frozenset(those)), [entry for entry in entries if entry.seq > floor]
