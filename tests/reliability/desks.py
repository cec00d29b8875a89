"""A desk's lists as a page keeps them over the wire: greet, fetch, then events. The rules are those of the flows."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

from recado.domain.actors import Operator
from tests.flows.pages import DeskPage
from tests.reliability.wire import Party, Socket

State = dict[str, Any]


class LiveDesk(DeskPage):
    """The lists of one operator's page, open until it is left. What it misses it fetches, as pages do."""

    def __init__(self, party: Party, me: Operator) -> None:
        # Not the page of a world in this process: what it shows comes over the wire.
        self.party = party
        self.me = me
        self.gaps = 0
        self.rows = {}
        self.gone = {}
        self.seen = {}
        self.greeted = asyncio.Event()
        self._asked = False
        self._heard = 0
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def load(self) -> None:
        """Something is missing: all is fetched, once what was heard so far has been taken in."""
        self._asked = True

    @property
    def missing(self) -> bool:
        """Whether something is missing that must be fetched."""
        return self._asked

    async def __aenter__(self) -> Self:
        socket = await self.party.open_socket()
        while (await socket.hear())["type"] != "hello":
            """What comes before the greeting is in what is fetched after it."""
        await self.fetch()
        self._task = asyncio.create_task(self._listen(socket))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def fetch(self) -> None:
        """Show what there is now."""
        self._asked = False
        answer = await self.party.get("desk")
        assert answer.status == 200, answer
        self._take(answer.json)

    async def _listen(self, socket: Socket) -> None:
        try:
            while True:
                self.hear(await socket.hear())
                self._heard += 1
                if self._asked:
                    await self.fetch()
                self._changed.set()
        finally:
            await socket.close()

    async def shows(self, expected: State, within_s: float) -> None:
        """Wait until it shows this."""
        try:
            async with asyncio.timeout(within_s):
                await self._until(expected)
        except TimeoutError:
            differs = {name: (value, expected[name]) for name, value in self.shown().items() if value != expected[name]}
            raise AssertionError(f"shows (now, expected): {differs}") from None

    async def _until(self, expected: State) -> None:
        while self.shown() != expected:
            assert self._task is not None
            if self._task.done():
                self._task.result()
            self._changed.clear()
            await self._changed.wait()


async def fresh(party: Party, me: Operator) -> State:
    """What a page that is opened now would show."""
    page = LiveDesk(party, me)
    await page.fetch()
    return page.shown()
