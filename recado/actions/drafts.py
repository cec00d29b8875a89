"""Words that an operator has not sent yet: kept for them alone."""

from __future__ import annotations

import contextlib

from recado.actions.access import get_for_operator
from recado.db import drafts
from recado.db.database import Tx
from recado.domain.actors import Operator
from recado.domain.errors import NotFound, Taken
from recado.domain.ids import ConversationId, DraftId
from recado.domain.permissions import needs
from recado.domain.threads import body_of


@needs(Operator)
def save(tx: Tx, operator: Operator, which: ConversationId, mode: str, body: str, *, over: str | None = None) -> None:
    """Keep the draft of a conversation that this operator may read; an empty one is thrown away.

    `over`, with an empty one: only where that text, or its beginning, lies there; another page of theirs may have
    written since.

    Who has just lost the conversation to a colleague keeps their words all the same: they are theirs.
    """
    with contextlib.suppress(Taken):
        get_for_operator(tx, operator, which)
    if body.strip():
        drafts.save(tx, operator, which, mode, body_of(body))
    else:
        drafts.discard(tx, operator, which, mode, over)


@needs(Operator)
def remove(tx: Tx, operator: Operator, which: DraftId) -> None:
    """Throw a draft away, also one whose conversation is out of reach by now."""
    if not drafts.remove(tx, operator, which):
        raise NotFound
