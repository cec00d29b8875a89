"""Files of visitors: sent in parts into a conversation of theirs, read where they read its public entries."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Response, delete, get, patch, post
from sqlalchemy import Connection

from recado.actions import attachments as actions
from recado.db import attachments, file_rules
from recado.desk import Desk
from recado.domain.attachments import FileRules, Upload, rules_of
from recado.domain.ids import FileId, PublicId
from recado.web.limits import PARTS, RATES, READS, UPLOADS
from recado.web.serving import ANY, BYTES, FILES, WEBP, Serving
from recado.web.uploads import OF_PARTS, FileAddress, FileInput, Offset, Uploads
from recado.web.widget.conversations import VisitorRequest


class VisitorFileInput(FileInput, frozen=True, forbid_unknown_fields=True):
    """A file that is about to be sent; without a conversation, with the message that opens one."""

    conversation: str | None = None


@get("/files/rules", summary="Which files may be sent", opt={RATES: (READS,)})
async def get_rules(desk: Desk) -> FileRules:
    """Return the formats that are allowed, with the largest size of each."""

    def look(conn: Connection) -> FileRules:
        return rules_of(*file_rules.get_limits(conn), allowed_only=True)

    return await desk.see(look)


@post("/uploads", summary="Begin to send a file", opt={RATES: (UPLOADS,)})
async def begin(request: VisitorRequest, uploads: Uploads, data: VisitorFileInput) -> Upload:
    """Announce a file; its bytes follow."""
    place = None if data.conversation is None else PublicId(data.conversation)
    said = place, data.name, data.size, data.client_id
    return await uploads.begin(request.user, data.size, actions.begin_by_visitor, *said)


@get("/uploads/{which:str}", summary="How much of a file has come", opt={RATES: (READS,)})
async def look_at(request: VisitorRequest, uploads: Uploads, which: FileAddress) -> Upload:
    """Return from where to go on."""
    return await uploads.look(request.user, FileId(which))


@patch(
    "/uploads/{which:str}",
    summary="Send the next part of a file",
    opt={RATES: (PARTS,), **OF_PARTS},
    request_max_body_size=None,
)
async def receive(request: VisitorRequest, uploads: Uploads, which: FileAddress, offset: Offset) -> Upload:
    """Take bytes (`application/offset+octet-stream`) that begin at `offset`; after the last ones, check the file."""
    return await uploads.receive(request, FileId(which), offset, request.auth.coming)


@delete("/uploads/{which:str}", summary="Give a file up", status_code=204, opt={RATES: (PARTS,)})
async def cancel(request: VisitorRequest, uploads: Uploads, which: FileAddress) -> None:
    """Give up a file that is in no message yet."""
    await uploads.cancel(request.user, FileId(which))


@get(
    "/files/{which:str}",
    summary="A file",
    opt={RATES: (READS,), **FILES},
    responses=BYTES,
    media_type=ANY,
)
async def get_file(request: VisitorRequest, desk: Desk, serving: Serving, which: FileAddress) -> Response[Any]:
    """Return a file of a conversation of mine, or a part of it (`Range`)."""
    look = partial(desk.see, attachments.get_for_visitor, request.user, FileId(which))
    return await serving.serve(request, look)


@get(
    "/files/{which:str}/thumbnail", summary="A small picture of a file", opt={RATES: (READS,), **FILES}, media_type=WEBP
)
async def get_small(request: VisitorRequest, desk: Desk, serving: Serving, which: FileAddress) -> Response[bytes]:
    """Return a picture's small picture (WebP)."""
    return await serving.serve_small(partial(desk.see, attachments.get_for_visitor, request.user, FileId(which)))


@get(
    "/files/{which:str}/sound",
    summary="What is played of a file",
    opt={RATES: (READS,), **FILES},
    responses=BYTES,
    media_type=ANY,
)
async def get_sound(request: VisitorRequest, desk: Desk, serving: Serving, which: FileAddress) -> Response[Any]:
    """Return a file's sound as every browser plays it (MP3), or a part of it (`Range`)."""
    look = partial(desk.see, attachments.get_for_visitor, request.user, FileId(which))
    return await serving.serve_sound(request, look)


HANDLERS = [get_rules, begin, look_at, receive, cancel, get_file, get_small, get_sound]
