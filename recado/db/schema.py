"""Whether a database has this code's schema, without the tool that could change it: servers start sooner for it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

VERSIONS = Path(__file__).parent / "migrations" / "versions"
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


def newest_revision() -> str:
    """Return the number of the newest revision: revisions are numbered, and their files begin with the number."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


def is_current(url: str) -> bool:
    """Return whether the database at `url` has this code's schema; False also where that cannot be told."""
    address = make_url(url)
    kind = address.get_backend_name()
    if kind not in DRIVERS or (kind == "sqlite" and not Path(address.database or "").exists()):
        return False
    try:
        with create_engine(address.set(drivername=DRIVERS[kind]), poolclass=NullPool).connect() as conn:
            found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError:
        return False
    return bool(found == newest_revision())
