"""Who is given what waits: availability, limits, and the rules of a department that act by themselves."""

from __future__ import annotations

import enum
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from recado.domain.alerts import PUSH_MINUTES, RING_MINUTES, SUPERVISOR_MINUTES, Times
from recado.domain.conversations import Status
from recado.domain.hours import Hours
from recado.domain.ids import ConversationId, DepartmentId, OperatorId
from recado.domain.people import Availability, Named

ONLINE_FOR_S = 45
"""An operator counts as present for so long after a page of theirs was last known to be open."""

DESK_FOR_S = 600
"""So long after they last had the desk open, whoever has another page open still counts as at the desk.

That is time to look something up under Settings. Who only administers, or watches the team, is given nothing and is not
shown to visitors.
"""

SWEEP_S = 15
"""How often presence is noted and absence is counted."""

SWEEP_MAX_S = 30
"""The most that one sweep adds to an absence: time in which no server ran is nobody's absence."""

LOOK_IN_S = 3600
"""A look-in that nobody ended is ended after so long."""

LOOKED_AWAY_S = SWEEP_S + 5
"""A look-in is ended so long after its supervisor's last page with it has gone without a word.

That is time for a page that is loaded anew, for a line that was cut for a moment, and for another process, where they
have it open as well, to say so.
"""

CHAT_LIMIT_MAX = 500
ABSENCE_MAX_MINUTES = 7 * 24 * 60
REOPEN_DAYS = 14
REOPEN_DAYS_MAX = 365
ABSENCE_MINUTES = 10
EDIT_MINUTES = 15
EDIT_MAX_MINUTES = 7 * 24 * 60
UNDO_S = 10
UNDO_MAX_S = 60
UNDO_ON_ITS_WAY_S = 5
"""So much longer than it is offered, a message is taken back: the asking takes its time."""


class Assignment(enum.StrEnum):
    """How a department's waiting conversations find their operator."""

    MANUAL = "manual"
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"


class Candidate(NamedTuple):
    """An operator who could be given a conversation: present, available, of the department."""

    id: OperatorId
    attending: int
    limit: int | None
    assigned_at: int | None

    @property
    def has_room(self) -> bool:
        """Whether one more is within their limit."""
        return self.limit is None or self.attending < self.limit


def _turn(rule: Assignment, one: Candidate) -> tuple[int, int, int]:
    """Return what the least of is next by the rule. Equals go by number: the same facts give the same answer."""
    return (one.attending if rule is Assignment.LEAST_BUSY else 0, one.assigned_at or 0, one.id)


class Waiting(NamedTuple):
    """What decides, beside the rule, whose a waiting conversation becomes."""

    giver: OperatorId | None
    """Who gave it back, and is not given it again; None where nobody has attended it since it was (re)opened."""
    writer: OperatorId | None
    """Who has begun to answer it, the latest of them: they come before whoever is next by the rule."""


def choose(rule: Assignment, candidates: Sequence[Candidate], waiting: Waiting) -> Candidate | None:
    """Return who is to be given a conversation, of those with room; None where nobody has any.

    Round robin: whose last one was longest ago. Least busy: who attends fewest, then as round robin.
    """
    free = [one for one in candidates if one.has_room and one.id != waiting.giver]
    if rule is Assignment.MANUAL or not free:
        return None
    return min(free, key=lambda one: (one.id != waiting.writer, _turn(rule, one)))


class Share(msgspec.Struct, frozen=True):
    """How many of what waits an operator would be given."""

    operator: OperatorId
    count: int


def share(rule: Assignment, candidates: Sequence[Candidate], waiting: Iterable[Waiting]) -> list[Share]:
    """Return to whom what waits would go, one after the other as `choose` does; who would be given most comes first."""
    if rule is Assignment.MANUAL:
        return []
    free = {one.id: one for one in candidates if one.has_room}
    turns = [(_turn(rule, one), one) for one in free.values()]
    heapq.heapify(turns)
    latest = max((one.assigned_at or 0 for one in candidates), default=0)
    given = Counter[OperatorId]()
    for at, (giver, writer) in enumerate(waiting, latest + 1):
        one = free.get(writer) if writer is not None and writer != giver else None
        one = one or _take_next(turns, free, giver)
        if one is None:
            continue
        given[one.id] += 1
        after = one._replace(attending=one.attending + 1, assigned_at=at)
        if after.has_room:
            free[one.id] = after
            heapq.heappush(turns, (_turn(rule, after), after))
        else:
            del free[one.id]
    return [Share(who, count) for who, count in given.most_common()]


