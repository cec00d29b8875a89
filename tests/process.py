"""Real servers for tests: `recado serve` as a process of its own, killed at will, on a desk made beforehand.

A `Server` is told by its data directory and its database; it comes back on the same port with the same command.
`found_desk` fills an empty, migrated database through the actions that people use, before the server starts.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import itertools
import os
import select
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from recado.actions import conversations, customers, inboxes, people
from recado.actions.departments import create as make_department
from recado.actions.inboxes import InboxInput
from recado.actions.people import Came, Newcomer
from recado.app import now_us
from recado.db import invitations
from recado.db.conversations import find_for_visitor
from recado.db.database import Database, Tx, open_database
from recado.db.visitors import Browser
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role, Visitor
from recado.domain.conversations import WidgetSent
from recado.domain.ids import ConversationId, DepartmentId, InboxKey, OperatorId, PublicId, hash_of, new_secret
from recado.domain.passwords import hash_password
from recado.web.tokens import Seal

ROOT = Path(__file__).resolve().parents[1]
SECRET = "a secret that only the tests' servers know, 1234"
SITE = "https://shop.example"
PASSWORD = "correct horse battery"
SERVE = (sys.executable, "-m", "recado", "serve")

READY_S = 5.0
STOP_S = 10.0
PATIENCE = 20
"""Tests judge what is right, not how fast: their deadlines are so many times the figure."""


WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
SHARE = 20_000 // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_ports = itertools.cycle(range(12_000 + WORKER * SHARE, 12_000 + (WORKER + 1) * SHARE))
for _ in range(os.getpid() % SHARE):
    next(_ports)


def free_port() -> int:
    """A port of the loopback that nobody uses now, nor gets while the server on it is down between two starts.

    So it is none of those that the system gives to whoever asks for any, and each worker of a run has its own.
    """
    for port in _ports:
        with socket.socket() as asked, contextlib.suppress(OSError):
            asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            asked.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


Starter = Callable[["Server"], int]
"""Starts a server's process, the head of a process group of its own, and returns its id."""


