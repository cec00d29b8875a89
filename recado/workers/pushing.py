"""Lets browsers show what is due, and show no more what was seen: each through the service of its maker.

What one service does holds up no other. Who looks at a page of ours is asked at the moment of sending.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import structlog

from recado.actions import push as browsers
from recado.actions import pushing as actions
from recado.actions.pushing import Outcome, Taken
from recado.db import deliveries
from recado.desk import SYSTEM, Desk
from recado.domain.push import Subscribed
from recado.push.messages import post_of, takes_clears
from recado.push.sealing import Signer, Subscription
from recado.push.service import Result, Services
from recado.workers.quietly import quietly

TURN_S = 1.0
AT_ONCE = 20

_log = structlog.get_logger(__name__)


class Told(NamedTuple):
    """A browser, and what its service said."""

    browser: Subscribed
    result: Result


class PushOutbox:
    """What sends pushes, from `start` to `stop`. `signer` gives what signs for this installation."""

    def __init__(
        self,
        desk: Desk,
        services: Services,
        signer: Callable[[], Awaitable[Signer]],
        turn_s: float = TURN_S,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._desk = desk
        self._services = services
        self._signer = signer
        self._turn_s = turn_s
        self._chance = chance
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """End. What is being sent is sent again later, if nobody could note what became of it: it is shown once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._services.close()

    async def send_due(self) -> None:
        """Send what is due."""
        while await self._desk.see(deliveries.is_due, "push", self._desk.clock()):
            due = await self._desk.act(actions.sift, SYSTEM, self._desk.presence.seeing(), AT_ONCE)
            await asyncio.gather(*(self._send_one(which) for which in due))

    async def _send_one(self, which: int) -> None:
        taken = await self._desk.act(actions.take, SYSTEM, which, self._desk.presence.seeing())
        if taken is None:
            return
        signer = await self._signer()
        told = await asyncio.gather(*(self._hand_over(signer, taken, one) for one in taken.to))
        await self._note(told)
        await self._desk.act(actions.settle, SYSTEM, taken, _outcome(told), self._chance())

    async def _hand_over(self, signer: Signer, taken: Taken, to: Subscribed) -> Told:
        if taken.shown.told is None and not takes_clears(to.endpoint):
            return Told(to, Result("sent", ""))
        where = Subscription(to.endpoint, to.key, to.secret)
        return Told(to, await self._services.send(signer, where, post_of(taken.shown), self._desk.clock() // 1_000_000))

    async def _note(self, told: list[Told]) -> None:
        """Forget browsers that are gone, and note which are refused, for their owners to see."""
        gone, failed = ([one.browser.id for one in told if one.result.state == state] for state in ("gone", "refused"))
        well = [one.browser.id for one in told if one.result.state == "sent" and one.browser.failed]
        if gone or failed or well:
            _log.info("browsers_noted", gone=len(gone), refused=len(failed))
            await self._desk.act(browsers.note, SYSTEM, gone, failed, well)

    async def _work(self) -> None:
        while True:
            await quietly(self.send_due)
            await asyncio.sleep(self._turn_s)


def _outcome(told: list[Told]) -> Outcome:
    passing = [one for one in told if one.result.state == "passing"]
    after_us = max((one.result.after_s or 0 for one in passing), default=0) * 1_000_000
    said = next((one.result.answer for one in told if one.result.state != "sent"), "")
    sent = sum(one.result.state == "sent" for one in told)
    return Outcome(sent, [one.browser.id for one in passing], after_us, said)
