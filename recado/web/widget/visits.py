"""How a browser comes to the chat: the loader asks what to draw, the frame exchanges its resume key for a token."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from sqlalchemy import Connection

from recado.actions.customers import Arrival, SiteRefused, arrive
from recado.db import inboxes
from recado.db.visitors import Browser
from recado.desk import SYSTEM, Desk
from recado.domain.actors import Visitor
from recado.domain.chats import Corner, data_of, ink_on
from recado.domain.customers import AGENT_MAX, PAGE_MAX, Around, Visit
from recado.domain.errors import NotFound
from recado.domain.events import WIRE_VERSION
from recado.domain.identity import TOKEN_MAX, Signed, verify
from recado.domain.ids import InboxKey, PublicId
from recado.domain.inboxes import InboxFace
from recado.domain.people import NAME_MAX
from recado.domain.text import line_of
from recado.web.auth import check_change, header
from recado.web.limits import LOOKS_PER_NETWORK, RATES, READS, VISITS_PER_ADDRESS, Limits, machine_from, network_from
from recado.web.tokens import Seal
from recado.web.vault import Vault, place_of
from recado.web.widget import faces
from recado.web.widget.conversations import ADDRESS_PATTERN, Address

PREFIX = "/api/v1/widget"
PUBLIC = (f"{PREFIX}/visits", f"{PREFIX}/inboxes/")
LOCALES = ("es", "en", "pt")

LOCALE_MAX = 35

Short = Annotated[str, msgspec.Meta(max_length=255)]


class Launcher(msgspec.Struct, frozen=True):
    """What the loader draws before anything else is loaded: every byte of it is paid for on every page view.

    `ink` can be read on `colour`; `scheme` is a `color-scheme`. `locale_hint` is for browsers of other languages.
    """

    colour: str
    ink: str
    corner: Corner
    scheme: Literal["light dark", "light", "dark"]
    locale_hint: str


class Arriving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the frame says when it opens: its inbox, the host page's origin, and what it kept from last time."""

    inbox: Annotated[str, msgspec.Meta(max_length=40, pattern=ADDRESS_PATTERN)]
    site: Short
    resume_key: Short | None = None
    page: Annotated[str, msgspec.Meta(max_length=PAGE_MAX)] | None = None
    locale: Annotated[str, msgspec.Meta(max_length=LOCALE_MAX)] | None = None
    identity: Annotated[str, msgspec.Meta(max_length=TOKEN_MAX)] | None = None
    data: dict[str, str] = {}


@get("/inboxes/{which:str}", summary="What the loader draws")
async def get_launcher(
    request: Request[Any, Any, Any], desk: Desk, limits: Limits, which: Address
) -> Response[Launcher]:
    """Return an inbox's look to a page of one of its sites, and to no other."""
    limits.take_for_machine(LOOKS_PER_NETWORK, request.scope)
    inbox = await desk.see(inboxes.find_by_key, InboxKey(which))
    if inbox is None:
        raise NotFound
    origin = header(request.scope, b"origin")
    if origin not in inbox.sites:
        raise SiteRefused
    chat = inbox.chat
    scheme = chat.theme if chat.theme != "system" else "light dark"
    shown = Launcher(inbox.colour, ink_on(inbox.colour), chat.corner, scheme, _locale_hint(request))
    return Response(shown, headers={"Access-Control-Allow-Origin": origin, "Vary": "Origin"})


def _locale_hint(request: Request[Any, Any, Any]) -> str:
    """Return the first of our languages that the browser accepts, else English."""
    asked = header(request.scope, b"accept-language") or ""
    wanted = (part.strip()[:2].lower() for part in asked[:200].split(","))
    return next((locale for locale in wanted if locale in LOCALES), "en")


@post("/visits", summary="Come (back) to the chat", status_code=200)
async def visit(
    request: Request[Any, Any, Any],
    desk: Desk,
    limits: Limits,
    seal: Seal,
    vault: Vault,
    base_url: str,
    data: Arriving,
) -> Visit:
    """Exchange a site's signature, the resume key, or nothing, for a token; only on the inbox's sites."""
    _own_frame(request, base_url)
    limits.take(VISITS_PER_ADDRESS, network_from(request.scope))
    key, browser = InboxKey(data.inbox), _browser_of(request, data)
    signed = None if data.identity is None else await _signed_of(desk, vault, key, data.identity)
    came = await desk.act(arrive, SYSTEM, key, data.site, data.resume_key, browser, signed)
    token, expires_at = seal.make(came.visitor, desk.clock())
    face, around = await desk.see(_seen_by, came, browser.locale or "", desk.clock())
    return Visit(
        token,
        expires_at,
        came.resume_key,
        desk.epoch,
        WIRE_VERSION,
        came.face,
        face,
        around.department,
        around.answering,
        around.people,
        around.blocked,
        came.conversations,
    )


def _seen_by(conn: Connection, came: Arrival, locale: str, now: int) -> tuple[InboxFace, Around]:
    department = faces.department_now(conn, came.inbox, came.visitor)
    return faces.look(conn, came.inbox, locale), faces.around(conn, came.inbox, came.visitor, department, locale, now)


@get("/answering", summary="Who is there now", opt={RATES: (READS,)})
async def get_answering(
    request: Request[Visitor, Any, Any],
    desk: Desk,
    conversation: Address | None = None,
    department: Annotated[str, Parameter(max_length=NAME_MAX)] = "",
    locale: Annotated[str, Parameter(max_length=LOCALE_MAX)] = "",
) -> Around:
    """Return who is there for a conversation of mine, or before one for the department that I have chosen."""
    which = PublicId(conversation) if conversation else None

    def look(conn: Connection, me: Visitor) -> Around:
        inbox = inboxes.get_whole(conn, me.inbox_id)
        asked = faces.department_for(conn, inbox, me, which, department)
        return faces.around(conn, inbox, me, asked, locale, desk.clock())

    return await desk.see(look, request.user)


def _browser_of(request: Request[Any, Any, Any], data: Arriving) -> Browser:
    agent = header(request.scope, b"user-agent")
    page, locale = line_of(data.page, "page", PAGE_MAX), line_of(data.locale, "locale", LOCALE_MAX)
    told = data_of(data.data)
    stored = msgspec.json.encode(told).decode() if told else None
    return Browser(page, locale, agent[:AGENT_MAX] if agent else None, stored, machine_from(request.scope))


async def _signed_of(desk: Desk, vault: Vault, key: InboxKey, token: str) -> Signed:
    """Return whom the site has signed; refuse by the field `identity` what its secrets have not."""
    inbox = await desk.see(inboxes.find_by_key, key)
    if inbox is None:
        raise NotFound
    sealed = await desk.see(inboxes.list_sealed, key)
    secrets = {number: vault.open(one, place_of(inbox.id)) for number, one in sealed.items()}
    known = {number: secret for number, secret in secrets.items() if secret is not None}
    return verify(token, known, key, desk.clock())


def _own_frame(request: Request[Any, Any, Any], base_url: str) -> None:
    """Refuse the call of another site's page: the frame is ours, and tells which site carries it."""
    check_change(request.scope, base_url)


HANDLERS = [get_launcher, visit, get_answering]
