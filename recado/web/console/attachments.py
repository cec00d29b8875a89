"""Files of operators: sent in parts, read where their conversation is read; and the rules for them."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Response, delete, get, patch, post, put
from sqlalchemy import Connection

from recado.actions import attachments as actions
from recado.actions.attachments import FileRulesInput
from recado.db import attachments, file_rules, reply_attachments
from recado.db.attachments import Stored
from recado.desk import Desk
from recado.domain.actors import Operator, Role
from recado.domain.attachments import FileRules, Upload, rules_of
from recado.domain.conversations import Mode
from recado.domain.errors import NotFound
from recado.domain.ids import ConversationId, DirectId, FileId
from recado.web.auth import NEEDS
from recado.web.console.conversations import Number
from recado.web.console.session import OperatorRequest
from recado.web.limits import PARTS, RATES, UPLOADS
from recado.web.serving import ANY, BYTES, FILES, WEBP, Serving
from recado.web.uploads import OF_PARTS, FileAddress, FileInput, Offset, Uploads


class OperatorFileInput(FileInput, frozen=True, forbid_unknown_fields=True):
    """A file that is about to be sent. With a mode it waits in that draft, as long as there is one; else for a day."""

    mode: Mode | None = None


@get("/files/rules", summary="Which files may be sent")
async def get_rules(desk: Desk) -> FileRules:
    """Return all formats with the largest size of each that is allowed."""

    def look(conn: Connection) -> FileRules:
        return rules_of(*file_rules.get_limits(conn))

    return await desk.see(look)


@put("/files/rules", summary="Set which files may be sent", opt={NEEDS: Role.ADMIN})
async def set_rules(request: OperatorRequest, desk: Desk, data: FileRulesInput) -> FileRules:
    """Set the largest size of each format that is allowed, for operators and visitors."""
    return await desk.act(actions.change_rules, request.user, data)


@post("/conversations/{number:int}/uploads", summary="Begin to send a file", opt={RATES: (UPLOADS,)})
async def begin(request: OperatorRequest, uploads: Uploads, number: Number, data: OperatorFileInput) -> Upload:
    """Announce a file for a conversation; its bytes follow."""
    said = ConversationId(number), data.name, data.size, data.mode, data.client_id
    return await uploads.begin(request.user, data.size, actions.begin, *said)


@post("/directs/{number:int}/uploads", summary="Begin to send a file to colleagues", opt={RATES: (UPLOADS,)})
async def begin_among_colleagues(
    request: OperatorRequest, uploads: Uploads, number: Number, data: OperatorFileInput
) -> Upload:
    """Announce a file for a direct conversation; its bytes follow."""
    said = DirectId(number), data.name, data.size, data.mode, data.client_id
    return await uploads.begin(request.user, data.size, actions.begin_among_colleagues, *said)


@get("/uploads/{which:str}", summary="How much of a file has come")
async def look_at(request: OperatorRequest, uploads: Uploads, which: FileAddress) -> Upload:
    """Return from where to go on."""
    return await uploads.look(request.user, FileId(which))


@patch(
    "/uploads/{which:str}",
    summary="Send the next part of a file",
    opt={RATES: (PARTS,), **OF_PARTS},
    request_max_body_size=None,
)
async def receive(request: OperatorRequest, uploads: Uploads, which: FileAddress, offset: Offset) -> Upload:
    """Take bytes (`application/offset+octet-stream`) that begin at `offset`; after the last ones, check the file."""
    return await uploads.receive(request, FileId(which), offset)


@delete("/uploads/{which:str}", summary="Give a file up", status_code=204)
async def cancel(request: OperatorRequest, uploads: Uploads, which: FileAddress) -> None:
    """Give up a file that is in no message yet."""
    await uploads.cancel(request.user, FileId(which))


def get_readable(conn: Connection, me: Operator, which: FileId) -> Stored:
    """Return a file that an operator may read now: of a conversation, of a draft of theirs, or of a quick reply."""
    try:
        return attachments.get_for_operator(conn, me, which)
    except NotFound:
        return reply_attachments.get(conn, me, which)


@get("/files/{which:str}", summary="A file", opt=FILES, responses=BYTES, media_type=ANY)
async def get_file(request: OperatorRequest, desk: Desk, serving: Serving, which: FileAddress) -> Response[Any]:
    """Return a file that I may read now, or a part of it (`Range`)."""
    look = partial(desk.see, get_readable, request.user, FileId(which))
    return await serving.serve(request, look)


@get("/files/{which:str}/thumbnail", summary="A small picture of a file", opt=FILES, media_type=WEBP)
async def get_small(request: OperatorRequest, desk: Desk, serving: Serving, which: FileAddress) -> Response[bytes]:
    """Return a picture's small picture (WebP)."""
    return await serving.serve_small(partial(desk.see, get_readable, request.user, FileId(which)))


@get("/files/{which:str}/sound", summary="What is played of a file", opt=FILES, responses=BYTES, media_type=ANY)
async def get_sound(request: OperatorRequest, desk: Desk, serving: Serving, which: FileAddress) -> Response[Any]:
    """Return a file's sound as every browser plays it (MP3), or a part of it (`Range`)."""
    look = partial(desk.see, get_readable, request.user, FileId(which))
    return await serving.serve_sound(request, look)


HANDLERS = [
    get_rules,
    set_rules,
    begin,
    begin_among_colleagues,
    look_at,
    receive,
    cancel,
    get_file,
    get_small,
    get_sound,
]
