"""Whatever several people do in whatever order, every page shows what it would show if opened now."""

import inspect
import sys
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import select

from recado.actions import alerts, blocks, conversations, entries, look_ins, notes, notices, people, queue, routing
from recado.actions.notices import NoticesChanges
from recado.actions.people import OperatorChanges, OwnChanges
from recado.db import tables
from recado.db.alerts import list_due
from recado.db.blocks import list_in_force
from recado.desk import SYSTEM
from recado.domain.actors import Operator, Visitor
from recado.domain.directs import Alerts
from recado.domain.errors import Failure
from recado.domain.notices import BUILT_IN, Chosen, Customers
from recado.domain.routing import SWEEP_S, Assignment
from tests.flows.watching import Everybody, actions
from tests.world import Chat, World, new_client_id

ALERTS: tuple[Alerts, ...] = ("none", "mentions", "all")
DEPARTMENTS = ("Ventas", "Soporte")
RULES: tuple[dict[str, Any], ...] = (
    {"look_in": True, "absence_minutes": 1},
    {"look_in": True, "archive": True, "assignment": Assignment.ROUND_ROBIN},
    {"look_in": True, "absence_minutes": 1, "assignment": Assignment.LEAST_BUSY},
    {"reopen_days": 0},
)


class Turn(NamedTuple):
    """Somebody's turn: who they are on either side, a conversation, and a number that decides the rest."""

    world: World
    visitor: Visitor
    operator: Operator
    chat: Chat
    number: int

    @property
    def department(self) -> str:
        return DEPARTMENTS[self.number % 2]

    @property
    def colleague(self) -> Operator:
        return self.world.team[self.number % 5]


def transfer(turn: Turn) -> object:
    """To a department, or to a colleague; now and then with a note."""
    to = turn.colleague.id if turn.number % 3 else None
    where, note = turn.world.department(turn.department), "Yours" if turn.number % 4 == 0 else None
    return turn.world.act(queue.transfer, turn.operator, turn.chat.id, where, to, note)


def nap(turn: Turn) -> object:
    """A pause that ends by itself."""
    until = turn.world.clock() + 1_000_000
    turn.world.act(queue.pause, turn.operator, turn.chat.id, until)
    turn.world.clock.pass_s(2)
    return turn.world.act(routing.end_pause, SYSTEM, turn.chat.id)


def absence(turn: Turn) -> None:
    """Nobody but one has a page open for some minutes; what the others hold is given back where that is the rule."""
    gone = []
    for _ in range(6):
        turn.world.clock.pass_s(SWEEP_S)
        gone = turn.world.act(routing.sweep, SYSTEM, [turn.colleague.id])
    for one in gone:
        turn.world.act(routing.give_back, SYSTEM, one.conversation, one.operator)


def assignment(turn: Turn) -> bool:
    """The team comes, and is given what waits; False where nothing was to be given."""
    given_to = []
    for one in turn.world.team:
        turn.world.act(routing.come_beside, SYSTEM, one.id)
        turn.world.act(routing.come, SYSTEM, one.id)
    for name in DEPARTMENTS:
        turn.world.rules(name, **RULES[1])
        given_to.append(turn.world.act(routing.assign_next, SYSTEM, turn.world.department(name)))
    for one in turn.world.team:
        turn.world.act(routing.go, SYSTEM, one.id)
    return any(given_to)


def unblock(turn: Turn) -> None:
    for one in turn.world.see(list_in_force, turn.world.adela, turn.world.clock()):
        turn.world.act(blocks.unblock, turn.world.adela, one.id)


def stale(turn: Turn) -> None:
    """Whoever looked in has gone home, or has merely loaded the page anew."""
    turn.world.act(look_ins.note_gone, SYSTEM, turn.chat.id, turn.world.sara.id)
    if turn.number % 3 == 0:
        turn.world.act(look_ins.note_open, SYSTEM, [(turn.chat.id, turn.world.sara.id)])
    turn.world.clock.pass_s(30)
    turn.world.act(look_ins.end_stale, SYSTEM)


def departments_of(turn: Turn) -> object:
    some = [[1, 2], [1], [1, 2], [2], [1, 2], []][turn.number % 6]
    changes = OperatorChanges(departments=some)
    return turn.world.act(people.change_operator, turn.world.adela, turn.operator.id, changes)


def close(turn: Turn) -> object:
    note = "Done" if turn.number % 2 else None
    return turn.world.act(queue.close, turn.operator, turn.chat.id, None, note)


