"""Operators, departments, sessions and invitations: the team, as it is shown to itself."""

from __future__ import annotations

from typing import Literal

import msgspec

from recado.domain.actors import Role
from recado.domain.ids import DepartmentId, InvitationId, OperatorId

Locale = Literal["es", "en", "pt"]
Theme = Literal["system", "light", "dark"]
Availability = Literal["available", "busy", "away"]

USERNAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{1,63}$"
PASSWORD_MIN = 10
PASSWORD_MAX = 512
NAME_MAX = 120

SESSION_IDLE_S = 14 * 24 * 3600
SESSION_MAX_S = 60 * 24 * 3600
INVITATION_S = 7 * 24 * 3600


class Named(msgspec.Struct, frozen=True):
    """The least that is needed to show something: its number and its name."""

    id: int
    name: str


class Person(msgspec.Struct, frozen=True):
    """An operator as every colleague may see them."""

    id: OperatorId
    name: str
    role: Role
    disabled: bool
    availability: Availability


class Me(msgspec.Struct, frozen=True):
    """The signed-in operator with their own settings."""

    id: OperatorId
    name: str
    username: str
    email: str | None
    role: Role
    departments: list[Named]
    locale: Locale | None
    theme: Theme
    desk_window: bool
    availability: Availability
    chat_limit: int | None


class OperatorItem(msgspec.Struct, frozen=True):
    """An operator as the admin's list shows them.

    `held`: how many conversations they attend or have paused; `held_in`: in each department where there are some.

    `created_at` in microseconds UTC.
    """

    id: OperatorId
    name: str
    username: str
    email: str | None
    role: Role
    departments: list[Named]
    disabled: bool
    created_at: int
    chat_limit: int | None
    held: int
    held_in: dict[DepartmentId, int]
    version: int


class InvitationItem(msgspec.Struct, frozen=True):
    """An open invitation. `link` is given once, when it is made, and is not stored. Times in microseconds UTC."""

    id: InvitationId
    role: Role
    departments: list[Named]
    name: str | None
    expires_at: int
    link: str | None = None


class Welcome(msgspec.Struct, frozen=True):
    """What somebody who opens an invitation is told before they accept it."""

    role: Role
    departments: list[Named]
    name: str | None
