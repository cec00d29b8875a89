"""How long a visitor may expect to wait, told from how long others have waited lately. Pure functions."""

from __future__ import annotations

from collections.abc import Collection

from recado.domain.hours import Hours, is_open

RECENT = 50
"""How many of the newest first answers are looked at, at most."""
RECENT_S = 14 * 24 * 3600
ENOUGH = 5
"""Fewer answers than this say nothing."""

_MINUTE, _HOUR = 60, 3600
STEPS_S = (
    *(minutes * _MINUTE for minutes in (1, 2, 3, 5, 10, 15, 20, 30, 45)),
    *(hours * _HOUR for hours in (1, 2, 3, 4, 6, 12, 24)),
)


def usual_wait_s(hours: Hours | None, answers: Collection[tuple[int, int]]) -> int | None:
    """Return within how many seconds three of four first answers came, rounded up to a plain figure.

    `answers` are moments of writing and of the first answer. What was written while the department was closed does not
    count: nobody promised anything then. None where there are too few, or where a day was not enough: a figure that
    would not hold is not given.
    """
    waits = sorted(answered - written for written, answered in answers if is_open(hours, written))
    if len(waits) < ENOUGH:
        return None
    three_of_four = waits[-(-3 * len(waits) // 4) - 1] / 1_000_000
    return next((step for step in STEPS_S if three_of_four <= step), None)
