"""Starts the program that looks at a file (`examine`), and makes of whatever becomes of it an answer."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import structlog

from recado.domain.attachments import SOUND_MAX_MS, Found, Rendition
from recado.domain.errors import WrongFile
from recado.files.examine import Examined, seconds_for

WAIT_S = 10
"""So much longer than what it may take of the processor."""
AT_ONCE = 2
"""Programs at the same time: more would take the machine from those who write."""

_log = structlog.get_logger(__name__)


class Examiner:
    """Looks at files, a few at a time, each in a process of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="examiner")

    async def examine(self, path: Path, claimed: str) -> Found:
        """Return what a file is, or raise `WrongFile`. What was made of it then lies beside it."""
        found = await asyncio.get_running_loop().run_in_executor(self._pool, _run, path, claimed)
        if found.fault is not None:
            raise WrongFile(found.fault, SOUND_MAX_MS if found.fault == "too_long" else None)
        made = Rendition(found.rendition[0], bytes.fromhex(found.rendition[1])) if found.rendition else None
        digest = bytes.fromhex(found.sha256)
        return Found(found.type, found.size, digest, found.width, found.height, found.clean, found.sound, made)


def _surroundings() -> dict[str, str]:
    """Return what of our environment the program gets: where the code lies, and none of our secrets."""
    return {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}


def _run(path: Path, claimed: str) -> Examined:
    command = [sys.executable, "-P", "-X", "utf8", "-m", "recado.files.examine", str(path), claimed]
    wait_s = seconds_for(claimed) + WAIT_S
    try:
        ended = subprocess.run(command, capture_output=True, timeout=wait_s, check=False, env=_surroundings())  # noqa: S603 - our own program
    except subprocess.TimeoutExpired:
        return Examined("too_complex")
    if ended.returncode == 0:
        return msgspec.json.decode(ended.stdout, type=Examined)
    if not path.exists():
        return Examined("damaged")  # it was given up meanwhile
    _log.warning("file_not_examined", status=ended.returncode, why=ended.stderr[-2000:].decode(errors="replace"))
    return Examined("damaged" if ended.returncode > 0 else "too_complex")
