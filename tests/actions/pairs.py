"""One conversation in each of its states, and all that people and the desk do to it, its visitor or its owner.

Everything lies ready before a move is asked for, so that it can be run at any moment, and again.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, case, func, select, update

from recado.actions import (
    alerts,
    blocks,
    conversations,
    customers,
    departments,
    drafts,
    entries,
    look_ins,
    notes,
    notices,
    outbound,
    people,
    queue,
    routing,
)
from recado.actions.departments import DepartmentChanges
from recado.actions.people import OperatorChanges
from recado.db import conversations as rows
from recado.db import tables, visitors
from recado.db.database import Tx
from recado.db.visitors import Browser
from recado.desk import SYSTEM
from recado.domain.actors import Role, Visitor
from recado.domain.conversations import WidgetSent
from recado.domain.errors import Busy, Failure, Unknown
from recado.domain.ids import ConversationId, hash_of, new_secret
from recado.domain.routing import Assignment, Rules
from tests.actions.stepping import Do
from tests.world import SHOP, Chat, World, new_client_id

AT_HOME = Browser(f"{SHOP}/boots", "es", "a browser", None, "203.0.113.9")
RULES = Rules(Assignment.ROUND_ROBIN, absence_minutes=1, look_in=True)


class Scene(NamedTuple):
    """A visitor's conversation, as it lies there."""

    world: World
    visitor: Visitor
    resume_key: str
    chat: Chat
    block: int

    def by(self, action: Callable[..., object], *args: object, **kwargs: object) -> Do:
        """The action, ready to be run."""
        return lambda tx: action(tx, *args, **kwargs)


def waiting(tx: Tx, world: World, which: ConversationId) -> None:
    """As it has come, so long ago that it is to make itself heard."""
    tx.conn.execute(update(tables.conversations).where(tables.conversations.c.id == which).values(alert_at=1))


def attending(tx: Tx, world: World, which: ConversationId) -> None:
    conversations.answer(tx, world.ana, which, new_client_id(), "Good morning.")


def paused(tx: Tx, world: World, which: ConversationId) -> None:
    """For a time that will be over: the desk has not looked yet."""
    attending(tx, world, which)
    queue.pause(tx, world.ana, which, tx.now + 1)


def closed(tx: Tx, world: World, which: ConversationId) -> None:
    attending(tx, world, which)
    queue.close(tx, world.ana, which)


def looked_into(tx: Tx, world: World, which: ConversationId) -> None:
    attending(tx, world, which)
    look_ins.look_in(tx, world.sara, which)


def blocked(tx: Tx, world: World, which: ConversationId) -> None:
    blocks.block(tx, world.ana, which)


STATES = {one.__name__: one for one in (waiting, attending, paused, closed, looked_into, blocked)}
OPEN, HELD, ANY = ("waiting", "attending", "paused"), ("attending", "paused"), tuple(STATES)
Move = tuple[tuple[str, ...], Callable[[Scene], Do]]


def _operator(**changes: Any) -> Callable[[Scene], Do]:
    """An admin changes Ana."""
    return lambda s: s.by(people.change_operator, s.world.adela, s.world.ana.id, OperatorChanges(**changes))


def _hands(who: str, department: str, to: str | None) -> Callable[[Scene], Do]:
    def made(s: Scene) -> Do:
        goal = None if to is None else getattr(s.world, to).id
        return s.by(queue.transfer, getattr(s.world, who), s.chat.id, s.world.department(department), goal)

    return made


def _does(action: Callable[..., object], who: str, *args: object, **kwargs: object) -> Callable[[Scene], Do]:
    """An operator does something to the conversation."""
    return lambda s: s.by(action, getattr(s.world, who), s.chat.id, *args, **kwargs)


def _says(action: Callable[..., object], who: str) -> Callable[[Scene], Do]:
    return lambda s: s.by(action, getattr(s.world, who), s.chat.id, new_client_id(), f"{who} writes")


def _moved_away(s: Scene) -> Do:
    return _operator(departments=[s.world.department("Soporte")])(s)


def _shut(s: Scene) -> Do:
    changes = DepartmentChanges(rules=Rules(RULES.assignment, look_in=False))
    return s.by(departments.change, s.world.adela, s.world.department("Ventas"), changes)


