"""A week of three people who write, read, leave, rest and come back, while server and desk fail now and then.

Nobody gets an e-mail about what they may not read or had read by then; each run of what is unread gives one; none is
lost.
"""

import asyncio

import pytest

from demo.mail.smtp import Mail
from recado.workers.notifying import Notifying
from tests.mail.posts import Post, posting
from tests.mail.week import Week
from tests.world import World

STEPS = 160


class Life:
    """The desk's process: it dies now and then, also while it sends."""

    def __init__(self, post: Post, week: Week) -> None:
        self.post = post
        self.week = week
        self.crashes = 0

    async def turn(self) -> None:
        """One round of what the desk does by itself, or a part of it."""
        chance = self.week.chance.random()
        if chance < 0.15:
            await self._crash()
        elif chance < 0.55:
            await self.post.notifying.note()
            await self.post.outbox.send_due()
        elif chance < 0.8:
            await self.post.turn()

    async def _crash(self) -> None:
        """End in the middle, with all that was only in memory, and begin again."""
        working = asyncio.create_task(self.post.turn())
        for _ in range(self.week.chance.randint(0, 60)):
            await asyncio.sleep(0)
        self.crashes += not working.done()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        self.post.notifying = Notifying(self.post.world.desk, mail=True)
        self.post.world.desk.hub.on_told = self.post.notifying.hear
        self.post.outbox = self.post.another()


@pytest.mark.parametrize("seed", range(4))
async def test_a_week(world: World, seed: int) -> None:
    faults: list[BaseException] = []

    async with posting(world) as post:
        week = Week(world, seed)
        post.server.cue = week.cue

        def keep(mail: Mail) -> None:
            try:
                week.judge(mail)
            except BaseException as fault:  # noqa: BLE001 - raised in the test, not in the server
                faults.append(fault)

        post.server.keep, life = keep, Life(post, week)
        for _ in range(STEPS):
            week.step()
            await life.turn()
            assert not faults, faults[0]
        week.faulty = False
        for _ in range(30):
            await post.after(3600)
        assert not faults, faults[0]
        week.judge_all(life.crashes)
        assert week.told