def availability(turn: Turn) -> object:
    changes = OwnChanges(availability="away" if turn.number % 2 else "available")
    return turn.world.act(people.change_me, turn.operator, changes)


def quote(turn: Turn) -> object:
    """An answer or a note about something that was said before."""
    what, which = f"line {turn.world.mark}", turn.chat.id
    quotes = 1 + turn.number % 8
    if turn.number % 2:
        return turn.world.act(notes.add, turn.operator, which, new_client_id(), what, quotes=quotes)
    return turn.world.act(conversations.answer, turn.operator, which, new_client_id(), what, quotes=quotes)


def own(turn: Turn) -> tuple[Operator, Chat, int, int]:
    """Something that an operator has said, whose it is and how often it was edited; nothing where there is nothing."""
    of, chats = tables.messages.c, tables.conversations.c
    said = (
        select(chats.id, chats.public_id, of.author_id, of.seq, of.edits)
        .select_from(tables.messages.join(tables.conversations, chats.thread_id == of.thread_id))
        .where(of.kind != "activity", of.author_kind == "operator", of.gone.is_(None))
        .order_by(of.quoted_seq.is_(None), of.id.desc())
    )
    found = turn.world.see(lambda conn: conn.execute(said.limit(20)).all())
    if not found:
        return turn.operator, turn.chat, 1, 0
    number, public_id, author, seq, edits = found[turn.number % len(found)]
    return next(one for one in turn.world.team if one.id == author), Chat(number, public_id), seq, edits


def edit(turn: Turn) -> object:
    author, chat, seq, edits = own(turn)
    return turn.world.act(entries.edit, author, chat.id, seq, f"line {turn.world.mark}", edits)


def delete(turn: Turn) -> object:
    author, chat, seq, _ = own(turn)
    return turn.world.act(entries.delete, author, chat.id, seq)


def undo(turn: Turn) -> object:
    author, chat, seq, _ = own(turn)
    return turn.world.act(entries.undo, author, chat.id, seq)


def alarm(turn: Turn) -> bool:
    """Some minutes go by; what waits makes itself heard."""
    turn.world.clock.pass_s(60 + turn.number * 10)
    due = turn.world.see(list_due, turn.world.clock())
    rises = [turn.world.act(alerts.rise, SYSTEM, one) for one in due]
    return any(rises)


def choose(turn: Turn) -> object:
    """What notifies somebody, by their own choice, or by an admin's for all."""
    customers: Customers = "mine" if turn.number % 4 else "all"
    if turn.number % 3 == 0:
        return turn.world.act(notices.change_defaults, turn.world.adela, replace(BUILT_IN, customers=customers))
    if turn.number % 3 == 1:
        return turn.world.act(notices.disturb_not, turn.operator, turn.world.clock() + 60_000_000)
    return turn.world.act(notices.change, turn.operator, NoticesChanges(Chosen(customers=customers)))


