"""Closing the sockets of sessions that were found to have ended, where nothing has told of it."""

from __future__ import annotations

from collections.abc import Sequence

from recado.db import accounts
from recado.desk import Desk
from recado.live.hub import OperatorSocket
from recado.live.outbox import DISABLED, SIGNED_OUT


async def close_ended(desk: Desk, sockets: Sequence[OperatorSocket]) -> None:
    """Close these sockets; whose operator is disabled is told so."""
    if sockets:
        disabled = await desk.see(accounts.list_disabled, {one.operator for one in sockets})
        for one in sockets:
            one.close(DISABLED if one.operator in disabled else SIGNED_OUT)
