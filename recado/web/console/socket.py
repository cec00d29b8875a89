"""The operators' socket. It opens for a valid session on a page of ours, and hears typing and looking."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send
from sqlalchemy import Connection

from recado.actions import look_ins, routing
from recado.db import conversations, people, signs
from recado.desk import SYSTEM, Desk
from recado.domain.actors import Operator
from recado.domain.conversations import HELD
from recado.domain.errors import Unauthenticated
from recado.domain.events import WIRE_VERSION, Hello, Looking, StoreChanged
from recado.domain.ids import ConversationId, DepartmentId, hash_of
from recado.live.hub import OperatorSocket
from recado.live.outbox import SIGNED_OUT, TRY_LATER
from recado.web.auth import Looker, check_handshake, themselves
from recado.web.errors import TooMany, WrongOrigin
from recado.web.limits import LOOKING, TYPING, Limits
from recado.web.socket import Ping, accept, encode, hint, refuse, run, socket_route, turn_away

BESIDE = b"page=beside"
"""What a page says that is not the desk: who has only such pages open is not there to answer."""

Number = Annotated[int, msgspec.Meta(ge=1, le=2**62)]


class TypingFrame(msgspec.Struct, frozen=True, tag_field="type", tag="typing"):
    """The operator is typing in a conversation."""

    conversation: Number


class LookingFrame(msgspec.Struct, frozen=True, tag_field="type", tag="looking"):
    """The conversation that is open on this page; None for none."""

    conversation: Number | None


class VisibleFrame(msgspec.Struct, frozen=True, tag_field="type", tag="visible"):
    """Whether the operator can see this page: it is not behind others, and the screen is not locked."""

    visible: bool


Frame = Ping | TypingFrame | LookingFrame | VisibleFrame
_DECODER = msgspec.json.Decoder(Frame)


class ConsoleSocket:
    """One open page of an operator."""

    def __init__(self, desk: Desk, limits: Limits, operator: Operator, socket: OperatorSocket) -> None:
        self._desk = desk
        self._limits = limits
        self._operator = operator
        self._socket = socket
        self._looks_in: ConversationId | None = None
        """What a colleague attends and this page has open."""

    async def heard(self, frame: Frame) -> None:
        """Pass a hint on to those who may know; drop what comes too fast."""
        kind = TYPING if isinstance(frame, TypingFrame) else LOOKING
        if self._limits.try_take(kind, self._operator.author) > 0:
            return
        if isinstance(frame, TypingFrame):
            await self._typing(ConversationId(frame.conversation))
        elif isinstance(frame, VisibleFrame):
            self._desk.presence.see(self._socket, visible=frame.visible)
        elif isinstance(frame, LookingFrame):
            await self.look(ConversationId(frame.conversation) if frame.conversation else None, said=True)

    async def _typing(self, which: ConversationId) -> None:
        told = await self._desk.see(signs.typing, which, self._operator.author)
        for event, audience in told:
            self._desk.hub.tell(event, audience)
        if told:
            self._desk.bus.say_typing(which, self._operator.author)

    async def look(self, which: ConversationId | None, *, said: bool) -> None:
        """Note what this page looks at, and tell the department who looks at what it left and at what it opened.

        What its operator may not read is not noted, and is nothing to look at. `said`: by the page itself.
        """
        found = await self._desk.see(conversations.find_for_operator, self._operator, which) if which else None
        now = found.id if found else None
        before = self._desk.presence.look(self._socket, now)
        others = found is not None and found.status in HELD and found.operator_id != self._operator.id
        await self._look_in(now if others else None, said=said)
        for one in dict.fromkeys((now, before)):
            if one is not None:
                audience = await self._desk.see(signs.watchers, one)
                self._desk.hub.tell(Looking(one, self._desk.presence.lookers(one)), audience)

    async def _look_in(self, now: ConversationId | None, *, said: bool) -> None:
        """Let the look-in go on that this page has open, and one end that no page of its supervisor has any more.

        Where the page said so, before it is heard further: whoever comes back, or looks in anew, does so after that.
        Where it merely went, it may be loaded anew, or its line was cut.
        """
        me, left, self._looks_in = self._operator, self._looks_in, now
        if now is not None:
            self._desk.act_later(look_ins.note_open, SYSTEM, ((now, me.id),))
        if left is None or me.id in self._desk.presence.lookers(left):
            return
        if said:
            await hint(self._desk.act(look_ins.look_away, me, left, self._desk.clock()))
        else:
            self._desk.act_later(look_ins.note_gone, SYSTEM, left, me.id)


class ConsoleDoor:
    """Lets operators' pages in: from our own origin, with a session that is valid once the hub knows the socket."""

    def __init__(self, desk: Desk, limits: Limits, own: str) -> None:
        self._desk = desk
        self._limits = limits
        self._own = own

    async def enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it ends."""
        try:
            check_handshake(scope, self._own)
            asks = Looker(self._desk, self._limits, scope)
            operator = await asks.see(themselves)
        except WrongOrigin:
            await turn_away(receive, send)
            return
        except Unauthenticated:
            await refuse(receive, send, SIGNED_OUT)
            return
        except TooMany:
            await refuse(receive, send, TRY_LATER)
            return
        await accept(receive, send)
        desk = scope["query_string"] != BESIDE
        socket = OperatorSocket(operator.id, hash_of(str(asks.token)), desk=desk)
        page = ConsoleSocket(self._desk, self._limits, operator, socket)
        if self._desk.hub.add(socket):
            self._desk.act_later(routing.come if desk else routing.come_beside, SYSTEM, operator.id)
        try:
            await self._give_scope(socket)
            await run(socket, receive, send, _DECODER, page.heard)
        finally:
            self._desk.presence.see(socket, visible=False)
            if self._desk.hub.remove(socket):
                self._desk.act_later(routing.go, SYSTEM, operator.id)
            await hint(page.look(None, said=False))

    async def _give_scope(self, socket: OperatorSocket) -> None:
        """Let the socket hear its departments as they are now that a change of them would close it."""
        departments = await self._desk.see(_scope_of, socket.session, self._desk.clock())
        if departments is None:
            socket.close(SIGNED_OUT)
            return
        socket.departments = departments
        socket.offer(encode(Hello(WIRE_VERSION, self._desk.epoch, self._desk.clock())))
        if not self._desk.well:
            socket.offer(encode(StoreChanged(well=False)))


def _scope_of(conn: Connection, token_hash: bytes, now: int) -> frozenset[DepartmentId] | None:
    """Return the departments of a session's operator; None where the session has ended."""
    found = people.find_by_session(conn, token_hash, now)
    if found is None:
        return None
    return frozenset(DepartmentId(one.id) for one in people.get_me(conn, found.operator.id).departments)


def console_socket(desk: Desk, limits: Limits, own: str) -> ASGIRouteHandler:
    """Return the route of the operators' socket."""
    return socket_route("/api/v1/console/socket", ConsoleDoor(desk, limits, own).enter)
