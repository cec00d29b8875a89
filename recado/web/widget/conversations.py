"""The visitors' conversations: they write and read on. This door knows public numbers alone."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from sqlalchemy import Connection

from recado.actions import conversations as actions
from recado.actions.customers import VISIT_CONVERSATIONS, Asked
from recado.db import conversations, public
from recado.db.conversation_rows import Conversation
from recado.desk import Desk
from recado.domain.actors import Visitor
from recado.domain.attachments import FileName
from recado.domain.conversations import (
    WidgetChanges,
    WidgetEntryPage,
    WidgetList,
    WidgetSent,
    WidgetState,
)
from recado.domain.errors import NotFound
from recado.domain.ids import PublicId
from recado.domain.threads import BODY_MAX_BYTES, CHANGES_MAX, PAGE
from recado.web.limits import (
    OPENINGS_PER_NETWORK,
    OPENINGS_PER_VISITOR,
    RATES,
    READS,
    SENDS,
    SENT_BYTES,
    Limits,
    Share,
    network_from,
)

VisitorRequest = Request[Visitor, Share, Any]
ADDRESS_PATTERN = "^[A-Za-z0-9_-]*$"
Address = Annotated[str, Parameter(max_length=40, pattern=ADDRESS_PATTERN)]
Number = Annotated[int, Parameter(ge=0, le=2**62)]
Limit = Annotated[int, Parameter(ge=1, le=200)]
AGAIN = {200: ResponseSpec(WidgetSent, description="This client id had been sent before.", generate_examples=False)}

UNWEIGHED = int((SENT_BYTES.per_s / SENDS.per_s - len('""')) / len(r"\u0000"))
"""Characters: as often as such texts may be sent, they weigh no more on the wire than is allowed for."""

_ENCODE = msgspec.json.Encoder().encode


class FirstMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The message that opens a conversation, with what the visitor says of themselves.

    `fields` are answers to the inbox's own questions by their keys; `shown` are the words in which the page asked them,
    by the names that refusals have: `fields.order`.
    """

    client_id: str
    body: str
    name: str | None = None
    email: str | None = None
    fields: dict[str, str] = {}
    shown: dict[str, str] = {}
    department: str | None = None
    attachments: list[FileName] = []


class VisitorMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message on its way, with the files that go along, of which each has come whole.

    `email`: the address that is left with it, where the inbox asks for one and none has been given.
    """

    client_id: str
    body: str
    attachments: list[FileName] = []
    email: str | None = None


class ReadUpTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last public entry that was on the screen."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=2**62)]


def _find(conn: Connection, me: Visitor, which: str) -> Conversation:
    found = conversations.find_for_visitor(conn, me, PublicId(which))
    if found is None:
        raise NotFound
    return found


def list_mine(conn: Connection, me: Visitor, epoch: str) -> WidgetList:
    """Return a visitor's own conversations, by as many statements however many they are."""
    mine = conversations.list_for_visitor(conn, me, VISIT_CONVERSATIONS)
    lines: dict[str, str] = {one.public_id: one.counters.excerpt for one in mine}
    names = public.list_answerers(conn, me, VISIT_CONVERSATIONS)
    return WidgetList(epoch, [one.widget() for one in mine], lines, names)


@get("/conversations", summary="My conversations", opt={RATES: (READS,)})
async def get_list(request: VisitorRequest, desk: Desk) -> WidgetList:
    """Return the visitor's own conversations, newest first."""
    return await desk.see(list_mine, request.user, desk.epoch)


@get("/conversations/{which:str}", summary="Open a conversation of mine", opt={RATES: (READS,)})
async def get_conversation(request: VisitorRequest, desk: Desk, which: Address) -> WidgetState:
    """Return a conversation with its newest public entries."""

    def look(conn: Connection, me: Visitor) -> WidgetState:
        found = _find(conn, me, which)
        entries, more = public.list_before(conn, found.thread_id, None, PAGE)
        return WidgetState(desk.epoch, found.widget(), entries, more)

    return await desk.see(look, request.user)


