"""Operators, their departments and their sessions in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from recado.db.at_desk import is_at_desk, since_when
from recado.db.database import Tx
from recado.db.dialect import needs_row_locks
from recado.db.hot import Hot
from recado.db.tables import conversations, departments, memberships, operators, sessions
from recado.domain.actors import Operator, Role
from recado.domain.conversations import HELD
from recado.domain.ids import DepartmentId, OperatorId
from recado.domain.people import (
    SESSION_IDLE_S,
    SESSION_MAX_S,
    Me,
    Named,
    OperatorItem,
    Person,
)

BY_SESSION = Hot(
    select(operators.c.id, operators.c.name, operators.c.role, sessions.c.seen_at)
    .select_from(sessions.join(operators, operators.c.id == sessions.c.operator_id))
    .where(
        sessions.c.token_hash == bindparam("token_hash"),
        sessions.c.seen_at > bindparam("idle_limit"),
        sessions.c.created_at > bindparam("age_limit"),
        operators.c.disabled_at.is_(None),
    )
)
_PRESENT = select(operators.c.name, operators.c.role).where(
    operators.c.id == bindparam("me"), operators.c.disabled_at.is_(None)
)
PRESENT = Hot(_PRESENT)
PRESENT_IN_SESSION = Hot(_PRESENT.where(exists().where(sessions.c.token_hash == bindparam("session"))))
BY_USERNAME = Hot(
    select(operators.c.id, operators.c.password_hash).where(
        operators.c.username == bindparam("username"), operators.c.disabled_at.is_(None)
    )
)
ADMINS = select(operators.c.id).where(operators.c.role == Role.ADMIN, operators.c.disabled_at.is_(None))
"""Who may sign in as an admin. What one has made to let others in works for as long as they are among these."""

ME = Hot(
    select(
        operators.c.name,
        operators.c.username,
        operators.c.email,
        operators.c.role,
        operators.c.locale,
        operators.c.theme,
        operators.c.desk_window,
        operators.c.availability,
        operators.c.chat_limit,
    ).where(operators.c.id == bindparam("me"))
)
DEPARTMENTS_OF = Hot(
    select(departments.c.id, departments.c.name)
    .select_from(memberships.join(departments, departments.c.id == memberships.c.department_id))
    .where(memberships.c.operator_id == bindparam("me"))
    .order_by(departments.c.name)
)
_PERSON = select(operators.c.id, operators.c.name, operators.c.role, operators.c.disabled_at, operators.c.availability)
PEOPLE = Hot(_PERSON.order_by(operators.c.name))
PERSON = Hot(_PERSON.where(operators.c.id == bindparam("which")))
ITEMS = select(operators).order_by(operators.c.name, operators.c.id)
BELONG = (
    select(memberships.c.operator_id, departments.c.id, departments.c.name)
    .select_from(memberships.join(departments))
    .order_by(departments.c.name)
)
HELD_BY = (
    select(conversations.c.operator_id, conversations.c.department_id, func.count())
    .where(conversations.c.status.in_(HELD))
    .group_by(conversations.c.operator_id, conversations.c.department_id)
)
"""Narrow it to some operators: their own are then found by an index, and what is closed is not read."""
PRESENT_OF_DEPARTMENT = (
    select(operators.c.id, operators.c.name)
    .select_from(memberships.join(operators, operators.c.id == memberships.c.operator_id))
    .where(
        memberships.c.department_id == bindparam("department"),
        operators.c.disabled_at.is_(None),
        operators.c.availability != "away",
        is_at_desk(),
    )
    .order_by(operators.c.name)
)


class Session(NamedTuple):
    """A valid session: whose it is, and when it was last noted as in use."""

    operator: Operator
    seen_at: int


def find_by_session(conn: Connection, token_hash: bytes, now: int) -> Session | None:
    """Return the operator of a session that is neither idle nor old nor ended, and who is not disabled."""
    row = BY_SESSION.first(
        conn,
        {
            "token_hash": token_hash,
            "idle_limit": now - SESSION_IDLE_S * 1_000_000,
            "age_limit": now - SESSION_MAX_S * 1_000_000,
        },
    )
    return None if row is None else Session(Operator(row[0], row[1], Role(row[2]), token_hash), row[3])


def find_present(conn: Connection, me: Operator) -> Operator | None:
    """Return an operator as they are now; None for whoever is disabled, or came in a session that has ended."""
    by = PRESENT if me.session is None else PRESENT_IN_SESSION
    row = by.first(conn, {"me": me.id, "session": me.session})
    return None if row is None else Operator(me.id, row[0], Role(row[1]), me.session)


def find_credentials(conn: Connection, username: str) -> tuple[OperatorId, str] | None:
    """Return the number and password hash of an operator who may sign in."""
    row = BY_USERNAME.first(conn, {"username": username})
    return None if row is None else (row[0], row[1])


def find_any_named(conn: Connection, username: str) -> OperatorId | None:
    """Return the operator of this user name, disabled or not."""
    found: OperatorId | None = conn.execute(select(operators.c.id).where(operators.c.username == username)).scalar()
    return found


def get_me(conn: Connection, me: OperatorId) -> Me:
    """Return an operator's own picture of themselves."""
    name, username, email, role, *chosen = ME.one(conn, {"me": me})
    mine = [Named(*found) for found in DEPARTMENTS_OF.all(conn, {"me": me})]
    return Me(me, name, username, email, Role(role), mine, *chosen)


def list_people(conn: Connection) -> list[Person]:
    """Return everybody who is or was an operator, by name: activity lines refer to them."""
    return [_person_of(row) for row in PEOPLE.all(conn, {})]


