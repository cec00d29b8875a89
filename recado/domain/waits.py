"""How long a visitor may expect to wait, told from how long others have waited lately, and wait now. Pure functions."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

from recado.domain.hours import Hours, is_open, last_opening

RECENT = 100
"""How many of the newest conversations are looked at, at most."""
RECENT_DAYS = 14
RECENT_S = RECENT_DAYS * 24 * 3600
USUAL = 50
"""How many of the newest first answers make what is usual, at most."""
ENOUGH = 5
"""Fewer answers than this say nothing."""

_MINUTE, _HOUR = 60, 3600
STEPS_S = (
    *(minutes * _MINUTE for minutes in (1, 2, 3, 5, 10, 15, 20, 30, 45)),
    *(hours * _HOUR for hours in (1, 2, 3, 4, 6, 12, 24)),
)


def usual_wait_s(hours: Hours | None, firsts: Sequence[tuple[int, int | None]], now: int) -> int | None:
    """Return within how many seconds three of four first answers came, rounded up to a plain figure.

    `firsts` are moments of writing and of the first answer, newest first; None: that customer waits for it now. Nor is
    less said than what holds at this moment, see `_three_of_four_now`. What was answered of what was written while the
    department was closed does not count: nobody promised anything then. None where there are too few answers, or where
    a day is not enough: a figure that would not hold is not given.
    """
    firsts = [(at, end) for at, end in firsts if end is None or is_open(hours, at)]
    waits = sorted([end - at for at, end in firsts if end is not None][:USUAL])
    if len(waits) < ENOUGH:
        return None
    said = _three_of_four_now(hours, firsts, now, _three_of_four(waits)) / 1_000_000
    return next((step for step in STEPS_S if said <= step), None)


def _three_of_four_now(hours: Hours | None, firsts: Sequence[tuple[int, int | None]], now: int, usual: int) -> int:
    """Return how long three of four waited of those who came since any of those did who wait now; at least `usual`.

    Whoever waits counts as long as they have waited, which is the least it will be: from when they wrote, or from the
    last opening, since nobody answers while it is closed. Who has not waited longer than is usual says nothing yet. One
    who was forgotten makes no figure, once others who came later were answered; those who came after everybody who was
    answered make it alone.
    """
    if all(end is not None for _, end in firsts):
        return usual
    opened = last_opening(hours, now, RECENT_DAYS) or 0
    came: list[int] = []
    most = usual
    for at, end in firsts:
        if end is not None:
            insort(came, end - at)
        elif (waited := now - max(at, opened)) > usual:
            insort(came, waited)
            most = max(most, _three_of_four(came))
    return most


def _three_of_four(waits: list[int]) -> int:
    """The wait, of some in order, that three of four did not exceed."""
    return waits[-(-3 * len(waits) // 4) - 1]
