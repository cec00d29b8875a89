"""What one does with what one has said to colleagues, and what it said before."""

from __future__ import annotations

from litestar import get, patch, post
from sqlalchemy import Connection

from recado.actions import direct_entries
from recado.db import directs, entries
from recado.desk import Desk
from recado.domain.actors import Operator
from recado.domain.directs import DirectSent
from recado.domain.ids import DirectId
from recado.domain.threads import EntryVersion
from recado.web.console.conversations import Number
from recado.web.console.entries import Edited, Which
from recado.web.console.session import IN_ONE_LOOK, LookerRequest, OperatorRequest
from recado.web.limits import RATES, SENDS


@get("/directs/{number:int}/versions", summary="What an entry said before", opt=IN_ONE_LOOK)
async def get_versions(request: LookerRequest, number: Number, seq: Number) -> list[EntryVersion]:
    """Return the texts that it had, oldest first."""

    def look(conn: Connection, me: Operator) -> list[EntryVersion]:
        direct, own, _ = directs.get(conn, me, DirectId(number))
        return entries.list_versions(conn, direct.thread_id, seq) if seq > own.floor else []

    return await request.user.see(look)


@patch("/directs/{number:int}/messages", summary="Edit a message of mine", opt={RATES: (SENDS,)})
async def edit(request: OperatorRequest, desk: Desk, number: Number, data: Edited) -> DirectSent:
    """Give it another text. 409 where it was changed elsewhere meanwhile, has gone, or it is too late for that."""
    said = (data.seq, data.body, data.edits, data.mentions)
    return await desk.act(direct_entries.edit, request.user, DirectId(number), *said)


@post(
    "/directs/{number:int}/messages/delete", summary="Delete a message of mine", status_code=200, opt={RATES: (SENDS,)}
)
async def delete_message(request: OperatorRequest, desk: Desk, number: Number, data: Which) -> DirectSent:
    """Take its text out; everybody sees that there was one."""
    return await desk.act(direct_entries.delete, request.user, DirectId(number), data.seq)


@post(
    "/directs/{number:int}/messages/undo",
    summary="Take back what I have just said",
    status_code=200,
    opt={RATES: (SENDS,)},
)
async def undo(request: OperatorRequest, desk: Desk, number: Number, data: Which) -> DirectSent:
    """Take it back as long as none of the others has seen it, and 409 otherwise."""
    return await desk.act(direct_entries.undo, request.user, DirectId(number), data.seq)


HANDLERS = [get_versions, edit, delete_message, undo]
