"""What the audit log keeps: that somebody used a power over others or over the desk, and on what. Never what was said.

Kinds, numbers and values of fixed lists are kept; no sentence and no name. The reader's page puts them into words.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from recado.domain.ids import OperatorId


class Kind(enum.StrEnum):
    """What was done."""

    INSTALLATION_SET_UP = "installation.set_up"
    OPERATOR_INVITED = "operator.invited"
    OPERATOR_JOINED = "operator.joined"
    OPERATOR_CHANGED = "operator.changed"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    RESET_LINK_MADE = "reset_link.made"
    PASSWORD_RESET = "password.reset"  # noqa: S105 - the name of what was done
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - likewise
    DEPARTMENT_CREATED = "department.created"
    DEPARTMENT_CHANGED = "department.changed"
    REASONS_CHANGED = "reasons.changed"
    REPLIES_CHANGED = "replies.changed"
    FILE_RULES_CHANGED = "file_rules.changed"
    NOTICES_CHANGED = "notices.changed"
    INBOX_CREATED = "inbox.created"
    INBOX_CHANGED = "inbox.changed"
    MOVED = "conversation.moved"
    LOOK_IN = "look_in"
    BLOCK = "block"
    UNBLOCK = "unblock"


Subject = Literal[
    "installation", "operator", "invitation", "department", "inbox", "reason", "reply", "conversation", "visitor"
]
"""What it was done to."""

Detail = int | str | Sequence[int] | Sequence[str] | None
"""A value of a fixed list, a number, or several: a role, the departments, the names of the fields that were given."""


class AuditItem(msgspec.Struct, frozen=True):
    """One line of the log. `operator` None: the desk itself. `at` in microseconds UTC."""

    id: int
    at: int
    kind: Kind
    operator: OperatorId | None
    about: str
    about_id: int
    detail: dict[str, Any]


class AuditPage(msgspec.Struct, frozen=True):
    """Lines, newest first; `next` continues below, None where there is nothing more."""

    items: list[AuditItem]
    next: int | None
