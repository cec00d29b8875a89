"""One scene for all routes: set once for each database, and put back to how it was after whatever changed it."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, insert, update

from recado.db import tables
from recado.db.database import Tx
from recado.domain.actors import Operator, Visitor
from tests.contract.scene import Scene, set_the_scene
from tests.founding import opened_world
from tests.web.doors import CONSOLE, WIDGET, house_of
from tests.web.sockets import Closed, Socket, connected

Contents = dict[str, list[tuple[Any, ...]]]


def by_key(table: Table, rows: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by their primary keys, less what the database computes."""
    found = {}
    for values in rows:
        row = dict(zip(table.columns, values, strict=True))
        kept = {column.name: value for column, value in row.items() if column.computed is None}
        found[tuple(row[column] for column in table.primary_key.columns)] = kept
    return found


def matching(table: Table, key: tuple[Any, ...]) -> list[ColumnElement[bool]]:
    """The conditions that name a row."""
    return [column == value for column, value in zip(table.primary_key.columns, key, strict=True)]


class Stage:
    """The scene, and what lay in the store when it had been set."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.house = scene.house
        self.world = scene.house.world
        self.contents: Contents = self.world.contents()

    def put_back(self) -> None:
        """Make the store what it was, and forget how much anybody has asked for."""
        self.house.rest()
        now = self.world.contents()
        if now != self.contents:
            self.world.database.write_blocking(lambda tx: self._put_back(tx, now))

    def _put_back(self, tx: Tx, now: Contents) -> None:
        """Undo row by row: that takes a tenth of the time of filling all tables anew."""
        changed = [one for one in tables.metadata.sorted_tables if now[one.name] != self.contents[one.name]]
        for table in reversed(changed):
            before = by_key(table, self.contents[table.name])
            for key in by_key(table, now[table.name]).keys() - before.keys():
                tx.conn.execute(delete(table).where(*matching(table, key)))
        for table in changed:
            there = by_key(table, now[table.name])
            for key, row in by_key(table, self.contents[table.name]).items():
                if key not in there:
                    tx.conn.execute(insert(table), row)
                elif there[key] != row:
                    tx.conn.execute(update(table).where(*matching(table, key)).values(row))

    async def settle(self) -> None:
        """Wait for what is done behind people's work, then make the store what it was."""
        while later := tuple(self.world.desk._later.values()):
            await asyncio.gather(*later)
        self.put_back()


@contextmanager
def staged(url: str, folder: Path) -> Iterator[Stage]:
    """The stage on the populated store at `url`."""
    with opened_world(url) as world:
        yield Stage(set_the_scene(house_of(world, folder)))


class Ear:
    """Somebody's open page."""

    def __init__(self, person: Operator | Visitor, socket: Socket) -> None:
        self.person = person
        self.socket = socket
        self._judged = 0

    def fresh(self) -> list[Any]:
        """The frames that came since last asked, whoever read them meanwhile."""
        frames, self._judged = self.socket.received[self._judged :], len(self.socket.received)
        return [frame for frame in frames if frame["type"] != "pong"]


class Ears:
    """A page of everybody who may have one, all open at once."""

    def __init__(self, stage: Stage, stack: AsyncExitStack) -> None:
        self._stage = stage
        self._stack = stack
        self._ears: dict[str, Ear] = {}

    async def open(self) -> None:
        """Open the pages that are not open: at first, and again where a change of rights has closed them."""
        scene = self._stage.scene
        for name, person in scene.who.items():
            if person is None or name in self._ears:
                continue
            headers = scene.callers[name].headers
            door = WIDGET if isinstance(person, Visitor) else CONSOLE
            cookie = {"cookie": headers["cookie"]} if "cookie" in headers else {}
            page = connected(self._stage.house.app, f"{door}/socket", **cookie)
            socket = await self._stack.enter_async_context(page)
            if isinstance(person, Visitor):
                socket.say({"type": "hello", "token": self._stage.house.token(person)})
            with contextlib.suppress(Closed):  # who is let in no more hears nothing more
                await socket.until("hello")
                self._ears[name] = Ear(person, socket)
        await self.heard()

    def __getitem__(self, name: str) -> Socket:
        return self._ears[name].socket

    async def heard(self) -> list[tuple[str, Operator | Visitor, Any]]:
        """What has reached each page since last asked: whose, and the frame. Pages that were closed are forgotten.

        What came before a page was closed was heard like all else.
        """
        frames = []
        for name, ear in tuple(self._ears.items()):
            try:
                await ear.socket.answered()
            except Closed:
                del self._ears[name]
            frames += [(name, ear.person, frame) for frame in ear.fresh()]
        return frames
