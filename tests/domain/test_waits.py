"""The answer time that visitors are told is one that lately held, and holds for those who wait now."""

import pytest

from recado.domain.hours import Hours, Span
from recado.domain.waits import ENOUGH, USUAL, usual_wait_s

MINUTE = 60_000_000
DAY = 24 * 60
NOW = 20_000 * DAY * MINUTE + 12 * 60 * MINUTE
"""A day's noon."""
NIGHT = Hours("UTC", [Span(day, 0, 60) for day in range(7)])
MORNING = Hours("UTC", [Span(day, 9 * 60, 18 * 60) for day in range(7)])

First = tuple[int, int | None]


def answered(*minutes: float, ago: float = 2 * DAY) -> list[First]:
    """Conversations that began so many minutes ago, and were answered so many later."""
    return [(NOW - round(ago * MINUTE), NOW - round((ago - one) * MINUTE)) for one in minutes]


def waiting(*minutes: float) -> list[First]:
    return [(NOW - round(one * MINUTE), None) for one in minutes]


def usual(*firsts: First, hours: Hours | None = None) -> int | None:
    """What is said, in minutes."""
    said = usual_wait_s(hours, sorted(firsts, key=lambda first: -first[0]), NOW)
    return None if said is None else said // 60


def test_three_of_four_were_answered_within_what_is_said() -> None:
    assert usual(*answered(1, 1, 1, 1, 1, 8, 90, 600)) == 10
    assert usual(*answered(1, 1, 1, 1, 1, 1, 90, 600)) == 1


@pytest.mark.parametrize(("minutes", "said"), [(0.1, 1), (1, 1), (1.01, 2), (14, 15), (50, 60), (1440, 1440)])
def test_it_is_rounded_up_and_never_down(minutes: float, said: int) -> None:
    assert usual(*answered(*[minutes] * ENOUGH)) == said


def test_too_few_answers_say_nothing() -> None:
    assert usual(*answered(*[1] * ENOUGH)) == 1
    assert usual(*answered(*[1] * (ENOUGH - 1))) is None
    assert usual(*answered(*[1] * (ENOUGH - 1)), *waiting(30, 40, 50)) is None


def test_what_would_not_hold_within_a_day_is_not_said() -> None:
    assert usual(*answered(*[1441] * 20)) is None
    assert usual(*answered(*[1] * 20), *waiting(1441)) is None


def test_what_is_long_ago_is_not_usual() -> None:
    assert usual(*answered(*[30] * USUAL, ago=5 * DAY)) == 30
    assert usual(*answered(*[30] * USUAL, ago=5 * DAY), *answered(*[1] * USUAL)) == 1


def test_what_was_written_while_it_was_closed_does_not_count() -> None:
    noons, midnights = answered(*[600] * 20), answered(*[1] * 5, ago=2 * DAY + 12 * 60)
    assert usual(*noons, *midnights) == 12 * 60
    assert usual(*noons, *midnights, hours=NIGHT) == 1


def test_where_everybody_waits_for_an_hour_no_minutes_are_promised() -> None:
    lately = answered(*[1] * USUAL)
    assert usual(*lately) == 1
    assert usual(*lately, *waiting(58, 59, 60)) == 60
    assert usual(*lately, *waiting(60)) == 60
    assert usual(*lately, *waiting(*range(60))) == 45


def test_a_quick_answer_to_a_few_of_those_who_came_does_not_hide_the_others() -> None:
    picked = answered(1, 1, ago=30)
    assert usual(*answered(*[1] * USUAL), *picked, *waiting(50, 52, 54, 56, 58, 60)) == 60


def test_whoever_has_only_just_come_shortens_nothing() -> None:
    lately = answered(*[10] * USUAL)
    assert usual(*lately, *waiting(*[0.1] * 30)) == 10
    assert usual(*lately, *waiting(*[0.1] * 30, 60)) == 60


def test_one_who_was_forgotten_does_not_speak_for_those_who_are_answered() -> None:
    lately = answered(*[1] * USUAL)
    assert usual(*lately, *waiting(5 * DAY)) == 1
    assert usual(*lately, *waiting(5 * DAY, 30, 31, 32)) == 45


def test_no_time_runs_while_it_is_closed() -> None:
    lately = answered(*[1] * USUAL)
    overnight, today = waiting(20 * 60), waiting(60)
    assert usual(*lately, *overnight) == 24 * 60
    assert usual(*lately, *overnight, hours=MORNING) == 3 * 60
    assert usual(*lately, *today, hours=MORNING) == 60
