"""Drafts: words and files not sent yet. One per operator, conversation and mode; found by their writer alone.

There is one as long as it has a text, a text for files, or a file; a file is no part of its row, but names its mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from recado.db.attachments import DRAFTED, list_in_drafts
from recado.db.conversations import READABLE
from recado.db.database import Tx
from recado.db.dialect import for_update
from recado.db.dialect import insert as upsert
from recado.db.hot import Hot
from recado.db.tables import attachments, conversations, drafts
from recado.db.types import Columns
from recado.domain.actors import Operator
from recado.domain.conversations import HELD, Draft, Status
from recado.domain.ids import ConversationId, DraftId

Part = Literal["body", "caption"]

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
    drafts.c.id,
    _WHERE_IT_CAN_GO,
    drafts.c.mode,
    drafts.c.body,
    drafts.c.updated_at,
    drafts.c.conversation_id,
    drafts.c.caption,
)
_MINE = _WHOLE.where(drafts.c.operator_id == bindparam("me"))

ALL = Hot(_MINE.order_by(drafts.c.updated_at.desc()))
OF_CONVERSATION = Hot(_MINE.where(drafts.c.conversation_id == bindparam("conversation")).order_by(drafts.c.mode))

IN_PLACE = Hot(
    for_update(
        select(drafts.c.id, drafts.c.body, drafts.c.caption).where(
            drafts.c.operator_id == bindparam("me"),
            drafts.c.conversation_id == bindparam("conversation"),
            drafts.c.mode == bindparam("mode"),
        )
    )
)
_FILES = (
    select(attachments.c.id)
    .where(
        DRAFTED,
        attachments.c.uploader_kind == "operator",
        attachments.c.uploader_id == drafts.c.operator_id,
        attachments.c.conversation_id == drafts.c.conversation_id,
        attachments.c.mode == drafts.c.mode,
    )
    .correlate(drafts)
)
_EMPTY = and_(drafts.c.body == "", drafts.c.caption == "", ~_FILES.exists())


def list_for(conn: Connection, me: Operator) -> list[Draft]:
    """Return all drafts of this operator, the latest first.

    The words stay theirs, with the number of what they were for. Whether they can be sent into it is said, and
    nothing else of it: neither whose it is now nor whom it is with.
    """
    return _with_files(conn, me, ALL.all(conn, {"me": me.id}))


def list_of(conn: Connection, me: Operator, conversation: ConversationId) -> list[Draft]:
    """Return this operator's drafts in a conversation: an answer, a note."""
    return _with_files(conn, me, OF_CONVERSATION.all(conn, {"me": me.id, "conversation": conversation}))


def find(conn: Connection, me: Operator, conversation: ConversationId, mode: str = "answer") -> Draft | None:
    """Return this operator's draft in a conversation."""
    return next((one for one in list_of(conn, me, conversation) if one.mode == mode), None)


def _with_files(conn: Connection, me: Operator, rows: Sequence[Columns]) -> list[Draft]:
    files = list_in_drafts(conn, me.id) if rows else {}
    return [Draft(*(*row, files.get((row[5], row[2]), []))) for row in rows]


def keep(
    tx: Tx, me: int, conversation: ConversationId, mode: str, text: str | None = None, part: Part = "body"
) -> None:
    """Keep the draft of a conversation, where there is a text with this text as its body or as that beside its files.

    Its row is locked from then on: a file comes into a draft that nobody takes for empty meanwhile.
    """
    row = {"operator_id": me, "conversation_id": conversation, "mode": mode, "body": "", "updated_at": tx.now}
    changed = {"updated_at": tx.now} | ({} if text is None else {part: text})
    statement = upsert(drafts).values(row | changed)
    tx.conn.execute(
        statement.on_conflict_do_update(index_elements=["operator_id", "conversation_id", "mode"], set_=changed)
    )


def discard(
    tx: Tx, me: Operator, conversation: ConversationId, mode: str, over: str | None = None, part: Part = "body"
) -> None:
    """Throw away a text of a draft: it was emptied, or sent. With the last of what is in it, the draft goes.

    `over`: only where it is this text, or the beginning of it, white space around it aside. What another page has put
    in its place stays.
    """
    found = IN_PLACE.first(tx.conn, {"me": me.id, "conversation": conversation, "mode": mode})
    if found is None:
        return
    which, body, caption = found
    if over is not None and not over.strip().startswith((body if part == "body" else caption).strip()):
        return
    emptied = update(drafts).where(drafts.c.id == which).values({part: ""})
    other = caption if part == "body" else body
    if other or tx.conn.execute(delete(drafts).where(drafts.c.id == which, ~_FILES.exists())).rowcount == 0:
        tx.conn.execute(emptied)


def lock(tx: Tx, me: int, conversation: ConversationId) -> bool:
    """Lock the drafts of a conversation, and return whether there are any."""
    here = and_(drafts.c.operator_id == me, drafts.c.conversation_id == conversation)
    return tx.conn.execute(for_update(select(drafts.c.id).where(here).order_by(drafts.c.id))).first() is not None


def tidy(tx: Tx, me: int, conversation: ConversationId) -> None:
    """Throw away those drafts of a conversation, locked before, in which nothing is left."""
    here = and_(drafts.c.operator_id == me, drafts.c.conversation_id == conversation)
    tx.conn.execute(delete(drafts).where(here, _EMPTY))


def remove(tx: Tx, me: Operator, which: DraftId) -> tuple[ConversationId, str] | None:
    """Throw one of this operator's drafts away by its own number, also where the conversation is out of reach.

    Returns of which conversation it was and in which mode; None where there is none.
    """
    gone = delete(drafts).where(drafts.c.operator_id == me.id, drafts.c.id == which)
    row = tx.conn.execute(gone.returning(drafts.c.conversation_id, drafts.c.mode)).first()
    return None if row is None else (row[0], row[1])
