"""Settings that make a chat what its site needs: the secrets for signing, and the hours of departments."""

from __future__ import annotations

import msgspec
from litestar import delete, get, post, put

from recado.actions import hours as hour_actions
from recado.actions import identity as actions
from recado.desk import Desk
from recado.domain.hours import Answers, Hours, answers, checked, zones
from recado.domain.ids import DepartmentId, InboxId, new_secret
from recado.domain.inboxes import SecretMade
from recado.domain.routing import Department
from recado.domain.versions import Seen
from recado.web.console.conversations import Nothing, Number
from recado.web.console.session import OperatorRequest
from recado.web.vault import Vault, place_of

ENDING = 4


class HoursInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A department's table; none of it: it answers always. `version`: the department's that was looked at."""

    hours: Hours | None
    version: Seen = msgspec.UNSET


class HoursLook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table that is being written."""

    hours: Hours | None


@put("/departments/{number:int}/hours", summary="Set a department's hours")
async def set_hours(request: OperatorRequest, desk: Desk, number: Number, data: HoursInput) -> Department:
    """Set when a department answers."""
    return await desk.act(hour_actions.set_hours, request.user, DepartmentId(number), data.hours, data.version)


@post("/hours/look", summary="When hours would answer", status_code=200)
async def look_at_hours(desk: Desk, data: HoursLook) -> Answers:
    """Return whether a table that is being written answers now, and when that changes; nothing is stored."""
    return answers(data.hours and checked(data.hours), desk.clock())


@get("/zones", summary="Time zones")
async def list_zones() -> list[str]:
    """Return the names of the zones that a department can be in."""
    return sorted(zones())


@post("/inboxes/{number:int}/secrets", summary="Make a secret for signing")
async def add_secret(request: OperatorRequest, desk: Desk, vault: Vault, number: Number, data: Nothing) -> SecretMade:  # noqa: ARG001
    """Make a secret; it is in this answer and nowhere else."""
    secret = new_secret()
    sealed = vault.close(secret, place_of(number))
    made = await desk.act(actions.add_secret, request.user, InboxId(number), sealed, secret[-ENDING:])
    return SecretMade(made.id, made.ending, made.created_at, secret)


@delete("/secrets/{number:int}", summary="Remove a secret", status_code=204)
async def remove_secret(request: OperatorRequest, desk: Desk, number: Number) -> None:
    """Remove a secret: what it signed holds no longer."""
    await desk.act(actions.remove_secret, request.user, number)


HANDLERS = [set_hours, look_at_hours, list_zones, add_secret, remove_secret]
