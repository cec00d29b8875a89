"""A small desk under a magnifying glass: a few people with a screen each, and hands that act at another process.

`Stage.settle` compares everything there is with the plain model: what is stored, what every screen shows, and every
byte that anybody received.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import time
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from recado.actions import departments, people
from recado.actions.departments import DepartmentChanges
from recado.actions.people import OperatorChanges
from recado.db import departments as department_rows
from recado.db.database import Tx
from recado.domain.actors import Operator, Role
from recado.domain.ids import DepartmentId
from recado.domain.routing import UNDO_MAX_S, Assignment, Rules
from tests.files.samples import PDF
from tests.process import PATIENCE, Guest, Member, Server, found_desk
from tests.reliability.judge import Ledger, Row, judge_bytes, judge_stored, stored
from tests.reliability.model import Colleague, Command, Model, Said, Talk
from tests.reliability.proxy import Fault, Proxy
from tests.reliability.screens import Screen
from tests.reliability.shown import State, lists, views
from tests.reliability.wire import Answer, LostError, Manners, Party
from tests.reliability.world import pages
from tests.reliability.zygote import Zygote

HOMES = {"visitor 1": "Sales", "visitor 2": "Sales", "visitor 3": "Support"}
BELONGS = {"ana": {"Sales"}, "luis": {"Sales", "Support"}, "nora": {"Support"}, "sara": {"Sales", "Support"}}
SUPERVISOR = "sara"
LOOKED_INTO = frozenset({"Sales"})
NAP_US = 500_000
SETTLED_S = 1.0 * PATIENCE
QUICK = Manners(ping_every_s=0.3, dead_after_s=0.7, answer_within_s=3.0)
BUSY = frozenset({429, 502, 503})
SAYING = frozenset({"answer", "file", "note", "write"})
YOUNG_S = 30
"""So long after it was said, a word can be taken back for certain: the rule of the departments is a minute."""


class Cast(NamedTuple):
    """Who is there, as found in the database that every stage begins with."""

    members: dict[str, Member]
    guests: dict[str, Guest]
    departments: dict[str, int]

    @property
    def names(self) -> dict[tuple[str, int | None], str | None]:
        """How those are called in the model who write entries."""
        named: dict[tuple[str, int | None], str | None] = {("system", None): None}
        named |= {("operator", one.id): name for name, one in self.members.items()}
        return named | {("visitor", one.id): name for name, one in self.guests.items()}


def found(url: str) -> Cast:
    """Fill a migrated, empty database with the people."""
    with found_desk(url, {"Sales": ("ana", "luis", "sara"), "Support": ("nora",)}) as desk:
        numbers: dict[str, int] = {}

        def arrange(tx: Tx, admin: Operator) -> None:
            numbers.update({one.name: one.id for one in department_rows.list_all(tx.conn)})
            for name in ("luis", SUPERVISOR):
                role = Role.SUPERVISOR if name == SUPERVISOR else Role.OPERATOR
                changes = OperatorChanges(role=role, departments=list(numbers.values()))
                people.change_operator(tx, admin, desk.members[name].id, changes)
            for name, number in numbers.items():
                rules = Rules(assignment=Assignment.MANUAL, look_in=name in LOOKED_INTO, undo_s=UNDO_MAX_S)
                departments.change(tx, admin, DepartmentId(number), DepartmentChanges(rules=rules))

        desk.by_admin(arrange)
        guests = {name: desk.guests(home, 1)[0] for name, home in HOMES.items()}
        return Cast(desk.members, guests, numbers)


class Player(NamedTuple):
    """Somebody's screen, behind a proxy, and the hand with which they act."""

    screen: Screen
    proxy: Proxy
    hand: Party


