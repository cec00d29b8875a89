"""The visitors' socket. Its first frame brings the token; the page it is opened on is our own frame."""

from __future__ import annotations

from collections import Counter

import msgspec
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send
from sqlalchemy import Connection

from recado.db import conversations, signs
from recado.db.signs import Sign
from recado.desk import Desk
from recado.domain.actors import Visitor
from recado.domain.events import WIRE_VERSION, Hello
from recado.domain.ids import ConversationId, PublicId
from recado.live.hub import VisitorSocket
from recado.live.outbox import SIGNED_OUT, SILENT, TRY_LATER
from recado.web.auth import check_handshake
from recado.web.errors import WrongOrigin
from recado.web.limits import HELLOS, HELLOS_PER_NETWORK, LOOPBACK, SOCKETS_PER_NETWORK, TYPING, Limits, network_from
from recado.web.socket import Ended, Ping, Rejected, accept, encode, hear, hint, run, socket_route, turn_away
from recado.web.tokens import Opened, Seal

HELLO_WITHIN_S = 5.0
PAGES_MAX = 20


class HelloFrame(msgspec.Struct, frozen=True, tag_field="type", tag="hello"):
    """Who this is."""

    token: str


class TypingFrame(msgspec.Struct, frozen=True, tag_field="type", tag="typing"):
    """The visitor is typing in a conversation."""

    conversation: str


Frame = Ping | HelloFrame | TypingFrame
_DECODER = msgspec.json.Decoder(Frame)


class WidgetSocket:
    """One open page of a visitor."""

    def __init__(self, desk: Desk, limits: Limits, visitor: Visitor) -> None:
        self._desk = desk
        self._limits = limits
        self._visitor = visitor

    async def heard(self, frame: Frame) -> None:
        """Pass typing on to whoever reads the conversation; drop what comes too fast."""
        if not isinstance(frame, TypingFrame) or self._limits.try_take(TYPING, self._visitor.author) > 0:
            return
        found = await self._desk.see(_typing, self._visitor, PublicId(frame.conversation))
        if found is not None:
            which, told = found
            for event, audience in told:
                self._desk.hub.tell(event, audience)
            self._desk.bus.say_typing(which, self._visitor.author)

    async def tell_presence(self) -> None:
        """Tell the readers of the visitor's open conversations that they are there, where they still are by then.

        That they have gone is told later, unless they come back (`workers/timers.py`).
        """
        for event, audience in await self._desk.see(lambda conn: signs.presence(conn, self._visitor.id, online=True)):
            if self._desk.bus.is_online(self._visitor.id):
                self._desk.hub.tell(event, audience)


def _typing(conn: Connection, me: Visitor, which: PublicId) -> tuple[ConversationId, list[Sign]] | None:
    found = conversations.find_for_visitor(conn, me, which)
    return None if found is None else (found.id, signs.typing(conn, found.id, me.author))


class WidgetDoor:
    """Lets visitors' pages in: from our own frame, with a token in the first frame."""

    def __init__(self, desk: Desk, limits: Limits, seal: Seal, own: str) -> None:
        self._desk = desk
        self._limits = limits
        self._seal = seal
        self._own = own
        self._open: Counter[str] = Counter()
        """How many sockets each network has."""

    async def enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it ends."""
        try:
            check_handshake(scope, self._own)
        except WrongOrigin:
            await turn_away(receive, send)
            return
        await accept(receive, send)
        network = network_from(scope)
        self._open[network] += 1
        try:
            opened = await self._introduction(network, receive)
        except Rejected as rejection:
            await send({"type": "websocket.close", "code": rejection.code, "reason": None})
        except Ended:
            return
        else:
            await self._stay(opened, receive, send)
        finally:
            self._open[network] -= 1
            if not self._open[network]:
                del self._open[network]

    async def _introduction(self, network: str, receive: Receive) -> Opened:
        if network != LOOPBACK and (
            self._open[network] > SOCKETS_PER_NETWORK or self._limits.try_take(HELLOS_PER_NETWORK, network) > 0
        ):
            raise Rejected(TRY_LATER)
        first = await hear(receive, _DECODER, HELLO_WITHIN_S)
        token = first.token if isinstance(first, HelloFrame) else ""
        opened = self._seal.open(token, self._desk.clock())
        if opened is None:
            raise Rejected(SIGNED_OUT)
        pages = self._desk.hub.count_pages(opened.visitor.id)
        if pages >= PAGES_MAX or self._limits.try_take(HELLOS, opened.visitor.author) > 0:
            raise Rejected(TRY_LATER)
        return opened

    async def _stay(self, opened: Opened, receive: Receive, send: Send) -> None:
        visitor, socket = opened.visitor, VisitorSocket(opened.visitor.id, opened.ends_at)
        page = WidgetSocket(self._desk, self._limits, visitor)
        socket.offer(encode(Hello(WIRE_VERSION, self._desk.epoch, self._desk.clock())))
        first = self._desk.hub.add(socket)
        try:
            if first and self._desk.bus.come(visitor.id):
                await hint(page.tell_presence())
            await run(socket, receive, send, _DECODER, page.heard)
        finally:
            if self._desk.hub.remove(socket):
                self._desk.bus.leave(visitor.id, silent=socket.close_code == SILENT)


def widget_socket(desk: Desk, limits: Limits, seal: Seal, own: str) -> ASGIRouteHandler:
    """Return the route of the visitors' socket."""
    return socket_route("/api/v1/widget/socket", WidgetDoor(desk, limits, seal, own).enter)
