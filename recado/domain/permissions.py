"""Who may do what, and who reads what: the one place where it is written down.

Two doors use it and no third. `needs` stands on every action and says who may call it; routes name who may ask in the
same words (`NEEDS` in `web/auth.py`). `READERS` says, for each state of a conversation, who reads it: the finders in
`db/` are narrowed by it, and audiences are computed from it, so that a list, an open pane and an event can never
disagree. What may not be seen is not found: `NotFound` stands for both.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Mapping
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar, cast

from recado.domain.actors import Actor, Author, Operator, Role, System, Visitor
from recado.domain.conversations import Status
from recado.domain.errors import NotFound
from recado.domain.events import Readers
from recado.domain.ids import OperatorId

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
A = TypeVar("A", bound=Actor)


NOBODY: Readers = frozenset()


class Reader(enum.StrEnum):
    """A relation to a conversation that lets an operator read it."""

    DEPARTMENT = "department"
    OWNER = "owner"
    LOOKER = "looker"
    ARCHIVE = "archive"


READERS: Mapping[Status, tuple[Reader, ...]] = {
    Status.WAITING: (Reader.DEPARTMENT,),
    Status.ATTENDING: (Reader.OWNER, Reader.LOOKER),
    Status.PAUSED: (Reader.OWNER, Reader.LOOKER),
    Status.CLOSED: (Reader.OWNER, Reader.ARCHIVE),
}
"""Closed: its last owner, who stays written in it, and its department where an admin has opened its archive.

A looker is a supervisor of the department who has looked in, visibly and in a department that allows it; nobody reads a
conversation by merely being supervisor or admin.
"""

Needed = type[Visitor] | type[Operator] | type[System] | Role
_RANK = {Role.OPERATOR: 0, Role.SUPERVISOR: 1, Role.ADMIN: 2}


class Facts(NamedTuple):
    """What decides who reads a conversation.

    `members` are the operators of its department, `lookers` the supervisors who look in, both as of now. They need not
    be known where `READERS` does not ask for them.
    """

    status: Status
    owner: OperatorId | None
    archive: bool
    members: Readers = NOBODY
    lookers: Readers = NOBODY


_RELATED: Mapping[Reader, Callable[[Facts], Readers]] = {
    Reader.DEPARTMENT: lambda facts: facts.members,
    Reader.OWNER: lambda facts: NOBODY if facts.owner is None else frozenset((facts.owner,)),
    Reader.LOOKER: lambda facts: facts.lookers,
    Reader.ARCHIVE: lambda facts: facts.members if facts.archive else NOBODY,
}


def readers_of(facts: Facts) -> Readers:
    """Return who reads, and so hears of, a conversation in this state."""
    readers = NOBODY
    for reader in READERS[facts.status]:
        readers |= _RELATED[reader](facts)
    return readers


def is_own(author: Author, me: Operator) -> bool:
    """Return whether this operator wrote it: what is sent is changed, deleted and taken back by its author alone.

    Of a conversation that they still read, that is. What it said before is read by whoever reads the conversation.
    """
    return author == me.author


def allowed(actor: Actor, needed: tuple[Needed, ...]) -> bool:
    """Return whether `actor` is one of those an action needs; a role admits the roles above it."""
    for one in needed:
        if isinstance(one, Role):
            if isinstance(actor, Operator) and _RANK[actor.role] >= _RANK[one]:
                return True
        elif isinstance(actor, one):
            return True
    return False


def needed_by(action: object) -> tuple[Needed, ...]:
    """Return who may call an action, as `needs` has marked it."""
    return getattr(action, "needed", ())


def needs(*needed: Needed) -> Callable[[Callable[Concatenate[T, A, P], R]], Callable[Concatenate[T, A, P], R]]:
    """Mark an action with who may call it, and refuse everybody else as if there were nothing there.

    The mark stays readable (`needed_by`): the tests walk all actions by it.
    """

    def mark(action: Callable[Concatenate[T, A, P], R]) -> Callable[Concatenate[T, A, P], R]:
        @functools.wraps(action)
        def guarded(tx: T, actor: A, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not allowed(actor, needed):
                raise NotFound
            return action(tx, actor, *args, **kwargs)

        guarded.needed = needed  # type: ignore[attr-defined]
        return cast("Callable[Concatenate[T, A, P], R]", guarded)

    return mark
