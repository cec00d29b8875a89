"""Fill an empty store with the demo's desk: through the same actions that people use, with a clock set back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection

from demo.people import CHATS, DEPARTMENTS, PASSWORD, REPLIES, TALKS, TEAM, Chat, Member, Talk
from recado.actions import conversations, customers, directs, inboxes, people, queue, replies
from recado.actions.departments import DepartmentChanges
from recado.actions.departments import change as change_department
from recado.actions.departments import create as make_department
from recado.actions.inboxes import InboxInput
from recado.actions.people import Came, Newcomer, OperatorChanges
from recado.actions.replies import ReplyInput
from recado.db import conversations as stored
from recado.db import invitations, migrate
from recado.db.database import Database, Tx, open_database
from recado.db.departments import list_all as list_departments
from recado.db.inboxes import list_all
from recado.db.people import find_any_named, get_me
from recado.db.visitors import Browser
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Role, Visitor
from recado.domain.chats import ChatSettings, ChatTexts
from recado.domain.ids import ConversationId, InboxKey, OperatorId, PublicId, hash_of, new_secret
from recado.domain.passwords import hash_password
from recado.domain.people import Locale
from recado.domain.replies import ScopeName
from recado.domain.routing import Assignment, Rules
from recado.web.console.settings import script_tag as tag

MINUTE_US = 60 * 1_000_000
GREETINGS: dict[Locale, str] = {
    "es": "Hola. ¿En qué podemos ayudarte?",
    "en": "Hello. How can we help you?",
    "pt": "Olá. Como podemos ajudar?",
}
COLOURS = {"Ventas": "#0b6b4f", "Soporte": "#3451b2"}
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Clock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.now = time.time_ns() // 1000

    def __call__(self) -> int:
        return self.now


class Seeder(NamedTuple):
    """The store being filled."""

    database: Database
    clock: Clock
    site: str

    def act(self, action: Callable[..., Any], *args: Any) -> Any:
        """Return what an action makes."""
        return self.database.write_blocking(lambda tx: action(tx, *args))


def seed(url: str, site: str) -> None:
    """Make the demo's desk in the empty store at `url`; its chats stand on `site`."""
    migrate.upgrade(url)
    clock = Clock()
    database = open_database(url, clock=clock, publish=lambda _: None, threads=1)
    try:
        _fill(Seeder(database, clock, site))
    finally:
        database.close_blocking()


def script_tag(url: str, base_url: str) -> str:
    """Return the script tag of the shop's chat: the first one, whatever it is called by now."""
    database = open_database(url, clock=Clock(), publish=lambda _: None, threads=1)
    try:
        found = database.read_blocking(list_all)
    finally:
        database.close_blocking()
    return tag(base_url, min(found, key=lambda inbox: inbox.id))


def _fill(seeder: Seeder) -> None:
    seeder.database.write_blocking(_found)
    admin = _team(seeder)
    _replies(seeder, admin)
    keys = _inboxes(seeder, admin)
    now = seeder.clock.now
    for chat in CHATS:
        seeder.clock.now = now - chat.age_min * MINUTE_US
        _converse(seeder, chat, keys[chat.inbox])
    for talk in TALKS:
        seeder.clock.now = now - talk.age_min * MINUTE_US
        _talk(seeder, talk)
    seeder.clock.now = now


def _found(tx: Tx) -> None:
    invitations.found_installation(tx, new_secret())
    invitations.set_setup_hash(tx, hash_of("demo"))


