"""The command line: `recado serve`, `recado migrate`, `recado reset-link`, `recado openapi`."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import NoReturn

import click

from recado import __version__
from recado.settings import Settings, SettingsError, load


def _fail(line: str) -> NoReturn:
    click.echo(f"recado: {line}", err=True)
    sys.exit(1)


def _settings() -> Settings:
    try:
        return load()
    except SettingsError as error:
        _fail(str(error))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="recado")
def main() -> None:
    """Recado, a messaging desk that you host yourself. Settings: RECADO_… or recado.toml (docs/self-hosting.md)."""


@main.command()
def serve() -> None:
    """Serve the desk. The first start prints a one-time link for the first admin."""
    from recado.server import CannotStartError, serve  # noqa: PLC0415 - the other commands start without the server

    try:
        serve(_settings(), click.echo)
    except CannotStartError as error:
        _fail(str(error))


@main.command()
def migrate() -> None:
    """Bring the database's schema up to this release. Stop the server first."""
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - the other commands start without it

    from recado.db import migrate as schema  # noqa: PLC0415 - likewise
    from recado.db.database import DataDirectoryInUseError, lock_data_directory  # noqa: PLC0415 - likewise

    settings = _settings()
    try:
        with lock_data_directory(settings.data):
            before = schema.upgrade(settings.database_url)
    except (DataDirectoryInUseError, schema.SchemaError) as error:
        _fail(str(error))
    except (DBAPIError, ValueError) as error:
        _fail(f"The database cannot be opened: {error}")
    if before.state in {"current", "ahead"}:
        click.echo(f"Nothing to do: the schema is {before.found}.")
    else:
        click.echo(f"The schema went from {before.found or 'nothing'} to {before.wanted}.")


@main.command()
@click.argument("username")
def reset_link(username: str) -> None:
    """Print a one-time link with which USERNAME sets a new password.

    For the admin whom no other admin can help; everybody else asks an admin. On SQLite stop the server first.
    """
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - likewise

    from recado.db.database import DataDirectoryInUseError  # noqa: PLC0415 - likewise
    from recado.domain.errors import Invalid, NotFound  # noqa: PLC0415 - likewise

    try:
        link = _make_reset_link(_settings(), username)
    except DataDirectoryInUseError as error:
        _fail(f"{error} Stop it, run this again, and start it: open pages come back by themselves.")
    except NotFound:
        _fail(f"Nobody has the user name {username}.")
    except Invalid:
        _fail(f"{username} is disabled: an admin must enable them first.")
    except DBAPIError as error:
        _fail(f"The database cannot be opened: {error.orig}")
    click.echo(f"Open this within a day to set a new password for {username}. It works once:\n{link}")


def _make_reset_link(settings: Settings, username: str) -> str:
    """Return the link. A database that one process has to itself is not touched while a server has it."""
    from recado.actions import accounts  # noqa: PLC0415 - likewise
    from recado.app import now_us  # noqa: PLC0415 - likewise
    from recado.db.database import lock_data_directory, may_be_shared, open_database  # noqa: PLC0415 - likewise
    from recado.db.schema import is_current  # noqa: PLC0415 - likewise
    from recado.desk import SYSTEM  # noqa: PLC0415 - likewise
    from recado.domain.accounts import reset_address  # noqa: PLC0415 - likewise

    url = settings.database_url
    with nullcontext() if may_be_shared(url) else lock_data_directory(settings.data):
        if not is_current(url):
            _fail("There is no desk of this release in the database. Check RECADO_DATA, or run: recado migrate")
        database = open_database(url, clock=now_us, publish=lambda _: None, threads=1)
        try:
            token, _ = database.write_blocking(
                lambda tx: accounts.make_reset_link_for(tx, SYSTEM, username.strip().lower())
            )
        finally:
            database.close_blocking()
    return reset_address(settings.base_url, token)


@main.command()
def openapi() -> None:
    """Print the description of the HTTP interface and of the sockets' frames, as JSON."""
    from recado.describe import description  # noqa: PLC0415 - likewise

    click.echo(description())
