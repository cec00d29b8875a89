"""Direct conversations: found, started, written in and read, by those who take part."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, delete, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter
from sqlalchemy import Connection

from recado.actions import direct_people
from recado.actions import directs as actions
from recado.actions import drafts as draft_actions
from recado.db import direct_people as people_rows
from recado.db import directs, drafts, entry_pages, openings
from recado.db.drafts import Part
from recado.desk import Desk
from recado.domain.actors import Operator
from recado.domain.attachments import FileName
from recado.domain.conversations import Draft, EntryPage
from recado.domain.directs import (
    PEOPLE_MAX,
    Alerts,
    Box,
    Contact,
    DirectChanges,
    DirectCounts,
    DirectItem,
    DirectPage,
    DirectRow,
    DirectSent,
    DirectState,
    Own,
    circle_of,
)
from recado.domain.ids import DirectId
from recado.domain.threads import PAGE
from recado.web.console.conversations import Cursor, Limit, Nothing, Number, Place, ReadUpTo, one_place
from recado.web.console.session import IN_ONE_LOOK, LookerRequest, OperatorRequest
from recado.web.limits import RATES, SENDS

OFFERED = 3
"""So many that the same people have already are offered."""
People = Annotated[list[Annotated[int, msgspec.Meta(ge=1, le=2**62)]], msgspec.Meta(max_length=PEOPLE_MAX)]
AGAIN = {200: ResponseSpec(DirectSent, description="This client id had been sent before.", generate_examples=False)}


class Started(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A direct conversation on its way, by its first message. `client_id` is a UUID made by the page."""

    client_id: str
    people: People
    body: str
    name: str | None = None


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message on its way. `mentions` are those who take part and are named in it, `quote` the entry it answers to.

    `attachments` are the files that go along, of which each has come whole.
    """

    client_id: str
    body: str
    mentions: list[int] = []
    attachments: list[FileName] = []
    quote: Annotated[int, msgspec.Meta(ge=1, le=2**62)] | None = None


class Added(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to take part; `from_start`: with all messages that I may read myself, or from now on."""

    people: People
    from_start: bool


