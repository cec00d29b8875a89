"""What notifies somebody and when nothing does: choices, quiet hours in any zone, times to be left alone."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recado.domain.directs import Alerts
from recado.domain.errors import Invalid
from recado.domain.hours import DAY_MINUTES
from recado.domain.notices import (
    BUILT_IN,
    Choices,
    Chosen,
    Kind,
    Quiet,
    checked,
    chosen_of,
    resolve,
    silent_until,
    wants,
    zone_of,
)
from tests.domain.test_hours import MADRID, at, utc

EVERY_DAY = list(range(7))
NIGHT = Quiet(22 * 60, 7 * 60, EVERY_DAY)
MINUTE = 60_000_000
KINDS: tuple[Kind, ...] = ("waiting", "mine", "internal", "mention")


def quiet_in(quiet: Quiet | None) -> Choices:
    return msgspec.structs.replace(BUILT_IN, quiet=quiet)


def silent(quiet: Quiet | None, now: int, zone: str | None = MADRID, dnd_until: int | None = None) -> int | None:
    return silent_until(quiet_in(quiet), zone, dnd_until, now)


# ── choices ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_not_chosen_is_as_an_admin_has_set_it() -> None:
    defaults = msgspec.structs.replace(BUILT_IN, customers="mine", quiet=NIGHT)
    assert resolve(Chosen(), defaults) == defaults
    chosen = Chosen(customers="none", quiet=None)
    assert resolve(chosen, defaults) == msgspec.structs.replace(defaults, customers="none", quiet=None)


def test_what_was_chosen_is_kept_as_it_was() -> None:
    for chosen in (Chosen(), Chosen(quiet=None), Chosen(quiet=NIGHT, push=False, sounds=BUILT_IN.sounds)):
        assert chosen_of(msgspec.json.encode(chosen).decode()) == chosen
    assert chosen_of(None) == Chosen()


def test_what_a_later_release_has_stored_counts_as_not_chosen() -> None:
    later = '{"customers": "vip", "push": false, "watch": true, "sounds": {"waiting": "gong"}}'
    assert chosen_of(later) == Chosen(push=False)


@pytest.mark.parametrize(
    ("changed", "alerts", "told"),
    [
        ({}, "all", KINDS),
        ({}, "mentions", ("mention",)),
        ({}, "none", ()),
        ({"customers": "mine"}, "all", ("mine", "internal", "mention")),
        ({"customers": "none"}, "all", ("internal", "mention")),
        ({"internal": "mentions"}, "all", ("waiting", "mine", "mention")),
        ({"internal": "none"}, "all", ("waiting", "mine")),
        ({"internal": "mentions"}, "mentions", ("mention",)),
        ({"internal": "none"}, "mentions", ()),
    ],
)
def test_one_is_told_what_one_wants(changed: dict[str, Any], alerts: Alerts, told: tuple[Kind, ...]) -> None:
    choices = msgspec.structs.replace(BUILT_IN, **changed)
    assert tuple(kind for kind in KINDS if wants(choices, alerts, kind)) == told


def test_quiet_hours_have_a_length_and_days_in_order() -> None:
    with pytest.raises(Invalid):
        checked(Chosen(quiet=Quiet(600, 600, [0])))
    assert checked(Chosen(quiet=Quiet(600, 660, [5, 0, 5]))).quiet == Quiet(600, 660, [0, 5])
    assert checked(Chosen(quiet=None)) == Chosen(quiet=None)


def test_a_zone_has_a_name_that_is_known() -> None:
    assert (zone_of(None), zone_of(MADRID)) == (None, MADRID)
    with pytest.raises(Invalid):
        zone_of("Europe/Nowhere")


# ── when nothing disturbs ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("when", "until"),
    [
        ("2026-06-15T21:59:59", None),
        ("2026-06-15T22:00:00", "2026-06-16T07:00:00"),
        ("2026-06-16T06:59:59", "2026-06-16T07:00:00"),
        ("2026-06-16T07:00:00", None),
    ],
)
def test_a_night_goes_over_midnight(when: str, until: str | None) -> None:
    assert silent(NIGHT, at(when)) == (until and at(until))


def test_the_days_are_those_on_which_it_begins() -> None:
    friday = msgspec.structs.replace(NIGHT, days=[4])
    assert silent(friday, at("2026-06-20T06:00:00")) == at("2026-06-20T07:00:00")  # a Saturday
    assert silent(friday, at("2026-06-20T23:00:00")) is None
    assert silent(friday, at("2026-06-19T06:00:00")) is None


def test_without_a_zone_it_is_utc() -> None:
    assert silent(NIGHT, utc("2026-06-15T22:00:00"), None) == utc("2026-06-16T07:00:00")


def test_who_is_not_to_be_disturbed_is_left_alone_until_then_and_through_the_night_that_has_begun() -> None:
    evening = at("2026-06-15T20:00:00")
    assert silent(None, evening, dnd_until=evening + MINUTE) == evening + MINUTE
    assert silent(None, evening, dnd_until=evening) is None
    assert silent(NIGHT, evening, dnd_until=at("2026-06-15T23:00:00")) == at("2026-06-16T07:00:00")
    assert silent(NIGHT, at("2026-06-15T23:00:00"), dnd_until=at("2026-06-16T09:00:00")) == at("2026-06-16T09:00:00")
    assert silent(NIGHT, evening, dnd_until=at("2026-06-15T21:00:00")) == at("2026-06-15T21:00:00")


def test_where_clocks_skip_its_end_it_ends_with_the_skip() -> None:
    early = Quiet(60, 150, EVERY_DAY)
    assert silent(early, at("2026-03-29T01:30:00")) == utc("2026-03-29T01:00:00")
    assert silent(Quiet(150, 240, EVERY_DAY), utc("2026-03-29T01:00:00")) == at("2026-03-29T04:00:00")


def test_where_clocks_go_back_it_begins_once_and_ends_once() -> None:
    begun, ends = utc("2026-10-25T00:15:00"), utc("2026-10-25T01:30:00")
    early = Quiet(135, 150, EVERY_DAY)
    for passed in range(75):
        assert silent(early, begun + passed * MINUTE) == ends
    assert silent(early, begun - MINUTE) is None
    assert silent(early, ends) is None


ZONES = st.sampled_from([MADRID, "America/Sao_Paulo", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
MINUTES = st.integers(0, DAY_MINUTES - 1)
QUIETS = st.builds(Quiet, MINUTES, MINUTES, st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True)).filter(
    lambda quiet: quiet.start != quiet.end
)
MOMENTS = st.integers(utc("2015-01-01T00:00:00") // MINUTE, utc("2030-01-01T00:00:00") // MINUTE).map(
    lambda minute: minute * MINUTE
)
CHANGES = [
    at(text) - hours * 60 * MINUTE for text in ("2026-03-29T03:00:00", "2026-10-25T03:00:00") for hours in (0, 1)
]
NEAR = st.builds(lambda around, away: around + away * MINUTE, st.sampled_from(CHANGES), st.integers(-1500, 1500))


def wall_says(quiet: Quiet, zone: str, now: int) -> bool:
    """Whether the wall shows a minute of quiet hours, where no clock changes."""
    local = dt.datetime.fromtimestamp(now / 1_000_000, ZoneInfo(zone))
    minute, today = local.hour * 60 + local.minute, local.weekday()
    if quiet.start < quiet.end:
        return quiet.start <= minute < quiet.end and today in quiet.days
    begun_today = minute >= quiet.start and today in quiet.days
    return begun_today or (minute < quiet.end and (today - 1) % 7 in quiet.days)


def changes_near(zone: str, now: int) -> bool:
    around = [dt.datetime.fromtimestamp(now / 1_000_000 + day * 86_400, ZoneInfo(zone)) for day in (-2, 0, 2)]
    return len({one.utcoffset() for one in around}) > 1


@settings(max_examples=300, deadline=None)
@given(QUIETS, ZONES, MOMENTS)
def test_it_is_quiet_when_the_wall_says_so(quiet: Quiet, zone: str, now: int) -> None:
    if not changes_near(zone, now):
        assert (silent(quiet, now, zone) is not None) is wall_says(quiet, zone, now)


@settings(max_examples=300, deadline=None)
@given(QUIETS, st.one_of(MOMENTS, NEAR), st.none() | st.integers(-2000, 4000))
def test_it_lasts_to_one_end_after_which_something_may_disturb(quiet: Quiet, now: int, left_alone: int | None) -> None:
    dnd = None if left_alone is None else now + left_alone * MINUTE
    until = silent(quiet, now, MADRID, dnd)
    if until is None:
        assert dnd is None or dnd <= now
        return
    assert until > now
    assert silent(quiet, until, MADRID, dnd) is None
    assert {silent(quiet, now + (until - now) * part // 8, MADRID, dnd) for part in range(8)} == {until}


@settings(max_examples=200, deadline=None)
@given(QUIETS, NEAR)
def test_on_days_when_clocks_change_it_is_as_long_as_the_wall_shows(quiet: Quiet, now: int) -> None:
    """An hour more or less than on other days, and never cut into pieces."""
    until = silent(quiet, now)
    if until is None:
        return
    local = dt.datetime.fromtimestamp(until / 1_000_000, ZoneInfo(MADRID))
    shown = local.hour * 60 + local.minute
    assert shown == quiet.end or (shown == 180 and 120 <= quiet.end < 180), (shown, quiet)
