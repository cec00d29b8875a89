"""What a working day may have shown to whom, told from what is stored at its end.

A thread is replayed entry by entry: its lines say who attended it, where it waited, when it was closed. At each change
those who read it then may know its words; and whoever comes to read it may know all that had been said before.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select

from recado.db.tables import conversations, departments, messages, operators
from recado.domain.conversations import Status
from recado.domain.ids import OperatorId
from recado.domain.threads import Activity
from tests.reading import Where, may_read
from tests.reliability.judge import reading


class Said(NamedTuple):
    """An entry as stored. `change` is the version under which it came, together with others."""

    conversation: int
    seq: int
    change: int
    kind: str
    by: str
    body: str
    activity: Activity | None


class Standing(NamedTuple):
    """Where a conversation is at the day's end."""

    status: str
    department: str
    operator: str | None


class Stored(NamedTuple):
    """All that the day left: entries by conversation, where each stands, and what numbers stand for."""

    threads: dict[int, list[Said]]
    standing: dict[int, Standing]
    people: dict[int, str]
    places: dict[int, str]


def read(url: str) -> Stored:
    """Read all of it beside the server."""
    of = messages.c
    entry = select(conversations.c.id, of.seq, of.rev, of.kind, of.author_kind, of.author_id, of.body, of.activity)
    entry = entry.join(conversations, conversations.c.thread_id == of.thread_id).order_by(conversations.c.id, of.seq)
    where = select(
        conversations.c.id, conversations.c.status, conversations.c.department_id, conversations.c.operator_id
    )
    with reading(url) as connection:
        people = dict(connection.execute(select(operators.c.id, operators.c.username)).all())
        places = dict(connection.execute(select(departments.c.id, departments.c.name)).all())
        entries, found = connection.execute(entry).all(), connection.execute(where).all()
    threads = defaultdict(list)
    for number, seq, rev, kind, author, author_id, body, activity in entries:
        by = people[author_id] if author == "operator" else author
        line = msgspec.json.decode(activity, type=Activity) if activity else None
        threads[number].append(Said(number, seq, rev, kind, by, body, line))
    standing = {
        number: Standing(status, places[department], None if owner is None else people[owner])
        for number, status, department, owner in found
    }
    return Stored(dict(threads), standing, people, places)


def replay(before: Where, said: Said, line: Activity) -> Where:
    """Where a conversation is after a line of its thread."""
    where = line.department or before.department
    after: dict[str, dict[str, Any]] = {
        "claimed": {"status": Status.ATTENDING, "owner": line.operator},
        "released": {"status": Status.WAITING, "owner": None, "lookers": ()},
        "transferred": {
            "status": Status.WAITING if line.to is None else Status.ATTENDING,
            "owner": line.to,
            "department": where,
            "lookers": (),
        },
        "paused": {"status": Status.PAUSED},
        "resumed": {"status": Status.ATTENDING},
        "closed": {"status": Status.CLOSED, "lookers": ()},
        # A customer's words bring it to wait again; an operator takes their own up.
        "reopened": {"status": Status.WAITING, "owner": None} if said.by == "visitor" else {"status": Status.ATTENDING},
        "looked_in": {"lookers": (line.operator,)},
        "looked_away": {"lookers": ()},
    }
    return before._replace(**after[line.kind])


def may_know(stored: Stored, started_in: Mapping[int, int], team: Mapping[str, Iterable[int]]) -> dict[str, set[str]]:
    """Return the words that each operator may have received by the day's end.

    `started_in` is the department of each conversation's inbox, `team` each operator's departments.
    """
    numbers = {name: number for number, name in stored.people.items()}
    known: dict[str, set[str]] = defaultdict(set)
    for conversation, thread in stored.threads.items():
        where, so_far = Where(Status.WAITING, started_in[conversation], None), set[str]()
        for _, change in itertools.groupby(thread, key=lambda said: said.change):
            for said in change:
                so_far.add(said.body)
                if said.activity is not None:
                    where = replay(where, said, said.activity)
            for name, belongs in team.items():
                inside = where.department in set(belongs)
                if may_read(where, in_department=inside, operator=OperatorId(numbers[name])):
                    known[name] |= so_far
    return known


def lists_of(stored: Stored, name: str, belongs: Iterable[str]) -> dict[str, set[int]]:
    """Return the conversations that an operator's lists should show."""
    standing = stored.standing.items()
    own = {status: {n for n, one in standing if one.operator == name and one.status == status} for status in KEPT}
    return own | {"waiting": {n for n, one in standing if one.status == "waiting" and one.department in set(belongs)}}


KEPT = ("attending", "paused", "closed")


def judge_order(stored: Stored) -> None:
    """Each thread counts 1, 2, 3 … and nothing that somebody typed is in it twice."""
    words: list[Any] = []
    for thread in stored.threads.values():
        assert [said.seq for said in thread] == list(range(1, len(thread) + 1))
        words += [said.body for said in thread if said.kind != "activity"]
    assert len(words) == len(set(words)), "stored twice"
