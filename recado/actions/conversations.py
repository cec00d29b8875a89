"""What is said in a conversation: a customer writes, an operator answers and thereby claims, somebody reads.

Each function is one transaction: it locks, decides, stores, and says what happened to those who may know. The order of
locks is operator, department, visitor, conversation, thread. What moves a conversation without words is in `queue`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recado.actions import customers
from recado.actions.access import effect_on, get_for_operator, refuse_blocked, refuse_full
from recado.actions.attachments import bound, bound_with_reply
from recado.actions.customers import Asked, Begun
from recado.actions.drafts import let_go
from recado.actions.entries import quoting
from recado.actions.shifts import RESUMED, Shifted, queued, say, shift, tell_visitor
from recado.actions.threads import client_id_of, find_sent, lock_to_send, public_message
from recado.db import conversations, inboxes, incoming, marks, replies, routing, threads, visitors
from recado.db.conversation_rows import Conversation
from recado.db.database import Tx
from recado.db.dialect import OvertakenError, key_taken
from recado.db.incoming import Met
from recado.db.new_conversations import NewConversation, create
from recado.db.public import widget_entry
from recado.db.readers import audience_of
from recado.db.threads import AlreadySent
from recado.domain import places
from recado.domain.actors import Operator, Visitor
from recado.domain.conversations import HELD, Sent, Status, WidgetSent
from recado.domain.errors import Blocked, Closed, NotFound
from recado.domain.events import (
    AssignmentDue,
    ConversationClaimed,
    ConversationOpened,
    ConversationQueued,
    ConversationResumed,
    Event,
    MessagePosted,
    ThreadRead,
    ToOperators,
    ToVisitor,
)
from recado.domain.ids import ConversationId, InboxId, PublicId, ReplyId, new_public_id
from recado.domain.incoming import Effect
from recado.domain.outward import WidgetQuote
from recado.domain.outward_events import WidgetThreadRead
from recado.domain.permissions import needs
from recado.domain.places import Place
from recado.domain.replies import Origin
from recado.domain.threads import Activity, NewEntry

NOTHING_ASKED = Asked()


class Result(NamedTuple):
    """What a send made of it. `repeated` where the client id had been sent before: nothing was added now."""

    sent: Sent | WidgetSent
    repeated: bool


# ── the customer ─────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Visitor)
def receive(
    tx: Tx,
    visitor: Visitor,
    which: PublicId,
    client_id: str,
    body: str,
    files: Sequence[str] = (),
    email: str | None = None,
) -> Result:
    """A visitor writes into their own conversation, and may leave an address. One lately closed waits again."""
    new = public_message(visitor.author, client_id_of(client_id), body, files)
    left = customers.left_by(tx, visitor, email)
    conversations.lock_for_visitor(tx, visitor, which)
    met = incoming.find(tx.conn, visitor, which, str(new.client_id), tx.now)
    if met is None:
        raise NotFound
    result = _receive(tx, visitor, met, new, left)
    if result is None:
        raise Closed
    return result


@needs(Visitor)
def open_or_receive(
    tx: Tx,
    visitor: Visitor,
    client_id: str,
    body: str,
    name: str | None,
    email: str | None,
    asked: Asked = NOTHING_ASKED,
    files: Sequence[str] = (),
) -> Result:
    """A visitor writes without saying where: a conversation opens into Waiting.

    Where one of theirs is open already, or was closed not long ago, or this client id was sent into one before, it is
    that one.
    """
    new = public_message(visitor.author, client_id_of(client_id), body, files)
    visitors.lock(tx, visitor)
    sent = find_sent(tx, new)
    if sent is not None:
        return _received_before(tx, visitor, sent)
    known = conversations.find_open(tx.conn, visitor) or conversations.find_newest_closed(tx.conn, visitor)
    if known is not None:
        conversations.lock_for_visitor(tx, visitor, known)
        met = incoming.find(tx.conn, visitor, known, str(new.client_id), tx.now)
        assert met is not None
        result = _receive(tx, visitor, met, new)
        if result is not None:
            return result
    refuse_blocked(tx, visitor)
    new = bound(tx, new, None)
    inbox = inboxes.get(tx.conn, visitor.inbox_id)
    begun = customers.begin(tx, visitor, inbox, name, email, asked)  # the first to write: nobody is refused after it
    return _open(tx, visitor, inbox.id, begun, new)


def _open(tx: Tx, visitor: Visitor, inbox: InboxId, begun: Begun, new: NewEntry) -> Result:
    row = NewConversation(
        new_public_id(),
        threads.create(tx),
        inbox,
        begun.department,
        visitor.id,
        begun.customer,
        str(new.client_id),
        begun.answers,
    )
    # Where another one is being taken up again at this moment, it is that one: this is run once more.
    with key_taken(tx.conn, OvertakenError()):
        number = create(tx, row)
    tx.emit(AssignmentDue((begun.department,)))
    return _told_visitor(tx, say(tx, conversations.get(tx.conn, number), new, ConversationOpened), new)


def _receive(tx: Tx, visitor: Visitor, met: Met, new: NewEntry, left: str | None = None) -> Result | None:
    """Put a visitor's words, and the address they leave, in a conversation; None where it has ended for good."""
    sent = find_sent(tx, new) if met.sent else None
    if sent is not None:
        return _received_before(tx, visitor, sent)
    before = met.conversation
    effect = effect_on(tx, visitor, met)
    if effect not in {Effect.REFUSED, Effect.ENDED}:
        new = bound(tx, new, places.conversation(before.id))
        before = customers.leave_email(tx, visitor, before, left)
    match effect:
        case Effect.REFUSED:
            raise Blocked
        case Effect.ENDED:
            return None
        case Effect.STAYS:
            return _told_visitor(tx, say(tx, before, new, MessagePosted), new)
        case Effect.RESUMES:
            line = NewEntry("activity", visitor.author, activity=Activity("resumed", before.operator_id))
            return _told_visitor(tx, shift(tx, before, ConversationResumed, RESUMED, line, new), new)
        case Effect.REOPENS:
            line = NewEntry("activity", visitor.author, activity=Activity("reopened", before.operator_id))
            values = queued(before, tx.now) | {"claimed_at": None, "closed_at": None, "close_reason_id": None}
            # Where another one is being opened at this moment, this one has ended: seen when it is run once more.
            with key_taken(tx.conn, OvertakenError()):
                return _told_visitor(tx, shift(tx, before, ConversationQueued, values, line, new), new)


