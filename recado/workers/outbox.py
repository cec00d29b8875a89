"""Sends what is due to the mail server, one letter after the other: each once, whatever happens meanwhile.

A letter is taken in a transaction that looks once more whether it may be sent, and has it to itself for a while; then
it is handed over, and what became of it is noted. A process that ends in between leaves it to the next one, under the
same Message-ID: that is the only way in which one can arrive twice. While the server cannot be spoken to, all wait.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack

import structlog

from recado.actions import deliveries as actions
from recado.actions.deliveries import Taken
from recado.db import deliveries
from recado.desk import SYSTEM, Desk
from recado.domain.deliveries import Outcome
from recado.domain.errors import Failure
from recado.mail.letters import CannotWriteError
from recado.mail.mailer import Mailer
from recado.mail.smtp import AwayError, Line
from recado.workers.quietly import quietly

TURN_S = 1.0
AT_ONCE = 20
AWAY_FIRST_S = 2.0
AWAY_LONGEST_S = 60.0
NOTED_WITHIN = 10
"""So often it is tried to note that a letter was taken, while the store is busy: each time a second later."""

_log = structlog.get_logger(__name__)


class MailOutbox:
    """What sends e-mails, from `start` to `stop`."""

    def __init__(
        self, desk: Desk, mailer: Mailer, turn_s: float = TURN_S, chance: Callable[[], float] = random.random
    ) -> None:
        self._desk = desk
        self._mailer = mailer
        self._turn_s = turn_s
        self._chance = chance
        self._away = 0
        """How often in a row the server could not be spoken to."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """End. What is being sent is sent again later, if nobody could note what became of it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def send_due(self) -> bool:
        """Send what is due; return whether the server could be spoken to, or need not."""
        while await self._desk.see(deliveries.is_due, "email", self._desk.clock()):
            due = await self._desk.act(actions.sift, SYSTEM, AT_ONCE)
            if due and not await self._send(due):
                return False
        return True

    async def _send(self, due: list[int]) -> bool:
        async with AsyncExitStack() as stack:
            try:
                line = await stack.enter_async_context(self._mailer.line())
            except AwayError as error:
                self._away += 1
                if self._away == 1:
                    _log.warning("mail_server_away", why=str(error))
                return False
            if self._away:
                _log.warning("mail_server_back")
            self._away = 0
            for which in due:
                if not line.is_open:
                    break
                await self._send_one(line, which)
        return True

    async def _send_one(self, line: Line, which: int) -> None:
        taken = await self._desk.act(actions.take, SYSTEM, which)
        if taken is None:
            return
        outcome = await self._hand_over(line, taken)
        if outcome.state != "sent":
            _log.warning("mail_not_sent", delivery=which, attempt=taken.delivery.attempt, state=outcome.state)
        await self._note(taken, outcome)

    async def _hand_over(self, line: Line, taken: Taken) -> Outcome:
        try:
            letter = self._mailer.notice(taken.delivery.stable_id, taken.recipient, taken.told, self._desk.clock())
        except CannotWriteError as error:
            return Outcome("refused", str(error))
        return await line.send(letter)

    async def _note(self, taken: Taken, outcome: Outcome) -> None:
        """Note what became of a letter. What cannot be noted is sent again when its lease has ended."""
        for _ in range(NOTED_WITHIN):
            try:
                await self._desk.act(actions.settle, SYSTEM, taken.delivery, outcome, self._chance())
            except Failure:
                await asyncio.sleep(self._turn_s)
            else:
                return

    async def _work(self) -> None:
        while True:
            await quietly(self.send_due)
            pause = min(AWAY_FIRST_S * 2 ** min(self._away - 1, 16), AWAY_LONGEST_S) if self._away else self._turn_s
            await asyncio.sleep(pause * (0.75 + self._chance() / 2))
