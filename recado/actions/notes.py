"""Notes: what colleagues say to each other within a conversation. No door carries one to a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from recado.actions.attachments import bound
from recado.actions.conversations import Result
from recado.actions.drafts import let_go
from recado.actions.entries import quoting
from recado.actions.shifts import say
from recado.actions.threads import client_id_of, lock_to_send
from recado.db import conversations
from recado.db.database import Tx
from recado.db.readers import circle_of
from recado.domain import places
from recado.domain.actors import Operator
from recado.domain.conversations import Sent
from recado.domain.errors import Invalid
from recado.domain.events import MessagePosted
from recado.domain.ids import ConversationId
from recado.domain.permissions import needs
from recado.domain.threads import NewEntry, words_of


@needs(Operator)
def add(
    tx: Tx,
    operator: Operator,
    which: ConversationId,
    client_id: str,
    text: str,
    mentions: Iterable[int] = (),
    files: Sequence[str] = (),
    quotes: int | None = None,
) -> Result:
    """Add a note to a conversation that this operator may read; it claims nothing.

    Mentioned may be who reads the conversation now: a name that could not see the note would be a promise not kept.
    `quotes` is the entry that it is about: a message as well as a note.
    """
    named = tuple(sorted(set(mentions)))
    body, along = words_of(text, files)
    key = client_id_of(client_id)
    new = NewEntry("note", operator.author, body, key, mentions=named, files=along, quotes=quotes)
    sent = lock_to_send(tx, operator, which, new)
    if sent is not None:
        return Result(sent, repeated=True)
    conversation = conversations.get_readable(tx.conn, operator, which)
    if named and set(named) - set(circle_of(tx.conn, conversation).mentionable):
        raise Invalid("mentions", "unknown", "Somebody is mentioned who does not read this conversation.")
    new, _ = quoting(tx, conversation, new)
    place = places.conversation(which)
    new = bound(tx, new, place)
    conversation, (appended,) = say(tx, conversation, new, MessagePosted)
    let_go(tx, operator, place, "note", text, along=bool(files))
    return Result(Sent(appended.entry, conversation.row()), repeated=False)
