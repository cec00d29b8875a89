"""What operators do with the queue: claim, release, hand over, pause, close, look in, block; and who has what."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, get, post

from recado.actions import alerts, look_ins
from recado.actions import blocks as block_actions
from recado.actions import queue as actions
from recado.db import backgrounds, blocks, team
from recado.desk import Desk
from recado.domain.actors import Role
from recado.domain.conversations import Moved, Sent
from recado.domain.customers import Block
from recado.domain.ids import ConversationId, DepartmentId, OperatorId
from recado.domain.openings import Background
from recado.domain.routing import Targets, Team
from recado.domain.threads import BODY_MAX_BYTES
from recado.web.auth import NEEDS
from recado.web.console.conversations import Nothing, Number
from recado.web.console.session import IN_ONE_LOOK, LookerRequest, OperatorRequest
from recado.web.limits import RATES, SENDS

Id = Annotated[int, msgspec.Meta(ge=1, le=2**62)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
MOVING = {RATES: (SENDS,)}
FOR_SUPERVISORS = {NEEDS: Role.SUPERVISOR}


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose it is as the page shows it: where it is another's by now, it is refused as `taken`."""

    owner: Id | None = None


class Transfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a conversation goes: to a department, or to one of its operators; with a note for them.

    `client_id` is the note's: a UUID made by the page. Whoever asks again with the same one leaves no second note.
    """

    department: Id
    operator: Id | None = None
    note: Annotated[str, msgspec.Meta(max_length=BODY_MAX_BYTES)] | None = None
    client_id: str | None = None


class Pause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when, in microseconds UTC; None: until the customer writes.

    `inbound_count` as the page shows it: where the customer has written since, it is refused as `unread`.
    """

    until: Id | None = None
    inbound_count: Count | None = None


