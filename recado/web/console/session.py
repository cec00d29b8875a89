"""Signing in and out, joining, and one's own settings."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import Cookie

from recado.actions import accounts
from recado.actions import people as actions
from recado.actions.people import Came, Newcomer, OwnChanges, SignedIn
from recado.db import invitations, people
from recado.desk import SYSTEM, Desk
from recado.domain.actors import Operator
from recado.domain.errors import NotFound
from recado.domain.ids import hash_of
from recado.domain.passwords import hash_password, verify_password
from recado.domain.people import SESSION_MAX_S, Me, Welcome
from recado.web import familiar
from recado.web.auth import COOKIE, LOOKS_ONCE, Looker, header
from recado.web.errors import WrongCredentials
from recado.web.limits import (
    FAILURES_PER_ACCOUNT,
    LOOKS_PER_NETWORK,
    SIGN_INS_PER_ACCOUNT,
    SIGN_INS_PER_ADDRESS,
    SIGN_INS_PER_BROWSER,
    Limits,
    network_from,
)
from recado.web.vault import Vault

PREFIX = "/api/v1/console"
SIGN_IN = f"{PREFIX}/session"
"""Where one signs in: the only place to which browsers send their marks."""

PUBLIC = (
    ("POST", SIGN_IN),
    ("POST", f"{PREFIX}/setup"),
    ("POST", f"{PREFIX}/setup/look"),
    ("POST", f"{PREFIX}/invitations/look"),
    ("POST", f"{PREFIX}/invitations/accept"),
    ("POST", f"{PREFIX}/resets/look"),
    ("POST", f"{PREFIX}/resets"),
)

OperatorRequest = Request[Operator, str, Any]
LookerRequest = Request[Looker, str, Any]
IN_ONE_LOOK = {LOOKS_ONCE: True}
"""What routes say whose requests are such."""
AnyRequest = Request[Any, Any, Any]


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator signs in with."""

    username: str
    password: str


class SetUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first admin, with the one-time token that the first start printed."""

    token: str
    name: str
    username: str
    password: str
    email: str | None = None


class TokenOnly(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token of an invitation or of the set-up; in a body, so that no log keeps it."""

    token: str


class Accept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who joins with an invitation."""

    token: str
    name: str
    username: str
    password: str
    email: str | None = None


def address_of(request: AnyRequest) -> str:
    """Return the address a request came from, as the server has established it."""
    return request.client.host if request.client else ""


def came(request: AnyRequest) -> Came:
    """Return where a session comes from."""
    return Came(header(request.scope, b"user-agent"), address_of(request))


def signed_in(signed: SignedIn, vault: Vault, hashed: str, browser: str | None = None) -> Response[Me]:
    """Return the answer that begins a session: the cookie for its pages, the browser's mark, and whose it is."""
    cookie = Cookie(
        key=COOKIE,
        value=signed.token,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
        max_age=SESSION_MAX_S,
    )
    mark = familiar.mark(vault, signed.me.username, hashed, SIGN_IN, browser)
    return Response(signed.me, status_code=200, cookies=[cookie, mark])


@post("/session", summary="Sign in", status_code=200)
async def sign_in(request: AnyRequest, desk: Desk, limits: Limits, vault: Vault, data: Credentials) -> Response[Me]:
    """Begin a session; slowed per account and per address, and as slow for somebody who does not exist."""
    username = data.username.strip().lower()[:64].replace("\0", " ")  # nobody is called so, and no store could look
    limits.take_for_machine(LOOKS_PER_NETWORK, request.scope)
    found = await desk.see(people.find_credentials, username)
    stored = found[1] if found else None
    browser = familiar.name_of(vault, request.scope, username, stored)
    _hold_to_tries(request, limits, username, browser)
    fits = await asyncio.to_thread(verify_password, stored, data.password)
    if not (found and fits):
        raise WrongCredentials
    if browser is None:
        limits.give_back(FAILURES_PER_ACCOUNT, username)
    try:
        return signed_in(await desk.act(accounts.sign_in, SYSTEM, *found, came(request)), vault, found[1], browser)
    except NotFound:
        raise WrongCredentials from None