def _take_next(
    turns: list[tuple[tuple[int, int, int], Candidate]], free: Mapping[OperatorId, Candidate], but: OperatorId | None
) -> Candidate | None:
    """Take whose turn is next out of `turns`, past `but` and past turns that `free` knows to be over."""
    passed, found = [], None
    while turns and found is None:
        turn = heapq.heappop(turns)
        if free.get(turn[1].id) is not turn[1]:
            continue
        if turn[1].id == but:
            passed.append(turn)
        else:
            found = turn[1]
    for turn in passed:
        heapq.heappush(turns, turn)
    return found


class Colleague(msgspec.Struct, frozen=True):
    """An operator to whom a conversation can be handed, with what tells whether that is a good idea."""

    id: OperatorId
    name: str
    departments: list[int]
    availability: Availability
    online: bool
    attending: int
    limit: int | None


class Targets(msgspec.Struct, frozen=True):
    """Where a conversation can be handed to."""

    departments: list[Named]
    operators: list[Colleague]


class TeamConversation(msgspec.Struct, frozen=True):
    """An attended conversation as its department's supervisor sees it without looking in: nothing of its content.

    `answer_due_since` is when its customer first wrote after the last answer. Times in microseconds UTC.
    """

    id: ConversationId
    department: DepartmentId
    operator: OperatorId
    status: Status
    claimed_at: int
    last_at: int
    answer_due_since: int | None


class TeamDepartment(msgspec.Struct, frozen=True):
    """A department that I supervise: what waits in it, since when at the longest, and whether I may look in."""

    id: DepartmentId
    name: str
    waiting: int
    waiting_since: int | None
    look_in: bool


class Team(msgspec.Struct, frozen=True):
    """What a supervisor sees of their departments; `more`: how many conversations are held beyond those told."""

    departments: list[TeamDepartment]
    operators: list[Colleague]
    conversations: list[TeamConversation]
    more: int


class Rules(msgspec.Struct, frozen=True):
    """What a department does by itself, and who reads its conversations besides the usual.

    `absence_minutes`: after how long an absent owner's conversations go back; None for never. `reopen_days`: how long a
    customer who writes again finds the same conversation. `look_in`: its supervisors may look into attended ones.
    `archive`: its operators read all of its closed ones. `edit_minutes`: how long an operator may edit and delete what
    they have sent; `undo_s`: how many seconds it is taken back as long as it has not been seen. 0 where not at all.
    `ring_minutes`, `push_minutes`, `supervisor_minutes`: after how long what waits makes itself heard; None for never.
    """

    assignment: Assignment
    absence_minutes: int | None = ABSENCE_MINUTES
    reopen_days: int = REOPEN_DAYS
    look_in: bool = False
    archive: bool = False
    edit_minutes: int = EDIT_MINUTES
    undo_s: int = UNDO_S
    ring_minutes: int | None = RING_MINUTES
    push_minutes: int | None = PUSH_MINUTES
    supervisor_minutes: int | None = SUPERVISOR_MINUTES

    @property
    def alerts(self) -> Times:
        """After how long what waits makes itself heard."""
        return Times(self.ring_minutes, self.push_minutes, self.supervisor_minutes)


class Backlog(msgspec.Struct, frozen=True):
    """What waits in a department, and what would become of it at once if the department assigned by itself.

    `to`: its members who are at the desk, available and have room, as long as there is something for them.
    """

    waiting: int
    to: list[Share]


class Department(msgspec.Struct, frozen=True):
    """A department as the admin's list shows it."""

    id: DepartmentId
    name: str
    operator_count: int
    inbox_count: int
    hours: Hours | None
    rules: Rules
    version: int
