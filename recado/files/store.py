"""Where files lie for good: objects under names of ours, on the disk or in a store that is addressed by a URL.

obstore speaks to all of them alike. Without an address it is the folder `files` of the data directory; `s3://bucket/path`
and the like take their keys from the environment (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …), as the vendors' own
programs do.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, from_url

from recado.domain.errors import NotFound
from recado.domain.ids import FileId

PIECE = 64 * 1024
"""How much is read at once, and waits for a slow reader."""
MISSING = (NotFoundError, FileNotFoundError)
"""Which of the two the library raises is its own affair."""
CLIENT: Any = {"allow_http": True, "timeout": "30s", "connect_timeout": "5s"}
RETRIES: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
Part = Literal["whole", "small", "sound"]
PARTS: tuple[Part, ...] = get_args(Part)


def place_of(files: Path | str) -> str:
    """Return what the place where files are kept is called by all who share it.

    That is a store's address; of a folder it is what lies in it, since one path is another folder on each machine.
    """
    folder = Path(unquote(urlsplit(files).path)) if isinstance(files, str) and files.startswith("file://") else files
    if isinstance(folder, str):
        return folder.rstrip("/")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sign = folder / "place"
    if not sign.exists():
        fresh = folder / f"place.{secrets.token_hex(4)}"
        fresh.write_text(secrets.token_hex(16))
        with suppress(FileExistsError):
            os.link(fresh, sign)
        fresh.unlink()
    return sign.read_text()


class StoreAwayError(Exception):
    """The store of files does not answer, or refuses us."""


class Store:
    """Objects by the ids of files: the file itself, a small picture of it, and what is played of it."""

    def __init__(self, place: Path | str) -> None:
        self._folder = place if isinstance(place, Path) else None
        if isinstance(place, Path):
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._objects: Any = LocalStore(place, mkdir=True)
        else:
            self._objects = from_url(place, client_options=CLIENT, retry_config=RETRIES)

    async def put(self, which: FileId, part: Part, source: Path) -> None:
        """Store what lies at `source`; once this returns, it stays. `NotFound` where it was given up meanwhile."""
        name = _name(which, part)
        if self._folder is not None and await asyncio.to_thread(_link, source, self._folder / name):
            return
        try:
            await obstore.put_async(self._objects, name, source)
        except (BaseError, FileNotFoundError) as error:
            if not await asyncio.to_thread(source.exists):
                raise NotFound from None
            raise StoreAwayError from error
        if self._folder is not None:
            await asyncio.to_thread(_flush, self._folder / name)

    async def read(self, which: FileId, part: Part, start: int, end: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` to before `end`, in pieces that are asked for one by one."""
        while start < end:
            until = min(end, start + PIECE)
            try:
                piece = await obstore.get_range_async(self._objects, _name(which, part), start=start, end=until)
            except MISSING:
                raise NotFound from None
            except BaseError as error:
                raise StoreAwayError from error
            yield bytes(piece)
            start = until

    async def get_small(self, which: FileId) -> bytes:
        """Return the small picture of a file."""
        try:
            found = await obstore.get_async(self._objects, _name(which, "small"))
            return bytes(await found.bytes_async())
        except MISSING:
            raise NotFound from None
        except BaseError as error:
            raise StoreAwayError from error

    async def remove(self, which: FileId) -> None:
        """Remove all that is stored of a file; nothing where nothing is."""
        for part in PARTS:
            try:
                await obstore.delete_async(self._objects, _name(which, part))
            except MISSING:
                continue
            except BaseError as error:
                raise StoreAwayError from error
        if self._folder is not None:
            for part in PARTS:
                _fresh(self._folder / _name(which, part)).unlink(missing_ok=True)


def _name(which: FileId, part: Part) -> str:
    return f"{part}/{which[:2]}/{which}"


def _fresh(path: Path) -> Path:
    """Return where an object of the folder lies until it has its name."""
    return path.with_name(f"{path.name}.new")


def _link(source: Path, path: Path) -> bool:
    """Give what lies at `source` its second name, and return whether that could be done: on one disk, it can.

    So its bytes are written once. `source` is not written to any more; its first name goes when its sender is done.
    What has the name already, of a time before at whose end nobody was told that it stays, has it until then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = _fresh(path)
    fresh.unlink(missing_ok=True)
    try:
        os.link(source, fresh)
    except OSError:
        return False
    fresh.replace(path)
    fresh.unlink(missing_ok=True)  # where the two were one already, the system leaves both
    _flush(path)
    return True


def _flush(path: Path) -> None:
    """Let the disk have a file and the folders that name it, new ones too, before anybody is told that it is kept."""
    for one in (path, *path.parents[:3]):
        opened = os.open(one, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
