"""A scanner for harmful files, where one is set: clamd by its address, in its own protocol (INSTREAM, clamd(8)).

Where it does not answer, nothing is let through: files wait until it does, and texts go on.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import structlog

from recado.domain.errors import ScannerAway, WrongFile

WAIT_S = 60
TOO_LARGE = b"INSTREAM size limit exceeded. ERROR"
PIECE = 64 * 1024

_log = structlog.get_logger(__name__)


class Scanner(NamedTuple):
    """Where clamd listens: `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`."""

    address: str

    async def check(self, path: Path) -> None:
        """Refuse a file in which something was found, or that is larger than the scanner looks at.

        Raises `ScannerAway` where nobody can say.
        """
        try:
            async with asyncio.timeout(WAIT_S):
                said = await self._ask(path)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            _log.warning("scanner_away", why=repr(error))
            raise ScannerAway from None
        if said.endswith(b"FOUND"):
            _log.warning("file_infected", found=said.decode(errors="replace"), file=path.name)
            raise WrongFile("infected")
        if said == TOO_LARGE:
            _log.warning("file_larger_than_scanned", why="StreamMaxLength of clamd", file=path.name)
            raise WrongFile("too_large_to_scan")
        if not said.endswith(b"OK"):
            _log.warning("scanner_away", why=said.decode(errors="replace"))
            raise ScannerAway

    async def _ask(self, path: Path) -> bytes:
        reader, writer = await self._connect()
        try:
            said, _ = await asyncio.gather(reader.readuntil(b"\0"), self._send(path, writer))
            return said.rstrip(b"\0\n")
        finally:
            writer.close()

    async def _send(self, path: Path, writer: asyncio.StreamWriter) -> None:
        """Send a file. That nobody listens any more is no fault: why, has been said before."""
        with suppress(ConnectionError), path.open("rb") as file:
            writer.write(b"zINSTREAM\0")
            while piece := await asyncio.to_thread(file.read, PIECE):
                writer.write(len(piece).to_bytes(4, "big") + piece)
                await writer.drain()
            writer.write(bytes(4))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = urlsplit(self.address)
        if place.scheme == "unix":
            return await asyncio.open_unix_connection(place.path)
        return await asyncio.open_connection(place.hostname, place.port or 3310)
