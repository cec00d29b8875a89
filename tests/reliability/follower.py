"""A page that follows conversations by the wire's rules: greet, refetch, events by version, a gap asks for changes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Self

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from tests.process import PATIENCE
from tests.reliability.wire import Answer, Party

Which = int | str
AWAY = (ConnectionError, ConnectionClosed, InvalidHandshake, InvalidMessage, TimeoutError, OSError)
AT_ONCE_S = 0.01
GONE = frozenset({404, 409})
"""How a conversation is answered that is not this reader's any more."""


class View:
    """One conversation as a page shows it: entries by seq, own words that are not stored yet by client id."""

    def __init__(self) -> None:
        self.version = 0
        self.entries: dict[int, dict[str, Any]] = {}
        self.echoes: dict[str, str] = {}

    def echo(self, client_id: str, body: str) -> None:
        """Show words before they are stored."""
        self.echoes[client_id] = body

    def merge(self, entries: Iterable[dict[str, Any]]) -> None:
        """Take in entries from an answer, an event or a fetch: the latest state of each wins, an echo gives way."""
        for entry in entries:
            known = self.entries.get(entry["seq"])
            if known is None or known["rev"] <= entry["rev"]:
                self.entries[entry["seq"]] = entry
            self.echoes.pop(entry["client_id"] or "", None)

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The entries in order."""
        return [self.entries[seq] for seq in sorted(self.entries)]

    @property
    def bubbles(self) -> list[str]:
        """All that is on the screen: what is stored, in order, then what is not yet."""
        return [entry["body"] for entry in self.shown] + list(self.echoes.values())


class Ended(NamedTuple):
    """How a socket ended."""

    code: int | None


class Follower:
    """A page of `party` that follows `conversations` through cuts and restarts, until it is left."""

    def __init__(
        self,
        party: Party,
        conversations: Iterable[Which],
        up: asyncio.Event | None = None,
        pause_s: Callable[[], float] = lambda: AT_ONCE_S,
    ) -> None:
        self.party = party
        self.pause_s = pause_s
        self.returns_s: list[float] = []
        """After each greeting but the first: how long until nothing was missing any more."""
        self.start_overs = 0
        self.failures = 0
        self.views: dict[Which, View] = {which: View() for which in conversations}
        self.heard: list[dict[str, Any]] = []
        self.ends: list[Ended] = []
        self.epoch: str | None = None
        self.ready = asyncio.Event()
        self._up = up
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        ready = asyncio.create_task(self.ready.wait())
        await asyncio.wait((self._task, ready), return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            self._task.result()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        failed = self._task.done()
        self._task.cancel()
        try:
            await self._task
        except asyncio.CancelledError:
            assert not failed

    async def until(self, reached: Callable[[Follower], bool], within_s: float = 2.0 * PATIENCE) -> None:
        """Wait until what was heard and shown is as asked for."""
        async with asyncio.timeout(within_s):
            while not reached(self):
                assert self._task is not None
                if self._task.done():
                    self._task.result()
                self._changed.clear()
                await self._changed.wait()

    async def shows(self, last: Mapping[Which, int]) -> None:
        """Wait until each conversation's last entry is shown."""
        await self.until(lambda page: all(seq in page.views[which].entries for which, seq in last.items()))

    async def _follow(self) -> None:
        while True:
            if self._up is not None:
                await self._up.wait()
            try:
                await self._visit()
            except ConnectionClosed as closed:
                self._note_end(closed.rcvd.code if closed.rcvd else None)
            except AWAY:
                self.failures += 1
                await asyncio.sleep(self.pause_s())

    def _note_end(self, code: int | None) -> None:
        self.ends.append(Ended(code))
        self._changed.set()

    async def _visit(self) -> None:
        """One socket's life: hello, catch up, then event by event."""
        socket = await self.party.open_socket()
        try:
            while (hello := await socket.hear())["type"] != "hello":
                """What comes before the greeting is in what is fetched after it."""
            greeted_at = time.monotonic()
            if hello["epoch"] != self.epoch:
                self.start_overs += self.epoch is not None
                self.epoch = hello["epoch"]
                self.views = {which: View() for which in self.views}
            await self._greeted()
            for which in tuple(self.views):
                await self._catch_up(which)
            if self.ready.is_set():
                self.returns_s.append(time.monotonic() - greeted_at)
            self.ready.set()
            while True:
                self._changed.set()
                await self._take(await socket.hear())
        finally:
            await socket.close()

    async def _greeted(self) -> None:
        """What a page asks for after a greeting, before it catches up; nothing more, where it knows what it follows."""

    async def _take(self, event: dict[str, Any]) -> None:
        self.heard.append(event)
        if event["type"] in {"conversation.taken", "conversation.left"}:
            if event["id"] in self.views and event["version"] > self.views[event["id"]].version:
                del self.views[event["id"]]
            return
        conversation = event.get("conversation")
        if not isinstance(conversation, dict) or conversation["id"] not in self.views:
            return
        view = self.views[conversation["id"]]
        if conversation["version"] == view.version + 1:
            view.version += 1
            view.merge(event.get("entries", []))
        elif conversation["version"] > view.version:
            await self._catch_up(conversation["id"])

    async def _catch_up(self, which: Which) -> None:
        view = self.views[which]
        if view.version == 0:
            await self._load(which)
            return
        answer = await self._get(f"conversations/{which}/changes?since={view.version}&epoch={self.epoch}")
        if answer.status in GONE:
            del self.views[which]
            return
        changes = answer.json
        if changes["start_over"]:
            self.start_overs += 1
            self.views[which] = View()
            await self._load(which)
            return
        view.merge(changes["entries"])
        view.version = changes["conversation"]["version"]

    async def _load(self, which: Which) -> None:
        answer = await self._get(f"conversations/{which}")
        if answer.status in GONE:
            del self.views[which]
            return
        self.epoch = answer.json["epoch"]
        self.views[which].version = answer.json["conversation"]["version"]
        self.views[which].merge(await load_all(self.party, which, answer.json))

    async def _get(self, path: str) -> Answer:
        answer = await self.party.get(path)
        if answer.status >= 500:
            raise ConnectionError(answer.body.decode())
        assert answer.status == 200 or answer.status in GONE, answer
        return answer


class Poller(Follower):
    """A page to which no socket gets through: the same fetch, again and again."""

    EVERY_S = 0.1

    async def _visit(self) -> None:
        while True:
            for which in tuple(self.views):
                await self._catch_up(which)
            self.ready.set()
            self._changed.set()
            await asyncio.sleep(self.EVERY_S)


async def load_all(party: Party, which: Which, first: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """All entries of a conversation as a fresh page fetches them: the newest, then page by page up."""
    page = first or (await party.get(f"conversations/{which}")).json
    entries: list[dict[str, Any]] = page["entries"]
    while page["more"]:
        page = (await party.get(f"conversations/{which}/entries?before={entries[0]['seq']}&limit=200")).json
        entries = page["entries"] + entries
    return entries
