"""When a department answers, by the wall clock of its zone, also on the days when clocks change."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from recado.domain.errors import Invalid
from recado.domain.hours import Answers, Hours, Span, SpecialSpan, answers, checked, is_open, last_opening, next_opening

MADRID = "Europe/Madrid"
OFFICE = [Span(day, 9 * 60, 18 * 60) for day in range(5)]
ALWAYS = [Span(day, 0, 1440) for day in range(7)]


def at(text: str, zone: str = MADRID, fold: int = 0) -> int:
    """The moment at which the wall in a zone shows this."""
    return round(dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()) * 1_000_000


def utc(text: str) -> int:
    return at(text, "UTC")


def office(*closed: str, zone: str = MADRID) -> Hours:
    return Hours(zone, OFFICE, list(closed))


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2026-06-15T08:59:59", "closed"),  # a Monday
        ("2026-06-15T09:00:00", "open"),
        ("2026-06-15T17:59:59", "open"),
        ("2026-06-15T18:00:00", "closed"),
        ("2026-06-14T12:00:00", "closed"),
        ("2026-06-13T12:00:00", "closed"),
        ("2026-06-19T12:00:00", "open"),
    ],
)
def test_a_span_holds_from_its_first_minute_to_before_its_last(when: str, state: str) -> None:
    assert is_open(office(), at(when)) is (state == "open")


def test_without_a_table_it_is_always_open() -> None:
    assert is_open(None, 0)
    assert next_opening(None, 5) == 5


def test_nine_oclock_stays_nine_oclock_in_winter_and_in_summer() -> None:
    assert is_open(office(), utc("2026-01-12T08:00:00"))
    assert not is_open(office(), utc("2026-01-12T07:59:00"))
    assert is_open(office(), utc("2026-07-13T07:00:00"))
    assert not is_open(office(), utc("2026-07-13T16:00:00"))


def test_a_closed_day_is_closed_in_the_departments_own_zone() -> None:
    hours = office("2026-12-25", zone="Pacific/Auckland")
    assert not is_open(hours, at("2026-12-25T10:00:00", "Pacific/Auckland"))
    assert is_open(hours, at("2026-12-24T10:00:00", "Pacific/Auckland"))
    # The same day elsewhere is another one there.
    assert utc("2026-12-24T21:00:00") == at("2026-12-25T10:00:00", "Pacific/Auckland")


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2026-06-15T06:00:00", "2026-06-15T09:00:00"),
        ("2026-06-15T18:00:00", "2026-06-16T09:00:00"),
        ("2026-06-19T18:00:00", "2026-06-22T09:00:00"),
        ("2026-06-21T23:59:59", "2026-06-22T09:00:00"),
    ],
)
def test_it_opens_next_when_its_table_says(when: str, opens: str) -> None:
    assert next_opening(office(), at(when)) == at(opens)


def test_while_it_is_open_it_opens_now() -> None:
    now = at("2026-06-15T10:00:00")
    assert next_opening(office(), now) == now


def test_closed_days_are_passed_over() -> None:
    hours = office("2026-12-25", "2026-12-28")
    assert next_opening(hours, at("2026-12-24T18:30:00")) == at("2026-12-29T09:00:00")


def test_a_pause_at_noon_is_two_spans() -> None:
    hours = Hours(MADRID, [Span(0, 540, 840), Span(0, 960, 1200)])
    assert not is_open(hours, at("2026-06-15T14:00:00"))
    assert next_opening(hours, at("2026-06-15T14:30:00")) == at("2026-06-15T16:00:00")


def test_a_night_is_two_spans_that_meet_at_midnight() -> None:
    hours = Hours(MADRID, [Span(4, 1320, 1440), Span(5, 0, 120)])
    for when in ("2026-06-19T22:00:00", "2026-06-19T23:59:59", "2026-06-20T00:00:00", "2026-06-20T01:59:59"):
        assert is_open(hours, at(when)), when
    assert not is_open(hours, at("2026-06-20T02:00:00"))
    assert next_opening(hours, at("2026-06-20T02:00:00")) == at("2026-06-26T22:00:00")


def test_a_table_of_all_the_week_is_never_closed() -> None:
    hours = Hours(MADRID, ALWAYS)
    start = utc("2026-03-28T00:00:00")
    assert all(is_open(hours, start + minute * 60_000_000) for minute in range(0, 3 * 1440, 7))


def test_a_special_day_has_times_of_its_own_and_none_of_its_weekday_s() -> None:
    # A Thursday, on which the office would be open from 9 to 18; and a Sunday, on which it would not.
    eve, fair = SpecialSpan("2026-12-24", 600, 780), SpecialSpan("2026-12-20", 660, 720)
    hours = Hours(MADRID, OFFICE, [], [eve, fair])
    assert is_open(office(), at("2026-12-24T09:30:00"))
    for when, state in (("09:30", False), ("10:00", True), ("12:59", True), ("13:00", False)):
        assert is_open(hours, at(f"2026-12-24T{when}:00")) is state, when
    assert is_open(hours, at("2026-12-20T11:30:00"))
    assert next_opening(hours, at("2026-12-23T18:00:00")) == at("2026-12-24T10:00:00")
    assert next_opening(hours, at("2026-12-19T12:00:00")) == at("2026-12-20T11:00:00")
    closed_too = Hours(MADRID, OFFICE, ["2026-12-24"], [eve])
    assert not is_open(closed_too, at("2026-12-24T11:00:00"))


@pytest.mark.parametrize(
    ("when", "state", "until"),
    [
        ("2026-06-15T10:00:00", "open", "2026-06-15T18:00:00"),
        ("2026-06-15T18:00:00", "closed", "2026-06-16T09:00:00"),
        ("2026-06-19T20:00:00", "closed", "2026-06-22T09:00:00"),
    ],
)
def test_it_says_until_when_it_is_as_it_is(when: str, state: str, until: str) -> None:
    assert answers(office(), at(when)) == Answers(state == "open", at(until))


def test_spans_that_touch_are_one_and_what_never_changes_has_no_end() -> None:
    night = Hours(MADRID, [Span(4, 1320, 1440), Span(5, 0, 120)])
    assert answers(night, at("2026-06-19T23:00:00")) == Answers(open=True, until=at("2026-06-20T02:00:00"))
    assert answers(Hours(MADRID, ALWAYS), at("2026-06-19T23:00:00")) == Answers(open=True, until=None)
    assert answers(Hours(MADRID, []), at("2026-06-19T23:00:00")) == Answers(open=False, until=None)
    assert answers(None, 0) == Answers(open=True, until=None)


@pytest.mark.parametrize("week", [[], [Span(0, 540, 600)]])
def test_what_never_opens_within_the_year_says_so(week: list[Span]) -> None:
    every_monday = [(dt.date(2026, 1, 5) + dt.timedelta(weeks=number)).isoformat() for number in range(80)]
    assert next_opening(Hours(MADRID, week, every_monday), at("2026-01-05T00:00:00")) is None


# ── when clocks change ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_opening_in_the_hour_that_clocks_skip_is_at_the_end_of_the_gap() -> None:
    # On 29 March 2026 the wall in Madrid goes from 01:59 to 03:00.
    hours = Hours(MADRID, [Span(6, 150, 600)])
    assert next_opening(hours, at("2026-03-29T01:00:00")) == utc("2026-03-29T01:00:00")
    assert is_open(hours, utc("2026-03-29T01:00:00"))
    assert not is_open(hours, utc("2026-03-29T00:59:00"))


def test_a_span_that_lies_wholly_in_the_gap_does_not_open_that_day() -> None:
    hours = Hours(MADRID, [Span(6, 130, 170)])
    assert next_opening(hours, at("2026-03-29T00:00:00")) == at("2026-04-05T02:10:00")


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    # On 25 October 2026 the wall shows 02:00 to 02:59 twice.
    hours = Hours(MADRID, [Span(6, 120, 150)])
    first, second = at("2026-10-25T02:00:00"), at("2026-10-25T02:00:00", fold=1)
    assert second - first == 3_600_000_000
    assert is_open(hours, first)
    assert not is_open(hours, first + 1_800_000_000)
    assert next_opening(hours, first + 1_800_000_000) == second
    assert is_open(hours, second)


def test_an_opening_in_the_repeated_hour_is_its_first() -> None:
    hours = Hours(MADRID, [Span(6, 150, 600)])
    assert next_opening(hours, at("2026-10-25T00:00:00")) == at("2026-10-25T02:30:00", fold=0)
    assert next_opening(hours, at("2026-10-25T00:00:00")) == utc("2026-10-25T00:30:00")


def test_a_zone_that_skips_midnight_opens_with_its_days_first_minute() -> None:
    # In Beirut the clocks of 29 March 2026 go from 23:59 to 01:00.
    hours = Hours("Asia/Beirut", [Span(6, 0, 600)])
    opens = next_opening(hours, at("2026-03-28T20:00:00", "Asia/Beirut"))
    assert opens == at("2026-03-29T01:00:00", "Asia/Beirut")


def test_a_zone_that_once_skipped_a_day_is_not_open_on_it() -> None:
    # Samoa had no 30 December 2011, a Friday.
    hours = Hours("Pacific/Apia", [Span(4, 540, 1080)])
    assert next_opening(hours, at("2011-12-29T20:00:00", "Pacific/Apia")) == at("2012-01-06T09:00:00", "Pacific/Apia")


def test_half_an_hour_of_difference_is_half_an_hour() -> None:
    hours = office(zone="Asia/Kolkata")
    assert is_open(hours, utc("2026-06-15T03:30:00"))
    assert not is_open(hours, utc("2026-06-15T03:29:00"))


@pytest.mark.parametrize("zone", [MADRID, "America/Sao_Paulo", "Australia/Lord_Howe", "America/St_Johns", "UTC"])
def test_it_is_open_when_it_is_said_to_open_and_closed_the_minute_before(zone: str) -> None:
    hours = Hours(zone, [Span(day, 555, 600) for day in range(7)] + [Span(6, 60, 185)])
    now = utc("2026-01-01T00:00:00")
    for _ in range(400):
        opens = next_opening(hours, now)
        assert opens is not None
        assert is_open(hours, opens)
        if opens > now:
            assert not is_open(hours, opens - 60_000_000)
        now = opens + 7 * 3_600_000_000


# ── what a table may be ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_table_is_kept_in_order() -> None:
    given = Hours(MADRID, [Span(1, 600, 660), Span(0, 600, 660), Span(0, 540, 600)], ["2026-12-25", "2026-01-01"] * 2)
    kept = checked(given)
    assert kept.week == [Span(0, 540, 600), Span(0, 600, 660), Span(1, 600, 660)]
    assert kept.closed_days == ["2026-01-01", "2026-12-25"]
    assert checked(kept) == kept


@pytest.mark.parametrize(
    ("hours", "field", "fault"),
    [
        (Hours("Europe/Atlantis", []), "zone", "unknown"),
        (Hours("../../etc/passwd", []), "zone", "unknown"),
        (Hours("", []), "zone", "unknown"),
        (Hours(MADRID, [Span(0, 600, 600)]), "week", "backwards"),
        (Hours(MADRID, [Span(0, 600, 540)]), "week", "backwards"),
        (Hours(MADRID, [Span(0, 540, 700), Span(0, 600, 800)]), "week", "overlap"),
        (Hours(MADRID, [], ["25.12.2026"]), "closed_days", "not_a_date"),
        (Hours(MADRID, [], ["2026-02-30"]), "closed_days", "not_a_date"),
        (Hours(MADRID, [], [], [SpecialSpan("24 December", 0, 60)]), "special_days", "not_a_date"),
        (Hours(MADRID, [], [], [SpecialSpan("2026-12-24", 60, 60)]), "special_days", "backwards"),
        (
            Hours(MADRID, [], [], [SpecialSpan("2026-12-24", 0, 60), SpecialSpan("2026-12-24", 59, 90)]),
            "special_days",
            "overlap",
        ),
    ],
)
def test_what_can_be_no_table_is_refused_by_its_field(hours: Hours, field: str, fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(hours)
    assert (refused.value.field, refused.value.fault) == (field, fault)


@pytest.mark.parametrize(
    ("when", "opened"),
    [
        ("2026-06-15T12:00:00", "2026-06-15T09:00:00"),  # a Monday
        ("2026-06-15T09:00:00", "2026-06-15T09:00:00"),
        ("2026-06-15T08:59:59", "2026-06-12T09:00:00"),
        ("2026-06-15T23:00:00", "2026-06-15T09:00:00"),
    ],
)
def test_it_opened_last_where_a_span_began(when: str, opened: str) -> None:
    assert last_opening(office(), at(when), 14) == at(opened)


def test_a_span_that_goes_on_over_midnight_does_not_open_there() -> None:
    late = Hours(MADRID, [Span(0, 1200, 1440), Span(1, 0, 120)])
    assert last_opening(late, at("2026-06-16T01:00:00"), 14) == at("2026-06-15T20:00:00")


def test_what_has_been_open_for_longer_than_is_looked_for_has_no_opening() -> None:
    assert last_opening(None, at("2026-06-15T12:00:00"), 14) is None
    assert last_opening(Hours(MADRID, ALWAYS), at("2026-06-15T12:00:00"), 14) is None
    assert last_opening(office(), at("2026-06-14T12:00:00"), 1) is None
    assert last_opening(office(), at("2026-06-14T12:00:00"), 2) == at("2026-06-12T09:00:00")
