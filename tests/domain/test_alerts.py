"""After how long what waits makes itself heard, counted while its department is open."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado.domain.alerts import MINUTE_US, Step, Times, Turn, check_times, first_after, turn_of
from recado.domain.errors import Invalid
from recado.domain.hours import Hours, Span, is_open
from tests.domain.test_hours import MADRID, at, office, utc

USUAL = Times()
WITH_NOON = Hours(MADRID, [Span(day, *span) for day in range(5) for span in ((540, 840), (900, 1080))])


def told(times: Times, hours: Hours | None, since: int) -> list[tuple[Step, int]]:
    """When what waits since a moment rises to which step, looked at each time it is due and not before."""
    found: list[tuple[Step, int]] = []
    step, first = Step.SILENT, first_after(times, 0)
    due = None if first is None else since + first * MINUTE_US
    for _ in range(50):
        if due is None:
            return found
        turn = turn_of(times, hours, step, due, due)
        assert turn.alert_at is None or turn.alert_at > due
        if turn.step != step:
            found.append((turn.step, due))
        step, due = turn
    raise AssertionError("it never ends")


def minutes(times: Times, hours: Hours | None, since: str) -> list[tuple[int, int]]:
    return [(int(step), (moment - at(since)) // MINUTE_US) for step, moment in told(times, hours, at(since))]


def test_it_rings_then_pushes_then_tells_the_supervisors() -> None:
    assert minutes(USUAL, None, "2026-06-15T10:00:00") == [(1, 2), (2, 5), (3, 10)]
    assert minutes(USUAL, office(), "2026-06-15T10:00:00") == [(1, 2), (2, 5), (3, 10)]


@pytest.mark.parametrize(
    ("times", "steps"),
    [
        (Times(None, 5, 10), [(2, 5), (3, 10)]),
        (Times(2, None, 10), [(1, 2), (3, 10)]),
        (Times(None, None, 10), [(3, 10)]),
        (Times(2, None, None), [(1, 2)]),
        (Times(None, None, None), []),
    ],
)
def test_a_step_that_is_left_out_holds_up_no_other(times: Times, steps: list[tuple[int, int]]) -> None:
    assert minutes(times, None, "2026-06-15T10:00:00") == steps


@pytest.mark.parametrize(
    ("since", "steps"),
    [
        ("2026-06-15T17:59:00", [(1, 15 * 60 + 3), (2, 15 * 60 + 6), (3, 15 * 60 + 11)]),
        ("2026-06-15T23:00:00", [(1, 10 * 60 + 2), (2, 10 * 60 + 5), (3, 10 * 60 + 10)]),
        ("2026-06-16T08:59:00", [(1, 3), (2, 6), (3, 11)]),
        ("2026-06-15T17:56:00", [(1, 2), (2, 15 * 60 + 4 + 3), (3, 15 * 60 + 4 + 8)]),
    ],
    ids=["begun just before the end", "begun at night", "begun just before the beginning", "between two steps"],
)
def test_it_is_counted_while_the_department_is_open(since: str, steps: list[tuple[int, int]]) -> None:
    assert minutes(USUAL, office(), since) == steps


def test_after_a_pause_it_is_counted_anew() -> None:
    assert minutes(Times(30, None, None), WITH_NOON, "2026-06-15T13:40:00") == [(1, 110)]


def test_a_department_that_never_opens_is_not_looked_at_again() -> None:
    closed = Hours(MADRID, [])
    due = at("2026-06-15T10:00:00")
    assert turn_of(USUAL, closed, 0, due, due) == Turn(Step.SILENT, None)


def test_what_was_due_while_no_server_ran_is_made_up_for() -> None:
    due, now = at("2026-06-15T10:02:00"), at("2026-06-15T12:00:00")
    steps = []
    turn = Turn(Step.SILENT, due)
    while turn.alert_at is not None:
        assert turn.alert_at <= now
        turn = turn_of(USUAL, office(), turn.step, turn.alert_at, now)
        steps.append(turn.step)
    assert steps == [1, 2, 3]


@given(
    st.lists(st.none() | st.integers(1, 600), min_size=3, max_size=3),
    st.integers(utc("2026-03-20T00:00:00") // MINUTE_US, utc("2026-11-10T00:00:00") // MINUTE_US),
    st.sampled_from([None, office(), WITH_NOON]),
)
def test_each_step_comes_once_in_its_order_while_it_is_open_and_never_too_soon(
    minutes_: list[int | None], minute: int, hours: Hours | None
) -> None:
    times = Times(*minutes_)
    try:
        check_times(times)
    except Invalid:
        return
    if any(one is not None and one > 120 for one in times):
        hours = None  # a step may take longer than a day is open
    since = minute * MINUTE_US
    found = told(times, hours, since)
    assert [step for step, _ in found] == [step for step, _ in times.after(0)]
    for step, moment in found:
        assert is_open(hours, moment)
        assert moment - since >= (times[step - 1] or 0) * MINUTE_US
    assert [moment for _, moment in found] == sorted(moment for _, moment in found)


@pytest.mark.parametrize(
    ("times", "field"),
    [
        (Times(0, 5, 10), "ring_minutes"),
        (Times(2, 1441, None), "push_minutes"),
        (Times(5, 5, 10), "push_minutes"),
        (Times(5, None, 4), "supervisor_minutes"),
    ],
)
def test_times_that_are_none_are_refused(times: Times, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_times(times)
    problem: Any = refused.value
    assert problem.field == field
