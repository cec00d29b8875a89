"""How a conversation is stored when it begins: with its customer's words, or with an operator's."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert

from recado.db.conversations import FIRST_THERE
from recado.db.database import Tx
from recado.db.hot import Hot
from recado.db.tables import conversations
from recado.domain.conversations import Status
from recado.domain.ids import ConversationId, DepartmentId, InboxId, OperatorId, PublicId, ThreadId, VisitorId


class NewConversation(NamedTuple):
    """What is known of a conversation when it begins: with its customer's words, or with those of `started_by`."""

    public_id: PublicId
    thread_id: ThreadId
    inbox_id: InboxId
    department_id: DepartmentId
    visitor_id: VisitorId
    customer_id: int | None
    opened_with: str
    answers: str | None = None
    started_by: OperatorId | None = None


_KNOWN: dict[str, Any] = {name: bindparam(name) for name in (*NewConversation._fields, "opened_at")}
INTO_WAITING = Hot(
    insert(conversations)
    .values(_KNOWN | {"status": Status.WAITING, "waiting_since": bindparam("opened_at"), "alert_at": FIRST_THERE})
    .returning(conversations.c.id)
)
ATTENDED = Hot(
    insert(conversations)
    .values(
        _KNOWN
        | {
            "status": Status.ATTENDING,
            "operator_id": bindparam("started_by"),
            "claimed_at": bindparam("opened_at"),
        }
    )
    .returning(conversations.c.id)
)


def create(tx: Tx, new: NewConversation) -> ConversationId:
    """Store a new conversation and return its number: into Waiting, or attended by the operator who has started it."""
    values = new._asdict() | {"opened_at": tx.now}
    if new.started_by is not None:
        return ConversationId(ATTENDED.scalar(tx.conn, values))
    begins = {"begins_at": tx.now, "begins_in": new.department_id}
    return ConversationId(INTO_WAITING.scalar(tx.conn, values | begins))