@get("/conversations/{which:str}/entries", summary="Older entries", opt={RATES: (READS,)})
async def get_entries(
    request: VisitorRequest, desk: Desk, which: Address, before: Number, limit: Limit = PAGE
) -> WidgetEntryPage:
    """Return the public entries before `before`, ascending."""

    def look(conn: Connection, me: Visitor) -> WidgetEntryPage:
        found = _find(conn, me, which)
        return WidgetEntryPage(*public.list_before(conn, found.thread_id, max(before, 1), limit))

    return await desk.see(look, request.user)


@get("/conversations/{which:str}/changes", summary="What changed after a version", opt={RATES: (READS,)})
async def get_changes(
    request: VisitorRequest,
    desk: Desk,
    which: Address,
    since: Number,
    epoch: Annotated[str, Parameter(max_length=64)],
) -> WidgetChanges:
    """Return what the page has missed, or that it must start over."""

    def look(conn: Connection, me: Visitor) -> WidgetChanges:
        found = _find(conn, me, which)
        known = epoch == desk.epoch and since <= found.counters.thread.public_version
        entries = public.list_changed(conn, found.thread_id, since, CHANGES_MAX) if known else None
        return WidgetChanges(desk.epoch, entries is None, found.widget(), entries or [])

    return await desk.see(look, request.user)


def _weigh(request: VisitorRequest, text: str) -> None:
    """Hold a visitor to what their words weigh on the wire, where some characters take six bytes.

    Words so short that `SENDS` holds them to less are not weighed. Those that are refused for their length alone go
    nowhere, and weigh nothing.
    """
    if len(text) <= UNWEIGHED:
        return
    if 4 * len(text) <= BODY_MAX_BYTES or len(text.encode(errors="replace")) <= BODY_MAX_BYTES:
        request.auth.take(SENT_BYTES, len(_ENCODE(text)))


@post("/conversations", summary="Write for the first time", opt={RATES: (SENDS,)}, responses=AGAIN)
async def open_conversation(
    request: VisitorRequest, desk: Desk, limits: Limits, data: FirstMessage
) -> Response[WidgetSent]:
    """Open a conversation with its first message; where one is open already, write into that."""
    me, asked = request.user, Asked(data.fields, data.department, data.shown)
    _weigh(request, data.body)
    shares = ((OPENINGS_PER_VISITOR, me.author), (OPENINGS_PER_NETWORK, network_from(request.scope)))
    with limits.lent(*shares) as keep:
        first = data.client_id, data.body, data.name, data.email, asked, data.attachments
        result = await desk.act(actions.open_or_receive, me, *first)
        if not result.repeated:
            keep()
    assert isinstance(result.sent, WidgetSent)
    return Response(result.sent, status_code=200 if result.repeated else 201)


@post("/conversations/{which:str}/messages", summary="Write", opt={RATES: (SENDS,)}, responses=AGAIN)
async def send(request: VisitorRequest, desk: Desk, which: Address, data: VisitorMessage) -> Response[WidgetSent]:
    """Write into a conversation of mine. 201 when it was stored now, 200 when this client id had been sent before."""
    _weigh(request, data.body)
    said = data.client_id, data.body, data.attachments, data.email
    result = await desk.act(actions.receive, request.user, PublicId(which), *said)
    assert isinstance(result.sent, WidgetSent)
    return Response(result.sent, status_code=200 if result.repeated else 201)


@post("/conversations/{which:str}/read", summary="I have seen up to here", status_code=204, opt={RATES: (SENDS,)})
async def read(request: VisitorRequest, desk: Desk, which: Address, data: ReadUpTo) -> None:
    """Move my read mark on."""
    await desk.act(actions.read_by_visitor, request.user, PublicId(which), data.seq)


HANDLERS = [
    get_list,
    get_conversation,
    get_entries,
    get_changes,
    open_conversation,
    send,
    read,
]
