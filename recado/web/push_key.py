"""The installation's own key for pushes: made at the first start, stored sealed, the same for all processes.

Browsers are shown its public half when they subscribe, and their services take nothing that is not signed with it.
"""

from __future__ import annotations

import asyncio

import structlog

from recado.actions import push as actions
from recado.db import push
from recado.desk import SYSTEM, Desk
from recado.push.sealing import Signer, new_secret
from recado.web.vault import Vault

PLACE = "push key"

_log = structlog.get_logger(__name__)


class PushKey:
    """Signs pushes. `contact` is whom a service turns to: `mailto:` or `https:`."""

    def __init__(self, desk: Desk, vault: Vault, contact: str) -> None:
        self._desk = desk
        self._vault = vault
        self._contact = contact
        self._signer: Signer | None = None
        self._lock = asyncio.Lock()

    async def get(self) -> Signer:
        """Return what signs; the first time it is read, and made where there is none."""
        async with self._lock:
            if self._signer is None:
                self._signer = Signer(await self._find(), self._contact)
            return self._signer

    async def _find(self) -> int:
        """Return the key's number. One that the installation's secret does not open any more is worth nothing."""
        sealed = await self._desk.see(push.find_key)
        found = None if sealed is None else self._vault.open(bytes(sealed), PLACE)
        while found is None:
            if sealed is not None:
                _log.warning("push_key_renewed", why="it was sealed with another secret: browsers subscribe anew")
            made = self._vault.close(f"{new_secret():x}", PLACE)
            sealed = await self._desk.act(actions.set_key, SYSTEM, made, sealed)
            found = None if sealed is None else self._vault.open(bytes(sealed), PLACE)
        return int(found, 16)
