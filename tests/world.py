"""One world of named people, on a real database of each kind, with a clock that only moves when somebody acts.

Ana and Bruno answer for Ventas, Clara for Soporte, Sara supervises both and Adela runs the desk without answering.
Lucía and Julián write on the shop's site, which leads to Ventas; Tomás writes on the help site, which leads to Soporte.
"""

import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import msgspec
from sqlalchemy import Connection, func, select, text

from recado.actions import conversations, customers, departments, inboxes, notes, people, queue, routing
from recado.actions.actors import as_of_now
from recado.actions.departments import DepartmentChanges
from recado.actions.inboxes import InboxInput
from recado.actions.people import Came
from recado.db import inboxes as inbox_rows
from recado.db import tables
from recado.db.database import Database, Event, Tx
from recado.db.people import list_operators
from recado.db.visitors import Browser
from recado.desk import SYSTEM, Desk
from recado.domain.actors import Actor, Operator, Visitor
from recado.domain.conversations import Sent, WidgetSent
from recado.domain.events import ToOperators, ToTeam, ToVisitor
from recado.domain.ids import ConversationId, DepartmentId, InboxKey, PublicId
from recado.domain.inboxes import Inbox
from recado.domain.routing import REOPEN_DAYS, SWEEP_S, Assignment, Rules
from recado.live.hub import Hub

T = TypeVar("T")
A = TypeVar("A", bound=Actor)
P = ParamSpec("P")
Person = Operator | Visitor

EPOCH = "the first epoch"
SETUP_TOKEN = "the one-time token of the first start"
PASSWORD = "a long enough password"
SHOP = "https://shop.example"
HELP = "https://help.example"
CAME = Came("a test", "127.0.0.1")
BROWSER = Browser(f"{SHOP}/boots", "es", "a browser")
START = 1_750_000_000_000_000
TICK = 1_000


class Clock:
    """Microseconds UTC; a millisecond goes by at each look, more when a test says so."""

    def __init__(self) -> None:
        self._now = START
        self._lock = threading.Lock()

    def __call__(self) -> int:
        with self._lock:
            self._now += TICK
            return self._now

    def pass_s(self, seconds: float) -> None:
        with self._lock:
            self._now += round(seconds * 1_000_000)


class Told(NamedTuple):
    """An event and who heard it, found out when it was published."""

    event: Any
    operators: frozenset[int]
    visitors: frozenset[int]

    def reaches(self, person: Person) -> bool:
        return person.id in (self.visitors if isinstance(person, Visitor) else self.operators)


class Recorder:
    """Keeps what is published, with those who hear it: memberships are looked up as they are at that moment."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.batches: list[list[Event]] = []
        self.members: Callable[[], dict[int, set[int]]] = dict

    def __call__(self, batch: Iterable[Event]) -> None:
        events = list(batch)
        self.batches.append(events)
        members = self.members()
        self.told += [heard_by(event, audience, members) for event, audience in events]

    def heard(self, person: Person, since: int = 0) -> list[Any]:
        """What reached this person's pages, in order, from the `since`-th event of all on."""
        return [told.event for told in self.told[since:] if told.reaches(person)]


def heard_by(event: object, audience: tuple[object, ...], members: dict[int, set[int]]) -> Told:
    visitors = frozenset(one.id for one in audience if isinstance(one, ToVisitor))
    return Told(event, frozenset(_operators_of(audience, members)), visitors)


def _operators_of(audience: tuple[object, ...], members: dict[int, set[int]]) -> set[int]:
    operators: set[int] = set()
    for one in audience:
        match one:
            case ToOperators(those):
                operators |= those
            case ToTeam():
                operators |= set(members)
    return operators


def canary() -> str:
    """A word that nobody could have by chance: what holds it, holds what was written with it."""
    return f"canary{secrets.token_hex(8)}"


def holds(where: object, word: str) -> bool:
    """Whether a word stands anywhere in something that was received: events, answers, bytes."""
    raw = where if isinstance(where, bytes) else msgspec.json.encode(where, enc_hook=repr)
    return word.encode() in raw


def new_client_id() -> str:
    return str(uuid.uuid4())


