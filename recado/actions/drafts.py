"""Words and files that an operator has not sent yet: kept for them alone."""

from __future__ import annotations

import contextlib

from recado.actions.access import get_for_operator
from recado.db import attachments, directs, drafts
from recado.db.database import Tx
from recado.db.drafts import Part
from recado.domain import places
from recado.domain.actors import Operator
from recado.domain.errors import NotFound, Taken
from recado.domain.events import DraftsChanged, ToOperators
from recado.domain.ids import ConversationId, DirectId, DraftId, OperatorId
from recado.domain.permissions import needs
from recado.domain.places import Place
from recado.domain.threads import body_of


@needs(Operator)
def save(
    tx: Tx,
    operator: Operator,
    which: ConversationId,
    mode: str,
    body: str,
    *,
    over: str | None = None,
    part: Part = "body",
) -> None:
    """Keep a text of the draft of a conversation that this operator may read; an empty one is thrown away.

    `part`: what is written by itself, or what is to go beside the draft's files. `over`, with an empty one: only where
    that text, or its beginning, lies there; another page of theirs may have written since.

    Who has just lost the conversation to a colleague keeps their words all the same: they are theirs.
    """
    with contextlib.suppress(Taken):
        get_for_operator(tx, operator, which)
    _save(tx, operator, places.conversation(which), mode, body, over, part)


@needs(Operator)
def save_among_colleagues(
    tx: Tx, operator: Operator, which: DirectId, body: str, *, over: str | None = None, part: Part = "body"
) -> None:
    """Do the same for a direct conversation in which this operator takes part."""
    directs.get_locked(tx, operator, which)
    _save(tx, operator, places.direct(which), "note", body, over, part)


def _save(tx: Tx, operator: Operator, place: Place, mode: str, body: str, over: str | None, part: Part) -> None:
    if body.strip():
        drafts.keep(tx, operator.id, place, mode, body_of(body), part)
    else:
        drafts.discard(tx, operator, place, mode, over, part)


@needs(Operator)
def remove(tx: Tx, operator: Operator, which: DraftId) -> None:
    """Throw a draft away with its files, also one whose conversation is out of reach by now."""
    found = drafts.remove(tx, operator, which)
    if found is None:
        raise NotFound
    if attachments.cancel_draft(tx, operator.id, found):
        tell(tx, operator.id)


def let_go(tx: Tx, operator: Operator, place: Place, mode: str, text: str, *, along: bool) -> None:
    """Take out of the drafts for a place what has just been sent there: a text, or `along` with files its own.

    What was written by itself stays where files have gone: it stood elsewhere.
    """
    had = along and drafts.lock(tx, operator.id, place)
    drafts.discard(tx, operator, place, mode, over=text, part="caption" if along else "body")
    if had:
        drafts.tidy(tx, operator.id, place)
        tell(tx, operator.id)


def tell(tx: Tx, whose: OperatorId) -> None:
    """Tell an operator's pages that files have come into their drafts, or have left them."""
    tx.emit(DraftsChanged(), ToOperators(frozenset((whose,))))
