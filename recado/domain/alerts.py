"""How what waits makes itself heard: it rings, then pushes, then tells the supervisors, until somebody acknowledges it.

A department says after how many minutes each step follows, or that it does not. They are counted while it is open:
what has waited over the night rings in the morning, so many minutes after it has opened.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from recado.domain.errors import Invalid
from recado.domain.hours import Hours, last_opening, next_opening

RING_MINUTES, PUSH_MINUTES, SUPERVISOR_MINUTES = 2, 5, 10
ALERT_MAX_MINUTES = 24 * 60
MINUTE_US = 60_000_000
_DAYS = 2
"""Longer than any step takes: a department that has been open for so long has been open throughout."""


class Step(enum.IntEnum):
    """How loud what waits has become."""

    SILENT = 0
    RUNG = 1
    PUSHED = 2
    TOLD = 3


class Times(NamedTuple):
    """After how many minutes of waiting pages ring, people are sent pushes, supervisors are told; None: never."""

    ring: int | None = RING_MINUTES
    push: int | None = PUSH_MINUTES
    supervisor: int | None = SUPERVISOR_MINUTES

    def after(self, step: int) -> list[tuple[Step, int]]:
        """Return the steps that follow one, each with its minutes of waiting."""
        return [(Step(number), at) for number, at in enumerate(self, 1) if at is not None and number > step]


def first_after(times: Times, step: int) -> int | None:
    """Return after how many minutes of waiting the next step follows; None where none does."""
    return next((at for _, at in times.after(step)), None)


def check_times(times: Times) -> None:
    """Refuse times that are none, and a step that would come before the one before it."""
    before = 0
    for name, at in zip(("ring_minutes", "push_minutes", "supervisor_minutes"), times, strict=True):
        if at is None:
            continue
        if not 1 <= at <= ALERT_MAX_MINUTES:
            raise Invalid(name, "out_of_range", f"From 1 to {ALERT_MAX_MINUTES} minutes, or never.")
        if at <= before:
            raise Invalid(name, "too_soon", "Each step comes later than the one before it.")
        before = at


class Turn(NamedTuple):
    """What becomes of what waits when its time has come: to which step it rises, and when it is looked at again."""

    step: Step
    alert_at: int | None


def turn_of(times: Times, hours: Hours | None, step: int, alert_at: int, now: int) -> Turn:
    """Return what becomes of what is due since `alert_at`: nothing yet where its department has not been open so long.

    The time is a lower bound, set without looking at the hours: these are looked at here, when it has come.
    """
    ahead = times.after(step)
    if not ahead:
        return Turn(Step(step), None)
    done = times[step - 1] if step else 0
    (rises_to, at), *further = ahead
    open_at = _open_for(hours, (at - (done or 0)) * MINUTE_US, now)
    if open_at is None or open_at > now:
        return Turn(Step(step), open_at)
    return Turn(rises_to, alert_at + (further[0][1] - at) * MINUTE_US if further else None)


def _open_for(hours: Hours | None, wait: int, now: int) -> int | None:
    """Return when a department will have been open for so long without a pause; None: not within the next year."""
    opens = next_opening(hours, now)
    if opens is None or opens > now:
        return None if opens is None else opens + wait
    opened = last_opening(hours, now, _DAYS)
    return now if opened is None else max(now, opened + wait)