def _told_visitor(tx: Tx, shifted: Shifted, new: NewEntry) -> Result:
    return Result(tell_visitor(tx, shifted.conversation, shifted.appended[-1], new.client_id, None), repeated=False)


def _received_before(tx: Tx, visitor: Visitor, sent: AlreadySent) -> Result:
    """Answer a repeated send with what it was the first time, in the conversation that it went into."""
    conversation = conversations.get_by_thread(tx.conn, visitor, sent.thread)
    public = threads.get_public(tx.conn, sent.thread, sent.entry.seq)
    return Result(WidgetSent(widget_entry(sent.entry, public, None), conversation.widget()), repeated=True)


# ── the operator ─────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Operator)
def answer(
    tx: Tx,
    operator: Operator,
    which: ConversationId,
    client_id: str,
    body: str,
    origin: Origin | None = None,
    files: Sequence[str] = (),
    quotes: int | None = None,
) -> Result:
    """An operator answers; a waiting conversation becomes theirs in the same transaction.

    Of two who answer at once, one wins; the other is refused with `Taken`, and nothing of theirs is stored.
    `files` are of this operator's, for this conversation, or those of the quick reply that is its `origin`; the
    text beside them was written elsewhere than the draft, which stays. `quotes`: the entry that it answers to.
    """
    reply, written = origin or Origin()
    new = public_message(operator.author, client_id_of(client_id), body, files, quotes, short=reply is None)
    routing.lock_to_claim(tx, operator.id, which)
    sent = lock_to_send(tx, operator, which, new)
    if sent is not None:
        return Result(sent, repeated=True)
    conversation = conversations.get_readable(tx.conn, operator, which)
    if conversation.status is Status.CLOSED:
        raise Closed
    if conversation.status in HELD and conversation.operator_id != operator.id:
        raise conversations.refusal(tx.conn, operator, which)
    new, quote = quoting(tx, conversation, new)
    place = places.conversation(which)
    new = _bound(tx, operator, new, place, reply)
    if conversation.first_answer_at is None:
        conversations.note_first_answer(tx, which)
    waits = conversation.status is Status.WAITING
    shifted = _claim_with(tx, operator, conversation, new) if waits else say(tx, conversation, new, MessagePosted)
    let_go(tx, operator, place, "answer", body if written is None else written, along=bool(files))
    return _answered(tx, operator, shifted, quote)


