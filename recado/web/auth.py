"""Who knocks: the operator of a session cookie, the visitor of a bearer token; and from which page.

Cookies are for the console alone, tokens for the widget alone; neither opens the other's door. A request that changes
something is JSON and comes from our own pages: a browser always names the page's origin there, so a foreign one is
refused whatever cookie came along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar

from litestar.types import ASGIApp, Receive, Send
from sqlalchemy import Connection

from recado.actions import people as people_actions
from recado.db import people
from recado.desk import Desk
from recado.domain.actors import Operator, Role
from recado.domain.errors import Failure, NotFound, Unauthenticated
from recado.domain.ids import hash_of
from recado.domain.permissions import allowed
from recado.web.errors import WrongMediaType, WrongOrigin, sealed
from recado.web.limits import LOOKS_PER_NETWORK, RATES, Limits, Rate, Share, machine_from
from recado.web.tokens import Seal

P = ParamSpec("P")
R = TypeVar("R")

COOKIE = "__Host-recado"
IN_WHOSE_NAME = b"recado-operator"
NEEDS = "needs"
"""The key of a route's `opt` by which it says who may call it."""

TAKES = "takes"
"""The key of a route's `opt` by which it says which media type it takes, where that is not JSON."""

OWN_HEADERS = "own_headers"
"""The key of a route's `opt` by which it says that its answers carry headers of their own and not those of data."""

HIDDEN = "hidden"
"""The key of a route's `opt` by which it says that whoever is not signed in finds nothing at its address."""

LOOKS_ONCE = "looks_once"
"""The key of a route's `opt` by which it says that it looks into the store once, as the `Looker` who is its user.

What its address and query say is judged before that, whoever asks."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOTE_EVERY = 300 * 1_000_000


def header(scope: Any, name: bytes) -> str | None:
    """Return a request's header, None where it was not sent."""
    for key, value in scope["headers"]:
        if key == name:
            found: str = value.decode("latin-1")
            return found
    return None


def cookie_of(scope: Any, name: str) -> str | None:
    """Return a cookie's value (RFC 6265, section 4.2.1), whatever other cookies stand beside it."""
    for pair in (header(scope, b"cookie") or "").split(";"):
        key, _, value = pair.partition("=")
        if key.strip() == name:
            return value.strip(' "')
    return None


def check_origin(scope: Any, own: str) -> None:
    """Refuse a request that a page of another site has made. `own` is the origin of the base address."""
    origin = header(scope, b"origin")
    if origin is not None and origin != own:
        raise WrongOrigin(own)
    if origin is None and header(scope, b"sec-fetch-site") in {"cross-site", "same-site"}:
        raise WrongOrigin(own)


def check_handshake(scope: Any, own: str) -> None:
    """Refuse a socket unless the browser says that a page of ours opens it: no other rule protects sockets."""
    if header(scope, b"origin") != own:
        raise WrongOrigin(own)


def check_change(scope: Any, own: str) -> None:
    """Refuse a request that changes something unless it is JSON, or what its route takes, from our own pages."""
    check_origin(scope, own)
    kind = header(scope, b"content-type")
    takes = scope["route_handler"].opt.get(TAKES, "application/json")
    if kind is not None and kind.partition(";")[0].strip().lower() != takes:
        raise WrongMediaType
    if kind is None and header(scope, b"content-length") not in {None, "0"}:
        raise WrongMediaType


def check_name(scope: Any, operator: Operator) -> None:
    """Refuse what a page sends in another operator's name: it was left open, and the session is not theirs.

    Whoever calls without a page need not say it.
    """
    named = header(scope, IN_WHOSE_NAME)
    if named is not None and named != str(operator.id):
        raise Unauthenticated


def check_needed(scope: Any, operator: Operator) -> None:
    """Refuse whoever has not the role that a route names, as if there were nothing here."""
    if not allowed(operator, (scope["route_handler"].opt.get(NEEDS, Role.OPERATOR),)):
        raise NotFound


