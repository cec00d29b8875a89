"""When a department answers: a weekly table by the wall clock of its zone, and days on which it is closed.

Pure functions of a table and a moment. All is said in the zone's own wall-clock time, so that nine o'clock stays nine
o'clock when clocks change; moments are microseconds UTC.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Iterator
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from recado.domain.errors import Invalid

DAY_MINUTES = 24 * 60
SPANS_MAX = 60
CLOSED_DAYS_MAX = 200
AHEAD_DAYS = 400
"""How far an opening is looked for: beyond a year nobody waits for it."""

_SECOND = 1_000_000


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of one weekday. Monday is 0; times are minutes after midnight, and `closes` may be midnight's 1440."""

    day: Annotated[int, msgspec.Meta(ge=0, le=6)]
    opens: Annotated[int, msgspec.Meta(ge=0, le=DAY_MINUTES - 1)]
    closes: Annotated[int, msgspec.Meta(ge=1, le=DAY_MINUTES)]


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A department's table: an IANA zone, the week, and dates (`2026-12-25`) on which it is closed all day."""

    zone: Annotated[str, msgspec.Meta(max_length=64)]
    week: Annotated[list[Span], msgspec.Meta(max_length=SPANS_MAX)]
    closed_days: Annotated[list[str], msgspec.Meta(max_length=CLOSED_DAYS_MAX)] = []


@functools.cache
def zones() -> frozenset[str]:
    """Return the names of all zones that this installation knows."""
    return frozenset(available_timezones())


def checked(given: Hours) -> Hours:
    """Return a table in order: spans by day and time, dates each once; refuse what can be none.

    A span over midnight is two, one of each day. Spans of a day may touch and not overlap.
    """
    if given.zone not in zones():
        raise Invalid("zone", "unknown", "That is no IANA time zone such as Europe/Madrid.")
    week = sorted(given.week, key=lambda span: (span.day, span.opens, span.closes))
    if any(span.closes <= span.opens for span in week):
        raise Invalid("week", "backwards", "A span closes after it opens.")
    if any(a.day == b.day and b.opens < a.closes for a, b in itertools.pairwise(week)):
        raise Invalid("week", "overlap", "Two spans of a day overlap.")
    return Hours(given.zone, week, sorted({_date_of(text).isoformat() for text in given.closed_days}))


def _date_of(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Invalid("closed_days", "not_a_date", "A closed day is written as 2026-12-25.") from None


def is_open(hours: Hours | None, at: int) -> bool:
    """Return whether a department with this table answers at that moment; without a table it always does."""
    if hours is None:
        return True
    local = _local(hours, at)
    if local.date().isoformat() in hours.closed_days:
        return False
    minute = local.hour * 60 + local.minute
    return any(span.day == local.weekday() and span.opens <= minute < span.closes for span in hours.week)


def next_opening(hours: Hours | None, at: int) -> int | None:
    """Return when it opens next: `at` itself while it is open; None where that is not within the next year."""
    if is_open(hours, at):
        return at
    assert hours is not None
    today = _local(hours, at).date()
    for ahead in range(-1, AHEAD_DAYS):
        openings = [moment for moment in _openings(hours, today + dt.timedelta(days=ahead)) if moment > at]
        if openings:
            return min(openings)
    return None


def _openings(hours: Hours, day: dt.date) -> Iterator[int]:
    """The moments at which a day's spans begin: two of one where clocks go back over it, none that is closed."""
    for span in hours.week:
        if span.day == day.weekday():
            yield from (moment for moment in _beginnings(hours, day, span.opens) if is_open(hours, moment))


def _beginnings(hours: Hours, day: dt.date, minute: int) -> list[int]:
    """The moments at which the wall shows that minute of a day; where clocks skip it, the minutes around the gap."""
    wall = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), ZoneInfo(hours.zone))
    first, second = sorted(round(wall.replace(fold=fold).timestamp()) for fold in (0, 1))
    if _local(hours, first * _SECOND).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None):
        return [first * _SECOND, second * _SECOND]
    return [moment * _SECOND for moment in range(first, second + 1, 60)]


def _local(hours: Hours, at: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at / _SECOND, ZoneInfo(hours.zone))
