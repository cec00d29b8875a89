"""What notifies me: my choices, hours of quiet, single conversations; and what an admin has chosen for all."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, patch, put

from recado.actions import notices as actions
from recado.actions.notices import NoticesChanges
from recado.db import notices
from recado.desk import Desk
from recado.domain.directs import Alerts
from recado.domain.ids import ConversationId
from recado.domain.notices import Choices, Defaults, Notices, NoticesState
from recado.domain.versions import Seen
from recado.web.console.conversations import Number
from recado.web.console.session import IN_ONE_LOOK, LookerRequest, OperatorRequest


class Undisturbed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when nothing disturbs me, in microseconds UTC; None: from now on everything may."""

    until: Annotated[int, msgspec.Meta(ge=1, le=2**62)] | None


class HeardOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a conversation notifies me."""

    alerts: Alerts


class DefaultsInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for all who have not chosen. `version`: what was looked at."""

    choices: Choices
    version: Seen = msgspec.UNSET


@get("/notices", summary="What notifies me", opt=IN_ONE_LOOK)
async def get_notices(request: LookerRequest) -> NoticesState:
    """Return what I have chosen, and what holds."""
    return await request.user.see(notices.get_for)


@patch("/notices", summary="Choose what notifies me")
async def change_notices(request: OperatorRequest, desk: Desk, data: NoticesChanges) -> NoticesState:
    """Choose; what I leave out is as an admin has set it."""
    return await desk.act(actions.change, request.user, data)


@put("/notices/dnd", summary="Let nothing disturb me for a while")
async def disturb_not(request: OperatorRequest, desk: Desk, data: Undisturbed) -> Notices:
    """Let nothing disturb me until a time, or again."""
    return await desk.act(actions.disturb_not, request.user, data.until)


@put("/conversations/{number:int}/alerts", summary="Say what of a conversation notifies me")
async def hear(request: OperatorRequest, desk: Desk, number: Number, data: HeardOf) -> Notices:
    """Hear of everything in it, of mentions, or of nothing."""
    return await desk.act(actions.hear, request.user, ConversationId(number), data.alerts)


@get("/settings/notices", summary="What notifies who has not chosen")
async def get_defaults(desk: Desk) -> Defaults:
    """Return what holds for all who have not chosen."""
    return await desk.see(notices.get_defaults)


@put("/settings/notices", summary="Choose for who has not")
async def change_defaults(request: OperatorRequest, desk: Desk, data: DefaultsInput) -> Defaults:
    """Set what holds for all who have not chosen. For admins."""
    return await desk.act(actions.change_defaults, request.user, data.choices, data.version)


HANDLERS = [get_notices, change_notices, disturb_not, hear]
FOR_ADMINS = [get_defaults, change_defaults]
