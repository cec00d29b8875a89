"""The judge itself: it finds each way in which a message can go wrong."""

from __future__ import annotations

import pytest

from tests.reliability.judge import Ledger, Row, canary, judge_bytes, judge_stored, judge_view
from tests.reliability.wire import Kept

ONE, TWO = ("visitor", 7, "one"), ("operator", 3, "two")
FIRST = Row(1, "public", 1, 1, "public", "visitor", 7, "one", "first")
CLAIM = Row(1, "public", 2, None, "activity", "operator", 3, None, "")
SECOND = Row(1, "public", 3, 2, "public", "operator", 3, "two", "second")
RIGHT = [FIRST, CLAIM, SECOND]


@pytest.fixture
def ledger() -> Ledger:
    """A visitor's message and an operator's answer, both acknowledged."""
    ledger = Ledger()
    for key, body, seq in ((ONE, "first", 1), (TWO, "second", 3)):
        ledger.attempt(key, body)
        ledger.acknowledge(key, seq)
    return ledger


def test_what_was_stored_as_it_was_acknowledged_is_right(ledger: Ledger) -> None:
    judge_stored(ledger, RIGHT)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([FIRST, CLAIM], "lost"),
        ([*RIGHT, SECOND._replace(seq=4, public_seq=3)], "twice"),
        ([FIRST._replace(body="fir"), CLAIM, SECOND], "nobody sent"),
        ([*RIGHT, FIRST._replace(seq=4, public_seq=3, client_id="three")], "nobody sent"),
        ([SECOND._replace(seq=1, public_seq=1), CLAIM, FIRST._replace(seq=3, public_seq=2)], "moved"),
        ([FIRST, SECOND], "gap"),
        ([FIRST, CLAIM._replace(public_seq=2), SECOND], "not theirs"),
    ],
)
def test_each_fault_of_the_store_is_found(ledger: Ledger, rows: list[Row], fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        judge_stored(ledger, rows)


def test_a_second_acknowledgement_at_another_place_is_found(ledger: Ledger) -> None:
    ledger.acknowledge(ONE, 1)
    with pytest.raises(AssertionError, match="two places"):
        ledger.acknowledge(ONE, 2)


@pytest.mark.parametrize(
    ("which", "expected"), [(1, [(1, "first"), (2, ""), (3, "second")]), ("public", [(1, "first")])]
)
def test_a_view_that_differs_from_the_store_is_found(which: int | str, expected: list[tuple[int, str]]) -> None:
    rows = RIGHT if which == 1 else [FIRST, CLAIM]
    shown = [{"seq": seq, "body": body} for seq, body in expected]
    judge_view(shown, rows, which)
    for wrong in (shown[:-1], [*shown, shown[-1]], [*shown[:-1], {**shown[-1], "body": "other"}]):
        with pytest.raises(AssertionError, match="shown otherwise"):
            judge_view(wrong, rows, which)


def test_a_canary_in_any_byte_is_found_also_across_two_pieces() -> None:
    words, kept = canary(), Kept()
    kept.keep(b'{"body":"' + words[:12].encode())
    kept.keep(words[12:].encode() + b'"}')
    judge_bytes("its reader", kept, [words])
    with pytest.raises(AssertionError, match="not theirs"):
        judge_bytes("somebody else", kept, [])
