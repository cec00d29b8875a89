"""What the desk does by itself: gives waiting conversations to who has room, ends pauses, takes back from who is gone.

Each is safe to be asked for at any time, twice, and by several processes at once: the rows decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from recado.actions.shifts import RESUMED, queued, shift, waits_since
from recado.db import at_desk, conversations, people, routing
from recado.db.database import Tx
from recado.domain.actors import Author, System
from recado.domain.conversations import HELD, Status
from recado.domain.events import AssignmentDue, ConversationClaimed, ConversationQueued, ConversationResumed
from recado.domain.ids import ConversationId, DepartmentId, OperatorId
from recado.domain.permissions import needs
from recado.domain.routing import Assignment, choose
from recado.domain.threads import Activity, Cause, NewEntry

THE_DESK = Author("system")


@needs(System)
def assign_next(tx: Tx, _actor: System, department: DepartmentId) -> ConversationId | None:
    """Give one waiting conversation of a department to the operator who is next by its rule; None where none can be.

    Who has begun to answer it comes first; whoever had it before and gave it back is not given it again. One try in a
    transaction: whatever has changed until both are locked, the next look will find.
    """
    rule = routing.get_rule(tx.conn, department)
    if rule is Assignment.MANUAL:
        return None
    free = [one for one in routing.list_candidates(tx.conn, department, tx.now) if one.has_room]
    if not free:
        return None
    found = routing.find_next_waiting(tx.conn, department, free[0].id if len(free) == 1 else None)
    if found is None:
        return None
    chosen = choose(rule, free, found.waiting)
    if chosen is not None and _give(tx, found.conversation, chosen.id, department):
        return found.conversation
    tx.emit(AssignmentDue((department,)))
    return None


def _give(tx: Tx, which: ConversationId, operator: OperatorId, department: DepartmentId) -> bool:
    """Give a conversation to an operator, as things are now that both are locked; return whether that was possible."""
    routing.lock_operator(tx, operator)
    conversations.lock(tx, which)
    candidates = routing.list_candidates(tx.conn, department, tx.now)
    if not any(one.id == operator and one.has_room for one in candidates):
        return False
    before = conversations.get(tx.conn, which)
    if before.department.id != department or not conversations.claim(tx, operator, which):
        return False
    line = NewEntry("activity", THE_DESK, activity=Activity("assigned", operator))
    shift(tx, before, ConversationClaimed, {}, line, told=True)
    routing.note_assigned(tx, operator)
    return True


@needs(System)
def end_pause(tx: Tx, _actor: System, which: ConversationId) -> None:
    """Bring a paused conversation back to its owner, if its time has come."""
    conversations.lock(tx, which)
    before = conversations.get(tx.conn, which)
    if before.status is not Status.PAUSED or before.paused_until is None or before.paused_until > tx.now:
        return
    line = NewEntry("activity", THE_DESK, activity=Activity("resumed", before.operator_id))
    shift(tx, before, ConversationResumed, RESUMED, line)


@needs(System)
def give_back(tx: Tx, _actor: System, which: ConversationId, operator: OperatorId) -> None:
    """Give an attended conversation back to Waiting, because its owner has been away for too long, and still is."""
    routing.lock_operator(tx, operator)
    conversations.lock(tx, which)
    if routing.is_gone(tx.conn, which, operator):
        take_from(tx, operator, [which], "absent")


def take_from(tx: Tx, operator: OperatorId, which: Iterable[ConversationId], cause: Cause) -> None:
    """Put conversations of an operator back to Waiting, those that are still theirs."""
    for one in which:
        conversations.lock(tx, one)
        before = conversations.get(tx.conn, one)
        if before.operator_id != operator or before.status not in HELD:
            continue
        line = NewEntry("activity", THE_DESK, activity=Activity("returned", operator, cause=cause))
        shift(tx, before, ConversationQueued, queued(before, waits_since(tx, before)), line, told=True)


# ── who is there ─────────────────────────────────────────────────────────────────────────────────────────────────


@needs(System)
def come(tx: Tx, _actor: System, operator: OperatorId) -> None:
    """An operator has opened the desk: an absence is over, and what waits may be theirs."""
    routing.note_come(tx, operator)
    at_desk.note_at_desk(tx, [operator])
    tx.emit(AssignmentDue(tuple(people.departments_of(tx.conn, operator))))


@needs(System)
def come_beside(tx: Tx, _actor: System, operator: OperatorId) -> None:
    """An operator has opened another page: an absence is over, and what waits may be theirs if the desk was open."""
    routing.note_come(tx, operator)
    tx.emit(AssignmentDue(tuple(people.departments_of(tx.conn, operator))))


@needs(System)
def go(tx: Tx, _actor: System, operator: OperatorId) -> None:
    """An operator has closed their last page here: unless they have one elsewhere, they are away within a sweep."""
    routing.note_offline(tx, operator)


@needs(System)
def sweep(
    tx: Tx, _actor: System, online: Sequence[OperatorId], answering: Sequence[OperatorId] = ()
) -> list[routing.Given]:
    """Note who is there, count the absence of the others, and return what is to be given back for it.

    `answering`: those of them who have the desk open.
    """
    people.lock_admins(tx)
    routing.lock_operators(tx)
    if online:
        routing.note_online(tx, online)
    if answering:
        at_desk.note_at_desk(tx, answering)
    routing.count_absence(tx)
    return routing.list_gone(tx.conn)
