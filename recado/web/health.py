"""Health that tells the truth: ready means that a write has just been stored."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from recado.db.database import Tx
from recado.db.invitations import touch_installation
from recado.desk import Desk
from recado.domain.errors import Failure


def _write(tx: Tx) -> None:
    touch_installation(tx)


@get("/healthz", include_in_schema=False)
async def alive() -> dict[str, str]:
    """Return that the process answers."""
    return {"status": "alive"}


@get("/readyz", include_in_schema=False)
async def ready(desk: Desk) -> Response[dict[str, Any]]:
    """Return whether people can work: whether a write is stored now."""
    try:
        await desk.database.write(_write)
    except Failure as failure:
        return Response({"status": "not ready", "storage": failure.code}, status_code=503)
    return Response({"status": "ready"})


HANDLERS = [alive, ready]
