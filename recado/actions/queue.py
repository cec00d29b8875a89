"""How a conversation moves without words: claimed by a button, released, handed over, paused, closed, taken up again.

Whoever asks for what is already so, and may still ask, hears how it is. A note that goes along is a message: it is
stored once under its client id, and who asks again because the answer was lost hears that all of it was done.
"""

from __future__ import annotations

from typing import Any

from recado.actions import audit
from recado.actions.access import (
    get_for_operator,
    get_held,
    get_own,
    get_to_move,
    moved,
    refuse_blocked,
    refuse_full,
)
from recado.actions.conversations import win
from recado.actions.shifts import RESUMED, queued, say, shift, waits_since
from recado.actions.threads import client_id_of, lock_to_send
from recado.db import conversations, departments, routing, threads
from recado.db.conversation_rows import Conversation
from recado.db.database import Tx
from recado.db.dialect import key_taken
from recado.domain.actors import Operator, Visitor
from recado.domain.audit import Kind
from recado.domain.conversations import HELD, Moved, Sent, Status
from recado.domain.errors import Closed, Invalid, NotFound, OtherOpen, Unread
from recado.domain.events import (
    ConversationClaimed,
    ConversationClosed,
    ConversationPaused,
    ConversationQueued,
    ConversationResumed,
    MessagePosted,
)
from recado.domain.ids import ConversationId, DepartmentId, OperatorId
from recado.domain.permissions import needs
from recado.domain.threads import Activity, NewEntry, body_of

PAUSE_MAX_US = 366 * 24 * 3600 * 1_000_000


@needs(Operator)
def claim(tx: Tx, operator: Operator, which: ConversationId) -> Moved:
    """An operator takes a waiting conversation without answering yet. The same rule as for an answer: one wins."""
    routing.lock_to_claim(tx, operator.id, which)
    before = get_for_operator(tx, operator, which)
    if before.status is Status.CLOSED:
        raise Closed
    if before.operator_id == operator.id:
        return Moved(before.row())
    if before.status in HELD:
        raise conversations.refusal(tx.conn, operator, which)
    win(tx, operator, before)
    shift(tx, before, ConversationClaimed, {}, _line(operator, "claimed", operator.id), told=True)
    return moved(tx, operator, which)


@needs(Operator)
def release(tx: Tx, operator: Operator, which: ConversationId, owner: OperatorId | None = None) -> Moved:
    """Its owner, or a supervisor of its department, gives a conversation back to Waiting.

    Where `owner` is said, it is taken from nobody else: a supervisor may have decided when it was a colleague's still.
    """
    before = get_to_move(tx, operator, which)
    if before.status is Status.CLOSED:
        raise Closed
    if before.status is Status.WAITING:
        return Moved(before.row())
    if owner not in {None, before.operator_id}:
        raise conversations.refusal(tx.conn, operator, which)
    _note_moved(tx, operator, before, department=before.department.id)
    line = _line(operator, "released", before.operator_id)
    shift(tx, before, ConversationQueued, queued(before, waits_since(tx, before)), line, told=True)
    return moved(tx, operator, which)


@needs(Operator)
def transfer(
    tx: Tx,
    operator: Operator,
    which: ConversationId,
    department: DepartmentId,
    to: OperatorId | None = None,
    note: str | None = None,
    client_id: str | None = None,
) -> Moved:
    """Hand a conversation to a department, where it waits, or to one of its operators, with a note for them.

    Who may: its owner; a supervisor of its department; and while it waits, whoever reads it. The history goes along.
    """
    if to is not None:
        routing.lock_operator(tx, to)
    noted = _noted(operator, note, client_id, "transfer", department, to)
    if _was_stored(tx, operator, which, noted):
        return moved(tx, operator, which)
    before = get_to_move(tx, operator, which)
    if before.status is Status.CLOSED:
        raise Closed
    _check_target(tx, department, to)
    if (before.operator_id, before.department.id) == (to, department):
        for new in noted:
            say(tx, before, new, MessagePosted)
        return moved(tx, operator, which)
    if to is not None and before.operator_id != to:
        refuse_full(tx, to)
    _note_moved(tx, operator, before, **({"department": department} if to is None else {"to": to}))
    origin = before.department.id if before.department.id != department else None
    happened = Activity("transferred", before.operator_id, to, department, origin)
    entries = [*noted, NewEntry("activity", operator.author, activity=happened)]
    values = _given(tx, before, to) if to is not None else queued(before, waits_since(tx, before))
    values |= {"department_id": department}
    shift(tx, before, ConversationQueued if to is None else ConversationClaimed, values, *entries, told=True)
    return moved(tx, operator, which)


def _check_target(tx: Tx, department: DepartmentId, to: OperatorId | None) -> None:
    if all(one.id != department for one in departments.list_names(tx.conn)):
        raise Invalid("department", "unknown", "There is no such department.")
    if to is not None and not routing.is_active_member(tx.conn, to, department):
        raise Invalid("operator", "not_a_member", "Nobody who answers in that department has this number.")


@needs(Operator)
def pause(
    tx: Tx, operator: Operator, which: ConversationId, until: int | None = None, inbound_count: int | None = None
) -> Moved:
    """Put a conversation aside: until its customer writes, or until a time (microseconds UTC). They are not told.

    `inbound_count` is how many of the customer's messages whoever asks has seen: what came since would lie unanswered.
    """
    if until is not None and not tx.now < until <= tx.now + PAUSE_MAX_US:
        raise Invalid("until", "not_ahead", "A time from now on, within a year.")
    before = get_held(tx, operator, which)
    if before.status is Status.PAUSED and before.paused_until == until:
        return Moved(before.row())
    _check_heard(before, inbound_count)
    line = NewEntry("activity", operator.author, activity=Activity("paused", operator.id, until=until))
    values = {"status": Status.PAUSED, "paused_until": until}
    return Moved(shift(tx, before, ConversationPaused, values, line).conversation.row())


