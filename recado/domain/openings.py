"""What the desk opens with, and what is shown around a conversation. What one opens with is in `conversations`."""

from __future__ import annotations

import msgspec

from recado.domain.conversations import Counts, Draft, Earlier, Page, Reason
from recado.domain.customers import Block
from recado.domain.ids import ConversationId, OperatorId
from recado.domain.notices import Notices
from recado.domain.people import Me, Named, Person
from recado.domain.routing import Rules


class DeskState(msgspec.Struct, frozen=True):
    """All that a desk needs to start, read in one transaction.

    `online` are the conversations whose customer is there now; `looking` says who has a waiting one open. `rules` are
    those of my own departments, by their number: who may look in, whose archive is open, when what I attend goes back.
    `notices`: what notifies me.
    """

    epoch: str
    wire: int
    me: Me
    people: list[Person]
    departments: list[Named]
    rules: dict[int, Rules]
    reasons: list[Reason]
    waiting: Page
    attending: Page
    paused: Page
    counts: Counts
    drafts: list[Draft]
    online: list[int]
    looking: dict[int, list[int]]
    notices: Notices


class NoteAbout(msgspec.Struct, frozen=True):
    """A note on a customer, in whichever of their conversations; its beginning. `at` in microseconds UTC."""

    conversation: ConversationId
    seq: int
    operator: OperatorId
    at: int
    excerpt: str


class Background(msgspec.Struct, frozen=True):
    """What is known around a conversation, as far as its reader may know it.

    `blocks` are those by which its visitor cannot write now, with their reasons for supervisors alone.
    """

    earlier: list[Earlier]
    notes: list[NoteAbout]
    blocks: list[Block]