def _team(seeder: Seeder) -> Operator:
    """Make the first admin by the set-up, the departments, and everybody else by invitation.

    In Soporte supervisors may look in, and its archive is open; in Ventas nothing is.
    """
    hashed = hash_password(PASSWORD)
    came = Came(None, None)
    first = next(one for one in TEAM if one.role is Role.ADMIN)
    signed = seeder.act(people.set_up, SYSTEM, "demo", _newcomer(first, hashed), came)
    admin = Operator(OperatorId(signed.me.id), first.name, Role.ADMIN)
    numbers = {name: seeder.act(make_department, admin, name).id for name in DEPARTMENTS}
    open_rules = Rules(Assignment.MANUAL, look_in=True, archive=True)
    seeder.act(change_department, admin, numbers["Soporte"], DepartmentChanges(rules=open_rules))
    for one in TEAM:
        belongs = [numbers[name] for name in one.departments]
        if one is first:
            changes = OperatorChanges(departments=belongs)
            seeder.act(people.change_operator, admin, admin.id, changes)
        else:
            _, token = seeder.act(people.invite, admin, one.role, belongs, one.name)
            seeder.act(people.accept, SYSTEM, token, _newcomer(one, hashed), came)
    return admin


def _newcomer(one: Member, hashed: str) -> Newcomer:
    return Newcomer(one.name, one.username, hashed, f"{one.username}@lamparas.example")


def _replies(seeder: Seeder, admin: Operator) -> None:
    departments = {one.name: one.id for one in seeder.database.read_blocking(list_departments)}
    for one in REPLIES:
        department = departments[one.department] if one.department else None
        scope: ScopeName = "department" if department else "all"
        seeder.act(replies.create, admin, ReplyInput(one.name, one.text, scope, one.title, department))


def _inboxes(seeder: Seeder, admin: Operator) -> dict[str, InboxKey]:
    departments = {one.name: one.id for one in seeder.database.read_blocking(list_departments)}
    keys = {}
    for name in DEPARTMENTS:
        given = InboxInput(
            f"Tienda · {name}",
            departments[name],
            [seeder.site],
            COLOURS[name],
            GREETINGS["es"],
            chat=ChatSettings(texts={locale: ChatTexts(words) for locale, words in GREETINGS.items()}),
        )
        keys[name] = seeder.act(inboxes.create_inbox, admin, given).key
    return keys


def _converse(seeder: Seeder, chat: Chat, key: InboxKey) -> None:
    browser = Browser(seeder.site + chat.page, "es", AGENT)
    came = seeder.act(customers.arrive, SYSTEM, key, seeder.site, None, browser)
    team = {one.username: one for one in TEAM}
    operator = _operator(seeder, team[chat.operator].username) if chat.operator else None
    number: Any = None
    public: PublicId | None = None
    for line in chat.lines:
        sent = str(uuid.uuid4())
        if line.startswith("> "):
            assert operator is not None
            seeder.act(conversations.answer, operator, number, sent, line[2:])
        elif public is None:
            result = seeder.act(conversations.open_or_receive, came.visitor, sent, line, chat.name, chat.email)
            public = result.sent.conversation.id
            number = seeder.database.read_blocking(partial(_number, came.visitor, public))
        else:
            seeder.act(conversations.receive, came.visitor, public, sent, line)
        seeder.clock.now += MINUTE_US
    if chat.closed:
        seeder.act(queue.close, operator, number)


def _talk(seeder: Seeder, talk: Talk) -> None:
    team = {one: _operator(seeder, one) for one in talk.people}
    (who, first), *others = talk.lines
    told = [one.id for one in team.values() if one != team[who]]
    which = seeder.act(directs.start, team[who], str(uuid.uuid4()), told, first, talk.name).sent.direct.id
    for who, line in others:
        seeder.clock.now += MINUTE_US
        seeder.act(directs.post, team[who], which, str(uuid.uuid4()), line)
    for one in team.values():
        seeder.act(directs.read, one, which, len(talk.lines))


def _number(visitor: Visitor, public: PublicId, conn: Connection) -> ConversationId:
    found = stored.find_for_visitor(conn, visitor, public)
    assert found is not None
    return found.id


def _operator(seeder: Seeder, username: str) -> Operator:
    def look(conn: Any) -> Operator:
        number = find_any_named(conn, username)
        assert number is not None
        me = get_me(conn, number)
        return Operator(me.id, me.name, me.role)

    return seeder.database.read_blocking(look)


def is_seeded(data: Path) -> bool:
    """Return whether a demo was made here and finished."""
    return (data / "seeded").exists()
