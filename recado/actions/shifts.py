"""What every movement of a conversation has in common: columns, the line that explains it, and who hears of it.

A movement may take a conversation from one circle of readers to another. Who reads it afterwards gets the whole row and
the new entries; who read it before and no longer does gets a number and a version, and nothing of its content. Both
circles are computed inside the transaction, from the same table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from recado.actions.threads import add
from recado.db import conversations, look_ins, marks, people, routing
from recado.db.conversation_rows import Conversation
from recado.db.database import Tx
from recado.db.public import widget_entry
from recado.db.readers import audience_of, list_readers
from recado.db.threads import Appended, PublicNumbers
from recado.domain.conversations import HELD, Status, WidgetSent
from recado.domain.events import (
    AssignmentDue,
    ConversationClaimed,
    ConversationClosed,
    ConversationLeft,
    ConversationOpened,
    ConversationPaused,
    ConversationQueued,
    ConversationResumed,
    ConversationTaken,
    Event,
    MessagePosted,
    Readers,
    ToOperators,
    ToVisitor,
)
from recado.domain.ids import DepartmentId
from recado.domain.outward import WidgetQuote
from recado.domain.outward_events import WidgetConversationChanged, WidgetConversationClosed, WidgetMessagePosted
from recado.domain.threads import Entry, NewEntry

Happened = (
    type[ConversationClaimed]
    | type[ConversationQueued]
    | type[ConversationPaused]
    | type[ConversationResumed]
    | type[ConversationClosed]
)

RESUMED: Mapping[str, Any] = {"status": Status.ATTENDING, "paused_until": None}
"""What is so of a conversation whose pause is over, whoever ended it."""


def waits_since(tx: Tx, conversation: Conversation) -> int:
    """Return since when a conversation waits that goes back: the unanswered do not begin to wait anew."""
    return conversation.counters.thread.answer_due_since or tx.now


def queued(before: Conversation, since: int) -> dict[str, Any]:
    """Return what is so of a conversation that goes (back) to Waiting. Who waits already has waited since then."""
    return {
        "status": Status.WAITING,
        "waiting_since": before.waiting_since or since,
        "operator_id": None,
        "former_operator_id": before.operator_id or before.former,
        "paused_until": None,
    }


class Shifted(NamedTuple):
    """A conversation after a movement, and what was added to its thread, in order."""

    conversation: Conversation
    appended: list[Appended]


def shift(
    tx: Tx, before: Conversation, happened: Happened, values: Mapping[str, Any], *entries: NewEntry, told: bool = False
) -> Shifted:
    """Move a conversation that the caller has locked: set columns, add entries under one version, tell everybody.

    `told`: the customer sees the change itself (who attends, that it is open or closed), beside any public entry.
    Look-ins end with the circumstances they were allowed in: when the conversation leaves its owner or its department.
    """
    hearing = list_readers(tx.conn, before)
    if values:
        conversations.change(tx, before.id, **values)
    appended = add_all(tx, before, entries, told=told)
    after = conversations.get(tx.conn, before.id)
    if before.status in HELD and (after.status not in HELD or _circumstances(after) != _circumstances(before)):
        look_ins.end(tx, before.id, appended[-1].entry.at)
    readers = list_readers(tx.conn, after)
    tx.emit(_event(tx, happened, after, [one.entry for one in appended]), ToOperators(readers))
    tell_who_left(tx, before, after, hearing - readers)
    if told:
        shown = WidgetConversationClosed if after.status is Status.CLOSED else WidgetConversationChanged
        tx.emit(shown(after.widget(), []), ToVisitor(after.visitor_id))
    _look_for_work(tx, before, after)
    return Shifted(after, appended)


def say(tx: Tx, before: Conversation, new: NewEntry, happened: type[ConversationOpened | MessagePosted]) -> Shifted:
    """Add an entry to a conversation that stays where it is, and tell whoever reads it."""
    appended = add(tx, before.thread_id, new)
    after = before._replace(counters=appended.counters)
    tx.emit(happened(after.row(), [appended.entry]), audience_of(tx.conn, after))
    return Shifted(after, [appended])


def _circumstances(conversation: Conversation) -> tuple[int | None, int]:
    return conversation.operator_id, conversation.department.id


def _event(tx: Tx, happened: Happened, after: Conversation, entries: list[Entry]) -> Event:
    if happened is ConversationClaimed or happened is ConversationQueued:
        return happened(after.row(), entries, marks.seen_by_operators(tx.conn, after.thread_id))
    return happened(after.row(), entries)  # type: ignore[call-arg]


def _look_for_work(tx: Tx, before: Conversation, after: Conversation) -> None:
    """Let departments that assign by themselves look again: something waits, or somebody has room."""
    if after.status is Status.WAITING:
        tx.emit(AssignmentDue((DepartmentId(after.department.id),)))
    if before.status is Status.ATTENDING and before.operator_id is not None and after.status is not Status.ATTENDING:
        tx.emit(AssignmentDue(tuple(people.departments_of(tx.conn, before.operator_id))))


def add_all(tx: Tx, before: Conversation, entries: tuple[NewEntry, ...], *, told: bool = False) -> list[Appended]:
    """Add the entries of one change. What the customer is told goes with the last of them."""
    last = len(entries) - 1
    return [
        add(tx, before.thread_id, new, tell_customer=told and number == last, continues=number > 0)
        for number, new in enumerate(entries)
    ]


def tell_who_left(tx: Tx, before: Conversation, after: Conversation, left: Readers) -> None:
    """Tell those who could read it and no longer can, by whom it is attended where that is theirs to know."""
    if not left:
        return
    gone, version = ToOperators(left), after.counters.thread.version
    if after.status in HELD and after.operator_id is not None and _belong(tx, before, after):
        tx.emit(ConversationTaken(after.id, version, after.operator_id), gone)
    else:
        tx.emit(ConversationLeft(after.id, version), gone)


def _belong(tx: Tx, before: Conversation, after: Conversation) -> bool:
    """Return whether those who left are of the department in which it is attended now."""
    if before.department.id != after.department.id:
        return False
    return before.status is Status.WAITING or routing.is_member(tx.conn, before.operator_id, after.department.id)


def tell_visitor(
    tx: Tx,
    conversation: Conversation,
    appended: Appended,
    client_id: str | None,
    name: str | None,
    quote: WidgetQuote | None = None,
) -> WidgetSent:
    """Tell the visitor's pages of a public entry, and return it in their shape. `name` is the operator's."""
    entry, public_seq, public_rev, _ = appended
    assert public_seq is not None
    assert public_rev is not None
    shown = widget_entry(entry, PublicNumbers(public_seq, public_rev, client_id), name, quote)
    whole = conversation.widget()
    tx.emit(WidgetMessagePosted(whole, [shown]), ToVisitor(conversation.visitor_id))
    return WidgetSent(shown, whole)
