"""How a file comes in, by whichever door: begun with its name and size, sent in parts, looked at, kept.

In the manner of tus 1.0 and of the IETF's resumable uploads: whoever lost the connection asks how much has come and
goes on from there. Once all has come the file is examined, scanned where a scanner is set, and stored; only then does a
row say that it may go into a message. None of that holds anybody up: it happens in processes and threads of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakValueDictionary

import msgspec
import structlog
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.params import Parameter, QueryParameter

from recado.actions import attachments as actions
from recado.db import uploads
from recado.db.attachments import Own
from recado.db.database import Tx
from recado.desk import Desk
from recado.domain.actors import Operator, Visitor
from recado.domain.attachments import LARGEST, Upload
from recado.domain.errors import Busy, FileTooLarge, WrongFile, WrongOffset
from recado.domain.ids import FileId
from recado.files.examine import beside
from recado.files.examiner import Examiner
from recado.files.intake import Intake
from recado.files.scanner import Scanner, Scans
from recado.files.store import Store, StoreAwayError
from recado.files.turns import Whose
from recado.web.auth import TAKES, header
from recado.web.berths import Berths, Pace
from recado.web.limits import machine_from
from recado.web.parts import OF_ONE, PART, SILENT_S, Notes, crowds_of
from recado.web.precedence import Precedence

P = ParamSpec("P")
Sender = Operator | Visitor
S = TypeVar("S", Operator, Visitor)

OF_PARTS = {TAKES: PART}
"""The option of a route that takes a part of a file: bytes, which no foreign form can send without asking first."""
PATIENCE_S = 25
"""So long a sender waits for an answer at most: proxies cut a request that hangs for longer."""
TOLD_S = 600
"""So long it is remembered why a file was not taken, whose sender had not waited for that."""

_IDS = "^[A-Za-z0-9_-]*$"
FileAddress = Annotated[str, Parameter(max_length=40, pattern=_IDS)]
"""The id of a file in a path."""
Offset = Annotated[int, QueryParameter(name="offset", ge=0, le=2**62)]

_log = structlog.get_logger(__name__)


def _move_on(limit: asyncio.Timeout, now: float) -> None:
    """Wait anew for what is coming. What is over is not begun again by a piece that came in the same moment."""
    if now >= (limit.when() or 0):
        raise TimeoutError
    limit.reschedule(now + SILENT_S)


Coming = Callable[[int, Callable[[], int]], AbstractContextManager[None]]
"""Counts a part while it comes, given how many bytes are announced and what then tells how many came."""


def _uncounted(_announced: int, _came: Callable[[], int]) -> AbstractContextManager[None]:
    return nullcontext()


class FileInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that is about to be sent. `client_id` is a UUID made by the page: the same one is the same file."""

    name: str
    size: Annotated[int, msgspec.Meta(ge=0, le=2**62)]
    client_id: str | None = None


