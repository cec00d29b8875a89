"""Who has which waiting conversation open. A hint for colleagues, forgotten when a page closes."""

from __future__ import annotations

from recado.domain.ids import ConversationId, OperatorId
from recado.live.hub import OperatorSocket


class Presence:
    """What each operator's page is looking at."""

    def __init__(self) -> None:
        self._looking: dict[OperatorSocket, ConversationId] = {}

    def look(self, socket: OperatorSocket, conversation: ConversationId | None) -> ConversationId | None:
        """Note what a page looks at now, None for nothing. Return what it looked at before."""
        before = self._looking.pop(socket, None)
        if conversation is not None:
            self._looking[socket] = conversation
        return before

    def lookers(self, conversation: ConversationId) -> list[OperatorId]:
        """Return who has it open, each once."""
        return sorted({socket.operator for socket, which in self._looking.items() if which == conversation})
