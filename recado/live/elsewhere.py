"""Who is at the other processes: as they say it, and only as long as they go on saying it.

A process that ends without a word is forgotten when its last words have faded: nobody is shown as there by hearsay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from recado.domain.ids import ConversationId, OperatorId, VisitorId

SAID_EVERY_S = 5.0
FADES_AFTER_S = 16.0


class Faded(NamedTuple):
    """Of whom nothing has been heard for too long."""

    visitors: set[VisitorId]
    conversations: set[ConversationId]


class Elsewhere:
    """What the other processes say of their pages. `clock` gives seconds that never run backwards."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._visitors: defaultdict[VisitorId, dict[str, float]] = defaultdict(dict)
        self._visible: dict[tuple[OperatorId, str], float] = {}
        self._looking: defaultdict[ConversationId, dict[tuple[str, OperatorId], float]] = defaultdict(dict)

    def note_visible(self, process: str, operator: OperatorId, *, visible: bool) -> None:
        """Take in whether an operator sees a page at another process."""
        if visible:
            self._visible[operator, process] = self._clock()
        else:
            self._visible.pop((operator, process), None)

    def visible(self) -> set[OperatorId]:
        """Return the operators of whom another process has said lately that they see a page."""
        return {operator for operator, _ in self._visible}

    def note_visitor(self, process: str, visitor: VisitorId, *, online: bool) -> bool:
        """Take in what a process says of a visitor; return whether that is news."""
        before = self.is_online(visitor)
        if online:
            self._visitors[visitor][process] = self._clock()
        else:
            self._visitors[visitor].pop(process, None)
            self._tidy(visitor, None)
        return before != self.is_online(visitor)

    def note_looking(self, process: str, conversation: ConversationId, operator: OperatorId, *, looks: bool) -> bool:
        """Take in that an operator at another process looks at a conversation, or no longer; return if it is news."""
        before = self.lookers(conversation)
        if looks:
            self._looking[conversation][process, operator] = self._clock()
        else:
            self._looking[conversation].pop((process, operator), None)
            self._tidy(None, conversation)
        return before != self.lookers(conversation)

    def is_online(self, visitor: VisitorId) -> bool:
        """Return whether another process has said lately that a visitor is there."""
        return visitor in self._visitors

    def lookers(self, conversation: ConversationId) -> set[OperatorId]:
        """Return the operators at other processes who look at a conversation."""
        return {operator for _, operator in self._looking.get(conversation, ())}

    def fade(self) -> Faded:
        """Forget what has not been said for too long, and return whom that concerns."""
        oldest = self._clock() - FADES_AFTER_S
        faded = Faded(set(), set())
        self._visible = {key: at for key, at in self._visible.items() if at >= oldest}
        for visitor, said in tuple(self._visitors.items()):
            for process in [process for process, at in said.items() if at < oldest]:
                del said[process]
                faded.visitors.add(visitor)
            self._tidy(visitor, None)
        for conversation, lookers in tuple(self._looking.items()):
            for key in [key for key, at in lookers.items() if at < oldest]:
                del lookers[key]
                faded.conversations.add(conversation)
            self._tidy(None, conversation)
        return faded

    def _tidy(self, visitor: VisitorId | None, conversation: ConversationId | None) -> None:
        if visitor is not None and not self._visitors.get(visitor):
            self._visitors.pop(visitor, None)
        if conversation is not None and not self._looking.get(conversation):
            self._looking.pop(conversation, None)
