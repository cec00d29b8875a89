"""How a browser comes to the chat: the loader asks what to draw, the frame exchanges its resume key for a token."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post

from recado.actions.customers import SiteRefused, arrive
from recado.db import inboxes, people
from recado.db.inboxes import face_of
from recado.db.visitors import Browser
from recado.desk import SYSTEM, Desk
from recado.domain.conversations import first_name
from recado.domain.customers import AGENT_MAX, PAGE_MAX, FirstName, Visit
from recado.domain.errors import NotFound
from recado.domain.events import WIRE_VERSION
from recado.domain.ids import DepartmentId, InboxKey
from recado.domain.text import line_of
from recado.web.auth import check_change, header
from recado.web.limits import VISITS_PER_ADDRESS, Limits, network_of
from recado.web.tokens import Seal
from recado.web.widget.conversations import ADDRESS_PATTERN, Address

PREFIX = "/api/v1/widget"
PUBLIC = (f"{PREFIX}/visits", f"{PREFIX}/inboxes/")
FACES = 3
LOCALES = ("es", "en", "pt")

LOCALE_MAX = 35

Short = Annotated[str, msgspec.Meta(max_length=255)]


class Launcher(msgspec.Struct, frozen=True):
    """What the loader draws before anything else is loaded. `locale_hint` is for browsers of other languages."""

    name: str
    department: str
    colour: str
    locale_hint: str


class Arriving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the frame says when it opens: its inbox, the host page's origin, and what it kept from last time."""

    inbox: Annotated[str, msgspec.Meta(max_length=40, pattern=ADDRESS_PATTERN)]
    site: Short
    resume_key: Short | None = None
    page: Annotated[str, msgspec.Meta(max_length=PAGE_MAX)] | None = None
    locale: Annotated[str, msgspec.Meta(max_length=LOCALE_MAX)] | None = None


@get("/inboxes/{which:str}", summary="What the loader draws")
async def get_launcher(request: Request[Any, Any, Any], desk: Desk, which: Address) -> Response[Launcher]:
    """Return an inbox's colour and name to a page of one of its sites, and to no other."""
    inbox = await desk.see(inboxes.find_by_key, InboxKey(which))
    if inbox is None:
        raise NotFound
    origin = header(request.scope, b"origin")
    if origin not in inbox.sites:
        raise SiteRefused
    shown = Launcher(inbox.name, inbox.department.name, inbox.colour, _locale_hint(request))
    return Response(shown, headers={"Access-Control-Allow-Origin": origin, "Vary": "Origin"})


def _locale_hint(request: Request[Any, Any, Any]) -> str:
    """Return the first of our languages that the browser accepts, else English."""
    asked = header(request.scope, b"accept-language") or ""
    wanted = (part.strip()[:2].lower() for part in asked[:200].split(","))
    return next((locale for locale in wanted if locale in LOCALES), "en")


@post("/visits", summary="Come (back) to the chat", status_code=200)
async def visit(
    request: Request[Any, Any, Any], desk: Desk, limits: Limits, seal: Seal, base_url: str, data: Arriving
) -> Visit:
    """Exchange the resume key, or nothing, for a token; only on the inbox's sites."""
    _own_frame(request, base_url)
    limits.take(VISITS_PER_ADDRESS, network_of(request.client.host) if request.client else "")
    agent = header(request.scope, b"user-agent")
    page, locale = line_of(data.page, "page", PAGE_MAX), line_of(data.locale, "locale", LOCALE_MAX)
    browser = Browser(page, locale, agent[:AGENT_MAX] if agent else None)
    came = await desk.act(arrive, SYSTEM, InboxKey(data.inbox), data.site, data.resume_key, browser)
    token, expires_at = seal.make(came.visitor, desk.clock())
    names = await desk.see(people.list_department_names, DepartmentId(came.inbox.department.id))
    online = desk.hub.online_operators()
    faces = [FirstName(first_name(name) or name) for number, name in names if number in online]
    return Visit(
        token,
        expires_at,
        came.resume_key,
        desk.epoch,
        WIRE_VERSION,
        came.face,
        face_of(came.inbox),
        faces[:FACES],
        came.conversations,
    )


def _own_frame(request: Request[Any, Any, Any], base_url: str) -> None:
    """Refuse the call of another site's page: the frame is ours, and tells which site carries it."""
    check_change(request.scope, base_url)


HANDLERS = [get_launcher, visit]
