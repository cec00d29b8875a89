"""The house is built here: every part is made once and handed down to those who need it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from recado import __version__
from recado.db.database import Database, open_database
from recado.desk import Desk
from recado.domain.actors import Role
from recado.files.intake import Intake
from recado.files.scanner import Scanner
from recado.files.store import Store
from recado.live.bus import Bus
from recado.live.hub import Hub
from recado.push.service import OUTSIDE, Reach, Services
from recado.settings import Settings
from recado.web import errors, health, pages
from recado.web.auth import NEEDS, console_door, widget_door
from recado.web.console import (
    accounts,
    attachments,
    audit,
    chats,
    direct_entries,
    directs,
    notices,
    push,
    queue,
    replies,
    session,
    trials,
)
from recado.web.console import conversations as console_conversations
from recado.web.console import entries as console_entries
from recado.web.console import settings as console_settings
from recado.web.console.socket import console_socket
from recado.web.heads import answering_heads
from recado.web.limits import Limits
from recado.web.pages import Pages
from recado.web.precedence import Precedence
from recado.web.push_key import PushKey
from recado.web.serving import Serving
from recado.web.tokens import Seal
from recado.web.uploads import Uploads
from recado.web.vault import Vault
from recado.web.widget import attachments as widget_attachments
from recado.web.widget import conversations as widget_conversations
from recado.web.widget import visits
from recado.web.widget.socket import widget_socket
from recado.workers.announcer import Announcer
from recado.workers.caretaker import Caretaker
from recado.workers.notifying import Notifying
from recado.workers.pushing import PushOutbox
from recado.workers.quietly import quietly
from recado.workers.sweeper import Sweeper
from recado.workers.timers import Timers

if TYPE_CHECKING:
    from recado.mail.mailer import Mailer

PAGES = Path(__file__).parent / "pages"
BODY_MAX = 512 * 1024


def now_us() -> int:
    """Return the time: microseconds UTC."""
    return time.time_ns() // 1000


def open_desk(database_url: str, epoch: str, died: Callable[[BaseException], None] | None = None) -> Desk:
    """Return a desk on the database at this address; its events go to a hub of its own.

    `died` hears when a thread of the database has ended by a fault: nothing can be stored any more.
    """
    hub = Hub()
    bus = Bus(hub, time.monotonic)
    database: Database = open_database(database_url, clock=now_us, publish=bus.publish, died=died)
    return Desk(database, hub, epoch, now_us, bus)


def build(desk: Desk, settings: Settings, reach: Reach = OUTSIDE) -> Litestar:
    """Return the application: every door, with what it needs. `reach`: which push services may be spoken to."""
    vault, precedence = Vault(settings.secret), Precedence()
    intake, store = Intake(settings.data), Store(settings.files_kept)
    scanner = Scanner(settings.scanner) if settings.scanner else None
    parts = {
        "desk": desk,
        "limits": Limits(time.monotonic),
        "seal": Seal(settings.secret),
        "vault": vault,
        "pages": Pages(PAGES, settings.websocket_origin),
        "base_url": settings.base_url,
        "uploads": Uploads(desk, intake, store, scanner, precedence),
        "serving": Serving(store),
        "mailer": _mailer(settings),
        "services": Services(reach),
        "push_key": PushKey(desk, vault, _contact(settings)),
    }
    house = _house(settings, parts, Sweeper(desk, intake, store))
    house.asgi_handler = precedence.kept(answering_heads(house.asgi_handler))
    return house


def _house(settings: Settings, parts: dict[str, Any], sweeper: Sweeper) -> Litestar:
    """Return the framework's application around the parts."""
    desk, limits, seal, own = parts["desk"], parts["limits"], parts["seal"], settings.base_url
    return Litestar(
        route_handlers=[
            _console(desk, limits, own),
            _widget(desk, limits, seal, own),
            console_socket(desk, limits, own),
            widget_socket(desk, limits, seal, own),
            *health.HANDLERS,
            *pages.HANDLERS,
        ],
        dependencies=_in_a_row(parts),
        exception_handlers={Exception: errors.respond},
        lifespan=[_lifespan(desk, settings, parts, _workers(desk, sweeper, parts))],
        request_max_body_size=BODY_MAX,
        openapi_config=OpenAPIConfig(
            title="Recado", version=__version__, path="/api/v1/schema", render_plugins=[JsonRenderPlugin()]
        ),
        logging_config=None,
    )