MOVES: dict[str, Move] = {
    "the visitor writes there": (
        (*OPEN, "closed", "blocked"),
        lambda s: s.by(conversations.receive, s.visitor, s.chat.public_id, new_client_id(), "there"),
    ),
    "the visitor writes": (
        (*OPEN, "closed", "blocked"),
        lambda s: s.by(conversations.open_or_receive, s.visitor, new_client_id(), "somewhere", None, None),
    ),
    "the visitor has seen it": (
        ANY,
        lambda s: s.by(conversations.read_by_visitor, s.visitor, s.chat.public_id, 9),
    ),
    "the visitor comes again": (
        ANY,
        lambda s: s.by(customers.arrive, SYSTEM, s.world.shop, SHOP, s.resume_key, AT_HOME),
    ),
    "Ana answers": (OPEN, _says(conversations.answer, "ana")),
    "Bruno answers": (("waiting",), _says(conversations.answer, "bruno")),
    "Ana notes": (ANY, _says(notes.add, "ana")),
    "Ana edits her answer": (("attending", "looked_into"), _does(entries.edit, "ana", 3, "Good day.", 0)),
    "Ana deletes her answer": (("attending", "looked_into"), _does(entries.delete, "ana", 3)),
    "Ana takes her answer back": (("attending", "looked_into"), _does(entries.undo, "ana", 3)),
    "Ana has read it": (ANY, _does(conversations.read, "ana", 9)),
    "Ana keeps a draft": (OPEN, _does(drafts.save, "ana", "answer", "not yet")),
    "Bruno claims": (("waiting",), _does(queue.claim, "bruno")),
    "Bruno acknowledges": (("waiting",), _does(alerts.acknowledge, "bruno")),
    "it makes itself heard": (("waiting",), lambda s: s.by(alerts.rise, SYSTEM, s.chat.id)),
    "Ana hears of it no more": (OPEN, _does(notices.hear, "ana", "none")),
    "Ana releases": (HELD, _does(queue.release, "ana")),
    "Sara releases": ((*HELD, "looked_into"), _does(queue.release, "sara")),
    "Ana hands it to Bruno": (OPEN, _hands("ana", "Ventas", "bruno")),
    "Sara hands it to Soporte": (OPEN, _hands("sara", "Soporte", None)),
    "Ana pauses": (("attending",), _does(queue.pause, "ana")),
    "Ana resumes": (("paused",), _does(queue.resume, "ana")),
    "Ana closes": (HELD, lambda s: s.by(queue.close, s.world.ana, s.chat.id, None, "Done", new_client_id())),
    "Ana reopens": (("closed",), _does(queue.reopen, "ana")),
    "Ana writes first": (("closed",), _says(outbound.start, "ana")),
    "Ana blocks": ((*OPEN, "closed"), _does(blocks.block, "ana", network=True)),
    "Sara unblocks": (("blocked",), lambda s: s.by(blocks.unblock, s.world.sara, s.block)),
    "Sara looks in": (HELD, _does(look_ins.look_in, "sara")),
    "Sara looks away": (("looked_into",), _does(look_ins.look_away, "sara")),
    "look-ins end by themselves": (("looked_into",), lambda s: s.by(look_ins.end_stale, SYSTEM)),
    "the desk assigns it": (
        ("waiting",),
        lambda s: s.by(routing.assign_next, SYSTEM, s.world.department("Ventas")),
    ),
    "the pause ends": (("paused",), lambda s: s.by(routing.end_pause, SYSTEM, s.chat.id)),
    "the desk takes it back": (
        ("attending",),
        lambda s: s.by(routing.give_back, SYSTEM, s.chat.id, s.world.ana.id),
    ),
    "Adela disables Ana": (ANY, _operator(disabled=True)),
    "Adela moves Ana to Soporte": (ANY, _moved_away),
    "Sara is a supervisor no more": (
        ("looked_into",),
        lambda s: s.by(people.change_operator, s.world.adela, s.world.sara.id, OperatorChanges(role=Role.OPERATOR)),
    ),
    "Adela shuts look-ins": (("looked_into",), _shut),
}


NOTHING = "nothing"
"""What a move comes to that finds things changed, and leaves them for its next turn."""
ONE_TRY = {"the desk assigns it"}


def ready(name: str, scene: Scene) -> Do:
    """A move, ready to be run."""
    return MOVES[name][1](scene) if name != NOTHING else lambda _: None


