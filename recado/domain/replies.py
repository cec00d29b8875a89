"""Quick replies: texts kept for sending again, with places that the customer, the conversation and its operator fill.

A reply is one operator's own, a department's, or everybody's. The page fills its places in, since it alone shows the
text before it goes; which there are is said here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal, NamedTuple, get_args

import msgspec

from recado.domain.actors import Operator, Role
from recado.domain.attachments import Attachment
from recado.domain.errors import Invalid
from recado.domain.ids import DepartmentId, ReplyId
from recado.domain.text import line_of
from recado.domain.threads import body_of

REPLY_NAME_MAX = 60
REPLY_TITLE_MAX = 120
REPLY_TEXT_MAX = 4_000
"""Characters. A conversation's messages may be longer; what is sent again and again is read again and again."""
SHARED_MAX = 5_000
OWN_MAX = 1_000
"""How many replies there can be: of departments and of everybody together, and of one operator's own."""

UNKNOWN = "unknown_placeholder"
PLACE_MAX = 60
"""Of what is said of a placeholder that does not exist, in characters."""

Placeholder = Literal[
    "customer.name",
    "customer.first_name",
    "customer.email",
    "operator.name",
    "operator.first_name",
    "department.name",
    "conversation.id",
]
"""What can stand between double braces in a text."""

_NAME = re.compile(r"[\w][\w.\-]*")
_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


ScopeName = Literal["personal", "department", "all"]


class Origin(NamedTuple):
    """What an answer has come from: a quick reply, and the words of the draft where other words go in their place."""

    reply: ReplyId | None = None
    written: str | None = None
    """With places that the page has filled in since."""


class Scope(NamedTuple):
    """Whose a reply is, to one of those who may use it: their own, a department's, or everybody's."""

    name: ScopeName
    department: DepartmentId | None = None


class Wording(msgspec.Struct, frozen=True):
    """What a reply says, checked: `name` is what is typed after the slash, `title` what else it is found by."""

    name: str
    title: str | None
    text: str


class Reply(msgspec.Struct, frozen=True):
    """A quick reply as one who may use it sees it. `uses`: how often it was sent; `changeable`: by its reader.

    `files` go along with its text, in this order; with some, there may be no text.
    """

    id: ReplyId
    name: str
    title: str | None
    text: str
    scope: ScopeName
    department: DepartmentId | None
    uses: int
    changeable: bool
    version: int
    files: list[Attachment]

    @property
    def whose(self) -> Scope:
        """Whose it is."""
        return Scope(self.scope, self.department)

    @property
    def wording(self) -> Wording:
        """What it says."""
        return Wording(self.name, self.title, self.text)


def wording_of(name: str, title: str | None, text: str, *, along: bool = False) -> Wording:
    """Return a reply's words as they will be stored, or refuse them with the reason.

    A name is one word, since what is typed after a slash ends at a space. A text is kept as it was written, less the
    white space around it; `along` with files it may be empty.
    """
    cleaned = line_of(name, "name", REPLY_NAME_MAX)
    if cleaned is None:
        raise Invalid("name", "empty", "This cannot be empty.")
    if not _NAME.fullmatch(cleaned):
        raise Invalid("name", "one_word", "One word of letters, digits, hyphens, dots and underscores.")
    body = "" if along and not text.strip() else body_of(text.strip(), field="text")
    if len(body) > REPLY_TEXT_MAX:
        raise Invalid("text", "too_long", f"At most {REPLY_TEXT_MAX} characters.")
    unknown = unknown_in(body)
    if unknown is not None:
        raise Invalid("text", UNKNOWN, f"There is no placeholder {{{{{unknown}}}}}.")
    return Wording(cleaned, line_of(title, "title", REPLY_TITLE_MAX), body)


def places_in(text: str) -> list[str]:
    """Return what stands between double braces, in order, known or not."""
    closed = text[: text.rfind("}}") + 2]  # behind it, each opening would be followed to the end of the text
    return [found.strip() for found in _PLACE.findall(closed)]


def unknown_in(text: str) -> str | None:
    """Return the first of these that there is no value for, its beginning where it is long."""
    return next((one[:PLACE_MAX] for one in places_in(text) if one not in get_args(Placeholder)), None)


def may_change(whose: Scope, me: Operator, my_departments: Collection[int]) -> bool:
    """Return whether an operator may make, change and remove replies that are theirs, a department's or everybody's."""
    if whose.name == "personal" or me.role is Role.ADMIN:
        return True
    return me.role is Role.SUPERVISOR and whose.department in my_departments