class Called(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it is called; None: by those who take part."""

    name: str | None


class Unsent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words not sent yet, as of any draft: see there."""

    body: str
    over: str | None = None
    part: Part = "body"


class Heard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of it notifies me."""

    alerts: Alerts


def _answer(result: actions.Result) -> Response[DirectSent]:
    return Response(result.sent, status_code=200 if result.repeated else 201)


@get("/directs", summary="A page of one of my lists of direct conversations", opt=IN_ONE_LOOK)
async def get_box(request: LookerRequest, box: Box = "open", after: Cursor = None, limit: Limit = PAGE) -> DirectPage:
    """Return a page of those that I have not put away, of these a part, or of those that I have."""
    return await request.user.see(directs.list_box, box, after, limit)


@get("/directs/counts", summary="In how many of mine something is unread", opt=IN_ONE_LOOK)
async def get_counts(request: LookerRequest) -> DirectCounts:
    """Return the numbers on the lists."""
    return await request.user.see(directs.count)


@get("/directs/people", summary="Whom I can write to", opt=IN_ONE_LOOK)
async def get_people(request: LookerRequest) -> list[Contact]:
    """Return my colleagues, by name."""
    return await request.user.see(people_rows.list_contacts)


@get("/directs/with", summary="What the same people have already")
async def get_with(
    request: OperatorRequest, desk: Desk, people: Annotated[list[int], Parameter(max_items=PEOPLE_MAX)]
) -> list[DirectItem]:
    """Return the latest of mine in which exactly these take part."""
    return await desk.see(directs.list_with, request.user, circle_of(request.user.id, people), OFFERED)


@post("/directs", summary="Start one by its first message", opt={RATES: (SENDS,)}, responses=AGAIN)
async def start(request: OperatorRequest, desk: Desk, data: Started) -> Response[DirectSent]:
    """Start one with colleagues. 201 when it was stored now, 200 when this client id had been sent before."""
    said = (data.client_id, data.people, data.body, data.name)
    return _answer(await desk.act(actions.start, request.user, *said))


@get("/directs/drafts", summary="What I have not sent to colleagues", opt=IN_ONE_LOOK)
async def list_drafts(request: LookerRequest) -> list[Draft]:
    """Return my drafts for direct conversations, the latest first."""
    return await request.user.see(drafts.list_for, "direct")


@get("/directs/{number:int}", summary="Open one", opt=IN_ONE_LOOK)
async def get_direct(request: LookerRequest, desk: Desk, number: Number) -> DirectState:
    """Return it with the newest entries that I may read."""
    return await request.user.see(openings.open_direct, DirectId(number), desk.epoch)


@get(
    "/directs/{number:int}/entries",
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
        direct, own, _ = directs.get(conn, me, DirectId(number))
        return entry_pages.read(conn, direct.counters.thread, place, limit, own.floor)

    return await request.user.see(look)


@get("/directs/{number:int}/changes", summary="What changed after a version", opt=IN_ONE_LOOK)
async def get_changes(
    request: LookerRequest,
    desk: Desk,
    number: Number,
    since: Annotated[int, Parameter(ge=0, le=2**62)],
    epoch: Annotated[str, Parameter(max_length=64)],
) -> DirectChanges:
    """Return what the page has missed, or that it must start over."""
    known = desk.epoch if epoch == desk.epoch else None
    changes = await request.user.see(openings.list_direct_changes, DirectId(number), since, known)
    return msgspec.structs.replace(changes, epoch=desk.epoch)


@post("/directs/{number:int}/messages", summary="Say something", opt={RATES: (SENDS,)}, responses=AGAIN)
async def say(request: OperatorRequest, desk: Desk, number: Number, data: Said) -> Response[DirectSent]:
    """Say something. 201 when it was stored now, 200 when this client id had been sent before."""
    said = (data.client_id, data.body, data.mentions, data.quote, data.attachments)
    return _answer(await desk.act(actions.post, request.user, DirectId(number), *said))


@put("/directs/{number:int}/draft", summary="Keep what I have typed to colleagues", status_code=204)
async def save_draft(request: OperatorRequest, desk: Desk, number: Number, data: Unsent) -> None:
    """Keep what I have typed; it survives the browser, and no longer being of those who take part."""
    said = request.user, DirectId(number), data.body
    await desk.act(draft_actions.save_among_colleagues, *said, over=data.over, part=data.part)


@put("/directs/{number:int}/read", summary="Note how far I have read", status_code=204)
async def read(request: OperatorRequest, desk: Desk, number: Number, data: ReadUpTo) -> None:
    """Move my mark on, never back."""
    await desk.act(actions.read, request.user, DirectId(number), data.seq)


@put("/directs/{number:int}/archive", summary="Put it away")
async def put_away(request: OperatorRequest, desk: Desk, number: Number, data: Nothing) -> Own:  # noqa: ARG001
    """Put it into my archive, until somebody writes there."""
    return await desk.act(actions.put_away, request.user, DirectId(number))


@delete("/directs/{number:int}/archive", summary="Bring it back", status_code=200)
async def bring_back(request: OperatorRequest, desk: Desk, number: Number) -> Own:
    """Take it out of my archive."""
    return await desk.act(actions.bring_back, request.user, DirectId(number))


@put("/directs/{number:int}/alerts", summary="Say what of it notifies me")
async def hear(request: OperatorRequest, desk: Desk, number: Number, data: Heard) -> Own:
    """Hear of everything, of mentions, or of nothing."""
    return await desk.act(actions.hear, request.user, DirectId(number), data.alerts)


@put("/directs/{number:int}/name", summary="Name it, for all who take part", opt={RATES: (SENDS,)})
async def rename(request: OperatorRequest, desk: Desk, number: Number, data: Called) -> DirectRow:
    """Give it a name, or none."""
    return await desk.act(direct_people.rename, request.user, DirectId(number), data.name)


@post("/directs/{number:int}/people", summary="Add colleagues", status_code=200, opt={RATES: (SENDS,)})
async def add(request: OperatorRequest, desk: Desk, number: Number, data: Added) -> DirectRow:
    """Let them take part, from now on or with what I may read myself."""
    said = DirectId(number), data.people
    return await desk.act(direct_people.add, request.user, *said, from_start=data.from_start)


@delete("/directs/{number:int}/people/me", summary="Leave", opt={RATES: (SENDS,)})
async def leave(request: OperatorRequest, desk: Desk, number: Number) -> None:
    """Take part no longer; nothing of it is mine to read after that."""
    await desk.act(direct_people.leave, request.user, DirectId(number))


HANDLERS = [
    get_box,
    get_counts,
    get_people,
    get_with,
    list_drafts,
    start,
    get_direct,
    get_entries,
    get_changes,
    say,
    save_draft,
    read,
    put_away,
    bring_back,
    hear,
    rename,
    add,
    leave,
]