def pairs() -> list[tuple[str, str, str]]:
    """Every two moves, now one first and now the other, in a state in which both can be made or else the first can."""
    found, names = [], list(MOVES)
    for number, one in enumerate(names):
        for place, other in enumerate(names[: number + 1]):
            first, second = (one, other) if (number + place) % 2 else (other, one)
            both = [state for state in MOVES[first][0] if state in MOVES[second][0]] or MOVES[first][0]
            found.append((first, second, both[(number + place) // 2 % len(both)]))
    return found


# ── setting up, and clearing away ────────────────────────────────────────────────────────────────────────────────


def arrange(world: World) -> None:
    """The rules that hold throughout: the department assigns, takes back, and lets supervisors look in."""
    changes = DepartmentChanges(rules=RULES)
    world.act(departments.change, world.adela, world.department("Ventas"), changes)
    world.recorder.members = dict  # nobody asks here who has heard what


CLEAR = (
    "UPDATE conversations SET status = 'closed', closed_at = {now}, waiting_since = NULL WHERE status <> 'closed'",
    "UPDATE look_ins SET ended_at = {now} WHERE ended_at IS NULL",
    "DELETE FROM blocks",
    "DELETE FROM drafts",
    "DELETE FROM memberships",
    "INSERT INTO memberships (operator_id, department_id) VALUES ({ana}, {ventas}), ({bruno}, {ventas})",
    "INSERT INTO memberships (operator_id, department_id) VALUES ({sara}, {ventas}), ({sara}, {soporte})",
    "UPDATE departments SET look_in = TRUE, absence_minutes = 1",
    "UPDATE operators SET disabled_at = NULL, assigned_at = NULL, online_at = NULL",
    "UPDATE operators SET role = 'supervisor' WHERE id = {sara}",
    "UPDATE operators SET online_at = {now} WHERE id IN ({ana}, {bruno})",
    "UPDATE operators SET absent_s = 600 WHERE id = {ana}",
)
"""Puts everything back. Ana has been gone for long by the desk's count, though her page is open."""


def set_up(world: World, state: str) -> Scene:
    """Everybody as at first, and a new visitor's conversation in this state: all in one transaction, for speed."""
    numbers = {one.name.split()[0].lower(): one.id for one in world.team} | world.departments

    def prepare(tx: Tx) -> Scene:
        for statement in CLEAR:
            tx.conn.exec_driver_sql(statement.format(now=tx.now, **numbers))
        visitor = Visitor(visitors.create(tx, world.lucia.inbox_id, SHOP, AT_HOME), world.lucia.inbox_id)
        visitors.add_resume_key(tx, visitor.id, SHOP, hash_of(key := new_secret()))
        sent = conversations.open_or_receive(tx, visitor, new_client_id(), "Hello?", None, None).sent
        assert isinstance(sent, WidgetSent)
        found = rows.find_for_visitor(tx.conn, visitor, sent.conversation.id)
        assert found is not None
        STATES[state](tx, world, found.id)
        block = tx.conn.execute(select(tables.blocks.c.id)).scalars().first()
        return Scene(world, visitor, key, Chat(found.id, found.public_id), block or 0)

    return world.database.write_blocking(prepare)


# ── what came of it ──────────────────────────────────────────────────────────────────────────────────────────────


def code_of(outcome: object) -> str:
    """How it was answered: done, or the refusal; whatever else is raised is no answer."""
    if isinstance(outcome, Failure) and not isinstance(outcome, Busy | Unknown):
        return outcome.code
    assert not isinstance(outcome, BaseException), repr(outcome)
    return "done"


TALKS, SAID = tables.conversations, tables.messages
MINE_FIRST = (
    select(func.min(TALKS.c.thread_id)).where(TALKS.c.visitor_id == bindparam("me")).correlate(None).scalar_subquery()
)


def left_by(s: Scene) -> tuple[object, ...]:
    """What is stored of the visitor's conversations, and of what hangs on them, but for times and numbers."""
    return s.world.see(_left, s.visitor)


def _left(conn: Connection, me: Visitor) -> tuple[object, ...]:
    talks, said, shut, kept, looks = TALKS.c, SAID.c, tables.blocks.c, tables.drafts.c, tables.look_ins.c
    author = case((said.author_kind != "visitor", said.author_id))
    found = (
        select(
            talks.status,
            talks.operator_id,
            talks.former_operator_id,
            talks.department_id,
            talks.alert_step,
            talks.acknowledged_by,
        ).order_by(talks.id),
        select(said.thread_id - MINE_FIRST, said.seq, said.kind, said.author_kind, author, said.body, said.activity)
        .select_from(SAID.join(TALKS, talks.thread_id == said.thread_id))
        .order_by(said.thread_id, said.seq),
    )
    about = (
        select(shut.operator_id, shut.network).where(shut.visitor_id == me.id).order_by(shut.id),
        select(kept.operator_id, kept.mode).order_by(kept.id),
        select(looks.operator_id).where(looks.ended_at.is_(None)),
    )
    mine = [conn.execute(one.where(talks.visitor_id == me.id), {"me": me.id}).all() for one in found]
    return mine[0], [_line(*one) for one in mine[1]], *(conn.execute(one).all() for one in about)


def _line(*columns: Any) -> tuple[object, ...]:
    """An entry, but for the time until which it was paused."""
    activity = msgspec.json.decode(columns[-1]) if columns[-1] else {}
    return (*columns[:-1], *(activity.get(name) for name in ("kind", "operator", "to", "department", "cause")))
