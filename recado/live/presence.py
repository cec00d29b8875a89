"""Who has which conversation open, and who sees a page of ours at all: hints for colleagues and for what notifies.

Forgotten when a page closes.
"""

from __future__ import annotations

from recado.domain.ids import ConversationId, OperatorId
from recado.live.bus import Bus
from recado.live.hub import OperatorSocket


class Presence:
    """What each operator's page is looking at."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._looking: dict[OperatorSocket, ConversationId] = {}

    def look(self, socket: OperatorSocket, conversation: ConversationId | None) -> ConversationId | None:
        """Note what a page looks at now, None for nothing. Return what it looked at before."""
        before = self._looking.pop(socket, None)
        if conversation is not None:
            self._looking[socket] = conversation
            self._bus.say_looking(conversation, socket.operator, looks=True)
        if before is not None and socket.operator not in self._here(before):
            self._bus.say_looking(before, socket.operator, looks=False)
        return before

    def see(self, socket: OperatorSocket, *, visible: bool) -> None:
        """Note whether somebody sees a page of theirs; one that is gone is not seen."""
        before = self._bus.hub.sees(socket.operator)
        socket.visible = visible
        now = self._bus.hub.sees(socket.operator)
        if before != now:
            self._bus.say_visible(socket.operator, visible=now)

    def seeing(self) -> frozenset[OperatorId]:
        """Return who sees a page of ours at this moment, at whichever process."""
        return frozenset(self._bus.hub.visible_operators() | self._bus.elsewhere.visible())

    def lookers(self, conversation: ConversationId) -> list[OperatorId]:
        """Return who has it open, each once, at whichever process."""
        return sorted(self._here(conversation) | self._bus.elsewhere.lookers(conversation))

    def looking(self) -> set[tuple[ConversationId, OperatorId]]:
        """Return what is open here, and at whose page."""
        return {(which, socket.operator) for socket, which in self._looking.items()}

    def _here(self, conversation: ConversationId) -> set[OperatorId]:
        return {socket.operator for socket, which in self._looking.items() if which == conversation}
