"""Lets the pages of this process hear what the other processes have stored.

Words say at once what is worth a look (`live/bus.py`). Since words may be lost, and a process may die between its
commit and its words, every process also looks by itself each second: at the threads changed lately, at the sessions and
departments of the operators whose pages are open here, at the versions of team and settings, at what files wait in
drafts, at what notifies whom.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Hashable
from functools import partial

import msgspec
import structlog
from sqlalchemy import Connection

from recado.db import changes, signs
from recado.db.channel import Channel, open_channel
from recado.desk import Desk
from recado.domain.actors import Author
from recado.domain.events import DraftsChanged, Looking, RightsChanged, SessionsEnded, ToOperators, ToTeam
from recado.domain.ids import ConversationId, DepartmentId, DirectId, OperatorId, ThreadId, VisitorId
from recado.live.bus import HELLO, NEWS
from recado.live.elsewhere import SAID_EVERY_S
from recado.live.outbox import RIGHTS_CHANGED
from recado.workers import news
from recado.workers.endings import close_ended
from recado.workers.quietly import quietly
from recado.workers.retelling import Found, retell

LOOK_EVERY_S = 1.0
OVERLAP_US = 60 * 1_000_000
"""Longer than the longest transaction: a thread carries the time at which its transaction began."""

AT_ONCE = 32
SIGNS_MAX = 10_000
"""How many signs are kept while the store cannot be read."""

Scopes = dict[bytes, frozenset[DepartmentId]]

_log = structlog.get_logger(__name__)


class Announcer:
    """What one process does to hear of the others, from `start` to `stop`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._bus = desk.bus
        self._channel: Channel | None = None
        self._due: dict[ThreadId, int] = {}
        self._signs: dict[Hashable, Callable[[Connection], list[signs.Sign]]] = {}
        """What is to be looked up for signs, one for each thing that a sign can be about: the latest."""
        self._woken = asyncio.Event()
        self._standing = news.UNKNOWN
        self._looked = desk.clock()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, database_url: str) -> None:
        """Begin to hear and to look, where other processes can be. No page may be served before this has returned."""
        loop = asyncio.get_running_loop()

        def soon(call: Callable[..., None], *args: object) -> None:
            # The loop may be closed while the channel's thread ends.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(call, *args)

        self._channel = open_channel(
            database_url,
            lambda text: soon(self._hear, text),
            lambda: soon(self._joined),
            lambda: soon(self._parted),
        )
        if self._channel is not None:
            self._bus.join(self._channel.say)
            await quietly(self._prime)
            self._tasks = [asyncio.create_task(work()) for work in (self._tell_all, self._look_around)]

    async def stop(self) -> None:
        """Say what is still to be said, and end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._channel is not None:
            await asyncio.to_thread(self._channel.close)

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _joined(self) -> None:
        self._bus.well = True
        self._bus.say(HELLO)
        self._repeat()

    def _parted(self) -> None:
        self._bus.well = False

    def _repeat(self) -> None:
        self._bus.repeat(self._desk.presence.looking())

    def _hear(self, text: str) -> None:
        for word in text.split(" "):
            try:
                self._take(word[:1], word[1:].split("."))
            except (ValueError, IndexError):
                _log.warning("word_unknown", word=word[:40])
        self._woken.set()

    def _take(self, kind: str, parts: list[str]) -> None:
        """Do what a word asks for, or note it for the next look into the store."""
        match kind:
            case "t":
                self._note(ThreadId(int(parts[0])), int(parts[1]))
            case "r":
                self._desk.hub.publish([(RightsChanged(OperatorId(int(parts[0]))), ())])
            case "s":
                session, disabled = bytes.fromhex(parts[1]) or None, parts[2:] == ["d"]
                self._desk.hub.publish([(SessionsEnded(OperatorId(int(parts[0])), session, disabled), ())])
            case "d":
                self._desk.hub.tell(DraftsChanged(), ToOperators(frozenset((OperatorId(int(parts[0])),))))
            case "w":
                self._bus.elsewhere.note_visible(parts[0], OperatorId(int(parts[1])), visible=parts[2] == "1")
            case _:
                self._take_sign(kind, parts)

    def _take_sign(self, kind: str, parts: list[str]) -> None:
        """Take in what has no version: who hears of it is found by the rows."""
        match kind:
            case "m":
                which, operator = ConversationId(int(parts[0])), OperatorId(int(parts[1]))
                self._sign(("mark", which, operator), partial(signs.reading, which=which, operator=operator))
            case "o":
                direct, operator = DirectId(int(parts[0])), OperatorId(int(parts[1]))
                self._sign(("own", direct, operator), partial(signs.own_direct, which=direct, operator=operator))
            case "n":
                self._sign_notices(OperatorId(int(parts[0])))
            case "v":
                visitor = VisitorId(int(parts[1]))
                if self._bus.elsewhere.note_visitor(parts[0], visitor, online=parts[2] == "1"):
                    self._sign_presence(visitor)
            case "b":
                self._sign_standing(VisitorId(int(parts[0])))
            case "l":
                which, operator = ConversationId(int(parts[1])), OperatorId(int(parts[2]))
                if self._bus.elsewhere.note_looking(parts[0], which, operator, looks=parts[3] == "1"):
                    self._sign_looking(which)
            case "y":
                author = Author("visitor" if parts[1][0] == "v" else "operator", int(parts[1][1:]))
                self._sign(
                    (kind, parts[0], author), partial(signs.typing, which=ConversationId(int(parts[0])), author=author)
                )
            case _:
                self._take_bare(kind)

    def _take_bare(self, kind: str) -> None:
        if kind == HELLO:
            self._repeat()
        elif kind in NEWS:
            self._desk.hub.tell(NEWS[kind], ToTeam())
        else:
            raise ValueError(kind)

    def _note(self, thread: ThreadId, version: int) -> None:
        if self._bus.told.get(thread, 0) < version:
            self._due[thread] = max(version, self._due.get(thread, 0))
            self._woken.set()

    def _sign(self, about: Hashable, look: Callable[[Connection], list[signs.Sign]]) -> None:
        """Note a sign for the next look, instead of the one before it; beyond the bound the oldest goes."""
        self._signs.pop(about, None)
        self._signs[about] = look
        if len(self._signs) > SIGNS_MAX:
            del self._signs[next(iter(self._signs))]

    def _sign_notices(self, operator: OperatorId) -> None:
        self._sign(("notices", operator), partial(signs.own_notices, operator=operator))

    def _sign_presence(self, visitor: VisitorId) -> None:
        if self._bus.is_here(visitor):
            return

        def look(conn: Connection) -> list[signs.Sign]:
            return signs.presence(conn, visitor, online=self._bus.is_online(visitor))

        self._sign(("v", visitor), look)

    def _sign_standing(self, visitor: VisitorId) -> None:
        if self._desk.hub.is_online(visitor):
            self._sign(("b", visitor), partial(signs.standing, visitor=visitor, now=self._desk.clock()))

    def _sign_looking(self, which: ConversationId) -> None:
        def look(conn: Connection) -> list[signs.Sign]:
            return [(Looking(which, self._desk.presence.lookers(which)), signs.watchers(conn, which))]

        self._sign(("l", which), look)

    # ── telling ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _tell_all(self) -> None:
        """Look at what is due, a little at a time, and tell it; what cannot be read now stays due."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._due or self._signs:
                if not await quietly(self._tell_some):
                    await asyncio.sleep(LOOK_EVERY_S)

    async def _tell_some(self) -> None:
        due = dict(list(self._due.items())[:AT_ONCE])
        passing = dict(list(self._signs.items())[:AT_ONCE])
        told, since = {one: self._bus.told[one] for one in due if one in self._bus.told}, self._looked - OVERLAP_US

        def find(conn: Connection, thread: ThreadId, version: int) -> Found | None:
            # A thread of which nothing is known to have been told rested until the last look.
            known = told.get(thread)
            after = changes.version_at(conn, thread, version, since) if known is None else known
            try:
                return changes.find(conn, thread, after)
            except msgspec.MsgspecError:
                # What a later release has written, say. Its pages fetch; the other threads do not wait for it.
                _log.exception("thread_unreadable", thread=thread)
                return None

        def look(conn: Connection) -> tuple[list[Found | None], list[signs.Sign]]:
            found = [find(conn, thread, version) for thread, version in due.items()]
            return found, [sign for sign_of in passing.values() for sign in sign_of(conn)]

        found, seen = await self._desk.see(look)
        for (thread, version), change in zip(due.items(), found, strict=True):
            if self._due.get(thread) == version:
                del self._due[thread]
            if change is not None:
                self._retell(thread, change)
        for about, sign_of in passing.items():
            if self._signs.get(about) is sign_of:
                del self._signs[about]
        for event, audience in seen:
            self._desk.hub.tell(event, audience)

    def _retell(self, thread: ThreadId, change: Found) -> None:
        for event, audience in retell(change):
            self._desk.hub.tell(event, audience)
        self._bus.note_told(thread, change.version)

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _look_around(self) -> None:
        """Each second find what no word has told of; now and then say again who is here."""
        rounds = 0
        while True:
            await quietly(self._look)
            faded = self._bus.elsewhere.fade()
            for visitor in faded.visitors:
                self._sign_presence(visitor)
            for which in faded.conversations:
                self._sign_looking(which)
            if faded.visitors or faded.conversations:
                self._woken.set()
            rounds += 1
            if rounds % round(SAID_EVERY_S / LOOK_EVERY_S) == 0:
                self._repeat()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _prime(self) -> None:
        """Count as told what was changed lately: no page is here yet, and whoever comes fetches it.

        Where that cannot be read, all of it is told; pages know by its versions what they have.
        """

        def look(conn: Connection) -> tuple[list[tuple[ThreadId, int]], news.Standing]:
            since = self._looked - OVERLAP_US
            return changes.list_changed(conn, since), news.look(conn, since)

        changed, self._standing = await self._desk.see(look)
        for thread, version in changed:
            self._bus.note_told(thread, version)

    async def _look(self) -> None:
        desk, now = self._desk, self._desk.clock()
        sockets = [socket for socket in desk.hub.operator_sockets() if socket.departments is not None]

        def look(conn: Connection) -> tuple[list[tuple[ThreadId, int]], news.Standing, Scopes]:
            since, sessions = self._looked - OVERLAP_US, {one.session for one in sockets}
            return changes.list_changed(conn, since), news.look(conn, since), changes.scopes(conn, sessions, now)

        changed, standing, scopes = await desk.see(look)
        for thread, version in changed:
            self._note(thread, version)
        before, self._looked, self._standing = self._standing, now, standing
        for event, audience in news.told(before, standing):
            desk.hub.tell(event, audience)
        for operator in news.noticed(before, standing):
            self._sign_notices(operator)
            self._woken.set()
        await close_ended(desk, [socket for socket in sockets if socket.session not in scopes])
        for socket in sockets:
            if socket.session in scopes and scopes[socket.session] != socket.departments:
                socket.close(RIGHTS_CHANGED)