class Stage:
    """The servers and the people of one run, from `open` to `close`."""

    def __init__(self, cast: Cast, url: str, servers: Sequence[Server], zygote: Zygote) -> None:
        self.cast = cast
        self.url = url
        self.servers = list(servers)
        self.zygote = zygote
        self.ledger = Ledger()
        self.players: dict[str, Player] = {}
        self.model = Model(
            {name: Colleague(cast.members[name].id, frozenset(of), name == SUPERVISOR) for name, of in BELONGS.items()},
            HOMES,
            LOOKED_INTO,
        )
        self.taken = 0
        self._numbers: dict[str, tuple[int, str]] = {}
        self._known_at: dict[tuple[str, int], float] = {}
        """When each entry was first known to be there."""
        self._allowed: dict[str, set[str]] = {name: set() for name in (*BELONGS, *HOMES)}
        self._stack = contextlib.AsyncExitStack()
        self._chance = random.Random(3)

    async def open(self) -> None:
        """Everybody opens their page: screens at one process, hands at the next."""
        around = [await self._stack.enter_async_context(pages(server)) for server in self.servers]
        for turn, (name, who) in enumerate((self.cast.members | self.cast.guests).items()):
            if name not in self._allowed:
                continue
            watching, acting = (around[(turn + shift) % len(around)] for shift in (0, 1))
            party, hand = await watching.another(who), await acting.another(who)
            proxy = await self._stack.enter_async_context(Proxy(party.server.port))
            party.port, party.manners = proxy.port, QUICK
            screen = await self._stack.enter_async_context(Screen(party, who))
            self.players[name] = Player(screen, proxy, hand)

    async def close(self) -> None:
        await self._stack.aclose()

    # ── doing ────────────────────────────────────────────────────────────────────────────────────────────────────

    def is_young(self, command: Command) -> bool:
        """Whether the entry that a command is about was said a moment ago."""
        return time.monotonic() - self._known_at.get((command.talk, command.seq), 0) < YOUNG_S

    async def do(self, command: Command) -> None:
        """One command, which must be answered as the model says."""
        self._check(await self.ask(command), command)
        await self.settle()

    def _check(self, code: str | None, command: Command) -> None:
        expected = self.model.do(command)
        assert code == expected, f"{command} was answered {code}, not {expected}"
        self.taken += expected is None

    async def do_at_once(self, *commands: Command) -> list[str | None]:
        """Several commands at once: answered and stored as one after the other, in some order. Gives the answers."""
        codes = await asyncio.gather(*(self.ask(one) for one in commands))
        rows, tried = self._read_rows(), []
        for order in itertools.permutations(range(len(commands))):
            model, expected, passing = self.model.copy(), {}, []
            for place in order:
                expected[place] = model.do(commands[place])
                passing.append(model.copy())
            if [expected[place] for place in range(len(commands))] == codes:
                if self._as_stored(model, rows) == _entries(model):
                    self.model = model
                    # Who could read it between two of them may have heard what was said until then.
                    for between in passing:
                        self._allow(between)
                    self.taken += codes.count(None)
                    await self.settle()
                    return codes
                tried.append(_entries(model))
        raise AssertionError(f"{commands} were answered {codes}, stored {self._as_stored(self.model, rows)}: {tried}")

    async def crash(self, command: Command, process: int) -> None:
        """The server is killed while somebody writes; they try again under the same client id until it is stored."""
        client_id, server = str(uuid.uuid4()), self.servers[process]
        first = asyncio.create_task(self._try(command, client_id))
        await asyncio.sleep(self._chance.random() * 0.02)
        await asyncio.to_thread(server.kill)
        await asyncio.wait([first])
        await self._start(process)
        answer = first.result()
        while answer is None or answer.status in BUSY:
            await asyncio.sleep(0.01)
            answer = await self._try(command, client_id)
        self._check(self._judge(command, client_id, answer), command)
        await self.settle()

    async def restart(self, process: int) -> None:
        """A server is killed and comes back."""
        await asyncio.to_thread(self.servers[process].kill)
        await self._start(process)
        await self.settle()

    async def _start(self, process: int) -> None:
        await asyncio.to_thread(self.servers[process].start, self.zygote.start)
        for player in self.players.values():
            player.hand.leave()

    async def cut(self, name: str, fault: Fault) -> None:
        """Somebody's screen loses its connection."""
        proxy = self.players[name].proxy
        proxy.cut(fault)
        proxy.mend()
        await self.settle()

    async def ask(self, command: Command) -> str | None:
        """Ask for it; gives the code of a refusal."""
        client_id = str(uuid.uuid4())
        answer = await self._try(command, client_id)
        assert answer is not None, "nobody answered"
        return self._judge(command, client_id, answer)

    def _judge(self, command: Command, client_id: str, answer: Answer) -> str | None:
        assert answer.status < 500, answer
        if answer.status >= 400:
            return answer.code
        if command.verb in SAYING:
            self.ledger.acknowledge(self._key(command, client_id), answer.json["entry"]["seq"])
        return None

    def _key(self, command: Command, client_id: str) -> tuple[str, int, str]:
        if command.who in HOMES:
            return "visitor", self.cast.guests[command.who].id, client_id
        return "operator", self.cast.members[command.who].id, client_id

    async def _try(self, command: Command, client_id: str) -> Answer | None:
        hand = self.players[command.who].hand
        if command.verb == "unblock":
            return await self._unblock(hand, command.talk)
        if command.verb in SAYING:
            self.ledger.attempt(self._key(command, client_id), command.words)
        if command.verb == "edit":
            self.ledger.edited.add(command.words)
        try:
            method, path, body = self._request(command, client_id)
            if command.verb == "file":
                loaded = await self._load(hand, path.removesuffix("messages"))
                if loaded.status >= 400:
                    return loaded
                assert isinstance(body, dict)
                body |= {"attachments": [loaded.json["id"]]}
            return await hand.ask(method, path, body)
        except (LostError, OSError):
            hand.leave()
            return None

    async def _load(self, hand: Party, talk: str) -> Answer:
        """Send a file that is to go into a message; gives the refusal, or the answer to its last part."""
        begun = await hand.post(f"{talk}uploads", {"name": "a.pdf", "size": len(PDF)})
        refused = begun.status >= 400
        return begun if refused else await hand.ask("PATCH", f"uploads/{begun.json['id']}?offset=0", PDF)

    async def _unblock(self, hand: Party, talk: str) -> Answer:
        """Lift a block by its number in the list."""
        listed = (await hand.get("blocks")).json
        number = next(one["id"] for one in listed if one["conversation"] == self._numbers[talk][0])
        return await hand.ask("DELETE", f"blocks/{number}")

    def _request(self, command: Command, client_id: str) -> tuple[str, str, object]:
        message: dict[str, object] = {"client_id": client_id, "body": command.words}
        if command.verb == "write":
            return "POST", "conversations", message
        number, public = self._numbers.get(command.talk, (10**9, "nothing"))
        if command.verb == "see":
            return "POST", f"conversations/{public}/read", {"seq": 10**6}
        if command.seq and command.verb in {"answer", "note"}:
            message["quote"] = command.seq
        to = None if command.to is None else self.cast.members[command.to].id
        given: dict[str, tuple[str, object]] = {
            "answer": ("messages", message),
            "file": ("messages", message),
            "note": ("messages", message | {"kind": "note"}),
            "transfer": (
                "transfer",
                {
                    "note": command.words or None,
                    "department": self.cast.departments.get(command.department),
                    "operator": to,
                },
            ),
            "close": ("close", {"note": command.words or None}),
            "nap": ("pause", {"until": time.time_ns() // 1000 + NAP_US}),
            "read": ("read", {"seq": command.seq}),
            "edit": ("messages", {"seq": command.seq, "body": command.words, "edits": self._edits(command)}),
            "delete": ("messages/delete", {"seq": command.seq}),
            "undo": ("messages/undo", {"seq": command.seq}),
            "look_in": ("look-in", {}),
            "look_away": ("look-in", {}),
        }
        door, body = given.get(command.verb, (command.verb, {}))
        method = {"look_away": "DELETE", "edit": "PATCH"}.get(command.verb, "POST")
        return method, f"conversations/{number}/{door}", body

    def _edits(self, command: Command) -> int:
        """How often somebody knows an entry to have been changed."""
        entries = self.model.talks[command.talk].entries if command.talk in self.model.talks else []
        return entries[command.seq - 1].edits if 0 < command.seq <= len(entries) else 0

    # ── comparing ────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_rows(self) -> list[Row]:
        rows, visitors = stored(self.url), {one.id: name for name, one in self.cast.guests.items()}
        for row in rows:
            if row.seq == 1:
                assert row.author_id is not None
                self._numbers[visitors[row.author_id]] = row.conversation, row.public_id
        return rows

    def _as_stored(self, model: Model, rows: list[Row]) -> dict[str, list[Said]]:
        names = self.cast.names
        return {
            talk: [
                Said(
                    row.kind,
                    names[row.author_kind, row.author_id],
                    row.body,
                    row.edits,
                    row.gone,
                    row.quotes,
                    row.files,
                )
                for row in rows
                if row.conversation == self._numbers.get(talk, (0, ""))[0]
            ]
            for talk in model.talks
        }

    async def settle(self) -> None:
        """Compare all there is with the model, once every screen has heard of it: also of a pause that has ended."""
        if self.model.talks.keys() - self._numbers.keys():
            self._read_rows()
        self._allow(self.model)
        for name, player in self.players.items():
            await self._judge_screen(name, player)
        rows = self._read_rows()
        judge_stored(self.ledger, rows)
        assert self._as_stored(self.model, rows) == _entries(self.model)
        for whose, talk in self.model.talks.items():
            for seq in range(1, len(talk.entries) + 1):
                self._known_at.setdefault((whose, seq), time.monotonic())

    def _allow(self, model: Model) -> None:
        """Note what everybody may have received, where things stand so."""
        for name, known in self._allowed.items():
            kinds = {"public"} if name in HOMES else {"public", "note"}
            entries = [one for talk in model.readable(name).values() for one in talk.entries]
            known |= {one.words for one in entries if one.kind in kinds and one.words}

    async def _judge_screen(self, name: str, player: Player) -> None:
        readable = self.model.readable(name)
        mine = self._expected_lists(name, readable) if name in BELONGS else {}
        theirs = self._expected_views(name, readable)
        try:
            screen = player.screen
            await screen.until(lambda _: (lists(screen), views(screen)) == (mine, theirs), SETTLED_S)
        except TimeoutError:
            shown = (lists(player.screen), views(player.screen))
            raise AssertionError(f"{name} shows\n{shown}\nnot\n{(mine, theirs)}") from None
        for party in (player.screen.party, player.hand):
            judge_bytes(name, party.kept, self._allowed[name])

    def _expected_lists(self, name: str, readable: dict[str, Talk]) -> State:
        expected: State = {one: [] for one in ("waiting", "attending", "paused")}
        listed = [
            (talk, whose)
            for whose, talk in readable.items()
            if talk.status == "waiting" or (talk.status != "closed" and talk.owner == name)
        ]
        for talk, whose in sorted(
            listed, key=lambda one: one[0].since if one[0].status == "waiting" else -one[0].changed
        ):
            number, team = self._numbers[whose][0], self.cast.members
            people = tuple(None if one is None else team[one].id for one in (talk.owner, talk.former))
            last = [one.words for one in talk.entries if one.kind == "public" and not one.gone][-1]
            unread = talk.inbound() - talk.inbound(talk.marks.get(name, 0))
            expected[talk.status].append((number, talk.department, *people, len(talk.entries), last, unread))
        return expected

    def _expected_views(self, name: str, readable: dict[str, Talk]) -> State:
        names = {called: key for key, called in self.cast.names.items()}
        if name in HOMES:
            return {
                self._numbers[whose][1]: [
                    (names[one.author][0], one.words, one.edits > 0, one.gone, self._line(talk, one.quotes), one.files)
                    for one in talk.entries
                    if one.kind == "public"
                ]
                for whose, talk in readable.items()
            }
        return {
            self._numbers[whose][0]: [
                (one.kind, *names[one.author], one.words, one.edits, one.gone, self._line(talk, one.quotes), one.files)
                for one in talk.entries
            ]
            for whose, talk in readable.items()
        }

    def _line(self, talk: Talk, quotes: int | None) -> tuple[str, str | None] | None:
        """What is shown of an entry that another one quotes: it says what that says now."""
        return None if quotes is None else (talk.entries[quotes - 1].words, talk.entries[quotes - 1].gone)


def _entries(model: Model) -> dict[str, list[Said]]:
    return {name: talk.entries for name, talk in model.talks.items()}
