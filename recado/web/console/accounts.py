"""One's own account: password and sessions; and the one-time link for a colleague who has forgotten their password."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import Parameter

from recado.actions import accounts as actions
from recado.db import accounts
from recado.desk import SYSTEM, Desk
from recado.domain.accounts import ResetLink, ResetLook, SessionItem, reset_address
from recado.domain.errors import Invalid, NotFound
from recado.domain.ids import OperatorId, hash_of
from recado.domain.passwords import hash_password, verify_password
from recado.domain.people import Me
from recado.web import familiar
from recado.web.console.conversations import Nothing, Number
from recado.web.console.session import SIGN_IN, AnyRequest, OperatorRequest, TokenOnly, came, signed_in
from recado.web.limits import PASSWORD_TRIES, SIGN_INS_PER_ADDRESS, Limits, network_from
from recado.web.vault import Vault

SessionName = Annotated[str, Parameter(min_length=1, max_length=64)]


class PasswordChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new password, with the present one."""

    current: str
    password: str


class Reset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new password, with the token of the link that allows it."""

    token: str
    password: str


@put("/me/password", summary="Change my password", status_code=204)
async def change_password(
    request: OperatorRequest, desk: Desk, limits: Limits, vault: Vault, data: PasswordChange
) -> Response[None]:
    """Change one's own password; all other sessions end at once. Who guesses at the present one is slowed."""
    me = request.user
    limits.take(PASSWORD_TRIES, me.author)
    username, stored = await desk.see(accounts.get_credentials, me.id)
    if not await asyncio.to_thread(verify_password, stored, data.current):
        raise Invalid("current", "wrong_password", "The present password is another one.")
    limits.give_back(PASSWORD_TRIES, me.author)
    if data.password == data.current:
        raise Invalid("password", "unchanged", "It is the present one.")
    hashed = await asyncio.to_thread(hash_password, data.password, username, me.name)
    await desk.act(actions.change_password, me, request.auth, stored, hashed)
    return Response(None, status_code=204, cookies=[familiar.mark(vault, username, hashed, SIGN_IN)])


@get("/me/sessions", summary="My sessions")
async def list_sessions(request: OperatorRequest, desk: Desk) -> list[SessionItem]:
    """Return where one is signed in, the session used last first."""
    return await desk.see(accounts.list_sessions, request.user.id, hash_of(request.auth), desk.clock())


@delete("/me/sessions/{which:str}", summary="End one of my sessions", status_code=204)
async def end_session(request: OperatorRequest, desk: Desk, which: SessionName) -> None:
    """End one of one's own sessions; its open pages are told at once."""
    await desk.act(actions.end_own_session, request.user, which)


@delete("/me/sessions", summary="End my other sessions", status_code=204)
async def end_other_sessions(request: OperatorRequest, desk: Desk) -> None:
    """End all of one's own sessions but this one; their open pages are told at once."""
    await desk.act(actions.end_other_sessions, request.user, request.auth)


@post("/operators/{number:int}/reset-link", summary="Make a link for a new password")
async def make_reset_link(
    request: OperatorRequest,
    desk: Desk,
    base_url: str,
    number: Number,
    data: Nothing,  # noqa: ARG001 - an empty object, as every change is one
) -> ResetLink:
    """Make a link with which a colleague sets a new password; it is in this answer and nowhere else."""
    token, expires_at = await desk.act(actions.make_reset_link, request.user, OperatorId(number))
    return ResetLink(OperatorId(number), expires_at, reset_address(base_url, token))


@post("/resets/look", summary="Whose password a link sets", status_code=200)
async def look(request: AnyRequest, desk: Desk, limits: Limits, data: TokenOnly) -> ResetLook:
    """Return whose new password the holder of a link may set."""
    limits.take(SIGN_INS_PER_ADDRESS, network_from(request.scope))
    return await desk.act(actions.look_at_reset, SYSTEM, data.token)


@post("/resets", summary="Set a new password by a link", status_code=200)
async def reset(request: AnyRequest, desk: Desk, limits: Limits, vault: Vault, data: Reset) -> Response[Me]:
    """Set a new password and sign in. A link works once; all sessions there were end."""
    limits.take(SIGN_INS_PER_ADDRESS, network_from(request.scope))
    found = await desk.see(accounts.find_reset, hash_of(data.token), desk.clock())
    if found is None:
        raise NotFound
    hashed = await asyncio.to_thread(hash_password, data.password, found.username, found.name)
    signed = await desk.act(actions.reset_password, SYSTEM, data.token, hashed, came(request))
    return signed_in(signed, vault, hashed)


HANDLERS = [change_password, list_sessions, end_session, end_other_sessions, look, reset]
FOR_ADMINS = [make_reset_link]
