"""What a customer's message comes upon, found at once: whether it is stored follows from it (`domain/incoming.py`)."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from recado.db.blocks import SHUT_OUT
from recado.db.conversation_rows import FACTS, FROM_OUTWARD, Conversation, whole_of
from recado.db.hot import Hot
from recado.db.tables import conversations, messages
from recado.domain.actors import Visitor
from recado.domain.ids import PublicId

_SENT = select(messages.c.id).where(
    messages.c.author_kind == "visitor",
    messages.c.author_id == bindparam("visitor"),
    messages.c.client_id == bindparam("client_id"),
)
MET = Hot(
    select(*FACTS, SHUT_OUT.scalar_subquery(), _SENT.scalar_subquery())
    .select_from(FROM_OUTWARD)
    .where(conversations.c.public_id == bindparam("public_id"), conversations.c.visitor_id == bindparam("visitor"))
)


class Met(NamedTuple):
    """A visitor's own conversation, whether they are shut out at this moment, and whether the client id was sent."""

    conversation: Conversation
    shut_out: bool
    sent: bool


def find(conn: Connection, me: Visitor, which: PublicId, client_id: str, now: int) -> Met | None:
    """Return what a visitor's message comes upon; None for a foreign conversation as for a missing one."""
    row = MET.first(conn, {"public_id": which, "visitor": me.id, "client_id": client_id, "now": now})
    return None if row is None else Met(whole_of(row), row[-2] is not None, row[-1] is not None)
