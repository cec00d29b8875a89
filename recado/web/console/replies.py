"""Quick replies: for everybody to use, and for those whose they are to change; and as a table, in and out."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from litestar import delete, get, post, put
from sqlalchemy import Connection

from recado.actions import attachments
from recado.actions import replies as actions
from recado.actions.replies import Imported, ReplyInput
from recado.db import departments, replies
from recado.desk import Desk
from recado.domain.actors import Operator
from recado.domain.attachments import Attachment, Upload
from recado.domain.conversations import Mode
from recado.domain.ids import ConversationId, ReplyId
from recado.domain.replies import Reply
from recado.domain.reply_files import read_table, write_table
from recado.web.console.conversations import Number
from recado.web.console.session import IN_ONE_LOOK, LookerRequest, OperatorRequest
from recado.web.limits import RATES, UPLOADS
from recado.web.uploads import FileInput, Uploads


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In front of which reply another goes; None for the end."""

    before: Annotated[int, msgspec.Meta(ge=1, le=2**62)] | None


class ReplyUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which quick reply, and in which draft its files are to wait."""

    reply: Annotated[ReplyId, msgspec.Meta(ge=1, le=2**62)]
    mode: Mode = "answer"


class Removal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which quick replies are thrown away together."""

    ids: Annotated[list[Annotated[ReplyId, msgspec.Meta(ge=1, le=2**62)]], msgspec.Meta(min_length=1, max_length=200)]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table as text: CSV whose first line names the columns name, title, text, scope and department."""

    csv: str


@get("/replies", summary="Quick replies", opt=IN_ONE_LOOK)
async def list_replies(request: LookerRequest) -> list[Reply]:
    """Return the replies that I may use, in their order; to admins also those of other departments."""
    return await request.user.see(replies.list_for)


@post("/replies", summary="Make a quick reply")
async def create(request: OperatorRequest, desk: Desk, data: ReplyInput) -> Reply:
    """Make a reply: my own, a department's, or everybody's."""
    return await desk.act(actions.create, request.user, data)


@put("/replies/{number:int}", summary="Change a quick reply")
async def change(request: OperatorRequest, desk: Desk, number: Number, data: ReplyInput) -> Reply:
    """Give a reply other words, or to others."""
    return await desk.act(actions.change, request.user, ReplyId(number), data)


@post("/replies/{number:int}/place", summary="Put a quick reply elsewhere", status_code=204)
async def place(request: OperatorRequest, desk: Desk, number: Number, data: Place) -> None:
    """Put a reply in front of another one that belongs to the same."""
    before = None if data.before is None else ReplyId(data.before)
    await desk.act(actions.place, request.user, ReplyId(number), before)


@delete("/replies/{number:int}", summary="Throw a quick reply away", status_code=204)
async def remove(request: OperatorRequest, desk: Desk, number: Number) -> None:
    """Throw a reply away."""
    await desk.act(actions.remove, request.user, ReplyId(number))


@post("/replies/removal", summary="Throw several quick replies away", status_code=204)
async def remove_all(request: OperatorRequest, desk: Desk, data: Removal) -> None:
    """Throw replies away, all of them or none; those that are gone already are no mistake."""
    await desk.act(actions.remove_all, request.user, data.ids)


@post("/replies/uploads", summary="Begin to send a file for a quick reply", opt={RATES: (UPLOADS,)})
async def begin_file(request: OperatorRequest, uploads: Uploads, data: FileInput) -> Upload:
    """Announce a file that a quick reply is to have; its bytes follow, and then its id among the reply's `files`."""
    said = data.name, data.size, data.client_id
    return await uploads.begin(request.user, data.size, attachments.begin_for_reply, *said)


@post("/conversations/{number:int}/draft/reply", summary="Put the files of a quick reply into a draft", status_code=200)
async def take_files(request: OperatorRequest, desk: Desk, number: Number, data: ReplyUse) -> list[Attachment]:
    """Return the draft's own files like those of the reply; no byte is sent again."""
    which = ConversationId(number)
    return await desk.act(attachments.take_from_reply, request.user, which, data.reply, data.mode)


@post("/replies/table", summary="Take in a table of quick replies", status_code=200)
async def bring_in(request: OperatorRequest, desk: Desk, data: Table) -> Imported:
    """Take in all of a table, or nothing of it and say what is wrong with which lines."""
    lines = await asyncio.to_thread(read_table, data.csv)
    return await desk.act(actions.bring_in, request.user, lines)


@get("/replies/table", summary="Quick replies as a table", opt=IN_ONE_LOOK)
async def export(request: LookerRequest) -> Table:
    """Return the replies that I may use as a table that can be taken in again."""

    def look(conn: Connection, me: Operator) -> str:
        names = {one.id: one.name for one in departments.list_names(conn)}
        return write_table(replies.list_for(conn, me), names)

    return Table(await request.user.see(look))


HANDLERS = [list_replies, create, change, place, remove, remove_all, begin_file, take_files, bring_in, export]
