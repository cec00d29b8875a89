"""Customers and the visitors they come as.

A visitor is a browser on one site; a customer is a person. What a visitor types about themselves is shown as typed
and proves nothing: only a site's signature joins a browser to a known customer.
"""

from __future__ import annotations

import re

import msgspec

from recado.domain.conversations import WidgetConversation
from recado.domain.errors import Invalid
from recado.domain.ids import ConversationId
from recado.domain.inboxes import Answering, InboxFace
from recado.domain.people import Named
from recado.domain.text import line_of

CUSTOMER_NAME_MAX = 120
EMAIL_MAX = 254
PAGE_MAX = 2000
AGENT_MAX = 400

TOKEN_S = 15 * 60
RESUME_KEY_S = 180 * 24 * 3600
VERIFIED_KEY_S = 24 * 3600
"""How long a page of a verified visitor goes on by keys that it keeps in memory; the next one is signed again."""
RESUME_GRACE_S = 10 * 60
RESUME_KEYS_MAX = 8
"""How many of one browser's keys are kept, or of one page's of a verified visitor: answers may be lost."""
VERIFIED_KEYS_MAX = 100
"""How many keys of a verified visitor are kept, whose pages each have their own."""

_EMAIL = re.compile(r"^[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\.]+(\.[^\s@<>(),;:\"\[\]\\.]+)+$")


class VisitorFace(msgspec.Struct, frozen=True):
    """What a visitor has said of themselves, given back to them; `verified` where the site signed who they are."""

    name: str | None
    email: str | None
    verified: bool


class Block(msgspec.Struct, frozen=True):
    """A visitor who may not write any more, or the network they came from until a time. Times in microseconds UTC.

    `conversation` is the latest of theirs that its reader may know of: by it somebody without a name is called.
    """

    id: int
    conversation: ConversationId | None
    name: str | None
    network: str | None
    operator: Named
    reason: str | None
    created_at: int
    until: int | None


class FirstName(msgspec.Struct, frozen=True):
    """An operator as a customer sees them."""

    name: str


class Around(msgspec.Struct, frozen=True):
    """Who answers a visitor: the department, when they may expect it, and who of it is there at this moment.

    `blocked`: nobody does, since this visitor may not write any more.
    """

    department: str
    answering: Answering
    people: list[FirstName]
    blocked: bool


class Visit(msgspec.Struct, frozen=True):
    """The answer to a browser that comes (back) to the chat.

    `token` is the bearer token for the requests that follow, until `expires_at`; `resume_key` replaces the one that
    was used. Both are secrets of that browser, the key of a verified visitor of that page alone.
    """

    token: str
    expires_at: int
    resume_key: str
    epoch: str
    wire: int
    visitor: VisitorFace
    inbox: InboxFace
    department: str
    answering: Answering
    people: list[FirstName]
    blocked: bool
    conversations: list[WidgetConversation]


def email_of(text: str | None, *, field: str = "email") -> str | None:
    """Return an e-mail address as typed, without surrounding space; None for an empty one; refuse what is none."""
    cleaned = line_of(text, field, EMAIL_MAX)
    if cleaned is None:
        return None
    if not _EMAIL.match(cleaned):
        raise Invalid(field, "not_an_email", "That is not an e-mail address.")
    return cleaned
