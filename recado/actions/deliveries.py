"""What is sent outside: owed to somebody, taken to be sent, settled.

Whether anything is sent is decided twice: when it falls due, and in the transaction that takes it, at the moment of
sending. What was seen by then is not sent, nor what its reader may not read any more, nor what they do not want.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recado.db import deliveries, news
from recado.db.database import Tx
from recado.db.news import Target
from recado.domain.actors import System
from recado.domain.deliveries import ATTEMPTS_MAX, UNCLEAR_MAX, Delivery, Outcome, Owed, pause_us
from recado.domain.ids import OperatorId
from recado.domain.news import Recipient, Told
from recado.domain.permissions import needs

CANNOT_SAY = "All of it was handed over, and whether it was taken was not said."


class Taken(NamedTuple):
    """What is to be sent now, and to whom."""

    delivery: Delivery
    recipient: Recipient
    told: Told


@needs(System)
def owe(tx: Tx, _actor: System, owed: Sequence[Owed]) -> None:
    """Let somebody be told of each of these runs, unless they were told of it before, or are to be."""
    for one in owed:
        deliveries.owe(tx, one)


@needs(System)
def sift(tx: Tx, _actor: System, limit: int) -> list[int]:
    """Drop e-mails that are due and not to be sent, put off those not to be sent yet; return those to be sent now."""
    found = deliveries.list_due(tx.conn, "email", tx.now, limit)
    return [which for which in found if _weigh(tx, which) is not None]


@needs(System)
def take(tx: Tx, _actor: System, which: int) -> Taken | None:
    """Have one to oneself to send it now; None where it is not to be sent any more, or somebody else sends it."""
    found = _weigh(tx, which)
    if found is None:
        return None
    delivery, recipient, told = found
    return Taken(deliveries.lease(tx, delivery, told.news.run), recipient, told)


def _weigh(tx: Tx, which: int) -> Taken | None:
    delivery = deliveries.find_due(tx, which)
    if delivery is None:
        return None
    found = news.find_told(tx.conn, "email", Target(delivery.operator, delivery.thread, delivery.kind), tx.now)
    if found is None or found[1].news.since != delivery.run.since:
        deliveries.end(tx, delivery, "dropped")
        return None
    if found[1].due_at > tx.now:
        deliveries.put_off(tx, delivery, found[1].due_at)
        return None
    return Taken(delivery, *found)


@needs(System)
def settle(tx: Tx, _actor: System, delivery: Delivery, outcome: Outcome, chance: float) -> None:
    """Note what became of an attempt: sent, given up, or to be tried again after a pause."""
    if outcome.state == "unclear":
        delivery = delivery._replace(unclear=delivery.unclear + 1)
    if outcome.state == "sent":
        deliveries.end(tx, delivery, "sent", outcome.answer)
    elif outcome.state == "refused" or delivery.attempt >= ATTEMPTS_MAX:
        deliveries.end(tx, delivery, "failed", outcome.answer)
    elif delivery.unclear >= UNCLEAR_MAX:
        deliveries.end(tx, delivery, "failed", CANNOT_SAY)
    else:
        pause = max(pause_us(delivery.attempt, chance), outcome.after_us or 0)
        deliveries.again(tx, delivery, tx.now + pause, outcome.answer)


@needs(System)
def hasten(tx: Tx, _actor: System, operator: OperatorId | None) -> None:
    """Look again at what was put off for somebody who has chosen otherwise, or for all where an admin has."""
    deliveries.hasten(tx, operator)
