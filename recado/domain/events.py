"""What is told to open pages: each event says what happened, in the past tense, with all that its reader needs.

An event that belongs to a thread carries the thread's version, so that a page knows whether it has missed one. Who
hears it is an audience, computed inside the transaction by the rules in `permissions`.
"""

from __future__ import annotations

import msgspec

from recado.domain.actors import Author
from recado.domain.conversations import ConversationRow
from recado.domain.directs import DirectRow, Own
from recado.domain.ids import ConversationId, DepartmentId, DirectId, OperatorId, ThreadId, VisitorId
from recado.domain.notices import Notices
from recado.domain.people import Person
from recado.domain.threads import Entry, Mark


class ToOperators(msgspec.Struct, frozen=True):
    """All pages of these operators."""

    ids: frozenset[OperatorId]


class ToTeam(msgspec.Struct, frozen=True):
    """All operators' pages."""


class ToVisitor(msgspec.Struct, frozen=True):
    """All pages of one visitor."""

    id: VisitorId


Audience = ToOperators | ToTeam | ToVisitor
Readers = frozenset[OperatorId]
"""Who reads a conversation at one moment: people, never a department, whose members may be others a moment later."""


class Event(msgspec.Struct, frozen=True, tag_field="type"):
    """Anything that is told to a page."""


# ── to operators ───────────────────────────────────────────────────────────────────────────────────────────────────


class ConversationOpened(Event, frozen=True, tag="conversation.opened"):
    """A customer has written for the first time."""

    conversation: ConversationRow
    entries: list[Entry]


class MessagePosted(Event, frozen=True, tag="message.posted"):
    """An entry has been added to a conversation that its reader could already see."""

    conversation: ConversationRow
    entries: list[Entry]


class MessageChanged(MessagePosted, frozen=True, tag="message.changed"):
    """An entry has been edited or has gone; with it come those that quote it, each as it is now."""


class ConversationClaimed(Event, frozen=True, tag="conversation.claimed"):
    """Told to its new owner: the conversation is theirs."""

    conversation: ConversationRow
    entries: list[Entry]
    seen: dict[int, int]
    """How many of the customer's messages each operator had seen, by their number: who gets it may know it of old."""


class ConversationTaken(Event, frozen=True, tag="conversation.taken"):
    """Told to everybody else of the department: it has left the list, and who attends it. Nothing of its content."""

    id: ConversationId
    version: int
    operator: OperatorId


class ConversationLeft(Event, frozen=True, tag="conversation.left"):
    """Told to those who could read it and no longer can, where it is not theirs to know who attends it now."""

    id: ConversationId
    version: int


class ConversationQueued(Event, frozen=True, tag="conversation.queued"):
    """It waits (again) in this department: released, given back, handed over, or its customer has written again."""

    conversation: ConversationRow
    entries: list[Entry]
    seen: dict[int, int]
    """How many of the customer's messages each operator had seen, by their number: who gets it may know it of old."""


class ConversationPaused(Event, frozen=True, tag="conversation.paused"):
    """Its owner has put it aside."""

    conversation: ConversationRow
    entries: list[Entry]


class ConversationResumed(Event, frozen=True, tag="conversation.resumed"):
    """It is attended again: its customer has written, its time has come, or its owner has taken it up."""

    conversation: ConversationRow
    entries: list[Entry]


class ConversationChanged(Event, frozen=True, tag="conversation.changed"):
    """Its row is another one, and nothing was added to it: what waits has made itself heard, or was acknowledged."""

    conversation: ConversationRow


class ConversationClosed(Event, frozen=True, tag="conversation.closed"):
    """Its owner has closed it."""

    conversation: ConversationRow
    entries: list[Entry]


class ThreadRead(Event, frozen=True, tag="thread.read"):
    """Somebody has read on. `version` is None where the mark concerns its own reader alone."""

    conversation: ConversationId
    version: int | None
    mark: Mark


class PersonChanged(Event, frozen=True, tag="person.changed"):
    """A colleague has become available, busy or away."""

    person: Person


class PeopleChanged(Event, frozen=True, tag="people.changed"):
    """The team has changed: fetch it again."""


