"""The operators' conversations: lists, threads, answers, read marks, drafts."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Response, delete, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from sqlalchemy import Connection

from recado.actions import conversations as actions
from recado.actions import drafts as draft_actions
from recado.actions import notes, outbound
from recado.db import conversations, drafts, entry_pages, finding, lists, openings
from recado.db.drafts import Part
from recado.desk import Desk
from recado.domain.actors import Operator
from recado.domain.attachments import FileName
from recado.domain.conversations import (
    Changes,
    ConversationState,
    Counts,
    Draft,
    EntryPage,
    Found,
    ListName,
    Mode,
    Page,
    Sent,
)
from recado.domain.errors import Invalid
from recado.domain.ids import ConversationId, DepartmentId, DraftId, ReplyId, VisitorId
from recado.domain.openings import DeskState
from recado.domain.replies import Origin
from recado.domain.threads import PAGE
from recado.web.console.session import IN_ONE_LOOK, LookerRequest, OperatorRequest
from recado.web.limits import RATES, SEARCHES, SENDS

Number = Annotated[int, Parameter(ge=1, le=2**62)]
Place = Annotated[int | None, Parameter(ge=1, le=2**62)]
Limit = Annotated[int, Parameter(ge=1, le=200)]
Cursor = Annotated[str | None, Parameter(max_length=40)]
AGAIN = {200: ResponseSpec(Sent, description="This client id had been sent before.", generate_examples=False)}


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer or a note on its way. `client_id` is a UUID made by the page: the same one is the same message.

    `mentions` are the operators that a note names, `reply` the quick reply that an answer was begun with, `attachments`
    the files that go along, of which each has come whole, `quote` the entry that it answers to, by its number. `draft`:
    what an answer was written as, where that is not what goes, its placeholders being filled in.
    """

    client_id: str
    body: str
    kind: Literal["public", "note"] = "public"
    mentions: list[int] = []
    reply: ReplyId | None = None
    attachments: list[FileName] = []
    quote: Annotated[int, msgspec.Meta(ge=1, le=2**62)] | None = None
    draft: str | None = None


class FirstWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first message of a conversation that I begin. `client_id` is a UUID made by the page."""

    client_id: str
    body: str


class ReadUpTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last entry that was read."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class DraftInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words not sent yet; none of them throws the draft away."""

    body: str
    mode: Mode = "answer"
    over: str | None = None
    """With no words: the draft is thrown away only where it is this text, or the beginning of it."""
    part: Part = "body"
    """`caption`: what is to go beside the draft's files."""


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Letters of a name or an address, in any case, with or without accents."""

    name: str


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request that says all by its address."""


def one_place(before: int | None, after: int | None, around: int | None, at: int | None) -> entry_pages.Place:
    """Return the part of a thread that is asked for; refuse none and several."""
    place = entry_pages.Place(before, after, around, at)
    if sum(one is not None for one in place) != 1:
        raise Invalid("before", "invalid", "Say one of before, after, around and at.")
    return place


@get("/desk", summary="All that a desk starts with", opt=IN_ONE_LOOK)
async def get_desk(request: LookerRequest, desk: Desk) -> DeskState:
    """Return lists, counts, people and drafts of one moment."""

    def look(conn: Connection, me: Operator) -> tuple[DeskState, dict[ConversationId, VisitorId]]:
        state = openings.open_desk(conn, me, desk.epoch)
        shown = (*state.waiting.items, *state.attending.items, *state.paused.items)
        return state, lists.visitors_of(conn, [row.id for row in shown])

    state, visitors = await request.user.see(look)
    online = [which for which, visitor in visitors.items() if desk.bus.is_online(visitor)]
    looking = {row.id: desk.presence.lookers(row.id) for row in state.waiting.items}
    return msgspec.structs.replace(state, online=online, looking={which: who for which, who in looking.items() if who})


@get("/counts", summary="How many wait and how many I attend", opt=IN_ONE_LOOK)
async def get_counts(request: LookerRequest) -> Counts:
    """Return the numbers on the tabs."""
    return await request.user.see(lists.count)


@get("/conversations", summary="A page of a list", opt=IN_ONE_LOOK)
async def get_list(
    request: LookerRequest,
    which: Annotated[ListName, Parameter(query="list")] = "waiting",
    after: Cursor = None,
    limit: Limit = PAGE,
    department: Place = None,
) -> Page:
    """Return a page of Waiting, Attending, Paused, Closed or the archive; `department` narrows the archive to one."""
    if department is not None and which != "archive":
        raise Invalid("department", "invalid", "The archive alone goes by departments.")
    if department is not None:
        return await request.user.see(lists.list_archive, after, limit, DepartmentId(department))
    return await request.user.see(lists.list_page, which, after, limit)


@post("/conversations/search", summary="Find conversations by a name", status_code=200, opt={RATES: (SEARCHES,)})
async def search(request: OperatorRequest, desk: Desk, data: Wanted) -> Found:
    """Return those of my lists whose customer's name or address holds every word.

    A name is asked for in the body: addresses are written into the logs of those who stand before us.
    """
    return await desk.see_in_turn(finding.find_by_name, request.user, data.name)