class World:
    """The people, their desk, and short ways to let them do things. Everything goes through the actions."""

    def __init__(self, database: Database, clock: Clock, recorder: Recorder, hub: Hub) -> None:
        self.database = database
        self.clock = clock
        self.recorder = recorder
        self.desk = Desk(database, hub, EPOCH, clock)
        team = {one.username: Operator(one.id, one.name, one.role) for one in self.see(list_operators)}
        self.ana, self.bruno, self.clara, self.sara, self.adela = (
            team[name] for name in ("ana", "bruno", "clara", "sara", "adela")
        )
        recorder.members = self.members
        with_name = dict(self.see(_keys_of_inboxes))
        self.shop, self.help = with_name["Tienda"], with_name["Ayuda"]
        self.lucia = self.comes(self.shop, SHOP)
        self.julian = self.comes(self.shop, SHOP)
        self.tomas = self.comes(self.help, HELP)

    @property
    def team(self) -> tuple[Operator, ...]:
        return (self.ana, self.bruno, self.clara, self.sara, self.adela)

    @property
    def visitors(self) -> tuple[Visitor, ...]:
        return (self.lucia, self.julian, self.tomas)

    # ── doing and seeing ─────────────────────────────────────────────────────────────────────────────────────────

    def act(self, action: Callable[Concatenate[Tx, A, P], T], actor: A, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.database.write_blocking(lambda tx: action(tx, as_of_now(tx, actor, action), *args, **kwargs))

    def see(self, finder: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.database.read_blocking(lambda conn: finder(conn, *args, **kwargs))

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return self.see(lambda conn: conn.execute(select(func.count()).select_from(_table(table))).scalar_one())

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table: equal before and after means that nothing happened."""
        return self.see(lambda conn: {table.name: _rows(conn, table) for table in tables.metadata.sorted_tables})

    def members(self) -> dict[int, set[int]]:
        """The departments of each operator, now."""
        return self.see(_departments_of_all)

    def heard(self, person: Person, since: int = 0) -> list[Any]:
        return self.recorder.heard(person, since)

    @property
    def mark(self) -> int:
        """Where the events begin that are still to come: hand it to `heard`."""
        return len(self.recorder.told)

    # ── visitors ─────────────────────────────────────────────────────────────────────────────────────────────────

    def comes(self, key: InboxKey, site: str, resume_key: str | None = None) -> Visitor:
        return self.act(customers.arrive, SYSTEM, key, site, resume_key, BROWSER).visitor

    def writes(self, visitor: Visitor, body: str, client_id: str | None = None) -> WidgetSent:
        """A visitor writes; a conversation opens where none is."""
        sent = self.act(conversations.open_or_receive, visitor, client_id or new_client_id(), body, None, None).sent
        assert isinstance(sent, WidgetSent)
        return sent

    def number_of(self, public_id: PublicId) -> ConversationId:
        """The operators' number of a conversation that its visitor knows by its public id."""
        which = select(tables.conversations.c.id).where(tables.conversations.c.public_id == public_id)
        return ConversationId(self.see(lambda conn: conn.execute(which).scalar_one()))

    def chats(self) -> "list[Chat]":
        """All conversations there are."""
        which = select(tables.conversations.c.id, tables.conversations.c.public_id).order_by(tables.conversations.c.id)
        return self.see(lambda conn: [Chat(*row) for row in conn.execute(which)])

    def client_ids(self) -> list[str]:
        """The client ids of all messages, in the order in which they were stored."""
        which = select(tables.messages.c.client_id).where(tables.messages.c.client_id.is_not(None))
        return list(self.see(lambda conn: conn.execute(which.order_by(tables.messages.c.id)).scalars().all()))

    def waiting(self, visitor: Visitor | None = None, body: str = "Hello?") -> "Chat":
        """A visitor's conversation that waits."""
        sent = self.writes(visitor or self.lucia, body)
        return Chat(self.number_of(sent.conversation.id), sent.conversation.id)

    def attended(self, operator: Operator | None = None, visitor: Visitor | None = None) -> "Chat":
        """A visitor's conversation that an operator has answered."""
        chat = self.waiting(visitor)
        self.answers(operator or self.ana, chat.id, "Good morning.")
        return chat

    def closed(self, operator: Operator | None = None, visitor: Visitor | None = None) -> "Chat":
        chat = self.attended(operator, visitor)
        self.act(queue.close, operator or self.ana, chat.id)
        return chat

    def later(self) -> None:
        """So much time goes by that a closed conversation is not taken up again."""
        self.clock.pass_s((REOPEN_DAYS + 1) * 24 * 3600)

    def closed_long_ago(self) -> "Chat":
        chat = self.closed()
        self.later()
        return chat

    def noted(self) -> "Chat":
        """Ana's conversation, all read, with a note of hers that she has not looked at yet."""
        chat = self.attended()
        self.act(conversations.read, self.ana, chat.id, 3)
        self.act(notes.add, self.ana, chat.id, new_client_id(), "Careful")
        return chat

    def paused(self) -> "Chat":
        chat = self.attended()
        self.act(queue.pause, self.ana, chat.id)
        return chat

    def forsaken(self) -> "Chat":
        """Ana's conversation, when she has been away for longer than her department allows."""
        self.rules(absence_minutes=1)
        chat = self.attended()
        while not self.act(routing.sweep, SYSTEM, []):
            self.clock.pass_s(SWEEP_S)
        return chat

    def assigning(self) -> "Chat":
        """A conversation that waits in a department that assigns by itself, to whoever is there: Bruno is."""
        self.rules(assignment=Assignment.ROUND_ROBIN)
        self.act(routing.come, SYSTEM, self.bruno.id)
        return self.waiting()

    def looked_into(self, then: "Callable[[Chat], object]") -> "Chat":
        """Ana's conversation, in a department whose supervisors may look in."""
        self.rules(look_in=True)
        chat = self.attended()
        then(chat)
        return chat

    # ── operators ────────────────────────────────────────────────────────────────────────────────────────────────

    def answers(self, operator: Operator, which: ConversationId, body: str, client_id: str | None = None) -> Sent:
        sent = self.act(conversations.answer, operator, which, client_id or new_client_id(), body).sent
        assert isinstance(sent, Sent)
        return sent

    def signs_in(self, operator: Operator) -> str:
        """The secret of a new session of theirs."""
        return self.act(people.begin_session, SYSTEM, operator.id, CAME).token

    def rules(self, name: str = "Ventas", **rules: Any) -> None:
        """An admin sets a department's rules."""
        self.act(
            departments.change,
            self.adela,
            self.department(name),
            DepartmentChanges(rules=Rules(**{"assignment": Assignment.MANUAL} | rules)),
        )

    @property
    def departments(self) -> dict[str, int]:
        """The numbers of all departments, by their names in small letters."""
        which = select(tables.departments.c.name, tables.departments.c.id)
        return {name.lower(): number for name, number in self.see(lambda conn: conn.execute(which).all())}

    def department(self, name: str) -> DepartmentId:
        which = select(tables.departments.c.id).where(tables.departments.c.name == name)
        return DepartmentId(self.see(lambda conn: conn.execute(which).scalar_one()))

    def inbox(self, key: InboxKey) -> Inbox:
        found = self.see(inbox_rows.find_by_key, key)
        assert found is not None
        return found

    def asks(self, **questions: Any) -> None:
        """An admin changes the shop's inbox: which questions it asks, on which sites it stands, where it leads."""
        now = self.inbox(self.shop)
        usual: dict[str, Any] = {"name": now.name, "department": now.department.id, "sites": now.sites}
        self.act(inboxes.change_inbox, self.adela, now.id, InboxInput(**usual | questions))

    def leaves(self, operator: Operator, *remaining: str) -> None:
        """An admin changes an operator's departments to those that remain."""
        numbers: list[int] = [self.department(name) for name in remaining]
        self.act(people.change_operator, self.adela, operator.id, people.OperatorChanges(departments=numbers))

    def disables(self, operator: Operator) -> None:
        self.act(people.change_operator, self.adela, operator.id, people.OperatorChanges(disabled=True))


class Chat(NamedTuple):
    """A conversation by both of its names."""

    id: ConversationId
    public_id: PublicId


def _table(name: str) -> Any:
    return tables.metadata.tables[name]


def _rows(conn: Connection, table: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in conn.execute(select(table).order_by(*table.primary_key.columns))]


def _keys_of_inboxes(conn: Connection) -> list[tuple[str, InboxKey]]:
    return [(row[0], row[1]) for row in conn.execute(select(tables.inboxes.c.name, tables.inboxes.c.key))]


def _departments_of_all(conn: Connection) -> dict[int, set[int]]:
    return {one.id: {named.id for named in one.departments} for one in list_operators(conn) if not one.disabled}


def at_once(count: int, call: Callable[[int], T]) -> list[T | Exception]:
    """What became of `count` calls that started together, each on a thread of its own, in their order."""
    barrier = threading.Barrier(count)
    outcomes: list[T | Exception] = [RuntimeError("never ran")] * count

    def run(number: int) -> None:
        barrier.wait(30)
        try:
            outcomes[number] = call(number)
        except Exception as error:  # noqa: BLE001 - refusals are outcomes
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def overlapping(
    world: World,
    first: Callable[[Tx], object],
    second: Callable[[Tx], object],
    then: Callable[[Tx], object] = lambda _: None,
) -> list[object]:
    """What became of two transactions: the second began when the first had done everything but be stored.

    `then` is what the first goes on with once the second waits, or is through.
    """
    done, store = threading.Event(), threading.Event()

    def held(tx: Tx) -> object:
        try:
            value = first(tx)
        finally:
            done.set()
            store.wait(30)
        then(tx)
        return value

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(world.database.write_blocking, held)
        done.wait(30)
        other = pool.submit(world.database.write_blocking, second)
        while not other.done() and not somebody_waits(world):
            time.sleep(0.01)  # nothing tells that a lock is being waited for
        store.set()
    return [future.exception() or future.result() for future in (one, other)]


def somebody_waits(world: World) -> bool:
    """Whether a transaction waits for another's lock; on SQLite the second always waits for the first."""
    if world.database.kind == "sqlite":
        return True
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(world.see(lambda conn: conn.execute(text(waiting)).scalar_one()))
