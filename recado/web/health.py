"""Health that tells the truth: ready means that a write has been stored within the last second.

Anybody may ask, so asking often costs no more than asking once: one write is under way at a time, for all who ask.
"""

from __future__ import annotations

import asyncio
from typing import Any

from litestar import Response, get
from litestar.datastructures import State

from recado.desk import Desk

KEPT_US = 1_000_000


class Probe:
    """Tries whether a write is stored; what was stored counts for a second, what was not is tried again at once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._trying: asyncio.Task[str | None] | None = None
        self._tried_at = 0

    async def fault(self) -> str | None:
        """Return the code of what keeps writes from being stored, None where they are."""
        if self._trying is None or (self._trying.done() and not self._fresh()):
            self._trying = asyncio.create_task(self._try())
        return await asyncio.shield(self._trying)

    def _fresh(self) -> bool:
        """Whether the last try still counts: not after a failure, nor where the clock has been set back since."""
        return 0 <= self._desk.clock() - self._tried_at < KEPT_US

    async def _try(self) -> str | None:
        fault = await self._desk.try_store()
        self._tried_at = 0 if fault else self._desk.clock()
        return fault


@get("/healthz", include_in_schema=False)
async def alive() -> dict[str, str]:
    """Return that the process answers."""
    return {"status": "alive"}


@get("/readyz", include_in_schema=False)
async def ready(desk: Desk, state: State) -> Response[dict[str, Any]]:
    """Return whether people can work: whether a write is stored now."""
    if "probe" not in state:
        state["probe"] = Probe(desk)
    fault: str | None = await state["probe"].fault()
    if fault is not None:
        return Response({"status": "not ready", "storage": fault}, status_code=503)
    if desk.bus.well is False:
        return Response({"status": "ready", "processes": "slow: words between them do not get through"})
    return Response({"status": "ready"})


HANDLERS = [alive, ready]
