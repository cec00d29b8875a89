"""What browsers show: decided when it is due and once more when it is taken, and looked at again after each time.

What was seen is taken away again where it is shown. Whoever looks at a page of ours is shown nothing: the page tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recado.db import deliveries, news, push, pushed
from recado.db.database import Tx
from recado.db.news import Target
from recado.db.pushed import Showing
from recado.domain.actors import System
from recado.domain.deliveries import Delivery, pause_us
from recado.domain.events import Readers
from recado.domain.permissions import needs
from recado.domain.push import ATTEMPTS_MAX, Shown, Subscribed, tag_of


class Taken(NamedTuple):
    """What is to be shown now, or shown no more, and in which browsers."""

    delivery: Delivery
    shown: Shown
    to: list[Subscribed]
    shows: int | None
    """Up to which entry something of it was shown before."""


class Outcome(NamedTuple):
    """What became of it: how many browsers took it, which are to be told again, and when at the earliest."""

    sent: int
    left_to: list[int]
    after_us: int
    answer: str


@needs(System)
def look_again(tx: Tx, _actor: System, which: Sequence[int]) -> None:
    """Let what browsers show be looked at again: something has been seen, or is no longer theirs to read."""
    pushed.look_again(tx, which)


@needs(System)
def sift(tx: Tx, _actor: System, looking: Readers, limit: int) -> list[int]:
    """Let be what is due and needs nothing done, put off what is not to be shown yet; return what is to be sent now."""
    found = deliveries.list_due(tx.conn, "push", tx.now, limit)
    return [which for which in found if _weigh(tx, which, looking) is not None]


@needs(System)
def take(tx: Tx, _actor: System, which: int, looking: Readers) -> Taken | None:
    """Have one to oneself to send it now; None where there is nothing to send any more."""
    found = _weigh(tx, which, looking)
    if found is None:
        return None
    told = found.shown.told
    run = found.delivery.run if told is None else told.news.run
    return found._replace(delivery=pushed.lease(tx, found.delivery, run))


def _weigh(tx: Tx, which: int, looking: Readers) -> Taken | None:
    delivery = deliveries.find_due(tx, which)
    if delivery is None:
        return None
    showing = pushed.get_showing(tx.conn, which)
    target = Target(delivery.operator, delivery.thread, delivery.kind)
    found = news.find_told(tx.conn, "push", target, tx.now)
    if found is None:
        return _take_away(tx, delivery, showing)
    recipient, told = found
    run = told.news.run
    is_shown = showing.left_to is None and showing.seq is not None and showing.seq >= run.last_seq
    if recipient.id in looking or is_shown:
        pushed.rest(tx, delivery, showing.seq)
        return None
    if told.due_at > tx.now:
        deliveries.put_off(tx, delivery, told.due_at)
        return None
    return _to(tx, delivery, showing, Shown(recipient.locale, told, tag_of(told.news.place, told.news.kind)))


def _take_away(tx: Tx, delivery: Delivery, showing: Showing) -> Taken | None:
    """Return what is to be shown no more; None where nothing is shown."""
    if showing.seq is None:
        pushed.rest(tx, delivery, None)
        return None
    tag = tag_of(news.get_place(tx.conn, delivery.thread), delivery.kind)
    return _to(tx, delivery, showing._replace(left_to=None), Shown("", None, tag))


def _to(tx: Tx, delivery: Delivery, showing: Showing, shown: Shown) -> Taken | None:
    """Return what is to be sent to all browsers, or to those that are left; None where there are none."""
    to = push.list_of(tx.conn, delivery.operator, tx.now)
    if showing.left_to is not None:
        to = [one for one in to if one.id in showing.left_to]
    if not to:
        pushed.rest(tx, delivery, showing.seq if shown.told is not None and showing.left_to is not None else None)
        return None
    return Taken(delivery, shown, to, showing.seq)


@needs(System)
def settle(tx: Tx, _actor: System, taken: Taken, outcome: Outcome, chance: float) -> None:
    """Note what browsers show now. Those that were not reached are told again, later; what else is new is looked at."""
    delivery, told = taken.delivery, taken.shown.told
    seq = None if told is None else delivery.run.last_seq if outcome.sent else taken.shows
    if outcome.left_to and delivery.attempt < ATTEMPTS_MAX:
        due_at = tx.now + max(pause_us(delivery.attempt, chance), outcome.after_us)
        kept = taken.shows if told is None else seq
        pushed.again(tx, delivery, kept, outcome.left_to, due_at, outcome.answer)
    elif told is None or not outcome.sent:
        pushed.rest(tx, delivery, seq, outcome.answer)
    else:
        pushed.done(tx, delivery, seq, outcome.answer)
