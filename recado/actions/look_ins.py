"""A supervisor looks into an attended conversation: where an admin allows it, logged, and shown to its owner."""

from __future__ import annotations

from collections.abc import Iterable

from recado.actions import audit
from recado.db import conversations, look_ins, routing, threads
from recado.db.database import Tx
from recado.db.readers import audience_of, list_readers
from recado.domain.actors import Author, Operator, Role, System
from recado.domain.audit import Kind
from recado.domain.conversations import Moved
from recado.domain.events import ConversationLeft, MessagePosted, ToOperators
from recado.domain.ids import ConversationId, OperatorId
from recado.domain.permissions import needs
from recado.domain.routing import LOOKED_AWAY_S
from recado.domain.threads import Activity, ActivityKind, NewEntry


@needs(Role.SUPERVISOR)
def look_in(tx: Tx, supervisor: Operator, which: ConversationId) -> Moved:
    """Begin to read a conversation that a colleague attends. Its owner sees it in the thread, and so does the log.

    Whoever takes the right away waits until it is stored, and so finds it to be ended.
    """
    routing.lock_operator(tx, supervisor.id)
    look_ins.lock_department(tx, which)
    conversations.lock(tx, which)
    looking = look_ins.may_look_in(tx.conn, supervisor.id, which)
    if looking is None:
        raise conversations.refusal(tx.conn, supervisor, which)
    if not looking:
        look_ins.begin(tx, supervisor.id, which)
        _say(tx, which, supervisor.author, "looked_in", supervisor.id)
        audit.note(tx, supervisor, Kind.LOOK_IN, "conversation", which)
    return Moved(conversations.get(tx.conn, which).row())


@needs(Operator)
def look_away(tx: Tx, operator: Operator, which: ConversationId, left_at: int | None = None) -> None:
    """End one's own look-in; nothing happens where there is none.

    `left_at`: when a page of theirs left it, in microseconds UTC. What was begun or seen since then goes on.
    """
    conversations.lock(tx, which)
    if left_at is None or not look_ins.is_seen_since(tx.conn, which, operator.id, left_at):
        end(tx, which, operator.id, operator.author)


@needs(System)
def note_open(tx: Tx, _actor: System, pages: Iterable[tuple[ConversationId, OperatorId]]) -> None:
    """Note that these pages have these conversations open now: as long as that is said, a look-in goes on."""
    open_now = set(pages)
    for which, operator in look_ins.list_open(tx.conn):
        if (which, operator) in open_now:
            look_ins.note_seen(tx, which, operator)


@needs(System)
def note_gone(tx: Tx, _actor: System, which: ConversationId, operator: OperatorId) -> None:
    """A supervisor's last page with it at a process has gone: unless one is elsewhere, the look-in ends in a while."""
    look_ins.note_unseen(tx, which, operator, LOOKED_AWAY_S)


@needs(System)
def end_stale(tx: Tx, _actor: System) -> None:
    """End look-ins that nobody ended: those of no open page any more, and those that have lasted too long."""
    for which, operator in look_ins.list_stale(tx.conn, tx.now):
        end(tx, which, operator, Author("system"))


def end(tx: Tx, which: ConversationId, operator: OperatorId, by: Author) -> None:
    """End a look-in, say so in the thread, and take the conversation from the supervisor's pages."""
    conversations.lock(tx, which)
    if look_ins.end(tx, which, tx.now, operator):
        version = _say(tx, which, by, "looked_away", operator)
        readers = list_readers(tx.conn, conversations.get(tx.conn, which))
        tx.emit(ConversationLeft(which, version), ToOperators(frozenset((operator,)) - readers))


def _say(tx: Tx, which: ConversationId, by: Author, kind: ActivityKind, operator: OperatorId) -> int:
    """Add a line to the thread, tell those who read it, and return the thread's version."""
    before = conversations.get(tx.conn, which)
    appended = threads.append(tx, before.thread_id, NewEntry("activity", by, activity=Activity(kind, operator)))
    conversation = before._replace(counters=appended.counters)
    tx.emit(MessagePosted(conversation.row(), [appended.entry]), audience_of(tx.conn, conversation))
    return appended.counters.thread.version
