"""Whose turn it is where few can be served at once, so that nobody's many hold up everybody's one.

One of a person's is served at a time, and then everybody else's before their next one. People of the desk go before
visitors. Where too many wait, whoever would be served last is told `Busy`: that is one of those who have sent most.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from itertools import count
from typing import NamedTuple

from recado.domain.errors import Busy

AGAIN_S = 10
"""After so long who was sent away may ask again."""


class Whose(NamedTuple):
    """A person, and whether they work at the desk."""

    person: Hashable
    of_desk: bool


class _Turn(NamedTuple):
    order: tuple[bool, int, int]
    whose: Whose
    called: asyncio.Future[bool]


class Turns:
    """Turns, so many at once. In each round everybody who waits has one turn; a newcomer joins the round that is on."""

    def __init__(self, at_once: int, waiting_max: int) -> None:
        self._at_once = at_once
        self._waiting_max = waiting_max
        self._waiting: list[_Turn] = []
        self._served: set[Whose] = set()
        self._rounds = {True: 0, False: 0}
        self._last: dict[Whose, int] = {}
        self._count = count()

    @asynccontextmanager
    async def turn(self, whose: Whose) -> AsyncIterator[None]:
        """Wait for a turn of this person, and have it; `Busy` where too many wait already."""
        turn = self._line_up(whose)
        try:
            if not await turn.called:
                raise Busy(AGAIN_S)
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif turn.called.result():
                self._end(turn)
            raise
        try:
            yield
        finally:
            self._end(turn)

    def _line_up(self, whose: Whose) -> _Turn:
        of_round = max(self._rounds[whose.of_desk], self._last.get(whose, -1) + 1)
        self._last[whose] = of_round
        order = (not whose.of_desk, of_round, next(self._count))
        turn = _Turn(order, whose, asyncio.get_running_loop().create_future())
        self._waiting.append(turn)
        self._call()
        if len(self._waiting) > self._waiting_max:
            last = max(self._waiting)
            self._waiting.remove(last)
            if not last.called.done():
                last.called.set_result(False)
        return turn

    def _call(self) -> None:
        """Call whoever is next, as long as there is room."""
        while len(self._served) < self._at_once:
            able = [one for one in self._waiting if one.whose not in self._served and not one.called.done()]
            if not able:
                return
            turn = min(able)
            self._waiting.remove(turn)
            self._served.add(turn.whose)
            of_desk = turn.whose.of_desk
            self._rounds[of_desk] = max(self._rounds[of_desk], turn.order[1])
            turn.called.set_result(True)

    def _end(self, turn: _Turn) -> None:
        self._served.discard(turn.whose)
        known = self._last if self._waiting else {}
        self._last = {one: last for one, last in known.items() if last >= self._rounds[one.of_desk]}
        self._call()
