"""Who does something: an operator, a visitor, or the desk itself.

An actor is made at a door (`web/auth.py`) from a session or a token, and handed down. It says who somebody is; what
they may do is decided by `permissions` and by the finders in `db/`, which look at the stored rows again.
"""

from __future__ import annotations

import enum
from typing import Literal

import msgspec

from recado.domain.ids import InboxId, OperatorId, VisitorId


class Role(enum.StrEnum):
    """What an operator may run; reading conversations does not depend on it."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


AuthorKind = Literal["visitor", "operator", "system"]


class Author(msgspec.Struct, frozen=True):
    """Who wrote an entry, as operators see it. `id` is None for the desk itself."""

    kind: AuthorKind
    id: int | None = None


class Operator(msgspec.Struct, frozen=True):
    """A signed-in member of the team. `session` is the hash of their session's secret, where they came by a door."""

    id: OperatorId
    name: str
    role: Role
    session: bytes | None = None

    @property
    def author(self) -> Author:
        """The author of what this operator writes."""
        return Author("operator", self.id)


class Visitor(msgspec.Struct, frozen=True):
    """Somebody in a chat on a customer's site, known by the row made for their browser."""

    id: VisitorId
    inbox_id: InboxId

    @property
    def author(self) -> Author:
        """The author of what this visitor writes."""
        return Author("visitor", self.id)


class System(msgspec.Struct, frozen=True):
    """The desk itself: timers, the first start, the command line."""


Actor = Operator | Visitor | System
