"""When a department answers: a weekly table by the wall clock of its zone, and days that are otherwise.

Pure functions of a table and a moment. All is said in the zone's own wall-clock time, so that nine o'clock stays nine
o'clock when clocks change; moments are microseconds UTC.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Iterable, Sequence
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from recado.domain.errors import Invalid

DAY_MINUTES = 24 * 60
SPANS_MAX = 60
CLOSED_DAYS_MAX = 200
SPECIAL_DAYS_MAX = 200
AHEAD_DAYS = 400
"""How far an opening is looked for: beyond a year nobody waits for it."""

_SECOND = 1_000_000


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of one weekday. Monday is 0; times are minutes after midnight, and `closes` may be midnight's 1440."""

    day: Annotated[int, msgspec.Meta(ge=0, le=6)]
    opens: Annotated[int, msgspec.Meta(ge=0, le=DAY_MINUTES - 1)]
    closes: Annotated[int, msgspec.Meta(ge=1, le=DAY_MINUTES)]


class SpecialSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of one date (`2026-12-24`), which then is open in its own stretches and in none of its weekday's."""

    date: str
    opens: Annotated[int, msgspec.Meta(ge=0, le=DAY_MINUTES - 1)]
    closes: Annotated[int, msgspec.Meta(ge=1, le=DAY_MINUTES)]


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A department's table: an IANA zone, the week, dates on which it is closed all day, dates with times of their own.

    A date that is both is closed.
    """

    zone: Annotated[str, msgspec.Meta(max_length=64)]
    week: Annotated[list[Span], msgspec.Meta(max_length=SPANS_MAX)]
    closed_days: Annotated[list[str], msgspec.Meta(max_length=CLOSED_DAYS_MAX)] = []
    special_days: Annotated[list[SpecialSpan], msgspec.Meta(max_length=SPECIAL_DAYS_MAX)] = []


class Answers(msgspec.Struct, frozen=True):
    """Whether a department answers at a moment, and when that changes next; None: not within the next year."""

    open: bool
    until: int | None


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
    _check_spans("week", [(str(span.day), span.opens, span.closes) for span in week])
    closed = sorted({_date_of(text, "closed_days") for text in given.closed_days})
    special = [SpecialSpan(_date_of(one.date, "special_days"), one.opens, one.closes) for one in given.special_days]
    special.sort(key=lambda span: (span.date, span.opens, span.closes))
    _check_spans("special_days", [(span.date, span.opens, span.closes) for span in special])
    return Hours(given.zone, week, closed, special)


def _check_spans(field: str, spans: Sequence[tuple[str, int, int]]) -> None:
    if any(closes <= opens for _, opens, closes in spans):
        raise Invalid(field, "backwards", "A span closes after it opens.")
    if any(a[0] == b[0] and b[1] < a[2] for a, b in itertools.pairwise(spans)):
        raise Invalid(field, "overlap", "Two spans of a day overlap.")


def _date_of(text: str, field: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise Invalid(field, "not_a_date", "A day is written as 2026-12-25.") from None


def _spans_of(hours: Hours, day: dt.date) -> Iterable[tuple[int, int]]:
    """When it is open on a date: minutes after midnight, in order."""
    date = day.isoformat()
    if date in hours.closed_days:
        return ()
    special = [(span.opens, span.closes) for span in hours.special_days if span.date == date]
    return special or [(span.opens, span.closes) for span in hours.week if span.day == day.weekday()]


def is_open(hours: Hours | None, at: int) -> bool:
    """Return whether a department with this table answers at that moment; without a table it always does."""
    if hours is None:
        return True
    local = wall(hours.zone, at)
    minute = local.hour * 60 + local.minute
    return any(opens <= minute < closes for opens, closes in _spans_of(hours, local.date()))


def next_opening(hours: Hours | None, at: int) -> int | None:
    """Return when it opens next: `at` itself while it is open; None where that is not within the next year."""
    if is_open(hours, at):
        return at
    assert hours is not None
    return _next(hours, at, opens=True)


def last_opening(hours: Hours | None, at: int, days: int) -> int | None:
    """Return when it opened last, at `at` at the latest; None where that is longer ago than so many days, or never."""
    if hours is None:
        return None
    today = wall(hours.zone, at).date()
    for ago in range(days + 1):
        day = today - dt.timedelta(days=ago)
        starts = {moment for opens, _ in _spans_of(hours, day) for moment in moments(hours.zone, day, opens)}
        opened = [one for one in starts if one <= at and is_open(hours, one) and not is_open(hours, one - 1)]
        if opened:
            return max(opened)
    return None


def answers(hours: Hours | None, at: int) -> Answers:
    """Return whether a department answers at that moment, and when that changes."""
    if hours is None:
        return Answers(open=True, until=None)
    now = is_open(hours, at)
    return Answers(now, _next(hours, at, opens=not now))


def _next(hours: Hours, at: int, *, opens: bool) -> int | None:
    """The first moment after `at` from which it is open, or closed; None where that is not within the next year."""
    today = wall(hours.zone, at).date()
    for ahead in range(-1, AHEAD_DAYS):
        day = today + dt.timedelta(days=ahead)
        edges = (edge for span in _spans_of(hours, day) for edge in span)
        ahead_of = {one for edge in edges for one in moments(hours.zone, day, edge) if one > at}
        changes = [one for one in ahead_of if is_open(hours, one) is opens]
        if changes:
            return min(changes)
    return None


def moments(zone: str, day: dt.date, minute: int) -> list[int]:
    """The moments at which the wall shows that minute of a day; where clocks skip it, the minutes around the gap."""
    midnight = dt.datetime.combine(day, dt.time(), ZoneInfo(zone))
    shown = midnight + dt.timedelta(minutes=minute)
    first, second = sorted(round(shown.replace(fold=fold).timestamp()) for fold in (0, 1))
    if wall(zone, first * _SECOND).replace(tzinfo=None, fold=0) == shown.replace(tzinfo=None):
        return [first * _SECOND, second * _SECOND]
    return [moment * _SECOND for moment in range(first, second + 1, 60)]


def wall(zone: str, at: int) -> dt.datetime:
    """Return what the wall of a zone shows at a moment."""
    return dt.datetime.fromtimestamp(at / _SECOND, ZoneInfo(zone))