def _hold_to_tries(request: AnyRequest, limits: Limits, username: str, browser: str | None) -> None:
    """Take one of the tries to sign in, or raise `TooMany`; a browser that the user's account knows has its own."""
    if browser is not None:
        limits.take(SIGN_INS_PER_BROWSER, browser)
        return
    network = network_from(request.scope)
    limits.take(SIGN_INS_PER_ADDRESS, network)
    limits.take(SIGN_INS_PER_ACCOUNT, (username, network))
    limits.take(FAILURES_PER_ACCOUNT, username)


@delete("/session", summary="Sign out")
async def sign_out(request: OperatorRequest, desk: Desk) -> Response[None]:
    """End this session; its open pages are told."""
    await desk.act(actions.end_session, request.user, request.auth)
    gone = Cookie(key=COOKIE, value="", path="/", secure=True, httponly=True, samesite="lax", max_age=0)
    return Response(None, status_code=204, cookies=[gone])


@get("/session", summary="Who am I")
async def who_am_i(request: OperatorRequest, desk: Desk) -> Me:
    """Return the signed-in operator."""
    return await desk.see(people.get_me, request.user.id)


@patch("/me", summary="Change my own settings")
async def change_me(request: OperatorRequest, desk: Desk, data: OwnChanges) -> Me:
    """Change name, e-mail address, language, theme, where the desk opens, or whether one takes conversations."""
    return await desk.act(actions.change_me, request.user, data)


@post("/setup", summary="Make the first admin", status_code=200)
async def set_up(request: AnyRequest, desk: Desk, limits: Limits, vault: Vault, data: SetUp) -> Response[Me]:
    """Make the first admin and sign them in. Once: afterwards there is nothing here."""
    limits.take(SIGN_INS_PER_ADDRESS, network_from(request.scope))
    if await desk.see(invitations.is_set_up):
        raise NotFound
    hashed = await asyncio.to_thread(hash_password, data.password, data.username, data.name)
    newcomer = Newcomer(data.name, data.username, hashed, data.email)
    return signed_in(await desk.act(actions.set_up, SYSTEM, data.token, newcomer, came(request)), vault, hashed)


@post("/setup/look", summary="Whether the set-up's door is open", status_code=204)
async def look_at_setup(request: AnyRequest, desk: Desk, limits: Limits, data: TokenOnly) -> None:
    """Answer 204 where this token makes the first admin, 404 where it does not, or no longer."""
    limits.take(SIGN_INS_PER_ADDRESS, network_from(request.scope))
    if not await desk.see(invitations.opens_setup, hash_of(data.token)):
        raise NotFound


@post("/invitations/look", summary="What an invitation offers", status_code=200)
async def look(request: AnyRequest, desk: Desk, limits: Limits, data: TokenOnly) -> Welcome:
    """Return what the holder of an invitation is invited to."""
    limits.take(SIGN_INS_PER_ADDRESS, network_from(request.scope))
    return await desk.act(actions.look_at_invitation, SYSTEM, data.token)


@post("/invitations/accept", summary="Join with an invitation", status_code=200)
async def accept(request: AnyRequest, desk: Desk, limits: Limits, vault: Vault, data: Accept) -> Response[Me]:
    """Become an operator and sign in. An invitation works once."""
    limits.take(SIGN_INS_PER_ADDRESS, network_from(request.scope))
    if await desk.see(invitations.find, hash_of(data.token), desk.clock()) is None:
        raise NotFound
    hashed = await asyncio.to_thread(hash_password, data.password, data.username, data.name)
    newcomer = Newcomer(data.name, data.username, hashed, data.email)
    return signed_in(await desk.act(actions.accept, SYSTEM, data.token, newcomer, came(request)), vault, hashed)


HANDLERS = [sign_in, sign_out, who_am_i, change_me, set_up, look_at_setup, look, accept]
