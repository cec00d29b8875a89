"""What is news to somebody of conversations with customers: what waits in their departments, and what they attend."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from recado.db.conversation_rows import Conversation
from recado.db.entries import NEWEST_ANSWER
from recado.db.entry_rows import attachments_of
from recado.db.hot import Hot
from recado.db.readers import list_members
from recado.db.tables import conversations, messages, read_marks
from recado.domain import places
from recado.domain.actors import Operator, Role
from recado.domain.alerts import Step
from recado.domain.conversations import HELD, Status
from recado.domain.directs import Alerts
from recado.domain.ids import OperatorId, ThreadId
from recado.domain.news import News, Said
from recado.domain.notices import Kind
from recado.domain.threads import line_of

SAID_MAX = 50

_MARK = (
    select(read_marks.c.seq)
    .where(
        read_marks.c.thread_id == bindparam("thread"),
        read_marks.c.reader_kind == "operator",
        read_marks.c.reader_id == bindparam("me"),
    )
    .scalar_subquery()
)
_SAID = (
    select(messages.c.seq, messages.c.at, messages.c.body, messages.c.attachments, _MARK)
    .where(
        messages.c.thread_id == bindparam("thread"),
        messages.c.public_seq.is_not(None),
        messages.c.author_kind == "visitor",
        messages.c.gone.is_(None),
    )
    .order_by(messages.c.public_seq.desc())
    .limit(SAID_MAX)
)
NEWEST = Hot(_SAID)
STANDING = Hot(
    select(conversations.c.status, conversations.c.operator_id, conversations.c.department_id).where(
        conversations.c.thread_id == bindparam("thread")
    )
)


def find(conn: Connection, reader: Operator, found: Conversation, kind: Kind, alerts: Alerts) -> News | None:
    """Return what is new to somebody in a conversation that they read: while it waits, or while it is theirs.

    That is what nobody has answered and they have not read. Once what waits is to be heard
    loudly, it is news until somebody says that they have heard it, also to who has read it.
    """
    waits, mine = found.status is Status.WAITING, found.status in HELD and found.operator_id == reader.id
    if not (waits if kind == "waiting" else mine):
        return None
    name, place = found.customer.name, places.conversation(found.id)
    rows = NEWEST.all(conn, {"thread": found.thread_id, "me": reader.id})
    answered, _ = NEWEST_ANSWER.first(conn, {"thread": found.thread_id}) or (0, 0)
    step = _step_for(reader, found) if waits else Step.SILENT
    loud = step >= Step.PUSHED and found.acknowledged_by is None
    unread = [row for row in rows if row[0] > max(row[4] or 0, answered)] or (rows[:1] if loud else [])
    if not unread:
        return None
    said = [
        Said(seq, at, name or "", line_of(body, attachments_of(files)), mentions=False)
        for seq, at, body, files, _ in reversed(unread)
    ]
    since = (found.waiting_since or 0) + (step if step >= Step.PUSHED else 0)
    return News(place, kind, name, alerts, since if waits else 0, said[-1].seq, said, step if loud else 0)


def _step_for(reader: Operator, found: Conversation) -> int:
    """Return how loud it is for this reader: the last step is for those who supervise."""
    return found.alert_step if reader.role is not Role.OPERATOR else min(found.alert_step, Step.PUSHED)


def list_concerned(conn: Connection, thread: ThreadId) -> list[tuple[OperatorId, Kind]]:
    """Return whom news in a conversation concern: while it waits its department, while it is attended its owner."""
    row = STANDING.first(conn, {"thread": thread})
    if row is None:
        return []
    status, owner, department = row
    if status == Status.WAITING:
        return [(one, "waiting") for one in sorted(list_members(conn, department))]
    return [(owner, "mine")] if status in HELD else []
