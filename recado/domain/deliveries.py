"""What is sent outside: to whom, of which thread, by which way, and what became of it. Times in microseconds UTC.

One row says what somebody has been told of a thread by one way, from when something there is unread to them until it is
read: a run. However much is said meanwhile, they are told once; what is said after they have read begins the next run.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from recado.domain.ids import OperatorId, ThreadId
from recado.domain.notices import Kind

Way = Literal["email", "push", "webhook"]
State = Literal["due", "sent", "dropped", "failed"]
"""To be sent at `due_at`; sent; not to be sent, since it was seen or may not be told; given up."""

SECOND = 1_000_000
MAIL_AFTER_US = 60 * SECOND
"""So long something is unseen before an e-mail tells of it."""
LEASE_US = 120 * SECOND
"""So long a process has one to itself, that sends it: longer than sending may take (`SEND_WITHIN_S`)."""
SEND_WITHIN_S = 60.0
LATEST_US = 3 * 24 * 3600 * SECOND
"""What has been unread for longer than this and of which nothing was told is told no more: somebody who begins to be
sent e-mails is not sent all that they have ever left unread."""

FIRST_PAUSE_US = 60 * SECOND
LONGEST_PAUSE_US = 3600 * SECOND
ATTEMPTS_MAX = 52
"""With the pauses between them, some two days."""
UNCLEAR_MAX = 2
"""So often one is handed over without our hearing that it was taken: it may have arrived each time."""


class Run(NamedTuple):
    """What is unread to somebody in a thread: since when, and up to which entry. `since` names the run."""

    since: int
    last_seq: int


class Owed(NamedTuple):
    """A run of which somebody is to be told, and from when on."""

    operator: OperatorId
    thread: ThreadId
    way: Way
    kind: Kind
    run: Run
    due_at: int


class Delivery(NamedTuple):
    """One that is due, taken to be sent: nobody else sends it until its lease ends.

    `attempt` counts this one, and names the lease.
    """

    id: int
    stable_id: str
    operator: OperatorId
    thread: ThreadId
    kind: Kind
    run: Run
    attempt: int
    unclear: int


class Outcome(NamedTuple):
    """What became of an attempt.

    `passing`: it was not taken and may be another time. `unclear`: all of it was handed over, and whether it was taken
    was not heard. `answer` is what the other side said.
    """

    state: Literal["sent", "passing", "unclear", "refused"]
    answer: str = ""
    after_us: int | None = None
    """So long the other side asks for."""


def pause_us(attempt: int, chance: float) -> int:
    """Return how long to wait after an attempt: longer each time. `chance` from 0 to 1 keeps many apart."""
    longest = min(FIRST_PAUSE_US << min(attempt - 1, 16), LONGEST_PAUSE_US)
    return round(longest * (0.75 + chance / 2))
