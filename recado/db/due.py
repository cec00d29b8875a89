"""Since when customers wait for an answer."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from recado.db.hot import Hot
from recado.db.tables import messages, threads
from recado.domain.ids import ThreadId

UNANSWERED_MAX = 50
"""So many of a thread's last messages are looked at: who has written more in a row waits since the first of them."""

_FLOOR = threads.c.public_seq - UNANSWERED_MAX
_ANSWERED = (
    select(func.max(messages.c.public_seq))
    .where(messages.c.thread_id == threads.c.id, messages.c.public_seq > _FLOOR, messages.c.author_kind == "operator")
    .correlate(threads)
    .scalar_subquery()
)
DUE_SINCE = (
    select(func.min(messages.c.at))
    .where(
        messages.c.thread_id == threads.c.id,
        messages.c.public_seq > func.coalesce(_ANSWERED, _FLOOR),
        messages.c.author_kind == "visitor",
    )
    .correlate(threads)
    .scalar_subquery()
)
OF_THREAD = Hot(select(DUE_SINCE).where(threads.c.id == bindparam("thread")))


def due_since(conn: Connection, thread: ThreadId) -> int | None:
    """Return when the customer wrote the first message that nobody has answered; None where all are answered."""
    since: int | None = OF_THREAD.scalar(conn, {"thread": thread})
    return since