def departments_of(conn: Connection, me: OperatorId) -> list[DepartmentId]:
    """Return the departments an operator belongs to."""
    return [DepartmentId(row[0]) for row in DEPARTMENTS_OF.all(conn, {"me": me})]


def find_person(conn: Connection, which: OperatorId) -> Person | None:
    """Return an operator as colleagues see them."""
    row = PERSON.first(conn, {"which": which})
    return None if row is None else _person_of(row)


def get_person(conn: Connection, which: OperatorId) -> Person:
    """Return an operator as colleagues see them."""
    return _person_of(PERSON.one(conn, {"which": which}))


def _person_of(row: Any) -> Person:
    number, name, role, disabled_at, availability = row
    return Person(number, name, Role(role), disabled_at is not None, availability)


def list_named(conn: Connection, which: list[int]) -> list[Named]:
    """Return departments with their names, in the order asked for; those that exist."""
    rows = conn.execute(select(departments.c.id, departments.c.name).where(departments.c.id.in_(which)))
    names = {row[0]: row[1] for row in rows}
    return [Named(one, names[one]) for one in which if one in names]


def list_present(conn: Connection, department: DepartmentId, now: int) -> list[tuple[OperatorId, str]]:
    """Return the operators of a department by name who are there for its customers: at the desk, and not set to away.

    Who is busy is there: they are given nothing new by rule, and answer what they have.
    """
    found = conn.execute(PRESENT_OF_DEPARTMENT, {"department": department, **since_when(now)})
    return [(row[0], row[1]) for row in found]


def list_operators(conn: Connection) -> list[OperatorItem]:
    """Return all operators as the settings screen shows them."""
    return _items(conn, conn.execute(select(operators.c.id)).scalars().all())


def find_operator(conn: Connection, which: OperatorId) -> OperatorItem | None:
    """Return one operator as the settings screen shows them."""
    return next(iter(_items(conn, [which])), None)


def _items(conn: Connection, which: Sequence[int]) -> list[OperatorItem]:
    belong: dict[int, list[Named]] = defaultdict(list)
    for operator, department, name in conn.execute(BELONG.where(memberships.c.operator_id.in_(which))):
        belong[operator].append(Named(department, name))
    held: dict[int, dict[DepartmentId, int]] = defaultdict(dict)
    for operator, department, count in conn.execute(HELD_BY.where(conversations.c.operator_id.in_(which))):
        held[operator][department] = count
    return [
        OperatorItem(
            row.id,
            row.name,
            row.username,
            row.email,
            Role(row.role),
            belong[row.id],
            row.disabled_at is not None,
            row.created_at,
            row.chat_limit,
            sum(held[row.id].values()),
            held[row.id],
            row.version,
        )
        for row in conn.execute(ITEMS.where(operators.c.id.in_(which)))
    ]


def lock_admins(tx: Tx) -> None:
    """Keep admins from deposing each other at the same time, and from doing what they no longer may.

    What an admin is merely named in does not wait: whoever writes it may hold what this transaction locks next.
    """
    if needs_row_locks(tx.conn):
        tx.conn.execute(ADMINS.order_by(operators.c.id).with_for_update(key_share=True))


def count_admins(conn: Connection) -> int:
    """Return how many admins can sign in."""
    return conn.execute(select(func.count()).select_from(ADMINS.subquery())).scalar_one()


def create_operator(tx: Tx, values: dict[str, Any]) -> OperatorId:
    """Store a new operator from the columns that differ from a newcomer's usual ones."""
    usual = {
        "theme": "system",
        "desk_window": True,
        "locale": None,
        "email": None,
        "created_at": tx.now,
        "version": 1,
    }
    return OperatorId(tx.conn.execute(insert(operators).returning(operators.c.id), usual | values).scalar_one())


def change_operator(tx: Tx, which: OperatorId, values: dict[str, Any], version: int | None = None) -> bool:
    """Change columns of an operator; return whether there is one, and of this version where one is given."""
    change = update(operators).where(operators.c.id == which)
    if version is not None:
        change = change.where(operators.c.version == version)
    return tx.conn.execute(change.values(version=operators.c.version + 1, **values)).rowcount == 1


def set_departments(tx: Tx, operator: OperatorId, which: list[DepartmentId]) -> None:
    """Make these, and no others, an operator's departments."""
    tx.conn.execute(delete(memberships).where(memberships.c.operator_id == operator))
    rows = [{"operator_id": operator, "department_id": number} for number in dict.fromkeys(which)]
    if rows:
        tx.conn.execute(insert(memberships), rows)


def missing_departments(conn: Connection, which: list[DepartmentId]) -> set[DepartmentId]:
    """Return those of the numbers that are no department."""
    possible = [number for number in which if 0 < number < 2**63]
    return set(which) - set(conn.execute(select(departments.c.id).where(departments.c.id.in_(possible))).scalars())


def create_session(tx: Tx, operator: OperatorId, token_hash: bytes, agent: str | None, address: str | None) -> None:
    """Store a session that begins now."""
    tx.conn.execute(
        insert(sessions),
        {
            "token_hash": token_hash,
            "operator_id": operator,
            "created_at": tx.now,
            "seen_at": tx.now,
            "agent": agent,
            "address": address,
        },
    )


def note_session(tx: Tx, token_hash: bytes) -> None:
    """Note that a session is in use."""
    tx.conn.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(seen_at=tx.now))


def end_session(tx: Tx, token_hash: bytes) -> None:
    """End one session."""
    tx.conn.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def end_sessions(tx: Tx, operator: OperatorId) -> None:
    """End all sessions of an operator."""
    tx.conn.execute(delete(sessions).where(sessions.c.operator_id == operator))
