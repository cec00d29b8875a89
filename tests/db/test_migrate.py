"""The schema's history, on copies of it that tests may add to."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, make_url, text

from recado.db import migrate
from recado.db.schema import is_current
from recado.db.tables import metadata
from recado.db.types import is_on
from recado.db.visitors import BY_RESUME_KEY
from tests.db.engine import address

REVISION = """
import sqlalchemy as sa
from alembic import op
revision = "{own}"
down_revision = {before}

def upgrade() -> None:
{body}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with address(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as found:
        yield found


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty history of the test's own."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("[0-9]*.py", "__pycache__"))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    return folder / "versions"


def write(versions: Path, own: str, before: str | None, *lines: str) -> None:
    body = "\n".join(f"    {line}" for line in lines)
    (versions / f"{own}.py").write_text(REVISION.format(own=own, before=repr(before), body=body))


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg") if "postgres" in url else url)
    try:
        with engine.connect() as conn:
            yield conn
    finally:
        engine.dispose()


def tables(url: str) -> set[str]:
    with connected(url) as conn:
        return set(inspect(conn).get_table_names()) - {"alembic_version"}


FIRST = 'op.create_table("roots", sa.Column("id", sa.Integer, primary_key=True))'
SHOP = "https://shop.example"
BEFORE = f"""
INSERT INTO departments (id, name, created_at, version) VALUES (1, 'Ventas', 0, 1);
INSERT INTO inboxes (id, key, channel, name, department_id, sites, colour, greeting, ask_name, ask_email, created_at,
  version) VALUES (1, 'key', 'chat', 'Tienda', 1, '[]', '', '', 'no', 'no', 0, 1);
INSERT INTO customers (id, verified, created_at, version) VALUES (1, TRUE, 0, 1);
INSERT INTO visitors (id, inbox_id, customer_id, verified_at, site, created_at, seen_at)
  VALUES (1, 1, NULL, NULL, '{SHOP}', 0, 0), (2, 1, 1, 0, '{SHOP}', 0, 0);
INSERT INTO resume_keys (key_hash, visitor_id, expires_at)
  VALUES (CAST('1' AS BYTES), 1, 9), (CAST('2' AS BYTES), 2, 9)
"""
DESK = BEFORE.split("INSERT INTO resume_keys", maxsplit=1)[0]
OPEN = """
INSERT INTO threads (id, seq, public_seq, version, public_version, inbound_count, excerpt, excerpt_by, last_at,
  changed_at, created_at) VALUES (1, 4, 3, 4, 3, 2, '', 'visitor', 40, 40, 0),
  (2, 2, 2, 2, 2, 1, '', 'operator', 20, 20, 0);
INSERT INTO conversations (id, public_id, thread_id, inbox_id, department_id, visitor_id, opened_with, status,
  waiting_since, opened_at) VALUES (1, 'a', 1, 1, 1, 1, '1', 'waiting', 0, 0),
  (2, 'b', 2, 1, 1, 2, '2', 'waiting', 0, 0);
INSERT INTO messages (thread_id, seq, public_seq, rev, kind, author_kind, body, at) VALUES
  (1, 1, 1, 1, 'public', 'operator', '', 10), (1, 2, 2, 2, 'public', 'visitor', '', 20),
  (1, 3, NULL, 3, 'note', 'operator', '', 30), (1, 4, 3, 4, 'public', 'visitor', '', 40),
  (2, 1, 1, 1, 'public', 'visitor', '', 10), (2, 2, 2, 2, 'public', 'operator', '', 20)
"""
SECOND = 'op.create_table("leaves", sa.Column("root", sa.Integer, sa.ForeignKey("roots.id")))'


def test_a_database_is_empty_then_current_then_behind_then_ahead(url: str, versions: Path) -> None:
    write(versions, "0001", None, FIRST)
    assert migrate.pending(url) == ("empty", None, "0001")
    assert migrate.upgrade(url).state == "empty"
    assert migrate.pending(url) == ("current", "0001", "0001")
    write(versions, "0002", "0001", SECOND)
    assert migrate.pending(url) == ("behind", "0001", "0002")
    migrate.upgrade(url)
    assert tables(url) == {"roots", "leaves"}
    (versions / "0002.py").unlink()
    assert migrate.pending(url) == ("ahead", "0002", "0001")
    assert migrate.upgrade(url).state == "ahead"
    assert tables(url) == {"roots", "leaves"}


def test_asking_makes_no_file(tmp_path: Path, versions: Path) -> None:
    write(versions, "0001", None, FIRST)
    migrate.pending(f"sqlite:///{tmp_path}/recado.db")
    assert not (tmp_path / "recado.db").exists()


def test_an_upgrade_that_fails_changes_nothing_and_can_be_repeated(url: str, versions: Path) -> None:
    write(versions, "0001", None, FIRST)
    write(versions, "0002", "0001", SECOND, 'op.execute("no such statement")')
    with pytest.raises(Exception, match=r"syntax error"):
        migrate.upgrade(url)
    assert tables(url) == set()
    assert migrate.pending(url).state == "empty"
    write(versions, "0002", "0001", SECOND)
    migrate.upgrade(url)
    assert migrate.pending(url).state == "current"


def test_rows_that_lost_what_they_refer_to_stop_an_upgrade(tmp_path: Path, versions: Path) -> None:
    url = f"sqlite:///{tmp_path}/recado.db"
    write(versions, "0001", None, FIRST, SECOND)
    migrate.upgrade(url)
    write(versions, "0002", "0001", 'op.execute("INSERT INTO leaves VALUES (7)")')
    with pytest.raises(migrate.SchemaError, match="1 rows refer to rows that are missing"):
        migrate.upgrade(url)
    assert migrate.pending(url).state == "behind"


def test_a_revision_is_written_from_the_difference_to_the_tables(url: str, versions: Path) -> None:
    first = migrate.revise("First schema")
    assert first.name == "0001_first_schema.py"
    migrate.upgrade(url)
    assert tables(url) == set(metadata.tables)
    second = migrate.revise("Nothing new")
    assert "pass" in second.read_text()


def test_the_history_leads_to_the_tables(url: str) -> None:
    migrate.upgrade(url)
    assert migrate.pending(url).state == "current"
    with connected(url) as conn:
        kind = conn.dialect.name
        options = {"compare_type": True, "include_object": lambda thing, *_: is_on(kind, thing)}
        assert compare_metadata(MigrationContext.configure(conn, opts=options), metadata) == []


def test_asking_during_an_upgrade_tells_how_it_was_before(tmp_path: Path, versions: Path) -> None:
    url = f"sqlite:///{tmp_path}/recado.db"
    write(versions, "0001", None, FIRST)
    with migrate._transaction(url) as conn:
        conn.execute(text("CREATE TABLE stranger (id integer)"))
        assert migrate.pending(url).state == "empty"
    migrate.upgrade(url)
    assert tables(url) == {"stranger", "roots"}


def test_a_developer_makes_a_revision_by_one_command(versions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["migrate", "First schema"])
    migrate.main()
    assert [path.name for path in versions.glob("0*.py")] == ["0001_first_schema.py"]


def test_a_look_at_the_schema_says_the_same_as_its_history(url: str) -> None:
    assert not is_current(url)
    migrate.upgrade(url)
    assert is_current(url)
    with connected(url) as conn, conn.begin():
        conn.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not is_current(url)


@pytest.fixture
def upgrades(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Upgrade from before a revision to the newest, with these statements run in between."""

    def upgraded(revision: str, statements: str) -> None:
        history, folder = migrate.MIGRATIONS, tmp_path / "before"
        shutil.copytree(history, folder)
        for later in (one for one in folder.glob("versions/0*.py") if one.name >= revision):
            later.unlink()
        monkeypatch.setattr(migrate, "MIGRATIONS", folder)
        migrate.upgrade(url)
        with connected(url) as conn, conn.begin():
            for statement in statements.replace("BYTES", "bytea" if "postgres" in url else "blob").split(";"):
                conn.exec_driver_sql(statement)
        monkeypatch.setattr(migrate, "MIGRATIONS", history)
        migrate.upgrade(url)

    return upgraded


def test_keys_from_before_the_upgrade_hold_where_nobody_had_to_vouch_for_them(
    url: str, upgrades: Callable[[str, str], None]
) -> None:
    upgrades("0008", BEFORE)
    with connected(url) as conn:
        held = [
            conn.execute(BY_RESUME_KEY, {"key_hash": key, "now": 1, "inbox": 1, "site": SHOP}).scalar()
            for key in (b"1", b"2")
        ]
    assert held == [1, None]


def test_who_waited_for_an_answer_at_the_upgrade_waits_since_their_first_unanswered_word(
    url: str, upgrades: Callable[[str, str], None]
) -> None:
    upgrades("0010", DESK.strip() + OPEN)
    with connected(url) as conn:
        found = conn.execute(text("SELECT id, answer_due_since FROM threads ORDER BY id")).all()
    assert [tuple(one) for one in found] == [(1, 20), (2, None)]