@needs(Operator)
def resume(tx: Tx, operator: Operator, which: ConversationId) -> Moved:
    """Take a paused conversation up again, within one's limit; only its customer and its time end a pause beyond it."""
    routing.lock_operator(tx, operator.id)
    before = get_held(tx, operator, which)
    if before.status is Status.ATTENDING:
        return Moved(before.row())
    refuse_full(tx, operator.id)
    shifted = shift(tx, before, ConversationResumed, RESUMED, _line(operator, "resumed", operator.id))
    return Moved(shifted.conversation.row())


@needs(Operator)
def close(
    tx: Tx,
    operator: Operator,
    which: ConversationId,
    reason: int | None = None,
    note: str | None = None,
    client_id: str | None = None,
    inbound_count: int | None = None,
) -> Sent:
    """Its owner ends a conversation, with a reason from the list and a last note. `inbound_count` as for a pause."""
    noted = _noted(operator, note, client_id, "close", reason)
    if sent := _was_stored(tx, operator, which, noted):
        return sent
    before = get_own(tx, operator, which)
    if before.status is Status.CLOSED:
        return _closed_so(tx, before, Activity("closed", operator.id, reason=reason), noted)
    _check_heard(before, inbound_count)
    if reason is not None:
        _check_reason(tx, reason)
    line = NewEntry("activity", operator.author, activity=Activity("closed", operator.id, reason=reason))
    values = {"status": Status.CLOSED, "closed_at": tx.now, "paused_until": None, "close_reason_id": reason}
    conversation, appended = shift(tx, before, ConversationClosed, values, *noted, line, told=True)
    return Sent(appended[-1].entry, conversation.row())


def _closed_so(tx: Tx, before: Conversation, asked: Activity, noted: list[NewEntry]) -> Sent:
    """Return how a conversation was closed, where that is what is asked for; refuse another reason or more notes."""
    line = threads.find_last_line(tx.conn, before.thread_id)
    if line is None or line.activity != asked or noted:
        raise Closed
    return Sent(line, before.row())


def _check_heard(before: Conversation, inbound_count: int | None) -> None:
    if inbound_count is not None and before.counters.thread.inbound_count > inbound_count:
        raise Unread


def _check_reason(tx: Tx, reason: int) -> None:
    found = departments.find_reason(tx.conn, reason)
    if found is None or found.retired:
        raise Invalid("reason", "unknown", "There is no such reason to choose from.")


@needs(Operator)
def reopen(tx: Tx, operator: Operator, which: ConversationId) -> Moved:
    """Its last owner takes a closed conversation up again, unless its customer has begun another one or is blocked."""
    routing.lock_operator(tx, operator.id)
    before = get_own(tx, operator, which)
    if before.status is not Status.CLOSED:
        return Moved(before.row())
    if not routing.is_active_member(tx.conn, operator.id, before.department.id):
        raise NotFound
    customer = Visitor(before.visitor_id, before.inbox_id)
    refuse_blocked(tx, customer)
    if conversations.find_open(tx.conn, customer) is not None:
        raise OtherOpen
    refuse_full(tx, operator.id)
    values = {"status": Status.ATTENDING, "claimed_at": tx.now, "closed_at": None, "close_reason_id": None}
    line = _line(operator, "reopened", operator.id)
    with key_taken(tx.conn, OtherOpen()):
        return Moved(shift(tx, before, ConversationClaimed, values, line, told=True).conversation.row())


def _noted(operator: Operator, note: str | None, client_id: str | None, *along: object) -> list[NewEntry]:
    """Return the note that goes with a movement, where there is one: written before the line, while it is readable.

    Its client id stands for the movement (`along`: its kind and its goal) as well: it is done once, or it is another.
    """
    if not note or not note.strip():
        return []
    body, key = body_of(note, field="note"), client_id and client_id_of(client_id)
    return [NewEntry("note", operator.author, body, key, along=along)]


def _was_stored(tx: Tx, operator: Operator, which: ConversationId, noted: list[NewEntry]) -> Sent | None:
    """Lock the conversation; return what came of the note where it was stored before, with all that it went with."""
    return lock_to_send(tx, operator, which, noted[0]) if noted else None


def _line(operator: Operator, kind: Any, about: OperatorId | None) -> NewEntry:
    return NewEntry("activity", operator.author, activity=Activity(kind, about))


def _given(tx: Tx, before: Conversation, to: OperatorId) -> dict[str, Any]:
    """Return what is so of a conversation that goes to an operator."""
    return {
        "status": Status.ATTENDING,
        "waiting_since": None,
        "operator_id": to,
        "former_operator_id": before.operator_id or before.former,
        "claimed_at": tx.now,
        "paused_until": None,
    }


def _note_moved(tx: Tx, operator: Operator, before: Conversation, **where: int) -> None:
    """Write down that a supervisor moves what somebody else attends, and to an operator or a department's Waiting."""
    if before.status in HELD and before.operator_id != operator.id:
        audit.note(tx, operator, Kind.MOVED, "conversation", before.id, owner=before.operator_id, **where)
