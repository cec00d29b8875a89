"""Where something is to be said: in a conversation with a customer, or in a direct one. Drafts and files go by it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from recado.domain.ids import ConversationId, DirectId

Kind = Literal["conversation", "direct"]


class Place(NamedTuple):
    """One conversation, of either kind, by its number among those of its kind."""

    kind: Kind
    number: int


def conversation(which: ConversationId) -> Place:
    """Return the place of words for a customer, and of notes about them."""
    return Place("conversation", which)


def direct(which: DirectId) -> Place:
    """Return the place of words for colleagues."""
    return Place("direct", which)
