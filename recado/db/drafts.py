"""Drafts: words not sent yet. One per operator, conversation and mode; found by their writer alone."""

from __future__ import annotations

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from recado.db.conversations import READABLE
from recado.db.database import Tx
from recado.db.hot import Hot
from recado.db.tables import conversations, drafts
from recado.domain.actors import Operator
from recado.domain.conversations import HELD, Draft, Status
from recado.domain.ids import ConversationId, DraftId

_HELD_BY_ME = and_(conversations.c.status.in_(HELD), conversations.c.operator_id == bindparam("me"))
_WHERE_IT_CAN_GO = (
    select(conversations.c.id)
    .where(
        conversations.c.id == drafts.c.conversation_id,
        or_(_HELD_BY_ME, and_(or_(conversations.c.status == Status.WAITING, drafts.c.mode == "note"), READABLE)),
    )
    .correlate(drafts)
    .scalar_subquery()
)
"""Looked up rather than joined: what can be joined in so many orders takes longer to plan than to find."""

_WHOLE = select(
    drafts.c.id, _WHERE_IT_CAN_GO, drafts.c.mode, drafts.c.body, drafts.c.updated_at, drafts.c.conversation_id
)
_MINE = _WHOLE.where(drafts.c.operator_id == bindparam("me"))

ALL = Hot(_MINE.order_by(drafts.c.updated_at.desc()))
OF_CONVERSATION = Hot(
    _MINE.where(drafts.c.conversation_id == bindparam("conversation"), drafts.c.mode == bindparam("mode"))
)

IN_PLACE = Hot(
    select(drafts.c.id, drafts.c.body).where(
        drafts.c.operator_id == bindparam("me"),
        drafts.c.conversation_id == bindparam("conversation"),
        drafts.c.mode == bindparam("mode"),
    )
)


def list_for(conn: Connection, me: Operator) -> list[Draft]:
    """Return all drafts of this operator, the latest first.

    The words stay theirs, with the number of what they were for. Whether they can be sent into it is said, and
    nothing else of it: neither whose it is now nor whom it is with.
    """
    return [Draft(*row) for row in ALL.all(conn, {"me": me.id})]


def find(conn: Connection, me: Operator, conversation: ConversationId, mode: str = "answer") -> Draft | None:
    """Return this operator's draft in a conversation."""
    row = OF_CONVERSATION.first(conn, {"me": me.id, "conversation": conversation, "mode": mode})
    return None if row is None else Draft(*row)


def list_of(conn: Connection, me: Operator, conversation: ConversationId) -> list[Draft]:
    """Return this operator's drafts in a conversation: an answer, a note."""
    found = (find(conn, me, conversation, mode) for mode in ("answer", "note"))
    return [draft for draft in found if draft is not None]


def save(tx: Tx, me: Operator, conversation: ConversationId, mode: str, body: str) -> None:
    """Keep these words as the draft."""
    mine = (
        drafts.c.operator_id == me.id,
        drafts.c.conversation_id == conversation,
        drafts.c.mode == mode,
    )
    if tx.conn.execute(update(drafts).where(*mine).values(body=body, updated_at=tx.now)).rowcount == 0:
        row = {
            "operator_id": me.id,
            "conversation_id": conversation,
            "mode": mode,
            "body": body,
            "updated_at": tx.now,
        }
        tx.conn.execute(insert(drafts), row)


def discard(tx: Tx, me: Operator, conversation: ConversationId, mode: str, over: str | None = None) -> None:
    """Throw the draft of a conversation away: it was emptied, or sent.

    `over`: only where it is this text, or the beginning of it, white space around it aside. What another page has put
    in its place stays.
    """
    found = IN_PLACE.first(tx.conn, {"me": me.id, "conversation": conversation, "mode": mode})
    if found is not None and (over is None or over.strip().startswith(found[1].strip())):
        tx.conn.execute(delete(drafts).where(drafts.c.id == found[0]))


def remove(tx: Tx, me: Operator, which: DraftId) -> bool:
    """Throw one of this operator's drafts away by its own number, also where the conversation is out of reach."""
    return tx.conn.execute(delete(drafts).where(drafts.c.operator_id == me.id, drafts.c.id == which)).rowcount == 1