class Server:
    """One `recado serve`, started and ended as often as a test likes."""

    def __init__(self, data: Path, url: str, *, command: Sequence[str] = SERVE, base_url: str | None = None) -> None:
        self.data = data
        self.url = url
        self.command = tuple(command)
        self.port = free_port()
        self.base_url = base_url or f"http://127.0.0.1:{self.port}"
        self.log = data / f"server-{self.port}.log"
        self.pid: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings it is started with."""
        return {
            "RECADO_DATA": str(self.data),
            "RECADO_PORT": str(self.port),
            "RECADO_BASE_URL": self.base_url,
            "RECADO_DATABASE_URL": self.url,
            "RECADO_SECRET": SECRET,
            "RECADO_LOG": "warning",
        }

    def start(self, starter: Starter | None = None) -> float:
        """Starts it and waits until it is ready; gives the seconds that took."""
        began = time.monotonic()
        self.pid = self._spawn() if starter is None else starter(self)
        self.wait_ready()
        return time.monotonic() - began

    def _spawn(self) -> int:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RECADO_")}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**kept, **self.settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self._process.pid

    def is_ready(self, within_s: float) -> bool:
        """Whether `/readyz` says that writes are stored; False also where nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within_s)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == http.HTTPStatus.OK
            except (OSError, http.client.HTTPException):
                return False

    def wait_ready(self, within_s: float = READY_S * PATIENCE) -> None:
        """Polls `/readyz` until it is green; fails with the log when the process has ended or time is up."""
        deadline = time.monotonic() + within_s
        while not self.is_ready(within_s):
            ended = self._process is not None and self._process.poll() is not None
            assert not ended, f"the server ended before it was ready: {self.log_text()}"
            assert time.monotonic() < deadline, f"the server was not ready in {within_s} s: {self.log_text()}"
            time.sleep(0.005)

    def kill(self) -> None:
        """Ends it by SIGKILL of its process group, at whatever it is doing."""
        self._end(signal.SIGKILL)

    def stop(self, within_s: float = STOP_S * PATIENCE) -> float:
        """Asks it to end, in order; gives the seconds until the process was gone."""
        began = time.monotonic()
        self._end(signal.SIGTERM, within_s)
        return time.monotonic() - began

    def _end(self, how: signal.Signals, within_s: float = 30.0) -> None:
        if self.pid is None:
            return
        pid, self.pid = self.pid, None
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, how)
            process.wait(within_s)
            return
        ended, waiting = os.pidfd_open(pid), select.poll()
        waiting.register(ended, select.POLLIN)
        try:
            os.killpg(pid, how)
            assert waiting.poll(within_s * 1000), "the server did not end"
        finally:
            os.close(ended)

    def log_text(self) -> str:
        """What it has written for whoever started it."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@contextlib.contextmanager
def serving(server: Server, starter: Starter | None = None) -> Iterator[Server]:
    """The server, ready; it is killed afterwards, however the test ends."""
    try:
        server.start(starter)
        yield server
    finally:
        server.kill()


@contextlib.contextmanager
def several(count: int, folder: Path, url: str) -> Iterator[list[Server]]:
    """So many processes of one desk, still to be started; killed afterwards, when none of them has told of a fault.

    They have one data directory, as `docs/scaling.md` asks for.
    """
    made: list[Server] = []
    data = folder / "shared"
    data.mkdir(parents=True)
    for _ in range(count):
        made.append(Server(data, url, base_url=made[0].base_url if made else None))
    try:
        yield made
        for server in made:
            assert "Traceback" not in server.log_text(), server.log_text()
    finally:
        for server in made:
            server.kill()


class Member(NamedTuple):
    """An operator who is signed in."""

    id: OperatorId
    name: str
    username: str
    department: str
    cookie: str

    @property
    def operator(self) -> Operator:
        return Operator(self.id, self.name, Role.OPERATOR)


class Guest(NamedTuple):
    """A visitor whose page holds a token."""

    visitor: Visitor
    token: str

    @property
    def id(self) -> int:
        return self.visitor.id


class Chat(NamedTuple):
    """A conversation under both of its names."""

    id: ConversationId
    public_id: PublicId


@functools.cache
def _password_hash() -> str:
    """Hashing is slow on purpose: once a run is enough for tests."""
    return hash_password(PASSWORD)


class FoundDesk:
    """A desk in a database that no server uses yet. Many things are made in one transaction, since tests need many."""

    def __init__(self, database: Database, site: str = SITE) -> None:
        self._database = database
        self._site = site
        self._hashed = _password_hash()
        self._seal = Seal(SECRET.encode())
        self.members: dict[str, Member] = {}
        self.inboxes: dict[str, InboxKey] = {}

    def found(self, departments: Mapping[str, Sequence[str]], supervisor: str | None = None) -> None:
        """Makes the first admin, each department with its inbox and its operators by user name, and who leads all."""

        def fill(tx: Tx) -> None:
            invitations.found_installation(tx, new_secret())
            invitations.set_setup_hash(tx, hash_of("token"))
            came = Came(None, None)
            signed = people.set_up(tx, SYSTEM, "token", Newcomer("Admin", "admin", self._hashed), came)
            admin = Operator(OperatorId(signed.me.id), "Admin", Role.ADMIN)
            self.members["admin"] = Member(admin.id, "Admin", "admin", "", signed.token)
            numbers: list[DepartmentId] = []
            for department, names in departments.items():
                numbers.append(DepartmentId(make_department(tx, admin, department).id))
                given = InboxInput(department, numbers[-1], [self._site])
                self.inboxes[department] = inboxes.create_inbox(tx, admin, given).key
                for name in names:
                    self._join(tx, admin, name, department, numbers[-1:])
            if supervisor is not None:
                self._join(tx, admin, supervisor, "", numbers, Role.SUPERVISOR)

        self._database.write_blocking(fill)

    def _join(
        self,
        tx: Tx,
        admin: Operator,
        username: str,
        department: str,
        numbers: Sequence[DepartmentId],
        role: Role = Role.OPERATOR,
    ) -> None:
        name = username.title()
        _, token = people.invite(tx, admin, role, list(numbers), name)
        newcomer = Newcomer(name, username, self._hashed)
        signed = people.accept(tx, SYSTEM, token, newcomer, Came(None, None))
        self.members[username] = Member(OperatorId(signed.me.id), name, username, department, signed.token)

    def by_admin(self, change: Callable[[Tx, Operator], object]) -> None:
        """The admin changes something."""
        admin = Operator(self.members["admin"].id, "Admin", Role.ADMIN)
        self._database.write_blocking(lambda tx: change(tx, admin))

    def guests(self, department: str, count: int) -> list[Guest]:
        """Visitors who have the chat of a department's inbox open."""
        key, browser = self.inboxes[department], Browser(self._site + "/", "en", "tests")

        def come(tx: Tx) -> list[Visitor]:
            return [customers.arrive(tx, SYSTEM, key, self._site, None, browser).visitor for _ in range(count)]

        arrived = self._database.write_blocking(come)
        return [Guest(visitor, self._seal.make(visitor, now_us())[0]) for visitor in arrived]

    def chats(self, said: Sequence[tuple[Guest, str]]) -> list[Chat]:
        """A waiting conversation for each visitor and the words it begins with."""

        def write(tx: Tx) -> list[Chat]:
            return [self._open(tx, guest.visitor, body) for guest, body in said]

        return self._database.write_blocking(write)

    @staticmethod
    def _open(tx: Tx, visitor: Visitor, body: str) -> Chat:
        sent = conversations.open_or_receive(tx, visitor, str(uuid.uuid4()), body, None, None).sent
        assert isinstance(sent, WidgetSent)
        public = sent.conversation.id
        found = find_for_visitor(tx.conn, visitor, public)
        assert found is not None
        return Chat(found.id, public)

    def claim(self, member: Member, chats: Sequence[Chat], body: str = "Hello.") -> None:
        """The operator answers each and thereby has it."""

        def write(tx: Tx) -> None:
            for chat in chats:
                conversations.answer(tx, member.operator, chat.id, str(uuid.uuid4()), body)

        self._database.write_blocking(write)


@contextlib.contextmanager
def found_desk(
    url: str, departments: Mapping[str, Sequence[str]], *, site: str = SITE, supervisor: str | None = None
) -> Iterator[FoundDesk]:
    """A desk in the migrated, empty database at `url`, with these departments and operators; let go at the end."""
    database = open_database(url, clock=now_us, publish=lambda _: None, threads=1)
    try:
        desk = FoundDesk(database, site)
        desk.found(departments, supervisor)
        yield desk
    finally:
        database.close_blocking()
