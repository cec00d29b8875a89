"""What notifies me: my choices, hours of quiet, single conversations; and what an admin has chosen for all."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, patch, put
from msgspec.structs import replace
from sqlalchemy import Connection

from recado.actions import notices as actions
from recado.actions.notices import NoticesChanges
from recado.db import notices, push
from recado.desk import Desk
from recado.domain.actors import Operator
from recado.domain.directs import Alerts
from recado.domain.ids import ConversationId
from recado.domain.notices import BrowserItem, Choices, Defaults, Notices, NoticesState
from recado.domain.versions import Seen
from recado.web.console.conversations import Number
from recado.web.console.session import IN_ONE_LOOK, LookerRequest, OperatorRequest
from recado.web.push_key import PushKey


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
async def get_notices(request: LookerRequest, desk: Desk, mailer: object, push_key: PushKey) -> NoticesState:
    """Return what I have chosen, and what holds."""
    found, browsers = await request.user.see(_with_browsers, desk.clock())
    return await _from_here(found, browsers, mailer, push_key)


@patch("/notices", summary="Choose what notifies me")
async def change_notices(
    request: OperatorRequest, desk: Desk, mailer: object, push_key: PushKey, data: NoticesChanges
) -> NoticesState:
    """Choose; what I leave out is as an admin has set it."""
    await desk.act(actions.change, request.user, data)
    found, browsers = await desk.see(_with_browsers, request.user, desk.clock())
    return await _from_here(found, browsers, mailer, push_key)


def _with_browsers(conn: Connection, me: Operator, now: int) -> tuple[NoticesState, list[BrowserItem]]:
    return notices.get_for(conn, me), push.list_browsers(conn, me.id, me.session, now)


async def _from_here(
    state: NoticesState, browsers: list[BrowserItem], mailer: object, push_key: PushKey
) -> NoticesState:
    """Return it with what this server can do."""
    public = (await push_key.get()).public
    return replace(state, mail=mailer is not None, push_key=public, browsers=browsers)


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
