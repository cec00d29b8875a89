"""How one reaches a conversation: locked, and looked up as an operator's to read, to hold or to move; or refused.

What becomes of it then is in `shifts`.
"""

from __future__ import annotations

from recado.db import blocks, conversations, routing
from recado.db.conversation_rows import Conversation
from recado.db.database import Tx
from recado.db.incoming import Met
from recado.domain.actors import Operator, Visitor
from recado.domain.conversations import Moved, Status
from recado.domain.errors import Blocked, Closed, Full
from recado.domain.ids import ConversationId, OperatorId
from recado.domain.incoming import Effect, effect_of, is_recent


def get_for_operator(tx: Tx, operator: Operator, which: ConversationId) -> Conversation:
    """Return a conversation, locked, that this operator may read at this moment."""
    conversations.lock(tx, which)
    return conversations.get_readable(tx.conn, operator, which)


def get_own(tx: Tx, operator: Operator, which: ConversationId) -> Conversation:
    """Return a conversation, locked, that this operator attends, has paused, or has closed."""
    conversation = get_for_operator(tx, operator, which)
    if conversation.operator_id != operator.id:
        raise conversations.refusal(tx.conn, operator, which)
    return conversation


def get_held(tx: Tx, operator: Operator, which: ConversationId) -> Conversation:
    """Return a conversation that this operator attends or has paused."""
    found = get_own(tx, operator, which)
    if found.status is Status.CLOSED:
        raise Closed
    return found


def get_to_move(tx: Tx, operator: Operator, which: ConversationId) -> Conversation:
    """Return a conversation, locked, that this operator may move: theirs, a waiting one, or as its supervisor.

    A supervisor moves without reading: whose it is must not depend on whether its owner is there to give it away.
    """
    conversations.lock(tx, which)
    found = conversations.find_for_operator(tx.conn, operator, which)
    if found is not None and (found.status is Status.WAITING or found.operator_id == operator.id):
        return found
    supervised = conversations.find_supervised(tx.conn, operator, which)
    if supervised is None:
        raise conversations.refusal(tx.conn, operator, which)
    return supervised


def moved(tx: Tx, operator: Operator, which: ConversationId) -> Moved:
    """Return a conversation as whoever moved it sees it now."""
    found = conversations.find_for_operator(tx.conn, operator, which)
    return Moved(found.row() if found else None)


def refuse_blocked(tx: Tx, visitor: Visitor) -> None:
    """Refuse a visitor who is shut out: they write nothing more, and nothing opens for them."""
    if blocks.is_shut_out(tx.conn, visitor.id, tx.now):
        raise Blocked


def refuse_full(tx: Tx, operator: OperatorId) -> None:
    """Refuse one more for an operator, locked, who attends as many as they may."""
    limit = routing.full_at(tx.conn, operator)
    if limit is not None:
        raise Full(limit)


def effect_on(tx: Tx, visitor: Visitor, met: Met) -> Effect:
    """Return what a visitor's message does to a conversation; a closed one goes on if lately, and no other is open."""
    before = met.conversation
    goes_on = before.status is not Status.CLOSED or (
        is_recent(before.closed_at or 0, before.reopen_days, tx.now)
        and conversations.find_open(tx.conn, visitor) is None
    )
    return effect_of(before.status, shut_out=met.shut_out, goes_on=goes_on)
