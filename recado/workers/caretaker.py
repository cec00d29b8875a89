"""Lets operators see that nothing can be stored (a full disk, a database that is away), and that it can again.

It waits until somebody's work could not be stored or read, and costs nothing until then. Then it tries each second
whether a write is stored. What people sent meanwhile stays with them: their pages send it again.
"""

from __future__ import annotations

import asyncio

import structlog

from recado.desk import Desk
from recado.domain.events import StoreChanged, ToTeam

TRY_EVERY_S = 1.0

_log = structlog.get_logger(__name__)


class Caretaker:
    """What looks after the store, from `start` to `stop`."""

    def __init__(self, desk: Desk, every_s: float = TRY_EVERY_S) -> None:
        self._desk = desk
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running loop."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await self._desk.trouble.wait()
            while (fault := await self._fault()) is not None:
                self._tell(well=False, fault=fault)
                await asyncio.sleep(self._every_s)
            self._tell(well=True)
            self._desk.trouble.clear()

    async def _fault(self) -> str | None:
        """Return what keeps writes from being stored now, be it something that nobody has thought of."""
        try:
            return await self._desk.try_store()
        except Exception as error:  # noqa: BLE001 - noted; what is not stored is not stored, whatever the reason
            _log.error("store_failed", exc_info=error)
            return "failed"

    def _tell(self, *, well: bool, fault: str | None = None) -> None:
        if self._desk.well != well:
            self._desk.well = well
            _log.warning("store_changed", well=well, fault=fault)
            self._desk.hub.tell(StoreChanged(well), ToTeam())