def _contact(settings: Settings) -> str:
    """Return whom a push service turns to where something is wrong with what we send."""
    return f"mailto:{settings.mail.sender.addr_spec}" if settings.mail is not None else settings.base_url


def _in_a_row(parts: Mapping[str, object]) -> dict[str, Provide]:
    """Return each part as a dependency that waits for the one before it.

    Those that wait for nothing are found at once, each in a task of its own: two of them cost a tenth of a message.
    """
    return {name: _given(part, before) for before, (name, part) in zip(["", *parts], parts.items(), strict=False)}


def _given(part: object, before: str) -> Provide:
    """Return a dependency that is always this one part."""

    def give(**_: object) -> object:
        return part

    awaited = [before] if before else []
    give.__annotations__ = dict.fromkeys(awaited, object)
    kinds = [Parameter(name, Parameter.KEYWORD_ONLY, annotation=object) for name in awaited]
    give.__signature__ = Signature(kinds)  # type: ignore[attr-defined]
    return Provide(give, sync_to_thread=False, use_cache=True)


class Wing(Router):
    """Routes with a door of their own. Each is made for one place alone: copying it was a third of the whole build."""

    def __deepcopy__(self, _: dict[int, object]) -> Self:
        return self


def _console(desk: Desk, limits: Limits, own: str) -> Wing:
    return Wing(
        session.PREFIX,
        route_handlers=[
            *session.HANDLERS,
            *console_conversations.HANDLERS,
            *console_entries.HANDLERS,
            *queue.HANDLERS,
            *accounts.HANDLERS,
            *directs.HANDLERS,
            *direct_entries.HANDLERS,
            *notices.HANDLERS,
            *push.HANDLERS,
            *trials.HANDLERS,
            *replies.HANDLERS,
            *attachments.HANDLERS,
            Wing(
                "/",
                route_handlers=[
                    *console_settings.HANDLERS,
                    *chats.HANDLERS,
                    *accounts.FOR_ADMINS,
                    *notices.FOR_ADMINS,
                    *audit.HANDLERS,
                ],
                opt={NEEDS: Role.ADMIN},
            ),
        ],
        opt={NEEDS: Role.OPERATOR},
        middleware=[console_door(desk, limits, own, session.PUBLIC)],
        tags=["console"],
    )


def _widget(desk: Desk, limits: Limits, seal: Seal, own: str) -> Wing:
    return Wing(
        visits.PREFIX,
        route_handlers=[*visits.HANDLERS, *widget_conversations.HANDLERS, *widget_attachments.HANDLERS],
        opt={NEEDS: "visitor"},
        middleware=[widget_door(desk, limits, seal, own, visits.PUBLIC)],
        tags=["widget"],
    )


class Worker(Protocol):
    """What the process does by itself, on the running loop."""

    def start(self) -> None: ...

    async def stop(self) -> None: ...


def _mailer(settings: Settings) -> Mailer | None:
    """Return what writes e-mails and has them sent; None where no mail is sent."""
    if settings.mail is None:
        return None
    # What speaks to mail servers takes ten milliseconds of a start: of those that need it.
    from recado.mail.mailer import Mailer  # noqa: PLC0415

    return Mailer(settings.mail.server, settings.mail.sender, settings.base_url)


def _workers(desk: Desk, sweeper: Sweeper, parts: Mapping[str, Any]) -> list[Worker]:
    """Return what the process does by itself."""
    mailer, pushes = parts["mailer"], PushOutbox(desk, parts["services"], parts["push_key"].get)
    workers: list[Worker] = [Timers(desk), Caretaker(desk), sweeper, Notifying(desk, mail=mailer is not None), pushes]
    if mailer is None:
        return workers
    from recado.workers.outbox import MailOutbox  # noqa: PLC0415 - as its letters

    return [*workers, MailOutbox(desk, mailer)]


def _lifespan(
    desk: Desk, settings: Settings, parts: Mapping[str, Any], workers: Sequence[Worker]
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Return what happens around serving: others are heard, timers run; after the sockets, all is let go."""

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        announcer = Announcer(desk)
        await announcer.start(settings.database_url)
        await quietly(parts["push_key"].get)
        for worker in workers:
            worker.start()
        yield
        await parts["uploads"].close()
        for worker in reversed(workers):
            await worker.stop()
        await announcer.stop()
        await desk.database.close()

    return lifespan
