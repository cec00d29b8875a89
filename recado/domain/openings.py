"""What the desk opens with. What a conversation opens with is in `conversations`."""

from __future__ import annotations

import msgspec

from recado.domain.conversations import Counts, Draft, Page, Reason
from recado.domain.people import Me, Named, Person
from recado.domain.routing import Rules


class DeskState(msgspec.Struct, frozen=True):
    """All that a desk needs to start, read in one transaction.

    `online` are the conversations whose customer is there now; `looking` says who has a waiting one open. `rules` are
    those of my own departments, by their number: who may look in, whose archive is open, when what I attend goes back.
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