@get("/conversations/{number:int}", summary="Open a conversation", opt=IN_ONE_LOOK)
async def get_conversation(request: LookerRequest, desk: Desk, number: Number) -> ConversationState:
    """Return a conversation with its newest entries. Looking does not claim."""
    state, visitor = await request.user.see(openings.open_conversation, ConversationId(number), desk.epoch)
    facts = msgspec.structs.replace(state.visitor, online=desk.bus.is_online(visitor))
    return msgspec.structs.replace(state, visitor=facts)


@get(
    "/conversations/{number:int}/entries",
    summary="Entries before, after or around one, or around a moment",
    opt=IN_ONE_LOOK,
)
async def get_entries(
    request: LookerRequest,
    number: Number,
    before: Place = None,
    after: Place = None,
    around: Place = None,
    at: Place = None,
    limit: Limit = PAGE,
) -> EntryPage:
    """Return entries, ascending: exactly one of the four says which; `at` is a moment in microseconds UTC."""
    place = one_place(before, after, around, at)

    def look(conn: Connection, me: Operator) -> EntryPage:
        found = conversations.get_readable(conn, me, ConversationId(number))
        return entry_pages.read(conn, found.counters.thread, place, limit)

    return await request.user.see(look)


@get("/conversations/{number:int}/changes", summary="What changed after a version", opt=IN_ONE_LOOK)
async def get_changes(
    request: LookerRequest,
    desk: Desk,
    number: Number,
    since: Annotated[int, Parameter(ge=0, le=2**62)],
    epoch: Annotated[str, Parameter(max_length=64)],
) -> Changes:
    """Return what the page has missed, or that it must start over."""
    known = desk.epoch if epoch == desk.epoch else None
    changes = await request.user.see(openings.list_changes, ConversationId(number), since, known)
    return msgspec.structs.replace(changes, epoch=desk.epoch)


@post(
    "/conversations/{number:int}/messages",
    summary="Answer; a waiting conversation becomes mine",
    opt={RATES: (SENDS,)},
    responses=AGAIN,
)
async def send(request: OperatorRequest, desk: Desk, number: Number, data: Message) -> Response[Sent]:
    """Answer, or add a note. 201 when it was stored now, 200 when this client id had been sent before."""
    which, files = ConversationId(number), data.attachments
    if data.kind == "note":
        said = (data.client_id, data.body, data.mentions, files, data.quote)
        result = await desk.act(notes.add, request.user, which, *said)
    else:
        words = (data.client_id, data.body, Origin(data.reply, data.draft), files, data.quote)
        result = await desk.act(actions.answer, request.user, which, *words)
    assert isinstance(result.sent, Sent)
    return Response(result.sent, status_code=200 if result.repeated else 201)


@post(
    "/conversations/{number:int}/new",
    summary="Write first to its customer",
    opt={RATES: (SENDS,)},
    responses=AGAIN,
)
async def start(request: OperatorRequest, desk: Desk, number: Number, data: FirstWords) -> Response[Sent]:
    """Open another conversation with the customer of one that has ended, by its first message: it is mine.

    201 when it was stored now, 200 when this client id had been sent before.
    """
    result = await desk.act(outbound.start, request.user, ConversationId(number), data.client_id, data.body)
    assert isinstance(result.sent, Sent)
    return Response(result.sent, status_code=200 if result.repeated else 201)


@post("/conversations/{number:int}/read", summary="I have read up to here", status_code=204)
async def read(request: OperatorRequest, desk: Desk, number: Number, data: ReadUpTo) -> None:
    """Move my read mark on."""
    await desk.act(actions.read, request.user, ConversationId(number), data.seq)


@put("/conversations/{number:int}/draft", summary="Keep what I have typed", status_code=204)
async def save_draft(request: OperatorRequest, desk: Desk, number: Number, data: DraftInput) -> None:
    """Keep my words, for me alone."""
    await desk.act(
        draft_actions.save, request.user, ConversationId(number), data.mode, data.body, over=data.over, part=data.part
    )


@get("/drafts", summary="What I have not sent", opt=IN_ONE_LOOK)
async def list_drafts(request: LookerRequest) -> list[Draft]:
    """Return my drafts, the latest first."""
    return await request.user.see(drafts.list_for)


@delete("/drafts/{number:int}", summary="Throw a draft away", status_code=204)
async def remove_draft(request: OperatorRequest, desk: Desk, number: Number) -> None:
    """Throw away a draft of mine."""
    await desk.act(draft_actions.remove, request.user, DraftId(number))


HANDLERS = [
    get_desk,
    get_counts,
    get_list,
    search,
    get_conversation,
    get_entries,
    get_changes,
    send,
    start,
    read,
    save_draft,
    list_drafts,
    remove_draft,
]
