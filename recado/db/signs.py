"""Who hears of signs without a version (typing, looking, presence, a mark, a block), found by the rows of now."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from recado.db import notices
from recado.db.blocks import is_shut_out
from recado.db.conversation_rows import WHOLE, Conversation, whole_of
from recado.db.conversations import BY_ID
from recado.db.direct_rows import mine_of
from recado.db.directs import READ_BY
from recado.db.hot import Hot
from recado.db.marks import list_marks
from recado.db.readers import audience_of, list_readers
from recado.db.tables import conversations, operators
from recado.domain.actors import Author
from recado.domain.conversations import Status
from recado.domain.events import (
    Audience,
    DirectOwnChanged,
    Event,
    NoticesChanged,
    ThreadRead,
    ToOperators,
    ToVisitor,
    Typing,
    VisitorPresence,
)
from recado.domain.ids import ConversationId, DirectId, OperatorId, VisitorId
from recado.domain.outward import first_name
from recado.domain.outward_events import WidgetTyping, WidgetVisitorChanged

Sign = tuple[Event, Audience]

OPEN_OF = Hot(WHOLE.where(conversations.c.visitor_id == bindparam("visitor"), conversations.c.status != Status.CLOSED))
NAME_OF = Hot(select(operators.c.name).where(operators.c.id == bindparam("operator")))


def _find(conn: Connection, which: ConversationId) -> Conversation | None:
    row = BY_ID.first(conn, {"id": which})
    return None if row is None else whole_of(row)


def typing(conn: Connection, which: ConversationId, author: Author) -> list[Sign]:
    """Return who hears that somebody is typing: the readers, the department's others, or the customer."""
    found = _find(conn, which)
    if found is None or found.status is Status.CLOSED:
        return []
    if author.kind == "visitor":
        return [(Typing(which, author), audience_of(conn, found))]
    if found.status is Status.WAITING:
        readers = list_readers(conn, found)
        return [(Typing(which, author), ToOperators(readers - {author.id}))] if author.id in readers else []
    if found.operator_id != author.id:
        return []
    name = NAME_OF.scalar(conn, {"operator": author.id})
    return [(WidgetTyping(found.public_id, first_name(name)), ToVisitor(found.visitor_id))]


def reading(conn: Connection, which: ConversationId, operator: OperatorId) -> list[Sign]:
    """Return who hears how far an operator has read where that is nobody else's: their own pages."""
    found = _find(conn, which)
    moved = [] if found is None else list_marks(conn, found.thread_id)
    own = [mark for mark in moved if mark.reader == Author("operator", operator)]
    return [(ThreadRead(which, None, mark), ToOperators(frozenset((operator,)))) for mark in own]


def own_direct(conn: Connection, which: DirectId, operator: OperatorId) -> list[Sign]:
    """Return who hears how a direct conversation stands for an operator: their own pages, while they take part."""
    row = READ_BY.first(conn, {"id": which, "me": operator})
    return [] if row is None else [(DirectOwnChanged(which, mine_of(row).own), ToOperators(frozenset((operator,))))]


def own_notices(conn: Connection, operator: OperatorId) -> list[Sign]:
    """Return who hears what notifies an operator: their own pages."""
    return [(NoticesChanged(notices.get(conn, operator)), ToOperators(frozenset((operator,))))]


def presence(conn: Connection, visitor: VisitorId, *, online: bool) -> list[Sign]:
    """Return who hears whether a visitor is there: the readers of their open conversations."""
    found = [whole_of(row) for row in OPEN_OF.all(conn, {"visitor": visitor})]
    return [(VisitorPresence(one.id, online), audience_of(conn, one)) for one in found]


def standing(conn: Connection, visitor: VisitorId, now: int) -> list[Sign]:
    """Return what a visitor hears of whether they may write."""
    return [(WidgetVisitorChanged(is_shut_out(conn, visitor, now)), ToVisitor(visitor))]


def watchers(conn: Connection, which: ConversationId) -> ToOperators:
    """Return who hears who looks at a conversation: its readers, as long as it waits."""
    found = _find(conn, which)
    if found is None or found.status is not Status.WAITING:
        return ToOperators(frozenset())
    return audience_of(conn, found)
