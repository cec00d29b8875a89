"""Whom news concerns who may not be looking: after each commit, and by a sweep for what a process left undone.

Nothing is decided within the transactions of those who write. What they tell pages is a hint to look, a moment later,
at what is unread to whom; the sweep finds the same without hints. Where nobody is told anything outside of pages,
nothing is looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from recado.actions import deliveries as actions
from recado.actions import pushing
from recado.db import push
from recado.db.targets import Hints, hinted, swept
from recado.desk import SYSTEM, Desk
from recado.domain.deliveries import Owed, Way
from recado.domain.events import (
    ConversationChanged,
    ConversationClaimed,
    ConversationClosed,
    ConversationLeft,
    ConversationOpened,
    ConversationPaused,
    ConversationQueued,
    ConversationResumed,
    ConversationTaken,
    DirectChanged,
    DirectLeft,
    DirectOwnChanged,
    DirectPosted,
    Event,
    MessageChanged,
    MessagePosted,
    NoticesChanged,
    SettingsChanged,
    ThreadRead,
    ToOperators,
)
from recado.domain.ids import ConversationId, DirectId, OperatorId
from recado.domain.routing import SWEEP_S
from recado.workers.quietly import quietly

FOLD_S = 0.2
"""What is said in quick succession is looked at once."""
AGAIN_S = 1.0
NOBODY: frozenset[OperatorId] = frozenset()

_DIRECT: dict[type[Event], Callable[[Any], DirectId]] = {
    DirectPosted: lambda event: event.direct.id,
    DirectChanged: lambda event: event.direct.id,
    DirectOwnChanged: lambda event: event.direct,
    DirectLeft: lambda event: event.id,
}
_CONVERSATION: dict[type[Event], Callable[[Any], ConversationId]] = {
    **dict.fromkeys(
        (
            ConversationChanged,
            ConversationClaimed,
            ConversationClosed,
            ConversationOpened,
            ConversationPaused,
            ConversationQueued,
            ConversationResumed,
            MessageChanged,
            MessagePosted,
        ),
        lambda event: event.conversation.id,
    ),
    ThreadRead: lambda event: event.conversation,
    ConversationTaken: lambda event: event.id,
    ConversationLeft: lambda event: event.id,
}
_WITH_ENTRIES = (MessagePosted, MessageChanged)


class Notifying:
    """What notes whom to tell, from `start` to `stop`. `mail`: whether e-mails are sent from here."""

    def __init__(self, desk: Desk, *, mail: bool, fold_s: float = FOLD_S, sweep_s: float = SWEEP_S) -> None:
        self._desk = desk
        self._mail = mail
        self._fold_s = fold_s
        self._sweep_s = sweep_s
        self._subscribed = NOBODY
        """Who has a browser that is told, as of the last look."""
        self._hints = Hints()
        self._wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, on the running loop."""
        self._desk.hub.on_told = self.hear
        self._tasks = [asyncio.create_task(self._note_forever()), asyncio.create_task(self._sweep_forever())]

    async def stop(self) -> None:
        """End; what was not noted is found by the next start."""
        self._desk.hub.on_told = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hear(self, event: Event, audience: tuple[object, ...]) -> None:
        """Take a hint."""
        kind = type(event)
        if kind in _CONVERSATION:
            self._hear_of_conversation(event, _CONVERSATION[kind](event))
        elif kind in _DIRECT and (self._subscribed or (self._mail and isinstance(event, DirectPosted))):
            self._hints.directs.add(_DIRECT[kind](event))
            self._wanted.set()
        elif isinstance(event, NoticesChanged) and isinstance(audience[0], ToOperators):
            self._hints.chosen |= audience[0].ids
            self._wanted.set()
        elif isinstance(event, SettingsChanged):
            self._hints.chosen.add(None)
            self._wanted.set()

    def _hear_of_conversation(self, event: Event, which: ConversationId) -> None:
        """Note what concerns pushes, and of what concerns e-mails who is mentioned and what has become loud."""
        if self._subscribed or (self._mail and isinstance(event, ConversationChanged)):
            self._hints.conversations.add(which)
            self._wanted.set()
        if (self._mail or self._subscribed) and isinstance(event, _WITH_ENTRIES):
            named = {(which, OperatorId(one)) for entry in event.entries for one in entry.mentions}
            if named:
                self._hints.mentioned |= named
                self._wanted.set()

    @property
    def _ways(self) -> list[Way]:
        return [*(["email"] if self._mail else []), *(["push"] if self._subscribed else [])]  # type: ignore[list-item]

    async def note(self) -> None:
        """Look at what was hinted at. Where that fails, the hints stay."""
        self._wanted.clear()
        hints, self._hints = self._hints, Hints()
        try:
            if hints.chosen:
                self._subscribed = await self._desk.see(push.list_subscribed, self._desk.clock())
            await self._owe(*await self._desk.see(hinted, hints, self._ways, self._subscribed, self._desk.clock()))
            for operator in hints.chosen:
                await self._desk.act(actions.hasten, SYSTEM, operator)
        except BaseException:
            self._hints.take(hints)
            raise

    async def sweep(self) -> None:
        """Look for what is news to somebody and of which nothing says that they are told, and for what was seen."""
        self._subscribed = await self._desk.see(push.list_subscribed, self._desk.clock())
        for way in self._ways:
            await self._owe(*await self._desk.see(swept, way, self._subscribed, self._desk.clock()))

    async def _owe(self, owed: list[Owed], shown: list[int]) -> None:
        if owed:
            await self._desk.act(actions.owe, SYSTEM, owed)
        if shown:
            await self._desk.act(pushing.look_again, SYSTEM, shown)

    async def _note_forever(self) -> None:
        while True:
            await self._wanted.wait()
            await asyncio.sleep(self._fold_s)
            if not await quietly(self.note):
                await asyncio.sleep(AGAIN_S)
                self._wanted.set()

    async def _sweep_forever(self) -> None:
        while True:
            await quietly(self.sweep)
            await asyncio.sleep(self._sweep_s)
