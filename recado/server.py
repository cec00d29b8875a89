"""One process that serves: the data directory locked, the schema checked, the port taken, then the house built."""

from __future__ import annotations

import gc
import hmac
import os
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import structlog
import uvicorn
from sqlalchemy.exc import DBAPIError

from recado.app import build, now_us, open_desk
from recado.db import invitations
from recado.db.database import (
    DataDirectoryInUseError,
    Tx,
    lock_data_directory,
    may_be_shared,
    open_database,
)
from recado.db.dialect import be_here, others_are_here
from recado.db.invitations import Agreed
from recado.db.schema import is_current
from recado.domain.ids import hash_of, new_secret
from recado.files import confine
from recado.files.store import place_of
from recado.log import set_up_log
from recado.settings import Settings
from recado.web.transport import CalmSocketProtocol, GatheringProtocol

NOT_ON_ITS_WAY = 64 * 1024
"""Bytes of an answer that the system keeps beside those that it is sending; without a bound it takes megabytes."""
BACKLOG = 2048
GARBAGE = (10_000, 20, 20)
"""What a request makes dies with its last reference; to look for cycles every 700 objects cost a tenth of a message."""

GRACE_S = 8
FILES_WANTED = 65_536
FILES_KEPT = 100
"""Files that are no connections: the database, the log, what a request opens."""


NOT_AGREED = (
    "has another secret: give all of them the same RECADO_SECRET.",
    "keeps files elsewhere: give all of them one RECADO_DATA, a network folder on several hosts, or one RECADO_FILES.",
)
"""What is said of each part of `Agreed` that another server has otherwise."""


class CannotStartError(Exception):
    """Why the server does not start, in one line that says what to do."""


def prepare_schema(database_url: str) -> None:
    """Make the schema of an empty store; refuse one that another release made."""
    if is_current(database_url):
        return
    from recado.db import migrate  # noqa: PLC0415 - takes a fifth of the start, and is needed at the first one alone

    try:
        pending = migrate.pending(database_url)
        if pending.state == "empty":
            migrate.upgrade(database_url)
    except DBAPIError as error:
        raise CannotStartError(f"The database cannot be opened: {error.orig}") from None
    except ValueError as error:
        raise CannotStartError(f"database_url: {error}") from None
    if pending.state == "behind":
        raise CannotStartError(
            f"The data is of an older release (schema {pending.found}, needed {pending.wanted}). "
            "Stop every server on it and run: recado migrate"
        )


@contextmanager
def joining(database_url: str, secret: bytes, place: str) -> Iterator[tuple[str, str | None]]:
    """Be one of those who serve a store, and have its epoch and the token of the set-up while there is no admin yet.

    Servers on one store have one secret, or a visitor let in by one would be a stranger to the next; and one place
    where files are kept, or what one stores would be missing at the next. Both may be changed while none of them runs.

    The token is made anew at each start until it is used: only the hash is stored, and only this start can print it.
    """
    database = open_database(database_url, clock=now_us, publish=lambda _: None, threads=1)
    try:
        found = database.write_blocking(partial(_install, secret, place))
        if not may_be_shared(database_url):
            database.close_blocking()
        yield found
    finally:
        database.close_blocking()


def _install(secret: bytes, place: str, tx: Tx) -> tuple[str, str | None]:
    invitations.found_installation(tx, new_secret())
    epoch, known = invitations.lock_installation(tx)
    mine = Agreed(hmac.digest(secret, epoch.encode(), "sha256"), place)
    if known != mine:
        _refuse_other(tx, known, mine)
        invitations.set_agreed(tx, mine)
    be_here(tx.conn)  # before this is stored, and whoever starts at the same moment can look
    if invitations.is_set_up(tx.conn):
        return epoch, None
    token = new_secret()
    invitations.set_setup_hash(tx, hash_of(token))
    return epoch, token


def _refuse_other(tx: Tx, known: Agreed, mine: Agreed) -> None:
    others = (words for words, theirs, own in zip(NOT_AGREED, known, mine, strict=True) if theirs not in {None, own})
    words = next(others, None)
    if words is not None and others_are_here(tx.conn):
        raise CannotStartError(f"Another server on this database {words} To change it, stop them all first.")


def listen(settings: Settings) -> socket.socket:
    """Return the listening socket, or say in one line why there is none."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        # Every connection has it from here: what is not on its way yet waits here, where it is known whose it is.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, NOT_ON_ITS_WAY)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise CannotStartError(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}. "
            "Stop what uses it, or choose another with RECADO_PORT."
        ) from None
    listening.listen(BACKLOG)
    return listening


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve until the process is asked to end. `say` gets the lines for whoever started it."""
    set_up_log(settings.log)
    try:
        shared = may_be_shared(settings.database_url)
        lock = lock_data_directory(settings.data, f"lock.{settings.port}" if shared else "lock")
    except DataDirectoryInUseError as error:
        raise CannotStartError(str(error)) from None
    except OSError as error:
        raise CannotStartError(f"{settings.data} cannot be used: {error.strerror}.") from None
    with lock, listen(settings) as listening:
        prepare_schema(settings.database_url)
        place = place_of(settings.files_kept)
        with joining(settings.database_url, settings.secret, place) as (epoch, token):
            _run(settings, listening, epoch, token, say)


def _run(
    settings: Settings, listening: socket.socket, epoch: str, token: str | None, say: Callable[[str], None]
) -> None:
    app = build(open_desk(settings.database_url, epoch, _end), settings)
    say(f"Recado listens on {settings.base_url}")
    if token is not None:
        say(f"Nobody is set up yet. Make the first admin here, once: {settings.base_url}/setup#{token}")
    if confine.version() == 0:
        structlog.get_logger(__name__).warning("file_examiner_not_confined", why="this system has no Landlock")
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    uvicorn.Server(configuration(app, settings)).run(sockets=[listening])


def room_for_connections() -> int:
    """Take as many open files as the system lets us, and return how many connections that leaves room for.

    What the system starts with (often 1,024) is fewer than pages that are open; and where connections could take the
    last one, the database could open no file.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if most == resource.RLIM_INFINITY else min(FILES_WANTED, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        allowed = wanted
    return FILES_WANTED if allowed == resource.RLIM_INFINITY else max(allowed - FILES_KEPT, FILES_KEPT)


def configuration(app: object, settings: Settings) -> uvicorn.Config:
    """Return how the server is set; the benchmark's bare servers are set the same."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        loop="uvloop",
        http=GatheringProtocol,
        ws=CalmSocketProtocol,
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=True,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies or None,
        backlog=BACKLOG,
        limit_concurrency=room_for_connections(),
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )


def _end(error: BaseException) -> None:
    """End the process in order when nothing can be stored any more; whoever watches it starts it again."""
    structlog.get_logger(__name__).critical("storage_died", exc_info=error)
    os.kill(os.getpid(), signal.SIGTERM)
