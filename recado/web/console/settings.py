"""Settings, for admins: departments, operators and their invitations, chat inboxes."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import delete, get, patch, post

from recado.actions import departments as department_actions
from recado.actions import inboxes as inbox_actions
from recado.actions import people as actions
from recado.actions import rights
from recado.actions.departments import DepartmentChanges, ReasonChanges
from recado.actions.inboxes import InboxInput
from recado.actions.people import OperatorChanges
from recado.db import departments, inboxes, invitations, people, routing
from recado.desk import Desk
from recado.domain.actors import Role
from recado.domain.conversations import Reason
from recado.domain.ids import DepartmentId, InboxId, InvitationId, OperatorId
from recado.domain.inboxes import Inbox
from recado.domain.people import InvitationItem, OperatorItem
from recado.domain.routing import Assignment, Backlog, Department
from recado.web.console.conversations import Number
from recado.web.console.session import OperatorRequest


class Name(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name."""

    name: str


class InvitationInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom an admin invites."""

    role: Role
    departments: list[int]
    name: str | None = None


def script_tag(base_url: str, inbox: Inbox) -> str:
    """Return the one line that puts an inbox's chat on a site."""
    return f'<script async src="{base_url}/widget.js" data-inbox="{inbox.key}"></script>'


def _with_script(inbox: Inbox, base_url: str) -> Inbox:
    return msgspec.structs.replace(inbox, script=script_tag(base_url, inbox))


@get("/departments", summary="Departments")
async def list_departments(desk: Desk) -> list[Department]:
    """Return all departments."""
    return await desk.see(departments.list_all)


@post("/departments", summary="Make a department")
async def create_department(request: OperatorRequest, desk: Desk, data: Name) -> Department:
    """Make a department."""
    return await desk.act(department_actions.create, request.user, data.name)


@patch("/departments/{number:int}", summary="Change a department")
async def change_department(
    request: OperatorRequest, desk: Desk, number: Number, data: DepartmentChanges
) -> Department:
    """Change a department's name or its rules."""
    return await desk.act(department_actions.change, request.user, DepartmentId(number), data)


@get("/departments/{number:int}/backlog", summary="What assignment would hand out")
async def get_backlog(desk: Desk, number: Number, rule: Assignment) -> Backlog:
    """Return how many wait in a department, and how many would go to whom if it assigned by this rule from now on."""
    return await desk.see(routing.get_backlog, DepartmentId(number), desk.clock(), rule)


@get("/reasons", summary="Reasons for closing")
async def list_reasons(desk: Desk) -> list[Reason]:
    """Return all reasons in their order, retired ones too."""
    return await desk.see(departments.list_reasons)


@post("/reasons", summary="Make a reason for closing")
async def create_reason(request: OperatorRequest, desk: Desk, data: Name) -> Reason:
    """Make a reason for closing."""
    return await desk.act(department_actions.create_reason, request.user, data.name)


@patch("/reasons/{number:int}", summary="Change a reason for closing")
async def change_reason(request: OperatorRequest, desk: Desk, number: Number, data: ReasonChanges) -> Reason:
    """Rename or retire a reason for closing."""
    return await desk.act(department_actions.change_reason, request.user, number, data)


@get("/operators", summary="Operators")
async def list_operators(desk: Desk) -> list[OperatorItem]:
    """Return all operators."""
    return await desk.see(people.list_operators)


@patch("/operators/{number:int}", summary="Change an operator")
async def change_operator(request: OperatorRequest, desk: Desk, number: Number, data: OperatorChanges) -> OperatorItem:
    """Change name, role, departments, or disable. Whoever holds much gives it back first, one by one."""
    which = OperatorId(number)
    while True:
        try:
            return await desk.act(actions.change_operator, request.user, which, data)
        except rights.HoldsMuch as much:
            for one in much.which:
                await desk.act(rights.give_back, request.user, which, one, much.cause)


@get("/invitations", summary="Open invitations")
async def list_invitations(desk: Desk) -> list[InvitationItem]:
    """Return the invitations that can still be accepted, without their links."""
    return await desk.see(invitations.list_open, desk.clock())


@post("/invitations", summary="Invite an operator")
async def invite(request: OperatorRequest, desk: Desk, base_url: str, data: InvitationInput) -> InvitationItem:
    """Make an invitation; its link is in this answer and nowhere else."""
    belongs: list[Any] = data.departments
    item, token = await desk.act(actions.invite, request.user, data.role, belongs, data.name)
    return msgspec.structs.replace(item, link=f"{base_url}/join#{token}")


@delete("/invitations/{number:int}", summary="Withdraw an invitation", status_code=204)
async def withdraw(request: OperatorRequest, desk: Desk, number: Number) -> None:
    """Withdraw an invitation."""
    await desk.act(actions.withdraw, request.user, InvitationId(number))


@get("/inboxes", summary="Chat inboxes")
async def list_inboxes(desk: Desk, base_url: str) -> list[Inbox]:
    """Return all inboxes with their script tags."""
    return [_with_script(one, base_url) for one in await desk.see(inboxes.list_all)]


@post("/inboxes", summary="Make a chat inbox")
async def create_inbox(request: OperatorRequest, desk: Desk, base_url: str, data: InboxInput) -> Inbox:
    """Make a chat inbox."""
    return _with_script(await desk.act(inbox_actions.create_inbox, request.user, data), base_url)


@patch("/inboxes/{number:int}", summary="Change a chat inbox")
async def change_inbox(request: OperatorRequest, desk: Desk, base_url: str, number: Number, data: InboxInput) -> Inbox:
    """Change a chat inbox."""
    made = await desk.act(inbox_actions.change_inbox, request.user, InboxId(number), data)
    return _with_script(made, base_url)


HANDLERS = [
    list_departments,
    create_department,
    change_department,
    get_backlog,
    list_reasons,
    create_reason,
    change_reason,
    list_operators,
    change_operator,
    list_invitations,
    invite,
    withdraw,
    list_inboxes,
    create_inbox,
    change_inbox,
]
