"""Colleagues and what they hold: for handing over, and for supervisors. Counts and numbers, never contents."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, select

from recado.db.conversations import MY_DEPARTMENTS
from recado.db.departments import list_names
from recado.db.hot import Hot
from recado.db.routing import ATTENDING
from recado.db.tables import conversations, departments, memberships, operators, threads
from recado.domain.actors import Operator, Role
from recado.domain.conversations import HELD, Status
from recado.domain.permissions import allowed
from recado.domain.routing import ONLINE_FOR_S, Colleague, Targets, Team, TeamConversation, TeamDepartment

TEAM_MAX = 500

COLLEAGUES = (
    select(
        operators.c.id,
        operators.c.name,
        operators.c.availability,
        operators.c.online_at,
        ATTENDING,
        operators.c.chat_limit,
    )
    .where(operators.c.disabled_at.is_(None))
    .order_by(operators.c.name, operators.c.id)
)
_HELD = and_(conversations.c.department_id.in_(MY_DEPARTMENTS), conversations.c.status.in_(HELD))
_DUE_SINCE = threads.c.answer_due_since
ATTENDED = Hot(
    select(
        conversations.c.id,
        conversations.c.department_id,
        conversations.c.operator_id,
        conversations.c.status,
        conversations.c.claimed_at,
        threads.c.last_at,
        _DUE_SINCE,
    )
    .select_from(conversations.join(threads, threads.c.id == conversations.c.thread_id))
    .where(_HELD)
    .order_by(
        case((conversations.c.status == Status.PAUSED, 2), (_DUE_SINCE.is_not(None), 0), else_=1),
        func.coalesce(_DUE_SINCE, threads.c.last_at),
        conversations.c.id,
    )
    .limit(bindparam("most"))
)
COUNT_ATTENDED = Hot(select(func.count()).select_from(conversations).where(_HELD))


def list_colleagues(conn: Connection, now: int) -> list[Colleague]:
    """Return everybody who can be handed a conversation: with departments, whether they are there, what they attend."""
    belong: dict[int, list[int]] = defaultdict(list)
    for operator, department in conn.execute(select(memberships.c.operator_id, memberships.c.department_id)):
        belong[operator].append(department)
    seen_after = now - ONLINE_FOR_S * 1_000_000
    return [
        Colleague(number, name, sorted(belong[number]), availability, (online_at or 0) > seen_after, attending, limit)
        for number, name, availability, online_at, attending, limit in conn.execute(COLLEAGUES)
        if belong[number]
    ]


def list_targets(conn: Connection, now: int) -> Targets:
    """Return where a conversation can be handed to."""
    return Targets(list_names(conn), list_colleagues(conn, now))


def get_team(conn: Connection, me: Operator, now: int) -> Team:
    """Return what a supervisor sees of their departments; nothing where `me` is none."""
    if not allowed(me, (Role.SUPERVISOR,)):
        return Team([], [], [], 0)
    mine = _my_departments(conn, me)
    ids = {one.id for one in mine}
    people = [one for one in list_colleagues(conn, now) if ids & set(one.departments)]
    return Team(mine, people, *_attended(conn, me))


def _my_departments(conn: Connection, me: Operator) -> list[TeamDepartment]:
    waiting = func.count(case((conversations.c.status == Status.WAITING, 1)))
    found = (
        select(
            departments.c.id,
            departments.c.name,
            waiting,
            func.min(conversations.c.waiting_since),
            departments.c.look_in,
        )
        .select_from(
            departments.outerjoin(
                conversations,
                and_(conversations.c.department_id == departments.c.id, conversations.c.status == Status.WAITING),
            )
        )
        .where(departments.c.id.in_(MY_DEPARTMENTS))
        .group_by(departments.c.id, departments.c.name, departments.c.look_in)
        .order_by(departments.c.name)
    )
    return [TeamDepartment(*row) for row in conn.execute(found, {"me": me.id})]


def _attended(conn: Connection, me: Operator) -> tuple[list[TeamConversation], int]:
    """Return those whose customers wait, the other attended and the paused ones, longest first; and how many more."""
    rows = [_team_row(row) for row in ATTENDED.all(conn, {"me": me.id, "most": TEAM_MAX})]
    if len(rows) < TEAM_MAX:
        return rows, 0
    every: int = COUNT_ATTENDED.scalar(conn, {"me": me.id})
    return rows, every - len(rows)


def _team_row(row: Any) -> TeamConversation:
    number, department, operator, status, claimed_at, last_at, due_since = row
    return TeamConversation(number, department, operator, Status(status), claimed_at or last_at, last_at, due_since)
