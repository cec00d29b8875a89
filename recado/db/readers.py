"""Who reads a conversation now, and so hears of it: the table *who reads what* with the rows of this moment."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from recado.db.conversation_rows import Conversation
from recado.db.hot import Hot
from recado.db.look_ins import list_lookers
from recado.db.tables import memberships, operators
from recado.domain.conversations import Circle
from recado.domain.events import Readers, ToOperators
from recado.domain.permissions import NOBODY, READERS, Facts, Reader, readers_of

MEMBERS = Hot(
    select(memberships.c.operator_id)
    .select_from(memberships.join(operators, operators.c.id == memberships.c.operator_id))
    .where(memberships.c.department_id == bindparam("department"), operators.c.disabled_at.is_(None))
)


def facts_of(conn: Connection, conversation: Conversation) -> Facts:
    """Return what decides who reads a conversation now. People are only asked for where they count."""
    status, archive, related = conversation.status, conversation.archive, READERS[conversation.status]
    members = lookers = NOBODY
    if Reader.DEPARTMENT in related or (archive and Reader.ARCHIVE in related):
        members = list_members(conn, conversation.department.id)
    if conversation.look_in and Reader.LOOKER in related:
        lookers = list_lookers(conn, conversation.id)
    return Facts(status, conversation.operator_id, archive, members, lookers)


def list_readers(conn: Connection, conversation: Conversation) -> Readers:
    """Return who reads a conversation now."""
    return readers_of(facts_of(conn, conversation))


def audience_of(conn: Connection, conversation: Conversation) -> ToOperators:
    """Return who hears of a conversation now: the pages of those who read it."""
    return ToOperators(list_readers(conn, conversation))


def list_members(conn: Connection, department: int) -> Readers:
    """Return the operators of a department, less the disabled."""
    return frozenset(row[0] for row in MEMBERS.all(conn, {"department": department}))


def circle_of(conn: Connection, conversation: Conversation) -> Circle:
    """Return who is around a conversation: who looks in, and who may be mentioned, since they read it."""
    facts = facts_of(conn, conversation)
    return Circle(sorted(facts.lookers), sorted(readers_of(facts)))
