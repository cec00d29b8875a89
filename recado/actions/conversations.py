"""What happens to a conversation: a customer writes, an operator answers and thereby claims, somebody reads, it closes.

Each function is one transaction: it locks, decides, stores, and says what happened to those who may know. The order of
locks is visitor, conversation, thread.
"""

from __future__ import annotations

from typing import NamedTuple

from recado.actions import customers
from recado.actions.customers import Asked, Begun
from recado.actions.threads import client_id_of, find_sent, public_message
from recado.db import conversations, drafts, inboxes, marks, threads, visitors
from recado.db.conversation_rows import Conversation
from recado.db.conversations import NewConversation
from recado.db.database import Tx
from recado.db.public import widget_entry
from recado.db.threads import AlreadySent, Appended
from recado.domain.actors import Operator, Visitor
from recado.domain.conversations import Sent, Status, WidgetSent
from recado.domain.errors import ClientIdReused, Closed, NotFound, Taken
from recado.domain.events import (
    ConversationClaimed,
    ConversationClosed,
    ConversationOpened,
    ConversationTaken,
    Event,
    MessagePosted,
    ThreadRead,
    ToDepartment,
    ToOperator,
    ToVisitor,
    WidgetConversationClosed,
    WidgetMessagePosted,
    WidgetThreadRead,
)
from recado.domain.ids import ConversationId, DepartmentId, InboxId, PublicId, new_public_id
from recado.domain.permissions import needs, readers_of
from recado.domain.threads import Activity, Entry, NewEntry, body_of

NOTHING_ASKED = Asked()


class Result(NamedTuple):
    """What a send made of it. `repeated` where the client id had been sent before: nothing was added now."""

    sent: Sent | WidgetSent
    repeated: bool


# ── the customer ─────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Visitor)
def receive(tx: Tx, visitor: Visitor, which: PublicId, client_id: str, body: str) -> Result:
    """A visitor writes into their own conversation."""
    new = public_message(visitor.author, client_id_of(client_id), body_of(body))
    conversations.lock_for_visitor(tx, visitor, which)
    conversation = conversations.find_for_visitor(tx.conn, visitor, which)
    if conversation is None:
        raise NotFound
    return _receive(tx, visitor, conversation, new)


@needs(Visitor)
def open_or_receive(
    tx: Tx,
    visitor: Visitor,
    client_id: str,
    body: str,
    name: str | None,
    email: str | None,
    asked: Asked = NOTHING_ASKED,
) -> Result:
    """A visitor writes for the first time: a conversation opens into Waiting.

    Where one of theirs is open already, or this client id was sent into one before, it is that one.
    """
    new = public_message(visitor.author, client_id_of(client_id), body_of(body))
    visitors.lock(tx, visitor)
    sent = find_sent(tx, new)
    if sent is not None:
        return _received_before(tx, visitor, sent)
    known = conversations.find_open(tx.conn, visitor)
    if known is not None:
        conversations.lock_for_visitor(tx, visitor, known)
        conversation = conversations.find_for_visitor(tx.conn, visitor, known)
        assert conversation is not None
        if conversation.status is not Status.CLOSED:
            return _receive(tx, visitor, conversation, new)
    inbox = inboxes.get(tx.conn, visitor.inbox_id)
    begun = customers.begin(tx, visitor, inbox, name, email, asked)
    return _open(tx, visitor, inbox.id, begun, new)


def _open(tx: Tx, visitor: Visitor, inbox: InboxId, begun: Begun, new: NewEntry) -> Result:
    number = conversations.create(
        tx,
        NewConversation(
            new_public_id(),
            threads.create(tx),
            inbox,
            begun.department,
            visitor.id,
            begun.customer,
            str(new.client_id),
            begun.answers,
        ),
    )
    return _add_received(tx, conversations.get(tx.conn, number), new, opened=True)


def _receive(tx: Tx, visitor: Visitor, conversation: Conversation, new: NewEntry) -> Result:
    sent = find_sent(tx, new)
    if sent is not None:
        return _received_before(tx, visitor, sent)
    if conversation.status is Status.CLOSED:
        raise Closed
    return _add_received(tx, conversation, new, opened=False)


def _add_received(tx: Tx, conversation: Conversation, new: NewEntry, *, opened: bool) -> Result:
    appended = threads.append(tx, conversation.thread_id, new)
    conversation = conversation._replace(counters=appended.counters)
    happened = ConversationOpened if opened else MessagePosted
    _tell_readers(tx, conversation, happened(conversation.row(), [appended.entry]))
    return Result(_tell_visitor(tx, conversation, appended, new.client_id, None), repeated=False)


def _received_before(tx: Tx, visitor: Visitor, sent: AlreadySent) -> Result:
    """Answer a repeated send with what it was the first time, in the conversation that it went into."""
    conversation = conversations.get_by_thread(tx.conn, visitor, sent.thread)
    public = threads.get_public(tx.conn, sent.thread, sent.entry.seq)
    body, at = sent.entry.body, sent.entry.at
    entry = widget_entry(public.seq, public.rev, "visitor", None, body, at, public.client_id)
    return Result(WidgetSent(entry, conversation.widget()), repeated=True)


