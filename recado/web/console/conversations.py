"""The operators' conversations: lists, threads, answers, read marks, drafts."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import Parameter
from sqlalchemy import Connection

from recado.actions import conversations as actions
from recado.actions import drafts as draft_actions
from recado.db import conversations, drafts, entry_pages, lists, marks, people, threads
from recado.db.conversation_rows import Conversation
from recado.desk import Desk
from recado.domain.actors import Operator
from recado.domain.conversations import (
    Changes,
    ConversationState,
    Counts,
    DeskState,
    EntryPage,
    ListName,
    Page,
    Sent,
)
from recado.domain.errors import Invalid, NotFound, Taken
from recado.domain.events import WIRE_VERSION
from recado.domain.ids import ConversationId, DraftId, VisitorId
from recado.domain.threads import CHANGES_MAX, PAGE
from recado.web.console.session import OperatorRequest
from recado.web.limits import RATES, SENDS

Number = Annotated[int, Parameter(ge=1, le=2**62)]
Place = Annotated[int | None, Parameter(ge=1, le=2**62)]
Limit = Annotated[int, Parameter(ge=1, le=200)]
Cursor = Annotated[str | None, Parameter(max_length=40)]

FIRST_ROWS = 100


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer on its way. `client_id` is a UUID made by the page; the same one is the same message, for ever."""

    client_id: str
    body: str
    kind: Literal["public"] = "public"


class ReadUpTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last entry that was read."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class DraftInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words not sent yet; none of them throws the draft away."""

    body: str
    mode: Literal["answer"] = "answer"


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request that says all by its address."""


def _find(conn: Connection, me: Operator, which: ConversationId) -> Conversation:
    """Return a conversation that `me` may read; say who has it where it is a colleague of the department."""
    found = conversations.find_for_operator(conn, me, which)
    if found is None:
        holder = conversations.find_holder(conn, me, which)
        raise Taken(*holder) if holder else NotFound
    return found


@get("/desk", summary="All that a desk starts with")
async def get_desk(request: OperatorRequest, desk: Desk) -> DeskState:
    """Return lists, counts, people and drafts of one moment."""

    def look(conn: Connection, me: Operator) -> tuple[DeskState, dict[ConversationId, VisitorId]]:
        waiting = lists.list_waiting(conn, me, None, FIRST_ROWS)
        attending = lists.list_attending(conn, me, None, FIRST_ROWS)
        state = DeskState(
            desk.epoch,
            WIRE_VERSION,
            people.get_me(conn, me.id),
            people.list_people(conn),
            waiting,
            attending,
            lists.count(conn, me),
            drafts.list_for(conn, me),
            [],
            {},
        )
        shown = [row.id for row in (*waiting.items, *attending.items)]
        return state, lists.visitors_of(conn, shown)

    state, visitors = await desk.see(look, request.user)
    online = [which for which, visitor in visitors.items() if desk.bus.is_online(visitor)]
    looking = {row.id: desk.presence.lookers(row.id) for row in state.waiting.items}
    return msgspec.structs.replace(state, online=online, looking={which: who for which, who in looking.items() if who})


@get("/counts", summary="How many wait and how many I attend")
async def get_counts(request: OperatorRequest, desk: Desk) -> Counts:
    """Return the numbers on the tabs."""
    return await desk.see(lists.count, request.user)


@get("/conversations", summary="A page of a list")
async def get_list(
    request: OperatorRequest,
    desk: Desk,
    which: Annotated[ListName, Parameter(query="list")] = "waiting",
    after: Cursor = None,
    limit: Limit = PAGE,
) -> Page:
    """Return a page of Waiting, Attending or Closed."""
    return await desk.see(lists.list_page, request.user, which, after, limit)


@get("/conversations/{number:int}", summary="Open a conversation")
async def get_conversation(request: OperatorRequest, desk: Desk, number: Number) -> ConversationState:
    """Return a conversation with its newest entries. Looking does not claim."""
    which = ConversationId(number)

    def look(conn: Connection, me: Operator) -> tuple[ConversationState, Conversation]:
        found = _find(conn, me, which)
        entries, more = threads.list_before(conn, found.thread_id, None, PAGE)
        facts = lists.visitor_facts(conn, which)
        listed = marks.list_marks(conn, found.thread_id)
        draft = drafts.find(conn, me, which, "answer")
        return ConversationState(desk.epoch, found.row(), entries, more, listed, facts, draft), found

    state, found = await desk.see(look, request.user)
    facts = msgspec.structs.replace(state.visitor, online=desk.bus.is_online(found.visitor_id))
    return msgspec.structs.replace(state, visitor=facts)


@get("/conversations/{number:int}/entries", summary="Entries before, after or around one, or around a moment")
async def get_entries(
    request: OperatorRequest,
    desk: Desk,
    number: Number,
    before: Place = None,
    after: Place = None,
    around: Place = None,
    at: Place = None,
    limit: Limit = PAGE,
) -> EntryPage:
    """Return entries, ascending: exactly one of the four says which; `at` is a moment in microseconds UTC."""
    place = entry_pages.Place(before, after, around, at)
    if sum(one is not None for one in place) != 1:
        raise Invalid("before", "invalid", "Say one of before, after, around and at.")

    def look(conn: Connection, me: Operator) -> EntryPage:
        found = _find(conn, me, ConversationId(number))
        return entry_pages.read(conn, found.counters.thread, place, limit)

    return await desk.see(look, request.user)


@get("/conversations/{number:int}/changes", summary="What changed after a version")
async def get_changes(
    request: OperatorRequest,
    desk: Desk,
    number: Number,
    since: Annotated[int, Parameter(ge=0, le=2**62)],
    epoch: Annotated[str, Parameter(max_length=64)],
) -> Changes:
    """Return what the page has missed, or that it must start over."""

    def look(conn: Connection, me: Operator) -> Changes:
        found = _find(conn, me, ConversationId(number))
        known = epoch == desk.epoch and since <= found.counters.thread.version
        entries = threads.list_changed(conn, found.thread_id, since, CHANGES_MAX) if known else None
        listed = marks.list_marks(conn, found.thread_id)
        return Changes(desk.epoch, entries is None, found.row(), entries or [], listed)

    return await desk.see(look, request.user)


@post(
    "/conversations/{number:int}/messages",
    summary="Answer; a waiting conversation becomes mine",
    opt={RATES: (SENDS,)},
)
async def send(request: OperatorRequest, desk: Desk, number: Number, data: Message) -> Response[Sent]:
    """Answer. 201 when it was stored now, 200 when this client id had been sent before."""
    result = await desk.act(actions.answer, request.user, ConversationId(number), data.client_id, data.body)
    assert isinstance(result.sent, Sent)
    return Response(result.sent, status_code=200 if result.repeated else 201)


@post("/conversations/{number:int}/read", summary="I have read up to here", status_code=204)
async def read(request: OperatorRequest, desk: Desk, number: Number, data: ReadUpTo) -> None:
    """Move my read mark on."""
    await desk.act(actions.read, request.user, ConversationId(number), data.seq)


@post("/conversations/{number:int}/close", summary="Close", status_code=200)
async def close(request: OperatorRequest, desk: Desk, number: Number, data: Nothing) -> Sent:  # noqa: ARG001
    """End a conversation that is mine."""
    return await desk.act(actions.close, request.user, ConversationId(number))


@put("/conversations/{number:int}/draft", summary="Keep what I have typed", status_code=204)
async def save_draft(request: OperatorRequest, desk: Desk, number: Number, data: DraftInput) -> None:
    """Keep my words, for me alone."""
    await desk.act(draft_actions.save, request.user, ConversationId(number), data.mode, data.body)


@delete("/drafts/{number:int}", summary="Throw a draft away", status_code=204)
async def remove_draft(request: OperatorRequest, desk: Desk, number: Number) -> None:
    """Throw away a draft of mine."""
    await desk.act(draft_actions.remove, request.user, DraftId(number))


HANDLERS = [
    get_desk,
    get_counts,
    get_list,
    get_conversation,
    get_entries,
    get_changes,
    send,
    read,
    close,
    save_draft,
    remove_draft,
]
