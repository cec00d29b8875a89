"""Whom to look at: what hints speak of, and what a sweep finds without them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from recado.db import conversations, customer_news, news, pushed
from recado.db.directs import THREAD_OF
from recado.db.news import Target
from recado.domain.alerts import Step
from recado.domain.deliveries import LATEST_US, Owed, Way
from recado.domain.events import Readers
from recado.domain.ids import ConversationId, DirectId, OperatorId, ThreadId
from recado.domain.push import LATEST_US as PUSHED_LATEST_US

LATELY_US = 5 * 60 * 1_000_000
"""What customers said longer ago is looked at for pushes no more: a process that died was started again by then."""


class Hints:
    """What is worth a look: conversations of either kind, who is mentioned where, and who has chosen otherwise.

    None among the latter: an admin has, for all.
    """

    def __init__(self) -> None:
        self.directs: set[DirectId] = set()
        self.conversations: set[ConversationId] = set()
        self.mentioned: set[tuple[ConversationId, OperatorId]] = set()
        self.chosen: set[OperatorId | None] = set()

    def take(self, others: Hints) -> None:
        """Take in what others say."""
        self.directs |= others.directs
        self.conversations |= others.conversations
        self.mentioned |= others.mentioned
        self.chosen |= others.chosen


def hinted(
    conn: Connection, hints: Hints, ways: Iterable[Way], subscribed: Readers, now: int
) -> tuple[list[Owed], list[int]]:
    """Return what is owed of what was hinted at, and what browsers show of it."""
    targets = [one for which in hints.directs for one in news.list_unread(conn, which)]
    for which, operator in hints.mentioned:
        thread = conversations.find_thread(conn, which)
        targets += [Target(operator, thread, "mention")] if thread is not None else []
    threads = [conversations.find_thread(conn, which) for which in hints.conversations]
    standing = _standing(conn, (one for one in threads if one is not None))
    owed = [one for way in ways for one in _owed(conn, way, [*targets, *standing], subscribed, now)]
    threads += [THREAD_OF.scalar(conn, {"id": which}) for which in hints.directs]
    shown = [which for thread in threads if thread is not None for which in pushed.list_shown(conn, thread)]
    return owed, shown if subscribed else []


def swept(conn: Connection, way: Way, subscribed: Readers, now: int) -> tuple[list[Owed], list[int]]:
    """Return what is owed one way and no row says so, and what browsers show and was seen."""
    if way == "email":
        found = news.list_untold(conn, way, now - LATEST_US)
        loud = _standing(conn, pushed.list_loud(conn, Step.TOLD))
        return _owed(conn, way, [*found, *loud], subscribed, now), []
    found = news.list_untold(conn, way, now - PUSHED_LATEST_US)
    lately = _standing(conn, pushed.list_lately(conn, now - LATELY_US))
    return _owed(conn, way, [*found, *lately], subscribed, now), pushed.list_seen(conn)


def _standing(conn: Connection, threads: Iterable[ThreadId]) -> list[Target]:
    """Return whom conversations with customers concern as they stand."""
    return [Target(one, thread, kind) for thread in threads for one, kind in customer_news.list_concerned(conn, thread)]


def _owed(conn: Connection, way: Way, targets: Iterable[Target], subscribed: Readers, now: int) -> list[Owed]:
    """Return what is owed: by push to who has a browser for it, by e-mail of customers only what has become loud."""
    if way == "push":
        return news.list_owed(conn, way, [one for one in targets if one.operator in subscribed], now)
    loud = set(pushed.list_loud(conn, Step.TOLD))
    found = [one for one in targets if one.kind in {"internal", "mention"} or one.thread in loud]
    return news.list_owed(conn, way, found, now)
