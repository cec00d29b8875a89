"""An operator writes first: a conversation that begins with them, and with a customer whom they know.

Whom they know follows from what they read: the customer is named by a conversation that has ended and that they may
read.
"""

from __future__ import annotations

from recado.actions.access import get_for_operator, moved, refuse_blocked, refuse_full
from recado.actions.conversations import Result
from recado.actions.shifts import add_all, tell_visitor
from recado.actions.threads import client_id_of, find_sent
from recado.db import conversations, routing, threads, visitors
from recado.db.conversation_rows import Conversation
from recado.db.database import Tx
from recado.db.dialect import key_taken
from recado.db.new_conversations import NewConversation, create
from recado.db.readers import audience_of
from recado.domain.actors import Operator, Visitor
from recado.domain.conversations import Sent, Status
from recado.domain.errors import ClientIdReused, NotFound, OtherOpen
from recado.domain.events import ConversationOpened
from recado.domain.ids import ConversationId, DepartmentId, new_public_id
from recado.domain.permissions import needs
from recado.domain.threads import Activity, NewEntry, words_of


@needs(Operator)
def start(tx: Tx, operator: Operator, known_by: ConversationId, client_id: str, body: str) -> Result:
    """Open a conversation with the customer of one that has ended, by its first message: theirs from the beginning.

    Refused where the customer has one open already, with whomever: what there is to say belongs there. It is in the
    department of the one they are known by. A client id that was sent before answers with what came of it then.
    """
    text, _ = words_of(body, ())
    new = NewEntry("public", operator.author, text, client_id_of(client_id), along=("to", known_by))
    routing.lock_operator(tx, operator.id)
    visitors.lock_of(tx, known_by)
    sent = find_sent(tx, new)
    if sent is not None:
        opened = conversations.find_opened(tx.conn, operator, known_by, str(new.client_id))
        if opened is None:
            raise ClientIdReused
        return Result(Sent(sent.entry, moved(tx, operator, opened).conversation), repeated=True)
    known = get_for_operator(tx, operator, known_by)
    _check(tx, operator, known)
    # Where their customer writes at this moment, that opens one: seen as a key that is taken.
    with key_taken(tx.conn, OtherOpen()):
        opened = create(tx, _like(tx, operator, known, new))
    return _told(tx, operator, conversations.get(tx.conn, opened), new)


def _check(tx: Tx, operator: Operator, known: Conversation) -> None:
    if not routing.is_active_member(tx.conn, operator.id, DepartmentId(known.department.id)):
        raise NotFound
    customer = Visitor(known.visitor_id, known.inbox_id)
    if known.status is not Status.CLOSED or conversations.find_open(tx.conn, customer) is not None:
        raise OtherOpen
    refuse_blocked(tx, customer)
    refuse_full(tx, operator.id)


def _like(tx: Tx, operator: Operator, known: Conversation, new: NewEntry) -> NewConversation:
    return NewConversation(
        new_public_id(),
        threads.create(tx),
        known.inbox_id,
        DepartmentId(known.department.id),
        known.visitor_id,
        known.customer.id,
        str(new.client_id),
        started_by=operator.id,
    )


def _told(tx: Tx, operator: Operator, opened: Conversation, new: NewEntry) -> Result:
    """Say who began it, then what they wrote: one change, for its owner and for the customer's pages."""
    line = NewEntry("activity", operator.author, activity=Activity("started", operator.id))
    appended = add_all(tx, opened, (line, new))
    after = opened._replace(counters=appended[-1].counters)
    tx.emit(ConversationOpened(after.row(), [one.entry for one in appended]), audience_of(tx.conn, after))
    tell_visitor(tx, after, appended[-1], None, operator.name)
    return Result(Sent(appended[-1].entry, after.row()), repeated=False)