class SettingsChanged(Event, frozen=True, tag="settings.changed"):
    """Departments or inboxes have changed: fetch them again."""


class RepliesChanged(Event, frozen=True, tag="replies.changed"):
    """Quick replies that its reader may use have changed: fetch them again."""


class DraftsChanged(Event, frozen=True, tag="drafts.changed"):
    """Files have come into a draft of its reader's, or left one: fetch the drafts again."""


class NoticesChanged(Event, frozen=True, tag="notices.changed"):
    """Its reader has chosen otherwise what notifies them; told to their own pages alone."""

    notices: Notices


class StoreChanged(Event, frozen=True, tag="store.changed"):
    """Nothing can be stored at this server for now, or again it can. Told after a greeting only where it cannot."""

    well: bool


class Typing(Event, frozen=True, tag="typing"):
    """Somebody is typing. Fades by itself."""

    conversation: ConversationId
    author: Author


class Looking(Event, frozen=True, tag="looking"):
    """Who has a conversation open."""

    conversation: ConversationId
    operators: list[OperatorId]


class VisitorPresence(Event, frozen=True, tag="visitor.presence"):
    """The customer's page has come or gone."""

    conversation: ConversationId
    online: bool


class DirectPosted(Event, frozen=True, tag="direct.posted"):
    """Something was said in a direct conversation; told to those who take part, with its author's mark after it."""

    direct: DirectRow
    entries: list[Entry]
    mark: Mark | None = None


class DirectChanged(DirectPosted, frozen=True, tag="direct.changed"):
    """An entry has been edited or has gone; with it come those that quote it, as far as its reader may read them."""


class DirectLeft(Event, frozen=True, tag="direct.left"):
    """Its reader takes part no longer: it is gone from their lists."""

    id: DirectId
    version: int


class DirectRead(Event, frozen=True, tag="direct.read"):
    """Somebody who takes part has read on. `version` is None where the mark concerns its own reader alone."""

    direct: DirectId
    version: int | None
    mark: Mark


class DirectOwnChanged(Event, frozen=True, tag="direct.own_changed"):
    """A direct conversation stands otherwise for its reader: read on, put away, brought back, heard of otherwise."""

    direct: DirectId
    own: Own


# ── to the sockets themselves ──────────────────────────────────────────────────────────────────────────────────────


class Hello(Event, frozen=True, tag="hello"):
    """The first frame: the wire's version, the server's epoch, its clock in microseconds UTC."""

    wire: int
    epoch: str
    now: int


class Pong(Event, frozen=True, tag="pong"):
    """The answer to a ping."""


class ThreadChanged(msgspec.Struct, frozen=True):
    """Not told but done: other processes look at the thread, since it has this version now."""

    thread: ThreadId
    version: int


class RightsChanged(msgspec.Struct, frozen=True):
    """Not told but done: the operator's sockets close and return with their new scope."""

    operator: OperatorId


class SessionsEnded(msgspec.Struct, frozen=True):
    """Not told but done: the sockets of one session, or of all of an operator's, close for good.

    `disabled`: because their account was. Their pages say so, instead of asking them to sign in again.
    """

    operator: OperatorId
    session: bytes | None = None
    disabled: bool = False


class AssignmentDue(msgspec.Struct, frozen=True):
    """Not told but done: something waits, or somebody has room, in departments that assign by themselves."""

    departments: tuple[DepartmentId, ...]


WIRE_VERSION = 3
ConsoleEvent = (
    ConversationOpened
    | MessagePosted
    | MessageChanged
    | ConversationClaimed
    | ConversationTaken
    | ConversationLeft
    | ConversationQueued
    | ConversationPaused
    | ConversationResumed
    | ConversationChanged
    | ConversationClosed
    | ThreadRead
    | PersonChanged
    | PeopleChanged
    | SettingsChanged
    | RepliesChanged
    | DraftsChanged
    | NoticesChanged
    | StoreChanged
    | Typing
    | Looking
    | VisitorPresence
    | DirectPosted
    | DirectChanged
    | DirectLeft
    | DirectRead
    | DirectOwnChanged
    | Hello
    | Pong
)