class Looker:
    """Whoever asks: who they are is found in the same look as what they ask for."""

    __slots__ = ("_desk", "_limits", "_scope", "token")

    def __init__(self, desk: Desk, limits: Limits, scope: Any) -> None:
        self._desk = desk
        self._limits = limits
        self._scope = scope
        self.token = cookie_of(scope, COOKIE)
        """The session's secret; None where no cookie brings one."""

    async def see(
        self, finder: Callable[Concatenate[Connection, Operator, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return what `finder` finds for the operator of this session.

        Raises `Unauthenticated` or `NotFound` for whoever may not call this route, what `finder` raises, and `TooMany`
        for whoever has used up a rate that the route names.

        Sessions that are not there use up a share of their network; those that are cost it nothing. Now and then the
        use of one is noted, behind people's work.
        """
        token = self.token
        if token is None:
            raise _stranger(self._scope)
        self._limits.take_for_machine(LOOKS_PER_NETWORK, self._scope)

        def look(conn: Connection, token_hash: bytes, now: int) -> tuple[people.Session, R] | None:
            session = people.find_by_session(conn, token_hash, now)
            if session is None:
                return None
            check_name(self._scope, session.operator)
            check_needed(self._scope, session.operator)
            return session, finder(conn, session.operator, *args, **kwargs)

        stranger = False
        try:
            found = await self._desk.see(look, hash_of(token), self._desk.clock())
            stranger = found is None
        finally:
            if not stranger:
                self._limits.give_back(LOOKS_PER_NETWORK, machine_from(self._scope))
        if found is None:
            raise _stranger(self._scope)
        session, seen = found
        for rate in _rates_of(self._scope):
            self._limits.take(rate, session.operator.author)
        if self._desk.clock() - session.seen_at > NOTE_EVERY:
            self._desk.act_later(people_actions.note_session, session.operator, token)
        return seen


def themselves(conn: Connection, me: Operator) -> Operator:  # noqa: ARG001 - a finder
    """Return the operator who asks."""
    return me


def _stranger(scope: Any, *, hides: bool = True) -> Failure:
    """Return what whoever is not signed in is told: where a route says so, that there is nothing at its address."""
    return NotFound() if hides and scope["route_handler"].opt.get(HIDDEN) else Unauthenticated()


def _rates_of(scope: Any) -> tuple[Rate, ...]:
    """Return the rates that a route names: its door takes the caller's share of each."""
    rates: tuple[Rate, ...] = scope["route_handler"].opt.get(RATES, ())
    return rates


def _dressed(scope: Any, send: Send) -> Send:
    """Return `send` with the headers of data, unless the route has its own."""
    return send if scope["route_handler"].opt.get(OWN_HEADERS) else sealed(send)


def _for_requests(door: ASGIApp, app: ASGIApp) -> ASGIApp:
    """Return `door` before `app` for requests. A socket sees to itself, and would keep a frame of it all its life."""

    def pick(scope: Any, receive: Receive, send: Send) -> Any:
        return (door if scope["type"] == "http" else app)(scope, receive, send)

    return pick


def console_door(
    desk: Desk, limits: Limits, own: str, public: Iterable[tuple[str, str]]
) -> Callable[[ASGIApp], ASGIApp]:
    """Return the middleware of the operators' door; `public` are the requests that need no session."""
    open_paths = frozenset(public)

    def wrap(app: ASGIApp) -> ASGIApp:
        async def let_in(scope: Any, receive: Receive, send: Send) -> None:
            if scope["method"] not in SAFE:
                check_change(scope, own)
            if (scope["method"], scope["path"]) not in open_paths:
                asks = Looker(desk, limits, scope)
                scope["auth"] = asks.token
                looks = scope["route_handler"].opt.get(LOOKS_ONCE)
                scope["user"] = asks if looks else await asks.see(themselves)
            await app(scope, receive, _dressed(scope, send))

        return _for_requests(let_in, app)

    return wrap


def widget_door(
    desk: Desk, limits: Limits, seal: Seal, own: str, public: Iterable[str]
) -> Callable[[ASGIApp], ASGIApp]:
    """Return the middleware of the visitors' door; `public` are the beginnings of paths that need no token."""
    open_paths = tuple(public)

    def wrap(app: ASGIApp) -> ASGIApp:
        async def let_in(scope: Any, receive: Receive, send: Send) -> None:
            if not scope["path"].startswith(open_paths):
                if scope["method"] not in SAFE:
                    check_change(scope, own)
                token = bearer(scope)
                opened = seal.open(token or "", desk.clock())
                if opened is None:
                    # A page whose token has run out is told so: it has another one made.
                    raise _stranger(scope, hides=token is None)
                scope["user"] = opened.visitor
                scope["auth"] = share = Share(limits, opened.visitor.author, scope)
                for rate in _rates_of(scope):
                    share.take(rate)
            await app(scope, receive, _dressed(scope, send))

        return _for_requests(let_in, app)

    return wrap


def bearer(scope: Any) -> str | None:
    """Return the token of an `Authorization: Bearer` header (RFC 6750)."""
    value = header(scope, b"authorization")
    if value is None or not value.startswith("Bearer "):
        return None
    return value.removeprefix("Bearer ")