# ── the operator ─────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Operator)
def answer(tx: Tx, operator: Operator, which: ConversationId, client_id: str, body: str) -> Result:
    """An operator answers; a waiting conversation becomes theirs in the same transaction.

    Of two who answer at once, one wins; the other is refused with `Taken`, and nothing of theirs is stored.
    """
    new = public_message(operator.author, client_id_of(client_id), body_of(body))
    conversation = get_for_operator(tx, operator, which)
    sent = find_sent(tx, new)
    if sent is not None:
        if sent.thread != conversation.thread_id:
            raise ClientIdReused
        return Result(Sent(sent.entry, conversation.row()), repeated=True)
    if conversation.status is Status.CLOSED:
        raise Closed
    entries: list[Entry] = []
    claiming = conversation.status is Status.WAITING
    if claiming:
        entries.append(_claim(tx, operator, which, conversation))
    appended = threads.append(tx, conversation.thread_id, new, continues=claiming)
    entries.append(appended.entry)
    drafts.discard(tx, operator, which, "answer")
    conversation = conversations.get(tx.conn, which) if claiming else conversation
    conversation = conversation._replace(counters=appended.counters)
    happened = ConversationClaimed if claiming else MessagePosted
    tx.emit(happened(conversation.row(), entries), ToOperator(operator.id))
    if claiming:
        version = appended.counters.thread.version
        others = ToDepartment(DepartmentId(conversation.department.id), but=operator.id)
        tx.emit(ConversationTaken(which, version, operator.id), others)
    _tell_visitor(tx, conversation, appended, None, operator.name)
    return Result(Sent(appended.entry, conversation.row()), repeated=False)


@needs(Operator)
def close(tx: Tx, operator: Operator, which: ConversationId) -> Sent:
    """Its owner ends a conversation."""
    conversation = get_for_operator(tx, operator, which)
    if conversation.status is Status.CLOSED:
        raise Closed
    if conversation.operator_id != operator.id:
        raise NotFound
    ended = NewEntry("activity", operator.author, activity=Activity("closed", operator.id))
    conversations.close(tx, which)
    appended = threads.append(tx, conversation.thread_id, ended, tell_customer=True)
    conversation = conversation._replace(status=Status.CLOSED, counters=appended.counters)
    tx.emit(ConversationClosed(conversation.row(), [appended.entry]), ToOperator(operator.id))
    tx.emit(WidgetConversationClosed(conversation.widget(), []), ToVisitor(conversation.visitor_id))
    return Sent(appended.entry, conversation.row())


def get_for_operator(tx: Tx, operator: Operator, which: ConversationId) -> Conversation:
    """Return a conversation, locked, that this operator may read at this moment.

    Raises `Taken` where a colleague of the same department attends it, since whoever had it open is told who;
    `NotFound` otherwise.
    """
    conversations.lock(tx, which)
    conversation = conversations.find_for_operator(tx.conn, operator, which)
    if conversation is None:
        holder = conversations.find_holder(tx.conn, operator, which)
        raise Taken(*holder) if holder else NotFound
    return conversation


def _claim(tx: Tx, operator: Operator, which: ConversationId, conversation: Conversation) -> Entry:
    if not conversations.claim(tx, operator, which):
        holder = conversations.find_holder(tx.conn, operator, which)
        raise Taken(*holder) if holder else NotFound
    claimed = NewEntry("activity", operator.author, activity=Activity("claimed", operator.id))
    return threads.append(tx, conversation.thread_id, claimed).entry


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Operator)
def read(tx: Tx, operator: Operator, which: ConversationId, seq: int) -> None:
    """An operator has read up to `seq`. Only the owner's reading is shown to the customer: looking is not attending."""
    conversation = get_for_operator(tx, operator, which)
    thread = conversation.counters.thread
    mark = marks.move_mark(tx, thread, operator.author, seq)
    if mark is None:
        return
    if conversation.operator_id != operator.id:
        tx.emit(ThreadRead(which, None, mark), ToOperator(operator.id))
        return
    counters = threads.touch(tx, thread.id, tell_customer=True)
    tx.emit(ThreadRead(which, counters.thread.version, mark), ToOperator(operator.id))
    shown = conversations.get(tx.conn, which)
    tx.emit(WidgetThreadRead(shown.widget()), ToVisitor(shown.visitor_id))


@needs(Visitor)
def read_by_visitor(tx: Tx, visitor: Visitor, which: PublicId, public_seq: int) -> None:
    """A visitor has seen the public entries up to `public_seq`."""
    conversations.lock_for_visitor(tx, visitor, which)
    conversation = conversations.find_for_visitor(tx.conn, visitor, which)
    if conversation is None:
        raise NotFound
    thread = conversation.counters.thread
    seq = threads.seq_of_public(tx.conn, thread.id, min(public_seq, thread.public_seq))
    mark = marks.move_mark(tx, thread, visitor.author, seq) if seq else None
    if mark is None:
        return
    counters = threads.touch(tx, thread.id, tell_customer=True)
    _tell_readers(tx, conversation, ThreadRead(conversation.id, counters.thread.version, mark))
    shown = conversations.get(tx.conn, conversation.id)
    tx.emit(WidgetThreadRead(shown.widget()), ToVisitor(visitor.id))


def _tell_readers(tx: Tx, conversation: Conversation, event: Event) -> None:
    audience = readers_of(conversation.status, conversation.department.id, conversation.operator_id)
    if audience is not None:
        tx.emit(event, audience)


def _tell_visitor(
    tx: Tx, conversation: Conversation, appended: Appended, client_id: str | None, name: str | None
) -> WidgetSent:
    """Tell the visitor's pages of a public entry, and return it in their shape. `name` is the operator's."""
    entry, public_seq, public_rev, _ = appended
    assert public_seq is not None
    assert public_rev is not None
    shown = widget_entry(public_seq, public_rev, entry.author.kind, name, entry.body, entry.at, client_id)
    whole = conversation.widget()
    tx.emit(WidgetMessagePosted(whole, [shown]), ToVisitor(conversation.visitor_id))
    return WidgetSent(shown, whole)
