"""A conversation: a thread with a customer, which waits, is attended by one operator, and ends.

Two families of shapes, for two kinds of readers: `ConversationRow` and its company for operators, `Widget…` for the
customer. They share no field by accident: what a customer receives is built from public numbers alone.
"""

from __future__ import annotations

import enum
from typing import Literal

import msgspec

from recado.domain.actors import AuthorKind
from recado.domain.attachments import Attachment
from recado.domain.chats import Answer
from recado.domain.ids import ConversationId, DraftId, OperatorId, PublicId
from recado.domain.outward import WidgetEntry
from recado.domain.people import Named
from recado.domain.threads import Entry, Mark

Channel = Literal["chat"]
COUNT_CAP = 1000


class Status(enum.StrEnum):
    """Where a conversation stands."""

    WAITING = "waiting"
    ATTENDING = "attending"
    PAUSED = "paused"
    CLOSED = "closed"


HELD = (Status.ATTENDING, Status.PAUSED)
"""Where an operator has it: attended, or put aside."""

ListName = Literal["waiting", "attending", "paused", "closed", "archive"]
"""`closed` are one's own, `archive` all closed ones of one's departments whose archive is open."""


class CustomerBrief(msgspec.Struct, frozen=True):
    """Whom one talks with. `verified` only where the site signed who it is; a typed address proves nothing.

    Who has no name is called by the conversation's number. `visitor` tells which conversations are the same one's: it
    is shown nowhere, since the two numbers look alike.
    """

    id: int | None
    name: str | None
    email: str | None
    verified: bool
    visitor: int


class ConversationRow(msgspec.Struct, frozen=True):
    """A conversation as every operator who may read it sees it in a list; the same bytes for all of them.

    Times in microseconds UTC. While it waits, `alert_step` says how far it has made itself heard (`domain/alerts.py`).
    What is unread for one reader is `inbound_count` less the count at their own mark.
    `answer_due_since` is when its customer first wrote after the last answer; None where nothing is to be answered.
    """

    id: ConversationId
    status: Status
    channel: Channel
    inbox: Named
    department: Named
    customer: CustomerBrief
    operator: OperatorId | None
    waiting_since: int | None
    opened_at: int
    last_at: int
    answer_due_since: int | None
    excerpt: str
    excerpt_by: AuthorKind
    excerpt_author: int | None
    """The operator whose words the excerpt has; None where they are not an operator's, or nobody noted whose."""
    inbound_count: int
    seq: int
    version: int
    former: OperatorId | None
    """Who attended it before it went back to Waiting."""
    paused_until: int | None
    closed_at: int | None
    alert_step: int
    acknowledged_by: OperatorId | None
    """Who has said, while it waits, that they have heard it."""


class Page(msgspec.Struct, frozen=True):
    """Rows of one list. `seen` maps a conversation's id to the reader's own mark; `next` continues the list."""

    items: list[ConversationRow]
    seen: dict[int, int]
    next: str | None


class Found(msgspec.Struct, frozen=True):
    """Conversations of those who are called so; `more` where there are others whom only a longer name finds."""

    items: list[ConversationRow]
    more: bool


class Counts(msgspec.Struct, frozen=True):
    """How many wait in my departments, how many I attend and have paused; each counted up to `COUNT_CAP`.

    `unread`: in how many of those that I attend the customer has written what I have not read.
    """

    waiting: int
    attending: int
    paused: int
    unread: int


Mode = Literal["answer", "note"]
"""What the words are for: the customer, or the colleagues who may read the conversation."""


class Draft(msgspec.Struct, frozen=True):
    """Words that one operator has not sent, and files with a text of their own; nobody else's action touches them.

    `conversation` is None where they cannot be sent into it any more. `written_in` is its number all the same: they
    read it when they wrote. Where direct conversations are asked about, both are numbers of those.
    """

    id: DraftId
    conversation: int | None
    mode: Mode
    body: str
    updated_at: int
    written_in: int
    caption: str
    files: list[Attachment]


class Reason(msgspec.Struct, frozen=True):
    """Why a conversation was closed, to choose from; a retired one is only still shown where it was given."""

    id: int
    name: str
    retired: bool
    version: int


class VisitorFacts(msgspec.Struct, frozen=True):
    """What a visitor's browser and page told, and what was answered before the first message: shown, never trusted."""

    page: str | None
    locale: str | None
    agent: str | None
    online: bool
    data: list[Answer]
    answers: list[Answer]


class Circle(msgspec.Struct, frozen=True):
    """Who else is around a conversation now: supervisors who look in, and who may be mentioned, since they read it."""

    lookers: list[int]
    mentionable: list[int]


class ConversationState(msgspec.Struct, frozen=True):
    """A conversation when it is opened: its newest entries in ascending order, and whether there are older ones."""

    epoch: str
    conversation: ConversationRow
    entries: list[Entry]
    more: bool
    marks: list[Mark]
    visitor: VisitorFacts
    drafts: list[Draft]
    circle: Circle


class Earlier(msgspec.Struct, frozen=True):
    """Another conversation with the same customer. `status` and text are None where its reader may not read it."""

    id: ConversationId
    department: Named
    operator: int | None
    opened_at: int
    status: Status | None
    excerpt: str | None


class Moved(msgspec.Struct, frozen=True):
    """What became of a conversation that was moved; None where whoever moved it no longer reads it."""

    conversation: ConversationRow | None


class Changes(msgspec.Struct, frozen=True):
    """What changed after a version. `start_over` says that the cursor is of no use: load afresh."""

    epoch: str
    start_over: bool
    conversation: ConversationRow
    entries: list[Entry]
    marks: list[Mark]
    circle: Circle


class EntryPage(msgspec.Struct, frozen=True):
    """Entries of one place in a thread, ascending. `more`: there are older ones; `newer`: there are newer ones.

    `anchor` is the entry that was asked for by its number or by a moment.
    """

    entries: list[Entry]
    more: bool
    newer: bool
    anchor: int | None


class Sent(msgspec.Struct, frozen=True):
    """The answer to a send: the entry as stored, and the conversation as it is now.

    None where the sender reads it no longer: only a send that is repeated is answered so.
    """

    entry: Entry
    conversation: ConversationRow | None


class WidgetConversation(msgspec.Struct, frozen=True):
    """A conversation as its customer sees it, by public numbers."""

    id: PublicId
    status: Literal["open", "closed"]
    version: int
    seq: int
    opened_at: int
    department: str
    operator: str | None
    visitor_read: int
    operator_read: int


class WidgetState(msgspec.Struct, frozen=True):
    """A conversation when its customer opens it."""

    epoch: str
    conversation: WidgetConversation
    entries: list[WidgetEntry]
    more: bool


class WidgetChanges(msgspec.Struct, frozen=True):
    """What changed for the customer after a public version."""

    epoch: str
    start_over: bool
    conversation: WidgetConversation
    entries: list[WidgetEntry]


class WidgetEntryPage(msgspec.Struct, frozen=True):
    """Older public entries, ascending."""

    entries: list[WidgetEntry]
    more: bool


class WidgetList(msgspec.Struct, frozen=True):
    """The visitor's own conversations, newest first.

    By their ids, `lines` has the beginning of the newest entry, and `names` who last answered, where anybody has.
    """

    epoch: str
    conversations: list[WidgetConversation]
    lines: dict[str, str]
    names: dict[str, str]


class WidgetSent(msgspec.Struct, frozen=True):
    """The answer to a customer's send."""

    entry: WidgetEntry
    conversation: WidgetConversation
