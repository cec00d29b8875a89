"""The desk: runs an action in a transaction and tells the world after the commit.

Every write of the house goes through `act`, whichever door it came by. Reads go through `see`: one short look at one
moment of the store. Events of a commit reach the hub before the caller has its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from recado.db.database import Database, Tx
from recado.domain.actors import Actor, System
from recado.live.hub import Hub
from recado.live.presence import Presence

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A", bound=Actor)

SYSTEM = System()


class Desk:
    """The database, the hub, and the two ways to use them. When `epoch` changes, pages start over."""

    def __init__(self, database: Database, hub: Hub, epoch: str, clock: Callable[[], int]) -> None:
        self.database = database
        self.hub = hub
        self.presence = Presence()
        self.epoch = epoch
        self.clock = clock

    async def act(self, action: Callable[Concatenate[Tx, A, P], R], actor: A, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what an action made, once it is stored and told.

        Raises what the action refuses with; `Busy` where nothing was stored; `Unknown` where nobody can say.
        """
        return await self.database.write(lambda tx: action(tx, actor, *args, **kwargs))

    async def see(self, finder: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a finder finds, from one moment of the store."""
        return await self.database.read(partial(_called, finder, args, kwargs))


def _called(finder: Callable[..., R], args: tuple[object, ...], kwargs: dict[str, object], conn: Connection) -> R:
    return finder(conn, *args, **kwargs)
