"""The world's stores: made once in a run for each kind of database, and given to each test as if new."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import URL, Engine, QueuePool, create_engine, make_url

from recado.actions import departments, inboxes, people
from recado.actions.inboxes import InboxInput
from recado.actions.people import Newcomer
from recado.db import invitations, tables
from recado.db.database import Database, Event, Tx, open_database
from recado.db.migrate import upgrade
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role
from recado.domain.ids import hash_of
from recado.live.hub import Hub
from tests.servers import PostgresServer
from tests.world import CAME, EPOCH, HELP, PASSWORD, SETUP_TOKEN, SHOP, Clock, Recorder, World

CHEAPLY = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""A hash says what it cost: those of the team are checked in no time, however often a test guesses.

What people choose in a test, and what stands in for nobody's, takes as long as everywhere.
"""

TEAM = (
    ("Ana Roca", "ana", Role.OPERATOR, ("Ventas",)),
    ("Bruno Sanz", "bruno", Role.OPERATOR, ("Ventas",)),
    ("Clara Gil", "clara", Role.OPERATOR, ("Soporte",)),
    ("Sara Ruiz", "sara", Role.SUPERVISOR, ("Ventas", "Soporte")),
)


def populate(url: str) -> None:
    """Fill a new store with the team and its inboxes, through the doors that a real desk uses."""
    upgrade(url)
    database = open_database(url, clock=Clock(), publish=lambda _: None, threads=1)
    try:
        database.write_blocking(_found)
    finally:
        database.close_blocking()


def _found(tx: Tx) -> None:
    invitations.found_installation(tx, EPOCH)
    invitations.set_setup_hash(tx, hash_of(SETUP_TOKEN))
    hashed = CHEAPLY.hash(PASSWORD)
    first = people.set_up(tx, SYSTEM, SETUP_TOKEN, Newcomer("Adela Vidal", "adela", hashed), CAME).me
    adela = Operator(first.id, first.name, first.role)
    made = {name: departments.create(tx, adela, name).id for name in ("Ventas", "Soporte")}
    for name, username, role, belongs in TEAM:
        _, token = people.invite(tx, adela, role, [made[one] for one in belongs], name)
        people.accept(tx, SYSTEM, token, Newcomer(name, username, hashed), CAME)
    for name, department, site in (("Tienda", "Ventas", SHOP), ("Ayuda", "Soporte", HELP)):
        inboxes.create_inbox(tx, adela, InboxInput(name, made[department], [site]))


@contextmanager
def opened_world(url: str) -> Iterator[World]:
    """The world on the populated store at `url`, closed at the end."""
    clock, recorder, hub = Clock(), Recorder(), Hub()

    def publish(batch: list[Event]) -> None:
        recorder(batch)
        hub.publish(batch)

    database = open_database(url, clock=clock, publish=publish, threads=4, patience_s=30)
    try:
        yield World(database, clock, recorder, hub)
    finally:
        database.close_blocking()


@contextmanager
def kept_connections(url: str) -> Iterator[None]:
    """Let whoever opens the database at `url` go on with the connections of those who have closed it."""
    name, engines = make_url(url).database, list[Engine]()

    def engine_for(address: URL, **how: Any) -> Engine:
        if address.database != name:
            return create_engine(address, **how)
        if not engines:
            pool = {"poolclass": QueuePool, "pool_size": 16, "pool_pre_ping": True}
            engines.append(create_engine(address, **how | pool))
        return engines[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recado.db.postgres.create_engine", engine_for)
        yield
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="session")
def populated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the team in it, to be copied."""
    path = tmp_path_factory.mktemp("world") / "recado.db"
    populate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def populated_database(postgres: PostgresServer) -> Iterator[Callable[[], str]]:
    """The address of a PostgreSQL database with the team in it, put back to how it was at each call.

    Rows are put back rather than the database made anew: that takes a tenth of the time. Connections are kept from
    one world to the next: a new one has to get to know every table, which takes longer than most tests.
    """
    with postgres.database() as url, kept_connections(url):
        populate(url)
        name = url.partition("?")[0].rpartition("/")[2]
        names = [table.name for table in tables.metadata.sorted_tables]
        with postgres.connect(name) as connection:
            connection.execute(
                "CREATE SCHEMA kept;" + ";".join(f"CREATE TABLE kept.{one} AS TABLE public.{one}" for one in names)
            )
        numbered = [table.name for table in tables.metadata.sorted_tables if table.autoincrement_column is not None]
        # Not TRUNCATE, which makes new files for every table and index.
        again = (
            "".join(f"DELETE FROM {one};" for one in reversed(names))
            + "".join(f"INSERT INTO {one} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{one};" for one in names)
            + "".join(
                f"SELECT setval(pg_get_serial_sequence('{one}', 'id'), coalesce(max(id), 1), max(id) IS NOT NULL)"
                f" FROM {one};"
                for one in numbered
            )
        )

        with postgres.connect(name) as connection:

            def reset() -> str:
                connection.execute(again)
                return url

            yield reset


@pytest.fixture(params=["sqlite", "postgresql"])
def world_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a populated store of this test's own; the test runs on both kinds."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("populated_file"), tmp_path)
        yield f"sqlite:///{tmp_path}/recado.db"
    else:
        yield request.getfixturevalue("populated_database")()


@pytest.fixture
def world(world_url: str) -> Iterator[World]:
    """The world, with nothing written yet."""
    with opened_world(world_url) as made:
        yield made


@pytest.fixture
def small_world(populated_file: Path, tmp_path: Path) -> Iterator[World]:
    """The same on SQLite alone, for what cannot depend on the database."""
    shutil.copy(populated_file, tmp_path)
    with opened_world(f"sqlite:///{tmp_path}/recado.db") as made:
        yield made


@pytest.fixture
def empty(migrated_url: str) -> Iterator[Database]:
    """A store with the schema and the first start's token, before anybody was set up."""
    database = open_database(migrated_url, clock=Clock(), publish=lambda _: None, threads=4, patience_s=30)

    def install(tx: Tx) -> None:
        invitations.found_installation(tx, EPOCH)
        invitations.set_setup_hash(tx, hash_of(SETUP_TOKEN))

    try:
        database.write_blocking(install)
        yield database
    finally:
        database.close_blocking()
