"""What waits makes itself heard, a step at a time, until somebody says that they have heard it, or takes it."""

from __future__ import annotations

from recado.actions.access import get_for_operator
from recado.db import alerts, conversations, threads
from recado.db.conversation_rows import Conversation
from recado.db.database import Tx
from recado.db.readers import audience_of
from recado.domain.actors import Operator, System
from recado.domain.alerts import Step, turn_of
from recado.domain.conversations import HELD, Moved, Status
from recado.domain.errors import Closed
from recado.domain.events import ConversationChanged
from recado.domain.ids import ConversationId
from recado.domain.permissions import needs


@needs(System)
def rise(tx: Tx, _actor: System, which: ConversationId) -> Step | None:
    """Let a conversation make itself heard whose time has come; return as what, None where it has not after all.

    Safe to be asked for twice, and by several processes at once: the row decides.
    """
    conversations.lock(tx, which)
    due = alerts.find_due(tx.conn, which, tx.now)
    if due is None:
        before = conversations.get(tx.conn, which)
        if before.status is not Status.WAITING:
            alerts.forget(tx, which)
        return None
    turn = turn_of(due.times, due.hours, due.step, due.alert_at, tx.now)
    alerts.note_turn(tx, which, turn)
    if turn.step == due.step:
        return None
    _tell(tx, conversations.get(tx.conn, which))
    return turn.step


@needs(Operator)
def acknowledge(tx: Tx, operator: Operator, which: ConversationId) -> Moved:
    """Somebody of its department has heard that a conversation waits; it goes on waiting. The first one counts."""
    before = get_for_operator(tx, operator, which)
    if before.status is Status.CLOSED:
        raise Closed
    if before.status in HELD and before.operator_id != operator.id:
        raise conversations.refusal(tx.conn, operator, which)
    if before.status in HELD or before.acknowledged_by is not None:
        return Moved(before.row())
    alerts.acknowledge(tx, which, operator.id)
    return Moved(_tell(tx, conversations.get(tx.conn, which)).row())


def _tell(tx: Tx, changed: Conversation) -> Conversation:
    """Tell those who read a conversation that its row is another one, under a version of its own; return it so."""
    after = changed._replace(counters=threads.touch(tx, changed.thread_id, tell_customer=False))
    tx.emit(ConversationChanged(after.row()), audience_of(tx.conn, after))
    return after
