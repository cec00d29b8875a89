"""Who knocks: the operator of a session cookie, the visitor of a bearer token; and from which page.

Cookies are for the console alone, tokens for the widget alone; neither opens the other's door. A request that changes
something is JSON and comes from our own pages: a browser always names the page's origin there, so a foreign one is
refused whatever cookie came along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from litestar.types import ASGIApp, Receive, Send

from recado.actions import people as people_actions
from recado.db import people
from recado.desk import Desk
from recado.domain.actors import Operator, Role
from recado.domain.errors import NotFound, Unauthenticated
from recado.domain.ids import hash_of
from recado.domain.permissions import allowed
from recado.web.errors import WrongMediaType, WrongOrigin, sealed
from recado.web.limits import LOOKS_PER_NETWORK, RATES, Limits, Rate, Share, machine_from
from recado.web.tokens import Seal

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


def session_token(scope: Any) -> str | None:
    """Return the session's secret from the cookie."""
    return cookie_of(scope, COOKIE)


def check_origin(scope: Any, own: str) -> None:
    """Refuse a request that a page of another site has made. `own` is the origin of the base address."""
    origin = header(scope, b"origin")
    if origin is not None and origin != own:
        raise WrongOrigin
    if origin is None and header(scope, b"sec-fetch-site") in {"cross-site", "same-site"}:
        raise WrongOrigin


def check_handshake(scope: Any, own: str) -> None:
    """Refuse a socket unless the browser says that a page of ours opens it: no other rule protects sockets."""
    if header(scope, b"origin") != own:
        raise WrongOrigin


def check_change(scope: Any, own: str) -> None:
    """Refuse a request that changes something unless it is JSON, or what its route takes, from our own pages."""
    check_origin(scope, own)
    kind = header(scope, b"content-type")
    takes = scope["route_handler"].opt.get(TAKES, "application/json")
    if kind is not None and kind.partition(";")[0].strip().lower() != takes:
        raise WrongMediaType
    if kind is None and header(scope, b"content-length") not in {None, "0"}:
        raise WrongMediaType


async def operator_of(desk: Desk, limits: Limits, scope: Any, token: str | None) -> Operator:
    """Return whose session this is, or raise `Unauthenticated`. Now and then its use is noted, behind people's work.

    Sessions that are not there use up a share of their network; those that are cost it nothing.
    """
    if token is None:
        raise Unauthenticated
    limits.take_for_machine(LOOKS_PER_NETWORK, scope)
    found = await desk.see(people.find_by_session, hash_of(token), desk.clock())
    if found is None:
        raise Unauthenticated
    limits.give_back(LOOKS_PER_NETWORK, machine_from(scope))
    if desk.clock() - found.seen_at > NOTE_EVERY:
        desk.act_later(people_actions.note_session, found.operator, token)
    return found.operator


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


def _rates_of(scope: Any) -> tuple[Rate, ...]:
    """Return the rates that a route names: its door takes the caller's share of each."""
    rates: tuple[Rate, ...] = scope["route_handler"].opt.get(RATES, ())
    return rates


def _dressed(scope: Any, send: Send) -> Send:
    """Return `send` with the headers of data, unless the route has its own."""
    return send if scope["route_handler"].opt.get(OWN_HEADERS) else sealed(send)


@contextmanager
def _hiding(scope: Any, *, hides: bool = True) -> Iterator[None]:
    """Answer whoever is not signed in that there is nothing, where a route says so: its addresses are copied."""
    try:
        yield
    except Unauthenticated:
        if hides and scope["route_handler"].opt.get(HIDDEN):
            raise NotFound from None
        raise


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
                token = session_token(scope)
                with _hiding(scope):
                    scope["user"] = await operator_of(desk, limits, scope, token)
                check_name(scope, scope["user"])
                check_needed(scope, scope["user"])
                scope["auth"] = token
                for rate in _rates_of(scope):
                    limits.take(rate, scope["user"].author)
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
                    with _hiding(scope, hides=token is None):
                        raise Unauthenticated
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
