"""What becomes of an entry once it is sent: quoted by another, edited or deleted by its author, taken back unseen.

Each change is one transaction with one version of the thread, and one event for each side with the whole entries.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from recado.actions.access import get_for_operator
from recado.db import conversations, departments, entries, marks
from recado.db.conversation_rows import Conversation
from recado.db.database import Tx
from recado.db.entries import Found
from recado.db.public import widget_quote
from recado.db.readers import audience_of, circle_of
from recado.domain.actors import Operator
from recado.domain.attachments import is_caption
from recado.domain.conversations import Sent
from recado.domain.errors import Gone, Invalid, Late, NotFound, Seen
from recado.domain.events import MessageChanged, ToVisitor
from recado.domain.ids import ConversationId
from recado.domain.outward import WidgetQuote
from recado.domain.outward_events import WidgetMessageChanged
from recado.domain.permissions import is_own, needs
from recado.domain.routing import UNDO_ON_ITS_WAY_S
from recado.domain.threads import NewEntry, words_of
from recado.domain.versions import check_seen


def quoting(tx: Tx, conversation: Conversation, new: NewEntry) -> tuple[NewEntry, WidgetQuote | None]:
    """Return a new entry with what it quotes, and that as the customer is shown it.

    A note is quoted by notes alone: what no customer sees must not go to them as a quotation.
    """
    if new.quotes is None:
        return new, None
    found = entries.find(tx.conn, conversation.thread_id, new.quotes)
    if found is None or found.entry.kind == "activity":
        raise Invalid("quote", "unknown", "There is no such message to be quoted.")
    if found.entry.gone is not None:
        raise Invalid("quote", "gone", "The message that is quoted has been deleted.")
    if new.public and found.public_seq is None:
        raise Invalid("quote", "private", "A note cannot be quoted to the customer.")
    return replace(new, quoted=found.quoted), widget_quote(found.quoted, found.name)


@needs(Operator)
def edit(
    tx: Tx, operator: Operator, which: ConversationId, seq: int, body: str, edits: int, mentions: Iterable[int] = ()
) -> Sent:
    """An operator gives a message or note of theirs another text. `edits`: how often they know it to have been changed.

    What it says already is not changed once more. Too late where its department's time for that is over; refused where
    it was changed elsewhere meanwhile, or has gone.
    """
    conversation, own = _own(tx, operator, which, seq)
    text, _ = words_of(body, [one.id for one in own.entry.attachments], short=is_caption(own.entry.body))
    named = sorted(set(mentions))
    if own.entry.gone is not None:
        raise Gone
    if own.entry.body == text:
        return Sent(own.entry, conversation.row())
    check_seen(own.entry.edits, edits)
    _refuse_late(tx, conversation, own)
    _refuse_strangers(tx, conversation, own, named)
    entries.edit(tx, conversation.thread_id, own, text, named)
    return _told(tx, which, own)


def _refuse_strangers(tx: Tx, conversation: Conversation, own: Found, named: list[int]) -> None:
    if own.public_seq is not None and named:
        raise Invalid("mentions", "not_here", "A note names colleagues, an answer nobody.")
    if set(named) - {*circle_of(tx.conn, conversation).mentionable, *own.entry.mentions}:
        raise Invalid("mentions", "unknown", "Somebody is mentioned who does not read this conversation.")


@needs(Operator)
def delete(tx: Tx, operator: Operator, which: ConversationId, seq: int) -> Sent:
    """An operator deletes a message or note of theirs; both sides see that there was one."""
    conversation, own = _own(tx, operator, which, seq)
    if own.entry.gone is not None:
        return Sent(own.entry, conversation.row())
    _refuse_late(tx, conversation, own)
    entries.take_out(tx, conversation.thread_id, own, "deleted")
    return _told(tx, which, own)


@needs(Operator)
def undo(tx: Tx, operator: Operator, which: ConversationId, seq: int) -> Sent:
    """An operator takes back what they have just sent, as long as nobody on the other side has seen it."""
    conversation, own = _own(tx, operator, which, seq)
    if own.entry.gone is not None:
        return Sent(own.entry, conversation.row())
    rules = departments.rules_of(tx.conn, conversation.department.id)
    if _has_been_seen(tx, conversation, own):
        raise Seen
    if rules.undo_s == 0 or tx.now - own.entry.at > (rules.undo_s + UNDO_ON_ITS_WAY_S) * 1_000_000:
        raise Late(rules.undo_s)
    entries.take_out(tx, conversation.thread_id, own, "undone")
    return _told(tx, which, own)


def _has_been_seen(tx: Tx, conversation: Conversation, own: Found) -> bool:
    """Return whether the customer, or of a note any colleague, has read as far."""
    kind = "operator" if own.public_seq is None else "visitor"
    return any(
        mark.reader.kind == kind and mark.reader != own.entry.author and mark.seq >= own.entry.seq
        for mark in marks.list_marks(tx.conn, conversation.thread_id)
    )


def _own(tx: Tx, operator: Operator, which: ConversationId, seq: int) -> tuple[Conversation, Found]:
    """Return a conversation, locked, that this operator reads, and a message or note of theirs in it."""
    conversation = get_for_operator(tx, operator, which)
    found = entries.find(tx.conn, conversation.thread_id, seq)
    if found is None or found.entry.kind == "activity" or not is_own(found.entry.author, operator):
        raise NotFound
    return conversation, found


def _refuse_late(tx: Tx, conversation: Conversation, own: Found) -> None:
    within = departments.rules_of(tx.conn, conversation.department.id).edit_minutes * 60
    if tx.now - own.entry.at > within * 1_000_000:
        raise Late(within)


def _told(tx: Tx, which: ConversationId, own: Found) -> Sent:
    """Tell both sides of a change, and return the entry as it is now."""
    after = conversations.get(tx.conn, which)
    thread = after.counters.thread
    changed = entries.list_changed_by(tx.conn, thread.id, thread.version)
    tx.emit(MessageChanged(after.row(), changed), audience_of(tx.conn, after))
    if own.public_seq is not None:
        outside = entries.list_changed_outside(tx.conn, thread.id, thread.public_version)
        tx.emit(WidgetMessageChanged(after.widget(), outside), ToVisitor(after.visitor_id))
    return Sent(next(one for one in changed if one.seq == own.entry.seq), after.row())
