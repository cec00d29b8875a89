"""Direct conversations: what operators say to each other, for those who take part and for nobody else.

Nobody reads one by their role. Whoever takes part reads from their floor on: the number of the entry after which they
came, nought for all of it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec

from recado.domain.conversations import Draft
from recado.domain.errors import Invalid
from recado.domain.ids import DepartmentId, DirectId, OperatorId
from recado.domain.text import line_of as one_line
from recado.domain.threads import Entry, Mark

PEOPLE_MAX = 100
"""How many take part in one at most, whoever has started it among them."""
NAME_MAX = 80
EDIT_S = 15 * 60
"""So long, in seconds, one's own message can be changed and deleted."""
UNDO_S = 10
"""So long it can be taken back, if none of the others has seen it."""

Box = Literal["open", "inbox", "sent", "archived"]
"""Where one stands for somebody: all that they have not put away; of that, where a colleague has written, and what they
have started; what they have put away."""
BOXES: tuple[Box, ...] = ("open", "inbox", "sent", "archived")

Alerts = Literal["all", "mentions", "none"]
"""What of it notifies somebody."""


class DirectRow(msgspec.Struct, frozen=True):
    """A direct conversation as each who takes part sees it in a list; the same bytes for all of them.

    Times in microseconds UTC. `people` take part now, by number. What is unread for one of them is `count` less the
    count at their own mark. `excerpt` is of the newest message that all of them may read; empty where there is none.
    """

    id: DirectId
    name: str | None
    people: list[OperatorId]
    started_by: OperatorId
    started_at: int
    last_at: int
    excerpt: str
    excerpt_author: int | None
    count: int
    seq: int
    version: int


class Own(msgspec.Struct, frozen=True):
    """How a direct conversation stands for one who takes part: theirs alone.

    It stands in their inbox where a colleague has written (`received`), among the sent where they have `started` it,
    and in neither while it is `archived`. `floor`: they read what comes after the entry of that number. `seen`: the
    count at their mark. `at`: when any of this was last changed; each message that comes takes it out of the archive,
    too.
    """

    received: bool
    started: bool
    archived: bool
    floor: int
    seen: int
    alerts: Alerts
    at: int


class DirectItem(msgspec.Struct, frozen=True):
    """A row of one's own list."""

    direct: DirectRow
    own: Own


class Contact(msgspec.Struct, frozen=True):
    """A colleague who can be written to, by what one finds them: names and departments."""

    id: OperatorId
    name: str
    username: str
    departments: list[DepartmentId]


class DirectPage(msgspec.Struct, frozen=True):
    """A page of one's own list; `next` continues it."""

    items: list[DirectItem]
    next: str | None


class DirectCounts(msgspec.Struct, frozen=True):
    """In how many of one's own there is something unread, by where it stands; each counted up to `COUNT_CAP`."""

    inbox: int
    archived: int


class DirectState(msgspec.Struct, frozen=True):
    """All that a pane opens with: the conversation, its newest entries that its reader may read, everybody's marks.

    `floors`: after which entry each reads who does not read all of it; none of what is before it have they seen.
    `readable`: how many of its messages its reader may read. `drafts`: what they have not sent.
    """

    epoch: str
    direct: DirectRow
    own: Own
    entries: list[Entry]
    more: bool
    marks: list[Mark]
    floors: dict[OperatorId, int]
    readable: int
    drafts: list[Draft]


class DirectChanges(msgspec.Struct, frozen=True):
    """What changed after a version. `start_over` says that the cursor is of no use: load afresh."""

    epoch: str
    start_over: bool
    direct: DirectRow
    own: Own
    entries: list[Entry]
    marks: list[Mark]
    floors: dict[OperatorId, int]
    readable: int


class DirectSent(msgspec.Struct, frozen=True):
    """The answer to a send: the entry as stored, and the conversation as it is now."""

    entry: Entry
    direct: DirectRow


def name_of(text: str | None) -> str | None:
    """Return a group's name as it will be stored: one line, None for none; refused where it is too long."""
    return one_line(text, "name", NAME_MAX)


def circle_of(me: OperatorId, people: Collection[int]) -> list[OperatorId]:
    """Return who takes part, by number: those named and whoever starts it; refuse nobody else, and too many."""
    circle = sorted({OperatorId(one) for one in people} | {me})
    if len(circle) < 2:
        raise Invalid("people", "nobody", "Name at least one colleague.")
    if len(circle) > PEOPLE_MAX:
        raise Invalid("people", "too_many", f"At most {PEOPLE_MAX} take part.")
    return circle
