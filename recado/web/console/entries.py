"""What operators do with messages and notes that they have sent, and what those said before."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, patch, post
from sqlalchemy import Connection

from recado.actions import entries as actions
from recado.db import conversations, entries
from recado.desk import Desk
from recado.domain.actors import Operator
from recado.domain.conversations import Sent
from recado.domain.ids import ConversationId
from recado.domain.threads import EntryVersion
from recado.web.console.conversations import Number
from recado.web.console.session import IN_ONE_LOOK, LookerRequest, OperatorRequest
from recado.web.limits import RATES, SENDS

Seq = Annotated[int, msgspec.Meta(ge=1, le=2**62)]


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The entry, by its number in the thread."""

    seq: Seq


class Edited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry's new text. `edits`: how often it had been changed when its author began to change it."""

    seq: Seq
    body: str
    edits: Annotated[int, msgspec.Meta(ge=0, le=2**62)]
    mentions: list[int] = []


@patch("/conversations/{number:int}/messages", summary="Edit a message or note of mine", opt={RATES: (SENDS,)})
async def edit(request: OperatorRequest, desk: Desk, number: Number, data: Edited) -> Sent:
    """Give it another text. 409 where it was changed elsewhere meanwhile, has gone, or it is too late for that."""
    which = ConversationId(number)
    return await desk.act(actions.edit, request.user, which, data.seq, data.body, data.edits, data.mentions)


@post(
    "/conversations/{number:int}/messages/delete",
    summary="Delete a message or note of mine",
    status_code=200,
    opt={RATES: (SENDS,)},
)
async def delete(request: OperatorRequest, desk: Desk, number: Number, data: Which) -> Sent:
    """Take its text out on both sides, which see that there was one."""
    return await desk.act(actions.delete, request.user, ConversationId(number), data.seq)


@post(
    "/conversations/{number:int}/messages/undo",
    summary="Take back what I have just sent",
    status_code=200,
    opt={RATES: (SENDS,)},
)
async def undo(request: OperatorRequest, desk: Desk, number: Number, data: Which) -> Sent:
    """Take it back as long as nobody on the other side has seen it, and 409 otherwise."""
    return await desk.act(actions.undo, request.user, ConversationId(number), data.seq)


@get("/conversations/{number:int}/versions", summary="What an entry said before", opt=IN_ONE_LOOK)
async def get_versions(request: LookerRequest, number: Number, seq: Number) -> list[EntryVersion]:
    """Return the texts that it had, oldest first."""

    def look(conn: Connection, me: Operator) -> list[EntryVersion]:
        found = conversations.get_readable(conn, me, ConversationId(number))
        return entries.list_versions(conn, found.thread_id, seq)

    return await request.user.see(look)


HANDLERS = [edit, delete, undo, get_versions]
