"""The command line: `recado serve`, `recado migrate`, `recado openapi`."""

from __future__ import annotations

import sys
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
def openapi() -> None:
    """Print the description of the HTTP interface and of the sockets' frames, as JSON."""
    from recado.describe import description  # noqa: PLC0415 - likewise

    click.echo(description())
