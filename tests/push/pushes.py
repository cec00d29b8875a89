"""A desk that tells browsers, and the service that takes what it tells them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from recado.actions import notices, push
from recado.actions.notices import NoticesChanges
from recado.db import tables
from recado.domain.actors import Operator
from recado.domain.ids import hash_of
from recado.domain.notices import Chosen
from recado.domain.push import Subscribed
from recado.live.hub import OperatorSocket
from recado.push.sealing import Signer
from recado.push.service import Reach, Services
from recado.workers.notifying import Notifying
from recado.workers.pushing import PushOutbox
from tests.push.services import Service, serving
from tests.world import World

SIGNER = Signer(7, "mailto:desk@shop.example")


class Pushes:
    """The workers of one desk, moved by hand, and what browsers were told."""

    def __init__(self, world: World, service: Service, reach: Reach) -> None:
        self.world = world
        self.service = service
        self.services = Services(reach)
        self.notifying = Notifying(world.desk, mail=False)
        self.outbox = self.another()
        world.desk.hub.on_told = self.notifying.hear

    def another(self) -> PushOutbox:
        """The worker of another process on the same store."""

        async def signer() -> Signer:
            return SIGNER

        return PushOutbox(self.world.desk, self.services, signer, turn_s=0, chance=lambda: 0.5)

    async def turn(self) -> None:
        await self.notifying.note()
        await self.outbox.send_due()

    async def after(self, seconds: float) -> None:
        self.world.clock.pass_s(seconds)
        await self.turn()

    async def subscribes(self, operator: Operator, name: str) -> Operator:
        """Let a new browser of theirs be told; returns them in its session."""
        here = Operator(operator.id, operator.name, operator.role, hash_of(self.world.signs_in(operator)))
        endpoint, browser = self.service.browser(name)
        one = browser.subscription(endpoint)
        self.world.act(push.subscribe, here, Subscribed(0, *one), f"Firefox of {name}")
        await self.notifying.note()
        return here

    def shown(self, name: str) -> list[str]:
        """What a browser was told, in short."""
        return [
            f"{one['title']}: {one['body']}" if one["type"] == "show" else f"clear {' '.join(one['tags'])}"
            for one in self.service.to(name)
        ]

    def last(self, name: str) -> dict[str, Any]:
        return self.service.to(name)[-1]

    def looks(self, operator: Operator, *, visible: bool = True) -> OperatorSocket:
        """Let them see a page of ours."""
        socket = OperatorSocket(operator.id, b"")
        self.world.desk.hub.add(socket)
        self.world.desk.presence.see(socket, visible=visible)
        return socket

    def rows(self, table: str = "deliveries") -> list[Any]:
        which = tables.metadata.tables[table]
        return self.world.see(lambda conn: list(conn.execute(select(which).order_by(which.c.id))))


def chooses(world: World, operator: Operator, **chosen: Any) -> None:
    world.act(notices.change, operator, NoticesChanges(Chosen(**chosen)))


@asynccontextmanager
async def pushing(world: World, folder: Path) -> AsyncIterator[Pushes]:
    async with serving(folder) as (service, reach):
        made = Pushes(world, service, reach)
        try:
            yield made
        finally:
            world.desk.hub.on_told = None
            await made.services.close()
