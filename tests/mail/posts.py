"""A desk that sends e-mails, and the server that takes them."""

import email
import email.policy
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select, update

from demo.mail.smtp import Cue, Mail, Server
from recado.actions import directs
from recado.db import tables
from recado.db.database import Tx
from recado.domain.actors import Operator
from recado.domain.ids import DirectId
from recado.mail.mailer import Mailer
from recado.mail.servers import Server as Address
from recado.mail.servers import sender_of
from recado.workers.notifying import Notifying
from recado.workers.outbox import MailOutbox
from tests.world import World, new_client_id

BASE = "https://desk.example"
MINUTE_S = 60


def read(mail: Mail) -> EmailMessage:
    """A mail as programs read it."""
    found = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(mail: Mail) -> str:
    """Its text, as it stands there without HTML."""
    body = read(mail).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class Post:
    """The workers of one desk, moved by hand, and all that its server has taken."""

    def __init__(self, world: World, cue: Cue) -> None:
        self.world = world
        self.mails: list[Mail] = []
        self.server = Server(self.mails.append, cue)
        self.notifying = Notifying(world.desk, mail=True)
        self.outbox = self.another()
        world.desk.hub.on_told = self.notifying.hear

    def another(self) -> MailOutbox:
        """The worker of another process on the same store."""
        address = Address("127.0.0.1", self.server.port, None, None, "none")
        sender = sender_of("Recado <desk@shop.example>")
        return MailOutbox(self.world.desk, Mailer(address, sender, BASE), turn_s=0, chance=lambda: 0.5)

    async def turn(self) -> bool:
        """All that the desk does by itself, once: hints first, then what they miss, then what is due."""
        await self.notifying.note()
        await self.notifying.sweep()
        return await self.outbox.send_due()

    async def after(self, seconds: float) -> bool:
        self.world.clock.pass_s(seconds)
        return await self.turn()

    def to(self, operator: Operator) -> list[Mail]:
        return [one for one in self.mails if one.to == (mail_address(operator),)]

    def rows(self) -> list[Any]:
        """The rows of deliveries, in the order in which they were made."""
        table = tables.deliveries
        return self.world.see(lambda conn: list(conn.execute(select(table).order_by(table.c.id))))


def mail_address(operator: Operator) -> str:
    return re.sub(r"\W.*", "", operator.name.lower()) + "@shop.example"


def give_addresses(world: World, *operators: Operator) -> None:
    """Let these have an e-mail address."""

    def give(tx: Tx) -> None:
        for one in operators:
            mine = update(tables.operators).where(tables.operators.c.id == one.id)
            tx.conn.execute(mine.values(email=mail_address(one), locale="en"))

    world.database.write_blocking(give)


@asynccontextmanager
async def posting(world: World, cue: Cue = lambda *_: None) -> AsyncIterator[Post]:
    """A desk whose people have addresses and whose server listens."""
    give_addresses(world, *world.team)
    post = Post(world, cue)
    await post.server.start()
    post.outbox = post.another()
    try:
        yield post
    finally:
        world.desk.hub.on_told = None
        await post.server.stop()


def talk(world: World, author: Operator, *people: Operator, body: str = "Good morning", **more: Any) -> DirectId:
    """A direct conversation that `author` has started."""
    started = world.act(directs.start, author, new_client_id(), [one.id for one in people], body, **more)
    return started.sent.direct.id


def says(world: World, author: Operator, which: DirectId, body: str, **more: Any) -> int:
    """Say something there, and return its number."""
    return world.act(directs.post, author, which, new_client_id(), body, **more).sent.entry.seq


def reads(world: World, operator: Operator, which: DirectId, seq: int = 10**6) -> None:
    """Read all that is there, or up to an entry."""
    world.act(directs.read, operator, which, seq)
