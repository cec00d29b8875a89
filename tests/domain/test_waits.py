"""The answer time that visitors are told is one that lately held."""

import pytest

from recado.domain.hours import Hours, Span
from recado.domain.waits import ENOUGH, usual_wait_s

MINUTE = 60_000_000
NIGHT = Hours("UTC", [Span(day, 0, 60) for day in range(7)])


def answers(*minutes: float) -> list[tuple[int, int]]:
    return [(number * 1_000, number * 1_000 + round(one * MINUTE)) for number, one in enumerate(minutes)]


def test_three_of_four_were_answered_within_what_is_said() -> None:
    assert usual_wait_s(None, answers(1, 1, 1, 1, 1, 8, 90, 600)) == 600
    assert usual_wait_s(None, answers(1, 1, 1, 1, 1, 1, 90, 600)) == 60


@pytest.mark.parametrize(("minutes", "said"), [(0.1, 60), (1, 60), (1.01, 120), (14, 900), (50, 3600), (1440, 86_400)])
def test_it_is_rounded_up_and_never_down(minutes: float, said: int) -> None:
    assert usual_wait_s(None, answers(*[minutes] * ENOUGH)) == said


def test_too_few_answers_say_nothing() -> None:
    assert usual_wait_s(None, answers(*[1] * ENOUGH)) == 60
    assert usual_wait_s(None, answers(*[1] * (ENOUGH - 1))) is None


def test_what_would_not_hold_within_a_day_is_not_said() -> None:
    assert usual_wait_s(None, answers(*[1441] * 20)) is None


def test_what_was_written_while_it_was_closed_does_not_count() -> None:
    night = [(at + 2 * 60 * MINUTE, answered + 600 * MINUTE) for at, answered in answers(*[1] * 20)]
    assert usual_wait_s(None, night + answers(*[1] * 5)) == 12 * 3600
    assert usual_wait_s(NIGHT, night + answers(*[1] * 5)) == 60
