"""What a customer's message does to their conversation: one table, whichever door the message came by."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from recado.domain.conversations import Status

DAY_US = 24 * 3600 * 1_000_000


class Effect(enum.StrEnum):
    """What comes of a conversation when its customer writes."""

    STAYS = "stays"
    """The message is added, and nothing else changes."""
    RESUMES = "resumes"
    """Its owner attends it again."""
    REOPENS = "reopens"
    """It waits again, with the mark of who attended it."""
    ENDED = "ended"
    """It takes no more: the message belongs into another one."""
    REFUSED = "refused"
    """The visitor writes nowhere."""


EFFECTS: Mapping[Status, Effect] = {
    Status.WAITING: Effect.STAYS,
    Status.ATTENDING: Effect.STAYS,
    Status.PAUSED: Effect.RESUMES,
    Status.CLOSED: Effect.REOPENS,
}
"""What it does where nothing stands against it."""


def effect_of(status: Status, *, shut_out: bool, goes_on: bool) -> Effect:
    """Return what a customer's message does to a conversation. `goes_on`: a closed one may be taken up again."""
    if shut_out:
        return Effect.REFUSED
    effect = EFFECTS[status]
    return Effect.ENDED if effect is Effect.REOPENS and not goes_on else effect


def is_recent(closed_at: int, reopen_days: int, now: int) -> bool:
    """Return whether a conversation was closed so lately that its customer's next message takes it up again."""
    return closed_at > now - reopen_days * DAY_US
