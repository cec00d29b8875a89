"""Lets go of files that no message took: first their bytes, wherever they lie, then what their rows say of them.

In that order nothing is ever left that nobody knows of, whenever a process dies in between; it is done again then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from recado.actions import attachments as actions
from recado.db import gone_files
from recado.db.gone_files import Gone
from recado.desk import SYSTEM, Desk
from recado.files.intake import Intake
from recado.files.store import Store, StoreAwayError
from recado.workers.quietly import quietly

EVERY_S = 300.0
LYING_S = 3600
AT_ONCE = 500


class Sweeper:
    """What tidies up files, from `start` to `stop`."""

    def __init__(self, desk: Desk, intake: Intake, store: Store, every_s: float = EVERY_S) -> None:
        self._desk = desk
        self._intake = intake
        self._store = store
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._sweep_forever())

    async def stop(self) -> None:
        """End; what is left is found by the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> None:
        """Let go of what was given up, and of what lies here and is on its way no more."""
        lying = await asyncio.to_thread(self._intake.list_old, self._desk.clock() / 1_000_000 - LYING_S)
        for start in range(0, len(lying), AT_ONCE):
            some = lying[start : start + AT_ONCE]
            known = await self._desk.see(gone_files.list_known, some)
            for which in some:
                if which not in known:
                    await asyncio.to_thread(self._intake.remove, which)
        while gone := await self._desk.act(actions.give_up, SYSTEM):
            await self._let_go(gone)

    async def _let_go(self, gone: Sequence[Gone]) -> None:
        """Remove what can be removed and note that; what keeps one of them from going is raised behind it."""
        removed, fault = [], None
        for which, place in gone:
            try:
                await asyncio.to_thread(self._intake.remove, which)
                if place is not None:
                    await self._store.remove(place)
                removed.append(which)
            except (OSError, StoreAwayError) as error:
                fault = error
        await self._desk.act(actions.note_removed, SYSTEM, removed)
        if fault is not None:
            raise fault

    async def _sweep_forever(self) -> None:
        while True:
            await quietly(self.sweep)
            await asyncio.sleep(self._every_s)