MOVES: dict[str, Callable[[Turn], object]] = {
    "write": lambda turn: turn.world.writes(turn.visitor, f"line {turn.world.mark}"),
    "paste": lambda turn: turn.world.writes(turn.visitor, f"log {turn.world.mark} " * 5_000),
    "write there": lambda turn: turn.world.act(
        conversations.receive, turn.visitor, turn.chat.public_id, new_client_id(), f"line {turn.world.mark}"
    ),
    "seen": lambda turn: turn.world.act(
        conversations.read_by_visitor, turn.visitor, turn.chat.public_id, turn.number % 10
    ),
    "answer": lambda turn: turn.world.answers(turn.operator, turn.chat.id, "Good morning."),
    "note": lambda turn: turn.world.act(
        notes.add, turn.operator, turn.chat.id, new_client_id(), "Careful", [turn.colleague.id]
    ),
    "quote": quote,
    "edit": edit,
    "delete": delete,
    "undo": undo,
    "read": lambda turn: turn.world.act(conversations.read, turn.operator, turn.chat.id, 1 + turn.number),
    "claim": lambda turn: turn.world.act(queue.claim, turn.operator, turn.chat.id),
    "alarm": alarm,
    "acknowledge": lambda turn: turn.world.act(alerts.acknowledge, turn.operator, turn.chat.id),
    "choose": choose,
    "hear": lambda turn: turn.world.act(notices.hear, turn.operator, turn.chat.id, ALERTS[turn.number % 3]),
    "release": lambda turn: turn.world.act(queue.release, turn.operator, turn.chat.id),
    "transfer": transfer,
    "pause": lambda turn: turn.world.act(queue.pause, turn.operator, turn.chat.id),
    "nap": nap,
    "resume": lambda turn: turn.world.act(queue.resume, turn.operator, turn.chat.id),
    "close": close,
    "reopen": lambda turn: turn.world.act(queue.reopen, turn.operator, turn.chat.id),
    "block": lambda turn: turn.world.act(blocks.block, turn.operator, turn.chat.id),
    "unblock": unblock,
    "look in": lambda turn: turn.world.act(look_ins.look_in, turn.world.sara, turn.chat.id),
    "look away": lambda turn: turn.world.act(look_ins.look_away, turn.world.sara, turn.chat.id),
    "stale look-ins": stale,
    "absence": absence,
    "assignment": assignment,
    "availability": availability,
    "departments": departments_of,
    "rules": lambda turn: turn.world.rules(turn.department, **RULES[turn.number // 2 % 4]),
}
OFTEN = (
    "write",
    "write",
    "paste",
    "answer",
    "claim",
    "look in",
    "look in",
    "absence",
    "assignment",
    "unblock",
    "resume",
)
USUAL = (*MOVES, *OFTEN)
STORIES = {"sqlite": 24, "postgresql": 3}
"""At most so many are told; none more, once each move has been done."""
STEPS, TRIES = 40, 4


class Lying(NamedTuple):
    """A conversation as it lies there before a turn."""

    chat: Chat
    status: str
    owner: int | None


OPEN, HELD = {"waiting", "attending", "paused"}, {"attending", "paused"}
FITS = {
    "claim": {"waiting"},
    "acknowledge": {"waiting"},
    "answer": OPEN,
    "transfer": OPEN,
    "block": OPEN,
    "release": HELD,
    "look in": HELD,
    "look away": HELD,
    "pause": {"attending"},
    "nap": {"attending"},
    "close": {"attending"},
    "resume": {"paused"},
    "reopen": {"closed"},
}
"""What something can be done to; it is tried on others too."""


def all_lying(world: World) -> list[Lying]:
    of = tables.conversations.c
    which = select(of.id, of.public_id, of.status, of.operator_id).order_by(of.id)
    return [
        Lying(Chat(number, public_id), status, owner)
        for number, public_id, status, owner in world.see(lambda conn: conn.execute(which).all())
    ]


def drawn(world: World, verb: str, chance: Random, lying: list[Lying]) -> Turn:
    """A turn, mostly about what fits, half of the time of whoever has the conversation."""
    fitting = [one for one in lying if one.status in FITS.get(verb, {one.status})]
    what = chance.choice(fitting if fitting and chance.random() < 0.8 else lying)
    owner = next((one for one in world.team if one.id == what.owner), None)
    operator = owner if owner is not None and chance.random() < 0.5 else chance.choice(world.team)
    return Turn(world, chance.choice(world.visitors), operator, what.chat, chance.randrange(60))


def take(verb: str, turn: Turn) -> bool:
    """Whether something was done. What is refused is told to nobody, and must change nothing on any page."""
    since = turn.world.mark
    try:
        did = MOVES[verb](turn)
    except Failure:
        assert turn.world.mark == since, "it was refused, and told of"
        return False
    return did is not False and turn.world.mark > since


def test_every_action_on_a_conversation_is_among_the_moves() -> None:
    source = inspect.getsource(sys.modules[__name__]) + inspect.getsource(World)
    assert {name for name in actions() if name not in source} == set()


def test_unread_badges_counts_and_threads_equal_a_fresh_load(world: World) -> None:
    """The world is the same throughout: what one story left behind lies there before the next."""
    done: Counter[str] = Counter()
    world.writes(world.lucia, "the first line")
    for number, name in enumerate(DEPARTMENTS):
        world.rules(name, **RULES[number])
    for number in range(STORIES[world.database.kind]):
        if set(done) == set(MOVES):
            break
        chance, pages, story = Random(number), Everybody(world), list[str]()
        try:
            for verb in chance.choices(USUAL, k=STEPS):
                lying = all_lying(world)
                turns = (drawn(world, verb, chance, lying) for _ in range(TRIES))
                turn = next((turn for turn in turns if take(verb, turn)), None)
                if turn is not None:
                    done[verb] += 1
                    story.append(f"{verb} {turn[1:]}")
                pages.hear()
                pages.look_round(chance.choice(world.team), chance.choice(lying).chat)
            pages.check()
            assert pages.gaps == 0
        except AssertionError as error:
            error.add_note(f"in story {number}: {story}")
            raise
    assert set(done) == set(MOVES) or world.database.kind != "sqlite", done
