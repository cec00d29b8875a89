"""Servers and programs that tests use: a throwaway PostgreSQL, Chromium, and the marker `needs`.

A missing PostgreSQL or Chromium fails its tests. Small programs that a test asks for with
`@pytest.mark.needs("strace")` (and `needs("root")`) may be missing: then the test is named and counted in the
last line of the run, after `not run:`.
"""

import contextlib
import itertools
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright

from recado.db.migrate import upgrade
from tools.machine import find_chromium, find_postgres, is_root

READY_WITHIN_S = 60.0
# The server lives as long as somebody holds the other end of its standard input, whatever ends the tests.
UNTIL_LET_GO = '"$@" & server=$!; read -r _; kill -INT $server; wait $server'
# No flush to the disk (a throwaway cluster survives no power cut), but commits are what they are in production.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
}


class PostgresServer:
    """A cluster of its own in a temporary folder, reached by its Unix socket alone."""

    def __init__(self, programs: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="recado-pg-"))
        self.user = "nobody" if is_root() else None
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        if self.user is not None:
            self.folder.chmod(0o755)
        self._programs = self._reachable(programs)
        self._home = self.folder / "home"
        self._home.mkdir(mode=0o700)
        if self.user is not None:
            shutil.chown(self._home, self.user)
        self._data = self._home / "data"
        cluster = ("-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._run("initdb", *cluster)

    def _reachable(self, programs: Path) -> Path:
        """The folder of programs, copied with its libraries when the server's user cannot reach it."""
        if self.user is None:
            return programs
        with contextlib.suppress(PermissionError):
            subprocess.run([programs / "postgres", "--version"], user=self.user, check=True, capture_output=True)
            return programs
        package = programs.parent.parent
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.is_dir():
                shutil.copytree(part, self.folder / part.name, symlinks=True)
        return self.folder / programs.relative_to(package.parent)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            user=self.user,
            cwd=self._home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stderr or done.stdout}"

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self._home), *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", UNTIL_LET_GO, "sh", *command],
                user=self.user,
                cwd=self._home,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                with self.connect():
                    return
            except psycopg.OperationalError:
                log_text = (self.folder / "log").read_text(errors="replace")
                assert time.monotonic() < deadline, f"PostgreSQL did not start: {log_text[-2000:]}"
                time.sleep(0.02)

    def stop(self) -> None:
        """Stops the server; its data stay until `remove`."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            self._process.wait(READY_WITHIN_S)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self._home), dbname=name, user="postgres", autocommit=True)

    def url(self, name: str) -> str:
        """The address of one of its databases, as a setting of the product takes it."""
        return f"postgresql://postgres@/{name}?host={self._home}"

    def create(self, template: str = "template0") -> str:
        """The name of a new database, a copy of the template."""
        name = f"recado_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        with self.connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def template(self, key: str, prepare: Callable[[str], object]) -> str:
        """The name of a database that `prepare(url)` has filled, once in a run."""
        if key not in self._templates:
            name = self.create()
            prepare(self.url(name))
            self._templates[key] = name
        return self._templates[key]

    @contextlib.contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The address of a database for one test."""
        name = self.create(template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The cluster of this run, started by the first test that asks for it."""
    programs = find_postgres()
    if programs is None:
        pytest.fail("No PostgreSQL is here: `python3 dev.py test` brings one.")
    server = PostgresServer(programs)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the whole schema, to be copied."""
    path = tmp_path_factory.mktemp("schema") / "recado.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test's own with the whole schema and no rows; the test runs on both kinds."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path)
        yield f"sqlite:///{tmp_path}/recado.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.database(server.template("schema", upgrade)) as url:
            yield url


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The program of the browser."""
    program = find_chromium()
    if program is None:
        pytest.fail("No Chromium is here: `python3 dev.py test` brings one.")
    return program


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """A browser for one module; not for the whole run, since an event loop runs as long as Playwright does."""
    arguments = ["--no-sandbox"] if is_root() else []
    arguments += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=arguments)
        yield browser
        browser.close()


def _missing(item: pytest.Item) -> list[str]:
    names = [str(name) for mark in item.iter_markers("needs") for name in mark.args]
    return [name for name in names if not (is_root() if name == "root" else shutil.which(name))]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if missing := _missing(item):
            item.add_marker(pytest.mark.skip(reason=f"{NOT_RUN}{' and '.join(missing)}"))


NOT_RUN = "not run: needs "
"""How the reason begins with which a test is skipped, whoever skips it."""


def _reason(skipped: pytest.TestReport) -> str:
    reason = skipped.longrepr[2] if isinstance(skipped.longrepr, tuple) else ""
    return reason.partition(NOT_RUN)[2]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """What could not run, in the last line of all."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    counts = Counter(reason for reason in map(_reason, skipped) if reason)
    if counts and reporter is not None:
        named = ", ".join(f"{count} for want of {names}" for names, count in sorted(counts.items()))
        reporter.write_line(f"not run: {counts.total()} ({named})")
