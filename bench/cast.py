"""A desk for measuring: operators, visitors and their conversations, made by the product's own actions."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import NamedTuple

from recado.actions import conversations, customers, inboxes, people
from recado.actions.departments import create as make_department
from recado.actions.inboxes import InboxInput
from recado.actions.people import Came, Newcomer
from recado.db import conversations as stored
from recado.db import invitations, migrate
from recado.db.database import Database, Tx, open_database
from recado.db.visitors import Browser
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role, Visitor
from recado.domain.conversations import WidgetSent
from recado.domain.ids import ConversationId, DepartmentId, InboxId, InboxKey, OperatorId, hash_of, new_secret
from recado.domain.passwords import hash_password
from recado.settings import load
from recado.web.tokens import Seal

PASSWORD = "bench bench bench"  # noqa: S105 - of stores that live for one measurement
SITE = "https://shop.example"
_CAME = Came(None, None)
BROWSER = Browser(f"{SITE}/lamps", "es", "bench")


class Chat(NamedTuple):
    """A conversation: its visitor's token, its two addresses, and which operator attends it (or would)."""

    token: str
    public_id: str
    number: int
    operator: int


class Attending(NamedTuple):
    """An operator's session cookie, and a conversation that they attend."""

    cookie: str
    conversation: int


class Cast(NamedTuple):
    """Everybody: the operators' session cookies and the conversations."""

    cookies: list[str]
    chats: list[Chat]

    def attending(self) -> list[Attending]:
        """Return who attends each of the conversations."""
        return [Attending(self.cookies[chat.operator], chat.number) for chat in self.chats]


class Desk(NamedTuple):
    """An empty desk: its people and where visitors come in."""

    operators: list[Operator]
    sessions: list[str]
    departments: list[DepartmentId]
    inboxes: list[tuple[InboxId, InboxKey]]


def now_us() -> int:
    """Return the time: microseconds UTC."""
    return time.time_ns() // 1000


def open_store(data: Path) -> Database:
    """Return the store of a data directory, its schema made where there is none."""
    url = load({"RECADO_DATA": str(data)}).database_url
    migrate.upgrade(url)
    return open_database(url, clock=now_us, publish=lambda _: None, threads=1)


def cookie(session: str) -> str:
    """Return the Cookie header of a session."""
    return f"__Host-recado={session}"


def make_desk(tx: Tx, operators: int, departments: int) -> Desk:
    """Fill an empty store with operators, an equal share of them in each department, and an inbox per department."""
    invitations.found_installation(tx, new_secret())
    invitations.set_setup_hash(tx, hash_of("bench"))
    hashed = hash_password(PASSWORD)
    first = people.set_up(tx, SYSTEM, "bench", Newcomer("Admin", "admin", hashed), _CAME)
    admin = Operator(OperatorId(first.me.id), "Admin", Role.ADMIN)
    made = [make_department(tx, admin, f"Department {number}") for number in range(departments)]
    numbers = [DepartmentId(one.id) for one in made]
    doors = []
    for one in made:
        inbox = inboxes.create_inbox(tx, admin, InboxInput(f"Shop {one.id}", one.id, [SITE]))
        doors.append((InboxId(inbox.id), InboxKey(inbox.key)))
    team, sessions = [], []
    for number in range(operators):
        name = f"Operator {number}"
        _, token = people.invite(tx, admin, Role.OPERATOR, [numbers[number % departments]], name)
        signed = people.accept(tx, SYSTEM, token, Newcomer(name, f"operator{number}", hashed), _CAME)
        team.append(Operator(OperatorId(signed.me.id), name, Role.OPERATOR))
        sessions.append(signed.token)
    return Desk(team, sessions, numbers, doors)


def make(data: Path, *, operators: int, chats: int, attended: bool = True) -> Cast:
    """Fill an empty data directory: one department, whose operators attend the conversations in turn, or nobody."""
    database = open_store(data)
    seal = Seal(load({"RECADO_DATA": str(data)}).secret)

    def fill(tx: Tx) -> Cast:
        desk = make_desk(tx, operators, 1)
        found = [_chat(tx, desk, number, seal, attended=attended) for number in range(chats)]
        return Cast([cookie(session) for session in desk.sessions], found)

    try:
        return database.write_blocking(fill)
    finally:
        database.close_blocking()


def _chat(tx: Tx, desk: Desk, number: int, seal: Seal, *, attended: bool) -> Chat:
    inbox, key = desk.inboxes[0]
    came = customers.arrive(tx, SYSTEM, key, SITE, None, BROWSER)
    visitor = Visitor(came.visitor.id, inbox)
    result = conversations.open_or_receive(tx, visitor, str(uuid.uuid4()), "Hello?", None, None)
    assert isinstance(result.sent, WidgetSent)
    public = result.sent.conversation.id
    found = stored.find_for_visitor(tx.conn, visitor, public)
    assert found is not None
    who = number % len(desk.operators)
    if attended:
        which = ConversationId(found.id)
        conversations.answer(tx, desk.operators[who], which, str(uuid.uuid4()), "Good morning.")
    return Chat(seal.make(visitor, tx.now)[0], public, found.id, who)
