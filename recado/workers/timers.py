"""What happens without anybody asking: assignment when something waits, pauses that end, owners who are gone.

Assignment follows events: a commit says that a department may have to look, and it is looked at once. The clock is for
what only time brings about, and for what a process that died has left undone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from sqlalchemy import Connection

from recado.actions import alerts, customers, look_ins, routing
from recado.db import alerts as alert_rows
from recado.db import changes, signs
from recado.db import look_ins as look_in_rows
from recado.db import routing as rows
from recado.desk import SYSTEM, Desk
from recado.domain.errors import Failure
from recado.domain.ids import DepartmentId, VisitorId
from recado.domain.routing import SWEEP_S
from recado.workers.endings import close_ended
from recado.workers.quietly import quietly

TURN_S = 1.0
GONE_AT_ONCE = 100
FORGET_ROUNDS = 10
"""So many in each sweep that a machine which plays visitors is kept up with, and a sweep is over soon."""


class Timers:
    """The desk's own clock, on the event loop of one process."""

    def __init__(self, desk: Desk, turn_s: float = TURN_S, sweep_s: float = SWEEP_S) -> None:
        self._desk = desk
        self._turn_s = turn_s
        self._sweep_s = sweep_s
        self._due: set[DepartmentId] = set()
        self._wanted = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, on the running loop."""
        self._desk.hub.on_due = self.hint
        self._tasks = [asyncio.create_task(self._assign_forever()), asyncio.create_task(self._turn_forever())]

    async def stop(self) -> None:
        """End; whatever is being stored is stored or not, and found by the next start."""
        self._desk.hub.on_due = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hint(self, departments: Iterable[DepartmentId]) -> None:
        """Let departments be looked at."""
        self._due.update(departments)
        self._wanted.set()

    async def assign(self) -> None:
        """Give out what waits in the departments that were hinted at, one by one; where that fails, the hint stays."""
        self._wanted.clear()
        while self._due:
            department = self._due.pop()
            try:
                while await self._desk.act(routing.assign_next, SYSTEM, department) is not None:
                    pass
            except Failure:
                self._due.add(department)
                raise

    async def turn(self) -> None:
        """Close visitors' sockets whose token has ended, end what is over, let what waits be heard, tell who went."""
        self._desk.hub.end_tokens(self._desk.clock())
        for which in await self._desk.see(rows.list_pauses_over, self._desk.clock()):
            await self._desk.act(routing.end_pause, SYSTEM, which)
        for which in await self._desk.see(alert_rows.list_due, self._desk.clock()):
            await self._desk.act(alerts.rise, SYSTEM, which)
        if await self._desk.see(look_in_rows.list_stale, self._desk.clock()):
            await self._end_look_ins()
        await self.tell_gone()

    async def tell_gone(self) -> None:
        """Tell the readers of visitors' open conversations who is no longer there; until that is done, they are."""
        while gone := self._desk.bus.list_gone(GONE_AT_ONCE):
            found = await self._desk.see(_presence_of, gone)
            self._desk.bus.note_gone(gone)
            for visitor, (event, audience) in found:
                if not self._desk.bus.is_online(visitor):
                    self._desk.hub.tell(event, audience)

    async def sweep(self) -> None:
        """Note who is here and who looks in, give back what the absent hold, look for what was left waiting."""
        await self._end_look_ins()
        hub = self._desk.hub
        here = sorted(hub.online_operators()), sorted(hub.operators_at_desk())
        for gone in await self._desk.act(routing.sweep, SYSTEM, *here):
            await self._desk.act(routing.give_back, SYSTEM, *gone)
        await self.close_over()
        self.hint(await self._desk.see(rows.list_owed))
        await self.forget()

    async def _end_look_ins(self) -> None:
        """Note which conversations pages here have open, and end the look-ins of which none has been for a while.

        Two transactions, since what ends one locks its conversation first. Where the first fails, none is ended for it.
        """
        await self._desk.act(look_ins.note_open, SYSTEM, sorted(self._desk.presence.looking()))
        await self._desk.act(look_ins.end_stale, SYSTEM)

    async def forget(self) -> None:
        """Forget visitors who never wrote and can no longer come back: some, the rest in the next sweeps."""
        for _ in range(FORGET_ROUNDS):
            if not await self._desk.act(customers.forget_ended, SYSTEM):
                break

    async def close_over(self) -> None:
        """Close the sockets whose session has run out: nothing was done to end it, so nothing has told them."""
        open_now = [socket for socket in self._desk.hub.operator_sockets() if socket.departments is not None]
        if not open_now:
            return
        valid = await self._desk.see(changes.scopes, {one.session for one in open_now}, self._desk.clock())
        await close_ended(self._desk, [socket for socket in open_now if socket.session not in valid])

    async def _assign_forever(self) -> None:
        while True:
            await self._wanted.wait()
            await quietly(self.assign)

    async def _turn_forever(self) -> None:
        loop = asyncio.get_running_loop()
        swept_at = loop.time() - self._sweep_s
        while True:
            if loop.time() - swept_at >= self._sweep_s:
                swept_at = loop.time()
                await quietly(self.sweep)
            await quietly(self.turn)
            await asyncio.sleep(self._turn_s)


def _presence_of(conn: Connection, gone: Iterable[VisitorId]) -> list[tuple[VisitorId, signs.Sign]]:
    return [(one, told) for one in gone for told in signs.presence(conn, one, online=False)]
