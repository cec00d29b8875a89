"""A scanner for harmful files, where one is set: clamd by its address, in its own protocol (INSTREAM, clamd(8)).

Where it does not answer, nothing is let through: files wait until it does, and texts go on. Few files are scanned at
once, each person's one after the other.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import structlog

from recado.domain.errors import ScannerAway, WrongFile
from recado.files.turns import Turns, Whose

WAIT_S = 60
"""So long one scan may take."""
CONNECT_S = 5
AT_ONCE = 4
"""Of each process; clamd does ten at once as it is shipped (MaxThreads)."""
WAITING_MAX = 50
AGAIN_S = 120
"""After so long what had no answer within its time is scanned again, then after twice as long, and so on."""
AGAIN_MAX_S = 3600
TOO_LARGE = b"INSTREAM size limit exceeded. ERROR"
PIECE = 64 * 1024

_log = structlog.get_logger(__name__)


class TooSlow(ScannerAway):
    """The scanner had not answered when a file's time was over."""


class Scanner(NamedTuple):
    """Where clamd listens: `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`."""

    address: str

    async def check(self, path: Path) -> None:
        """Refuse a file in which something was found, or that is larger than the scanner looks at.

        Raises `ScannerAway` where nobody can say; `TooSlow` where it listened and did not answer in time.
        """
        try:
            said = await self._ask(path)
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
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
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await self._connect()
        try:
            async with asyncio.timeout(WAIT_S):
                said, _ = await asyncio.gather(reader.readuntil(b"\0"), self._send(path, writer))
            return said.rstrip(b"\0\n")
        except TimeoutError:
            _log.warning("scan_too_slow", seconds=WAIT_S, file=path.name)
            raise TooSlow from None
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


class Scans:
    """What a scanner is asked, in turns. A file that it did not get through is not begun anew at each asking."""

    def __init__(self, scanner: Scanner, clock: Callable[[], float] = time.monotonic) -> None:
        self._scanner = scanner
        self._clock = clock
        self._turns = Turns(AT_ONCE, WAITING_MAX)
        self._slow: dict[str, tuple[float, float]] = {}
        """Of files that took too long: when they may be scanned again, and how long that was put off."""

    async def check(self, path: Path, whose: Whose) -> None:
        """Have a file scanned when it is this person's turn; as `Scanner.check`, and `Busy` where too many wait."""
        again_at, put_off = self._slow.get(path.name, (0.0, 0.0))
        left = again_at - self._clock()
        if left > 0:
            raise ScannerAway(math.ceil(left))
        async with self._turns.turn(whose):
            try:
                await self._scanner.check(path)
            except TooSlow:
                put_off = min(2 * put_off or AGAIN_S, AGAIN_MAX_S)
                self._note(path.name, put_off)
                raise ScannerAway(round(put_off)) from None
        self._slow.pop(path.name, None)

    def _note(self, which: str, put_off: float) -> None:
        """Note when a file may be scanned again, and forget those that nobody has come back with."""
        now = self._clock()
        self._slow = {one: found for one, found in self._slow.items() if found[0] + AGAIN_MAX_S > now}
        self._slow[which] = now + put_off, put_off
