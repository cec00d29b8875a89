"""What is known around a conversation: what else its customer wrote about, notes on them, whether they are blocked."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, case, or_, select

from recado.db import blocks
from recado.db.conversations import READABLE, get_readable
from recado.db.tables import conversations, departments, messages, threads
from recado.domain.actors import Operator, Role
from recado.domain.conversations import Earlier, Status
from recado.domain.customers import Block
from recado.domain.ids import ConversationId, VisitorId
from recado.domain.openings import Background, NoteAbout
from recado.domain.people import Named
from recado.domain.permissions import allowed
from recado.domain.threads import excerpt_of

EARLIER_MAX = 50
NOTES_MAX = 10
NOTES_BACK = 500
"""Notes are looked for among so many of the newest entries of each conversation: no thread is read to its beginning."""


def get(conn: Connection, me: Operator, which: ConversationId, now: int) -> Background:
    """Return what `me` may know around a conversation that they read; `Taken` or `NotFound` where they do not."""
    visitor = get_readable(conn, me, which).visitor_id
    return Background(list_earlier(conn, me, which), list_notes(conn, me, which), list_blocks(conn, me, visitor, now))


def list_blocks(conn: Connection, me: Operator, visitor: VisitorId, now: int) -> list[Block]:
    """Return by what a visitor is shut out; why, only where `me` is one of the supervisors for whom that was noted."""
    found = blocks.list_of(conn, me, visitor, now)
    return found if allowed(me, (Role.SUPERVISOR,)) else [replace(one, reason=None) for one in found]


def _same_customer() -> tuple[Any, ColumnElement[bool]]:
    """The conversation itself, as another table, and what ties others to it."""
    this = conversations.alias("this")
    same = or_(conversations.c.visitor_id == this.c.visitor_id, conversations.c.customer_id == this.c.customer_id)
    return this, same


def list_earlier(conn: Connection, me: Operator, which: ConversationId) -> list[Earlier]:
    """Return the other conversations with the same customer, newest first.

    Of those that `me` may not read only when they began, where, and with whom: not how they go on.
    """
    this, same = _same_customer()
    found = (
        select(
            conversations.c.id,
            departments.c.id,
            departments.c.name,
            conversations.c.operator_id,
            conversations.c.opened_at,
            case((READABLE, conversations.c.status)),
            case((READABLE, threads.c.excerpt)),
        )
        .select_from(
            conversations.join(this, same)
            .join(departments, departments.c.id == conversations.c.department_id)
            .join(threads, threads.c.id == conversations.c.thread_id)
        )
        .where(this.c.id == which, conversations.c.id != which)
        .order_by(conversations.c.opened_at.desc(), conversations.c.id.desc())
        .limit(EARLIER_MAX)
    )
    return [_earlier_of(row) for row in conn.execute(found, {"me": me.id})]


def _earlier_of(row: Any) -> Earlier:
    number, department, name, operator, opened_at, status, excerpt = row
    return Earlier(number, Named(department, name), operator, opened_at, status and Status(status), excerpt)


def list_notes(conn: Connection, me: Operator, which: ConversationId) -> list[NoteAbout]:
    """Return the newest notes in those conversations with the same customer that `me` may read, this one included."""
    this, same = _same_customer()
    found = (
        select(conversations.c.id, messages.c.seq, messages.c.author_id, messages.c.at, messages.c.body)
        .select_from(
            conversations.join(this, same)
            .join(threads, threads.c.id == conversations.c.thread_id)
            .join(messages, messages.c.thread_id == threads.c.id)
        )
        .where(this.c.id == which, READABLE, messages.c.kind == "note", messages.c.gone.is_(None))
        .where(messages.c.seq > threads.c.seq - NOTES_BACK)
        .order_by(messages.c.at.desc(), messages.c.id.desc())
        .limit(NOTES_MAX)
    )
    return [_note_of(row) for row in conn.execute(found, {"me": me.id})]


def _note_of(row: Any) -> NoteAbout:
    conversation, seq, operator, at, body = row
    return NoteAbout(conversation, seq, operator, at, excerpt_of(body))