def _bound(tx: Tx, operator: Operator, new: NewEntry, place: Place, reply: ReplyId | None) -> NewEntry:
    """Return an answer with its files, and count the use of the quick reply that it was begun with."""
    if reply is None:
        return bound(tx, new, place)
    found = bound_with_reply(tx, operator, new, place, reply) if new.files else new
    replies.note_use(tx, operator, reply)
    return found


def _claim_with(tx: Tx, operator: Operator, before: Conversation, new: NewEntry) -> Shifted:
    win(tx, operator, before)
    line = NewEntry("activity", operator.author, activity=Activity("claimed", operator.id))
    return shift(tx, before, ConversationClaimed, {}, line, new)


def _answered(tx: Tx, operator: Operator, shifted: Shifted, quote: WidgetQuote | None) -> Result:
    conversation, appended = shifted.conversation, shifted.appended[-1]
    tell_visitor(tx, conversation, appended, None, operator.name, quote)
    return Result(Sent(appended.entry, conversation.row()), repeated=False)


def win(tx: Tx, operator: Operator, before: Conversation) -> None:
    """Make a waiting conversation this operator's, within their limit; refuse whoever comes second.

    Their row is locked already, unless the conversation was theirs until this moment.
    """
    routing.lock_operator(tx, operator.id)
    refuse_full(tx, operator.id)
    if not conversations.claim(tx, operator.id, before.id):
        raise conversations.refusal(tx.conn, operator, before.id)


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@needs(Operator)
def read(tx: Tx, operator: Operator, which: ConversationId, seq: int) -> None:
    """An operator has read up to `seq`. Only the owner's reading is shown to the customer: looking is not attending.

    And only where it took in something that the customer can see: that a note was read is none of their business.
    """
    conversation = get_for_operator(tx, operator, which)
    thread = conversation.counters.thread
    moved = marks.move_mark(tx, thread, operator.author, seq)
    if moved is None:
        return
    mark, public_seq = moved
    if conversation.operator_id != operator.id:
        tx.emit(ThreadRead(which, None, mark), ToOperators(frozenset((operator.id,))))
        return
    shown = conversations.note_read(tx, which, public_seq)
    counters = threads.touch(tx, thread.id, tell_customer=shown)
    _tell_readers(tx, conversation, ThreadRead(which, counters.thread.version, mark))
    if shown:
        tx.emit(WidgetThreadRead(conversations.get(tx.conn, which).widget()), ToVisitor(conversation.visitor_id))


@needs(Visitor)
def read_by_visitor(tx: Tx, visitor: Visitor, which: PublicId, public_seq: int) -> None:
    """A visitor has seen the public entries up to `public_seq`."""
    conversations.lock_for_visitor(tx, visitor, which)
    conversation = conversations.find_for_visitor(tx.conn, visitor, which)
    if conversation is None:
        raise NotFound
    thread = conversation.counters.thread
    seq = threads.seq_of_public(tx.conn, thread.id, min(public_seq, thread.public_seq))
    moved = marks.move_mark(tx, thread, visitor.author, seq) if seq else None
    if moved is None:
        return
    counters = threads.touch(tx, thread.id, tell_customer=True)
    _tell_readers(tx, conversation, ThreadRead(conversation.id, counters.thread.version, moved.mark))
    tx.emit(WidgetThreadRead(conversations.get(tx.conn, conversation.id).widget()), ToVisitor(visitor.id))


def _tell_readers(tx: Tx, conversation: Conversation, event: Event) -> None:
    tx.emit(event, audience_of(tx.conn, conversation))
