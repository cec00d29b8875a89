"""What every send has in common: the same client id is the same message, for ever."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from recado.actions.access import moved
from recado.db import attachments, conversations, threads
from recado.db.database import Tx
from recado.db.threads import AlreadySent, Appended
from recado.domain.actors import Author, Operator
from recado.domain.conversations import Sent
from recado.domain.errors import ClientIdReused, Invalid
from recado.domain.ids import ConversationId, ThreadId
from recado.domain.threads import NewEntry, words_of

_IN_ITS_SPELLING = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def client_id_of(text: str) -> str:
    """Return a client id in its one spelling: a UUID, made by the page that sends."""
    if _IN_ITS_SPELLING.fullmatch(text):
        return text
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Invalid("client_id", "not_a_uuid", "A client id is a UUID made by the sender.") from None


def find_sent(tx: Tx, new: NewEntry) -> AlreadySent | None:
    """Return what this author already sent under this client id, or None; refuse the id with other content.

    The caller holds the lock of the thread's owner, so nobody sends the same id into it in between; whoever sends it
    into another thread at this moment is found by the key (`threads.append`).
    """
    if new.client_id is None:
        return None
    sent = threads.find_sent(tx, new.author, new.client_id)
    if sent is not None and sent.request_hash != new.request_hash:
        raise ClientIdReused
    return sent


def public_message(
    author: Author,
    client_id: str,
    text: str,
    files: Sequence[str] = (),
    quotes: int | None = None,
    *,
    short: bool = True,
) -> NewEntry:
    """Return a message that the customer sees; `quotes` is the entry that it answers to.

    `short` false: the text beside its files is a quick reply's, as long as that may be.
    """
    body, along = words_of(text, files, short=short)
    return NewEntry("public", author, body, client_id, files=along, quotes=quotes)


def lock_to_send(tx: Tx, operator: Operator, which: ConversationId, new: NewEntry) -> Sent | None:
    """Lock a conversation that words are for, and return what came of them where they were sent before.

    That is asked before who reads it: what was stored stays sent, even where a colleague has the conversation since.
    """
    conversations.lock(tx, which)
    sent = find_sent(tx, new)
    if sent is None:
        return None
    if sent.thread != conversations.find_thread(tx.conn, which):
        raise ClientIdReused
    return Sent(sent.entry, moved(tx, operator, which).conversation)


def add(tx: Tx, thread: ThreadId, new: NewEntry, **how: bool) -> Appended:
    """Add an entry, and bind its files to it."""
    appended = threads.append(tx, thread, new, **how)
    if new.files:
        attachments.bind(tx, thread, appended.entry.seq, [one.id for one in new.attachments])
    return appended
