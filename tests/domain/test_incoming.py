"""What a customer's message does to a conversation, in every state that one can be in."""

import pytest

from recado.domain.conversations import Status
from recado.domain.incoming import DAY_US, Effect, effect_of, is_recent


@pytest.mark.parametrize(
    ("status", "effect"),
    [
        (Status.WAITING, Effect.STAYS),
        (Status.ATTENDING, Effect.STAYS),
        (Status.PAUSED, Effect.RESUMES),
        (Status.CLOSED, Effect.REOPENS),
    ],
)
def test_a_message_does_what_the_table_says_and_nothing_for_who_is_shut_out(status: Status, effect: Effect) -> None:
    assert effect_of(status, shut_out=False, goes_on=True) is effect
    for goes_on in (True, False):
        assert effect_of(status, shut_out=True, goes_on=goes_on) is Effect.REFUSED


@pytest.mark.parametrize("status", Status)
def test_only_what_is_closed_can_have_ended(status: Status) -> None:
    ended = effect_of(status, shut_out=False, goes_on=False) is Effect.ENDED
    assert ended == (status is Status.CLOSED)


def test_recent_is_what_was_closed_within_the_department_s_days() -> None:
    now = 1_000 * DAY_US
    assert is_recent(now - 14 * DAY_US + 1, 14, now)
    assert not is_recent(now - 14 * DAY_US, 14, now)
    assert not is_recent(now, 0, now)
