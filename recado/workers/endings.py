"""Closing the sockets of sessions that were found to have ended, where nothing has told of it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from recado.db import accounts
from recado.desk import Desk
from recado.domain.errors import Failure
from recado.domain.ids import OperatorId
from recado.live.hub import OperatorSocket
from recado.live.outbox import DISABLED, SIGNED_OUT


async def close_ended(desk: Desk, sockets: Sequence[OperatorSocket]) -> None:
    """Close these sockets; whose operator is disabled is told so, where that can be read now."""
    disabled: set[OperatorId] = set()
    if sockets:
        with contextlib.suppress(Failure):
            disabled = await desk.see(accounts.list_disabled, {one.operator for one in sockets})
    for one in sockets:
        one.close(DISABLED if one.operator in disabled else SIGNED_OUT)