class Uploads:
    """What takes files in. One part of a file is taken at a time; who sends anew ends what hangs from before."""

    def __init__(
        self, desk: Desk, intake: Intake, store: Store, scanner: Scanner | None, precedence: Precedence
    ) -> None:
        self._desk = desk
        self._precedence = precedence
        self._intake = intake
        self._store = store
        self._scans = Scans(scanner) if scanner else None
        self._examiner = Examiner()
        self._turns: WeakValueDictionary[FileId, asyncio.Lock] = WeakValueDictionary()
        self._berths = Berths()
        self._coming: dict[FileId, asyncio.Timeout] = {}
        self._keeping: dict[FileId, asyncio.Task[Upload]] = {}

    async def begin(
        self, me: S, size: int, action: Callable[Concatenate[Tx, S, P], Own], *args: P.args, **kwargs: P.kwargs
    ) -> Upload:
        """Take note of a file, where there is room for it, and return how much of it has come: begun again, all."""
        if size <= LARGEST:  # or it is refused for that
            self._intake.check_room(size)
        own = await self._desk.act(action, me, *args, **kwargs)
        return own.upload(self._come(own))

    async def look(self, me: Sender, which: FileId) -> Upload:
        """Return how much of a file has come."""
        own = await self._find(me, which)
        return own.upload(self._come(own))

    async def cancel(self, me: Sender, which: FileId) -> None:
        """Give a file up, and let go of its bytes."""
        await self._desk.act(actions.cancel, me, which)
        self._end(which)
        keeping = self._keeping.get(which)
        if keeping is not None:
            keeping.cancel()
        await asyncio.to_thread(self._intake.remove, which)

    async def receive(
        self, request: Request[Any, Any, Any], which: FileId, offset: int, coming: Coming = _uncounted
    ) -> Upload:
        """Take the next part of a file; after the last one, look at it and keep it.

        An empty part at the end has it looked at again, where that was interrupted. `coming`: what counts the bytes.
        """
        me: Sender = request.user
        own = await self._find(me, which)
        self._end(which)
        async with self._turns.setdefault(which, asyncio.Lock()):
            own = await self._find(me, which)
            come = self._come(own)
            if offset != come:
                raise WrongOffset(come)
            if own.file is not None:
                return own.upload(come)
            announced = header(request.scope, b"content-length")
            known = announced is not None and announced.isdigit()
            end = come + int(announced or 0) if known else come
            if end > own.size:
                raise FileTooLarge(own.size)
            if end == own.size:
                self._examiner.expect()
            crowds = crowds_of(of_desk=isinstance(me, Operator), machine=machine_from(request.scope))
            expected, so_far = end - come if known else own.size - come, come
            async with self._berths.one(me.author, OF_ONE, crowds, partial(self._end, which)) as pace:
                with coming(expected, lambda: self._intake.offset(which) - so_far):
                    await self._take(me, own, offset, request.stream(), pace)
            come = self._intake.offset(which)
            if come == own.size:
                return await self._keep(me, own)
            await self._precedence.stand_aside()
            await asyncio.to_thread(self._intake.begin_flush, which)
            return own.upload(come)

    async def _find(self, me: Sender, which: FileId) -> Own:
        return await self._desk.see(uploads.find_to_send, me, which, self._desk.clock())

    def _come(self, own: Own) -> int:
        return own.size if own.file is not None else self._intake.offset(own.id)

    def _end(self, which: FileId) -> None:
        """Let a part that is still coming be over: its sender has come anew, or gives the file up, or others wait."""
        coming = self._coming.get(which)
        if coming is not None and not coming.expired():
            coming.reschedule(asyncio.get_running_loop().time())

    @contextmanager
    def _until_ended(self, which: FileId, limit: asyncio.Timeout) -> Iterator[None]:
        self._coming[which] = limit
        try:
            yield
        finally:
            del self._coming[which]

    async def _take(self, me: Sender, own: Own, come: int, stream: AsyncIterator[bytes], pace: Pace) -> None:
        """Write a part down as it comes. However it ends, what has come stays, unless it is more than was announced."""
        loop, notes = asyncio.get_running_loop(), Notes(self._intake, own, come)
        try:
            async with asyncio.timeout(SILENT_S) as limit:
                with self._until_ended(own.id, limit):
                    async for piece in stream:
                        now = loop.time()
                        _move_on(limit, now)
                        come += len(piece)
                        if come > own.size:
                            await notes.drop()
                            await self._refuse(me, own.id)
                            raise FileTooLarge(own.size)
                        await self._precedence.stand_aside()
                        await notes.add(piece)
                        pace.keep(now, len(piece))
        except (TimeoutError, HTTPException):
            await notes.close()
            raise WrongOffset(self._intake.offset(own.id)) from None
        await notes.close()

    async def _keep(self, me: Sender, own: Own) -> Upload:
        """Keep a file that has come whole.

        What takes longer than proxies wait goes on by itself, and `Busy` says to ask again; so it does where nobody
        could say what the file is. Why it is not taken is told to whoever asks, and then it goes.
        """
        keeping = self._kept_by_itself(me, own)
        try:
            async with asyncio.timeout(PATIENCE_S) as limit:
                with self._until_ended(own.id, limit):
                    return await asyncio.shield(keeping)
        except TimeoutError:
            raise Busy from None
        except asyncio.CancelledError:
            if not keeping.cancelled():
                raise
            raise Busy from None
        except WrongFile as error:
            self._keeping.pop(own.id, None)
            if error.fault == "infected":
                self._intake.set_apart(own.id)
            await self._refuse(me, own.id)
            raise

    def _kept_by_itself(self, me: Sender, own: Own) -> asyncio.Task[Upload]:
        """Return what keeps the file. It goes on when nobody waits for it."""

        def over(keeping: asyncio.Task[Upload]) -> None:
            if keeping.cancelled() or not isinstance(keeping.exception(), WrongFile):
                self._keeping.pop(own.id, None)
            else:
                keeping.get_loop().call_later(TOLD_S, self._keeping.pop, own.id, None)

        keeping = self._keeping.get(own.id)
        if keeping is None:
            keeping = self._keeping[own.id] = asyncio.create_task(self._kept(me, own))
            keeping.add_done_callback(over)
        return keeping

    async def _kept(self, me: Sender, own: Own) -> Upload:
        """Look at a file and store it."""
        path = self._intake.path(own.id)
        with self._intake.whole(own.id, own.size):
            own = await self._find(me, own.id)  # another process may have it
            if own.file is not None:
                return own.upload(own.size)
            whose = Whose(me.author, isinstance(me, Operator))
            if self._scans is not None:  # first, since it may be away for long, and the look takes of the machine
                await self._scans.check(path, whose)
            look = self._examiner.examine(path, own.format, whose)
            found, _ = await asyncio.gather(look, asyncio.to_thread(self._intake.flush, own.id))
            try:
                await self._store.put(own.id, "whole", beside(path, "clean") if found.clean else path)
                if found.thumbnail:
                    await self._store.put(own.id, "small", beside(path, "small"))
                if found.rendition is not None:
                    await self._store.put(own.id, "sound", beside(path, "sound"))
            except StoreAwayError as error:
                _log.error("file_store_away", exc_info=error)
                raise Busy(10) from None
            kept = await self._desk.act(actions.finish, me, own.id, found)
            await asyncio.to_thread(self._intake.remove, own.id)
        return kept

    async def close(self) -> None:
        """End what is being looked at: it waits for whoever asks next."""
        await self._examiner.close()
        for keeping in self._keeping.values():
            keeping.cancel()
        await asyncio.gather(*self._keeping.values(), return_exceptions=True)

    async def _refuse(self, me: Sender, which: FileId) -> None:
        """Let nothing of a refused file stay."""
        await self._desk.act(actions.cancel, me, which)
        await asyncio.to_thread(self._intake.remove, which)
