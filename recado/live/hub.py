"""The hub: who is connected, and who hears what.

It lives on one event loop. Events come from commits, with the audience that the transaction computed; each is encoded
once and offered to every socket of its audience. Nothing is remembered here but who is connected: whoever is not
misses the event and refetches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

import msgspec

from recado.domain.events import (
    AssignmentDue,
    Audience,
    Event,
    RightsChanged,
    SessionsEnded,
    ToOperators,
    ToTeam,
    ToVisitor,
)
from recado.domain.ids import DepartmentId, OperatorId, VisitorId
from recado.live.outbox import DISABLED, RIGHTS_CHANGED, SIGNED_OUT, Outbox

K = TypeVar("K")
S = TypeVar("S")

_ENCODE = msgspec.json.Encoder().encode


class OperatorSocket(Outbox):
    """One open page of an operator: the desk, or another."""

    __slots__ = ("departments", "desk", "operator", "session", "visible")

    def __init__(self, operator: OperatorId, session: bytes, *, desk: bool = True) -> None:
        super().__init__()
        self.operator = operator
        self.session = session
        self.desk = desk
        self.visible = False
        """Whether its operator can see it, as it says."""
        self.departments: frozenset[DepartmentId] | None = None
        """Those of its operator as of when the hub knew it: a page of others is closed, and comes back to fetch.

        None until it is greeted. It hears nothing before: its page fetches after the greeting what has been stored.
        """


class VisitorSocket(Outbox):
    """One open page of a visitor, until its token ends, in microseconds UTC."""

    __slots__ = ("ends_at", "visitor")

    def __init__(self, visitor: VisitorId, ends_at: int) -> None:
        super().__init__()
        self.visitor = visitor
        self.ends_at = ends_at


class Hub:
    """All open sockets, by who they belong to."""

    def __init__(self) -> None:
        self._operators: defaultdict[OperatorId, set[OperatorSocket]] = defaultdict(set)
        self._visitors: defaultdict[VisitorId, set[VisitorSocket]] = defaultdict(set)
        self.on_due: Callable[[Iterable[DepartmentId]], None] | None = None
        """Told of departments in which a conversation may have to be assigned."""
        self.on_told: Callable[[Event, tuple[object, ...]], None] | None = None
        """Told what was stored here and told to pages: somebody may have to hear of it who has none open."""

    def add(self, socket: OperatorSocket | VisitorSocket) -> bool:
        """Let a socket hear. Return whether it is the first one of its person, or their first desk."""
        if isinstance(socket, VisitorSocket):
            mine = self._visitors[socket.visitor]
            mine.add(socket)
            return len(mine) == 1
        own = self._operators[socket.operator]
        first = not own or (socket.desk and not _at_desk(own))
        own.add(socket)
        return first

    def remove(self, socket: OperatorSocket | VisitorSocket) -> bool:
        """Forget a socket. Return whether it was the last one of its person."""
        if isinstance(socket, VisitorSocket):
            return _take_out(self._visitors, socket.visitor, socket)
        return _take_out(self._operators, socket.operator, socket)

    def is_online(self, visitor: VisitorId) -> bool:
        """Return whether a visitor has a page open."""
        return visitor in self._visitors

    def count_pages(self, visitor: VisitorId) -> int:
        """Return how many pages a visitor has open."""
        return len(self._visitors.get(visitor, ()))

    def online_visitors(self) -> list[VisitorId]:
        """Return the visitors who have a page open."""
        return list(self._visitors)

    def end_tokens(self, now: int) -> None:
        """Close the pages of visitors whose token has ended: they come back with another."""
        for sockets in self._visitors.values():
            self._close([one for one in sockets if one.ends_at <= now], SIGNED_OUT)

    def operator_sockets(self) -> list[OperatorSocket]:
        """Return all open pages of operators."""
        return [socket for sockets in self._operators.values() for socket in sockets]

    def online_operators(self) -> set[OperatorId]:
        """Return the operators who have a page open."""
        return set(self._operators)

    def operators_at_desk(self) -> set[OperatorId]:
        """Return those of them who have the desk open."""
        return {operator for operator, own in self._operators.items() if _at_desk(own)}

    def sees(self, operator: OperatorId) -> bool:
        """Return whether an operator sees a page of theirs."""
        return any(one.visible for one in self._operators.get(operator, ()))

    def visible_operators(self) -> set[OperatorId]:
        """Return those who see a page of theirs."""
        return {operator for operator in self._operators if self.sees(operator)}

    def publish(self, batch: Iterable[tuple[object, tuple[object, ...]]]) -> None:
        """Tell a committed batch of events, in its order."""
        for event, audience in batch:
            if isinstance(event, Event):
                self.tell(event, *audience)  # type: ignore[arg-type]
                if self.on_told is not None:
                    self.on_told(event, audience)
            elif isinstance(event, RightsChanged):
                self._close(self._operators.get(event.operator, ()), RIGHTS_CHANGED)
            elif isinstance(event, SessionsEnded):
                self._end_sessions(event)
            elif isinstance(event, AssignmentDue) and self.on_due is not None:
                self.on_due(event.departments)

    def tell(self, event: Event, *audience: Audience) -> None:
        """Offer an event to the sockets of its audience; encoded once, and not at all when nobody is there."""
        sockets = self._sockets_of(audience)
        if sockets:
            frame = _ENCODE(event)
            for socket in sockets:
                socket.offer(frame)

    def _sockets_of(self, audience: tuple[Audience, ...]) -> Collection[Outbox]:
        """Return the sockets of an audience, each once."""
        found: list[Outbox] = []
        for one in audience:
            match one:
                case ToVisitor(visitor):
                    found.extend(self._visitors.get(visitor, ()))
                case ToOperators(operators):
                    for operator in operators:
                        found.extend(_greeted(self._operators.get(operator, ())))
                case ToTeam():
                    for own in self._operators.values():
                        found.extend(_greeted(own))
        return found if len(audience) == 1 else dict.fromkeys(found)

    def _end_sessions(self, event: SessionsEnded) -> None:
        mine = self._operators.get(event.operator, ())
        ended = [socket for socket in mine if event.session is None or socket.session == event.session]
        self._close(ended, DISABLED if event.disabled else SIGNED_OUT)

    @staticmethod
    def _close(sockets: Iterable[Outbox], code: int) -> None:
        for socket in tuple(sockets):
            socket.close(code)


def _at_desk(sockets: Iterable[OperatorSocket]) -> bool:
    return any(socket.desk for socket in sockets)


def _greeted(sockets: Iterable[OperatorSocket]) -> Iterable[OperatorSocket]:
    return [socket for socket in sockets if socket.departments is not None]


def _take_out(groups: dict[K, set[S]], key: K, socket: S) -> bool:
    sockets = groups.get(key)
    if sockets is None:
        return False
    sockets.discard(socket)
    if sockets:
        return False
    del groups[key]
    return True
