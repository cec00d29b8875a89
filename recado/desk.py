"""The desk: runs an action in a transaction and tells the world after the commit.

Every write of the house goes through `act` or `act_later`, whichever door it came by. Reads go through `see`: one
short look at one moment of the store. Events of a commit reach the hub before the caller has its answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar, TypeVarTuple
from weakref import WeakValueDictionary

from sqlalchemy import Connection

from recado.actions.actors import as_of_now
from recado.db.database import Database, Tx
from recado.db.invitations import touch_installation
from recado.domain.actors import Actor, Operator, System
from recado.domain.errors import Busy, Failure, Unknown
from recado.domain.ids import OperatorId
from recado.live.bus import Bus
from recado.live.hub import Hub
from recado.live.presence import Presence

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A", bound=Actor)
Ts = TypeVarTuple("Ts")

SYSTEM = System()


class Desk:
    """The database, the hub, and the two ways to use them. When `epoch` changes, pages start over."""

    def __init__(
        self, database: Database, hub: Hub, epoch: str, clock: Callable[[], int], bus: Bus | None = None
    ) -> None:
        self.database = database
        self.hub = hub
        self.bus = bus or Bus(hub, time.monotonic)
        self.presence = Presence(self.bus)
        self.epoch = epoch
        self.clock = clock
        self.well = True
        """Whether what people send is stored, as far as is known."""
        self.trouble = asyncio.Event()
        """Set where something could not be stored or read: whether that lasts is for whoever watches to find out."""
        self._later: dict[Hashable, asyncio.Task[None]] = {}
        self._turns: WeakValueDictionary[OperatorId, asyncio.Lock] = WeakValueDictionary()

    async def act(self, action: Callable[Concatenate[Tx, A, P], R], actor: A, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what an action made, once it is stored and told. An operator acts with the role of that moment.

        Raises what the action refuses with; `Busy` where nothing was stored; `Unknown` where nobody can say.
        """
        return await self._noticing(
            self.database.write(lambda tx: action(tx, as_of_now(tx, actor, action), *args, **kwargs))
        )

    def act_later(self, action: Callable[[Tx, A, *Ts], object], actor: A, *args: *Ts) -> None:
        """Let an action be done behind people's work. Nobody hears what becomes of it: it may be refused or be lost.

        While the same action of the same actor is still to be done, it is not asked for again.
        """
        key = (action, actor, args)
        if key not in self._later:
            task = self._later[key] = asyncio.create_task(
                self._behind(lambda tx: action(tx, as_of_now(tx, actor, action), *args))
            )
            task.add_done_callback(lambda _: self._later.pop(key))

    async def _behind(self, fn: Callable[[Tx], object]) -> None:
        with contextlib.suppress(Failure):
            await self.database.write(fn, background=True)

    async def see(self, finder: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a finder finds, from one moment of the store."""
        return await self._noticing(self.database.read(partial(_called, finder, args, kwargs)))

    async def see_in_turn(
        self, finder: Callable[Concatenate[Connection, Operator, P], R], me: Operator, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return what a finder finds that takes its time: each operator has one such look at a time.

        Their next ones wait here and not in the store, where others' writes and reads would wait behind them.
        """
        async with self._turns.setdefault(me.id, asyncio.Lock()):
            return await self.see(finder, me, *args, **kwargs)

    async def try_store(self) -> str | None:
        """Return the code of what keeps writes from being stored; None where one has been stored just now."""
        try:
            await self._noticing(self.database.write(touch_installation))
        except Failure as failure:
            return failure.code
        return None

    async def _noticing(self, asked: Awaitable[R]) -> R:
        try:
            return await asked
        except (Busy, Unknown):
            self.trouble.set()
            raise


def _called(finder: Callable[..., R], args: tuple[object, ...], kwargs: dict[str, object], conn: Connection) -> R:
    return finder(conn, *args, **kwargs)