class Close(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it ends, and a last note for colleagues; both may be left out.

    `client_id` as for a transfer, `inbound_count` as for a pause.
    """

    reason: Id | None = None
    note: Annotated[str, msgspec.Meta(max_length=BODY_MAX_BYTES)] | None = None
    client_id: str | None = None
    inbound_count: Count | None = None


class BlockInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the visitor's network is shut out for a day, too; and why, for the list of blocks."""

    network: bool = False
    reason: str | None = None


@post("/conversations/{number:int}/claim", summary="Attend", status_code=200, opt=MOVING)
async def claim(request: OperatorRequest, desk: Desk, number: Number, data: Nothing) -> Moved:  # noqa: ARG001
    """Make a waiting conversation mine without answering yet."""
    return await desk.act(actions.claim, request.user, ConversationId(number))


@post("/conversations/{number:int}/acknowledge", summary="I have heard that it waits", status_code=200, opt=MOVING)
async def acknowledge(request: OperatorRequest, desk: Desk, number: Number, data: Nothing) -> Moved:  # noqa: ARG001
    """Let a waiting conversation make itself heard no more; it goes on waiting."""
    return await desk.act(alerts.acknowledge, request.user, ConversationId(number))


@post("/conversations/{number:int}/release", summary="Give back to Waiting", status_code=200, opt=MOVING)
async def release(request: OperatorRequest, desk: Desk, number: Number, data: Release) -> Moved:
    """Give a conversation back to its department."""
    owner = OperatorId(data.owner) if data.owner is not None else None
    return await desk.act(actions.release, request.user, ConversationId(number), owner)


@post("/conversations/{number:int}/transfer", summary="Hand over", status_code=200, opt=MOVING)
async def transfer(request: OperatorRequest, desk: Desk, number: Number, data: Transfer) -> Moved:
    """Hand a conversation to a department or an operator of one. Answers null where I no longer read it."""
    to = OperatorId(data.operator) if data.operator is not None else None
    which, department = ConversationId(number), DepartmentId(data.department)
    return await desk.act(actions.transfer, request.user, which, department, to, data.note, data.client_id)


@post("/conversations/{number:int}/pause", summary="Put aside", status_code=200, opt=MOVING)
async def pause(request: OperatorRequest, desk: Desk, number: Number, data: Pause) -> Moved:
    """Put a conversation of mine aside."""
    return await desk.act(actions.pause, request.user, ConversationId(number), data.until, data.inbound_count)


@post("/conversations/{number:int}/resume", summary="Take up again", status_code=200, opt=MOVING)
async def resume(request: OperatorRequest, desk: Desk, number: Number, data: Nothing) -> Moved:  # noqa: ARG001
    """Take a paused conversation of mine up again."""
    return await desk.act(actions.resume, request.user, ConversationId(number))


@post("/conversations/{number:int}/close", summary="Close", status_code=200, opt=MOVING)
async def close(request: OperatorRequest, desk: Desk, number: Number, data: Close) -> Sent:
    """End a conversation that is mine."""
    which, note = ConversationId(number), (data.note, data.client_id)
    return await desk.act(actions.close, request.user, which, data.reason, *note, data.inbound_count)


@post("/conversations/{number:int}/reopen", summary="Open again", status_code=200, opt=MOVING)
async def reopen(request: OperatorRequest, desk: Desk, number: Number, data: Nothing) -> Moved:  # noqa: ARG001
    """Take up again what I closed."""
    return await desk.act(actions.reopen, request.user, ConversationId(number))


@post("/conversations/{number:int}/block", summary="Shut the visitor out", status_code=200, opt=MOVING)
async def block(request: OperatorRequest, desk: Desk, number: Number, data: BlockInput) -> Moved:
    """End the conversation and let its visitor write no more."""
    which = ConversationId(number)
    return await desk.act(block_actions.block, request.user, which, network=data.network, reason=data.reason)


@post("/conversations/{number:int}/look-in", summary="Look in, as a supervisor", status_code=200, opt=MOVING)
async def look_in(request: OperatorRequest, desk: Desk, number: Number, data: Nothing) -> Moved:  # noqa: ARG001
    """Begin to read what a colleague attends, visibly and where it is allowed."""
    return await desk.act(look_ins.look_in, request.user, ConversationId(number))


@delete("/conversations/{number:int}/look-in", summary="Look away", status_code=204)
async def look_away(request: OperatorRequest, desk: Desk, number: Number) -> None:
    """End my look-in."""
    await desk.act(look_ins.look_away, request.user, ConversationId(number))


@get("/conversations/{number:int}/background", summary="What is known of its customer besides", opt=IN_ONE_LOOK)
async def get_background(request: LookerRequest, desk: Desk, number: Number) -> Background:
    """Return other conversations with the same customer, with text only where I may read it; notes; blocks."""
    return await request.user.see(backgrounds.get, ConversationId(number), desk.clock())


@get("/targets", summary="Where conversations can be handed to")
async def get_targets(desk: Desk) -> Targets:
    """Return departments and colleagues, with who is there and how much they attend."""
    return await desk.see(lambda conn: team.list_targets(conn, desk.clock()))


@get("/team", summary="My departments as their supervisor", opt=FOR_SUPERVISORS | IN_ONE_LOOK)
async def get_team(request: LookerRequest, desk: Desk) -> Team:
    """Return who attends how much, and which conversations, without their contents. For supervisors."""
    return await request.user.see(team.get_team, desk.clock())


@get("/blocks", summary="Who may not write", opt=FOR_SUPERVISORS | IN_ONE_LOOK)
async def list_blocks(request: LookerRequest, desk: Desk) -> list[Block]:
    """Return the blocks of my departments' visitors that hold now, the latest first; for an admin, all."""
    return await request.user.see(blocks.list_in_force, desk.clock())


@delete("/blocks/{number:int}", summary="Let a visitor write again", status_code=204, opt=FOR_SUPERVISORS)
async def unblock(request: OperatorRequest, desk: Desk, number: Number) -> None:
    """Lift a block. For supervisors."""
    await desk.act(block_actions.unblock, request.user, number)


HANDLERS = [
    claim,
    acknowledge,
    release,
    transfer,
    pause,
    resume,
    close,
    reopen,
    block,
    look_in,
    look_away,
    get_background,
    get_targets,
    get_team,
    list_blocks,
    unblock,
]
