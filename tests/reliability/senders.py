"""People who write at full speed and never give up: the same words under the same client id until they are stored."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.reliability.judge import Ledger, canary
from tests.reliability.wire import Answer, LostError, Party

RETRY = frozenset({429, 502, 503})


class Load:
    """What all senders of a test share: the ledger, whether the server is up, what was answered how often."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.up = asyncio.Event()
        self.up.set()
        self.statuses: Counter[int] = Counter()
        self.enough = False
        self._count = 0
        self._answered = asyncio.Event()
        self._wanted: list[tuple[int, asyncio.Event]] = []

    def count(self) -> None:
        """Note an acknowledgement, and wake whoever waits for so many."""
        self._count += 1
        for entry in [entry for entry in self._wanted if entry[0] <= self._count]:
            entry[1].set()
            self._wanted.remove(entry)

    @property
    def acknowledged(self) -> int:
        return len(self.ledger.acknowledged)

    def note(self, status: int) -> None:
        """Note that somebody was answered."""
        self.statuses[status] += 1
        self._answered.set()

    async def answered(self) -> None:
        """Wait for the next answer to anybody."""
        self._answered.clear()
        await self._answered.wait()

    async def more(self, count: int, within_s: float = 60) -> None:
        """Wait until so many more answers of success have come."""
        reached = asyncio.Event()
        self._wanted.append((self._count + count, reached))
        async with asyncio.timeout(within_s):
            await reached.wait()


class Sender:
    """One person writing into one conversation, one message after the other."""

    def __init__(self, load: Load, party: Party, author: tuple[str, int], conversation: int | str) -> None:
        self.load = load
        self.party = party
        self.author = author
        self.conversation = conversation
        self.canaries: list[str] = []

    async def write(self, goes_on: Callable[[], bool], pause_s: float = 0) -> None:
        """Write as long as `goes_on`, finishing what was begun; at full speed, or with pauses."""
        while goes_on():
            if pause_s:
                await asyncio.sleep(pause_s)
            mark = canary()
            self.canaries.append(mark)
            await self.send(str(uuid.uuid4()), f"{mark} {'x' * 40}")

    async def send(self, client_id: str, body: str) -> None:
        """Send until it is acknowledged, across cuts and restarts."""
        key = (*self.author, client_id)
        self.load.ledger.attempt(key, body)
        while not await self._try(key, body):
            pass

    async def _try(self, key: tuple[str, int, str], body: str) -> bool:
        await self.load.up.wait()
        try:
            answer = await self.party.say(self.conversation, key[2], body)
        except (LostError, OSError):
            # Not told yet that the server is down: let whoever ends it say so.
            await asyncio.sleep(0)
            return False
        return await self._judge(key, answer)

    async def _judge(self, key: tuple[str, int, str], answer: Answer) -> bool:
        self.load.note(answer.status)
        if answer.status in RETRY:
            await asyncio.sleep(0.05)
            return False
        assert answer.status in {200, 201}, answer
        entry: dict[str, Any] = answer.json["entry"]
        assert entry["body"] == self.load.ledger.tried[key]
        self.load.ledger.acknowledge(key, entry["seq"])
        self.load.count()
        return True
