"""Quick replies' rows, each for those who may use it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, insert, literal, or_, select, update

from recado.db.attachments import FILE, file_of
from recado.db.conversations import MY_DEPARTMENTS
from recado.db.database import Tx
from recado.db.dialect import for_reference, lock_word
from recado.db.dialect import insert as upsert
from recado.db.people import departments_of
from recado.db.tables import attachments, replies, reply_uses
from recado.domain.actors import Operator, Role
from recado.domain.attachments import Attachment
from recado.domain.ids import OperatorId, ReplyId
from recado.domain.permissions import allowed
from recado.domain.replies import Reply, Scope, Wording, may_change

SHARED = replies.c.operator_id.is_(None)
USABLE = or_(
    replies.c.operator_id == bindparam("me"),
    and_(SHARED, or_(replies.c.department_id.is_(None), replies.c.department_id.in_(MY_DEPARTMENTS))),
)
_USES = select(func.coalesce(func.sum(reply_uses.c.uses), 0)).where(reply_uses.c.reply_id == replies.c.id)
LISTED = select(
    replies.c.id,
    replies.c.name,
    replies.c.title,
    replies.c.text,
    replies.c.operator_id,
    replies.c.department_id,
    replies.c.uses + _USES.scalar_subquery(),
    replies.c.version,
).order_by(replies.c.position, replies.c.id)

FILED = (
    select(attachments.c.reply_id, *FILE)
    .select_from(attachments.join(replies, replies.c.id == attachments.c.reply_id))
    .where(attachments.c.gone_at.is_(None))
    .order_by(attachments.c.position)
)

REWORD = (
    update(replies)
    .where(replies.c.id == bindparam("which"))
    .values(title=bindparam("new_title"), text=bindparam("new_text"), version=replies.c.version + 1)
)


def list_for(conn: Connection, me: Operator) -> list[Reply]:
    """Return the replies that an operator may use, in their order; to an admin also those of other departments."""
    return _read(conn, me)


def find(conn: Connection, me: Operator, which: ReplyId) -> Reply | None:
    """Return one of the replies that `list_for` gives."""
    return next(iter(_read(conn, me, replies.c.id == which)), None)


def list_some(conn: Connection, me: Operator, which: Collection[ReplyId]) -> list[Reply]:
    """Return those of the replies that `list_for` gives."""
    return _read(conn, me, replies.c.id.in_(which))


def _read(conn: Connection, me: Operator, *narrowed: ColumnElement[bool]) -> list[Reply]:
    mine = departments_of(conn, me.id)
    readable = or_(USABLE, SHARED) if allowed(me, (Role.ADMIN,)) else USABLE
    files: dict[int, list[Attachment]] = {}
    for which, *file in conn.execute(FILED.where(readable, *narrowed), {"me": me.id}):
        files.setdefault(which, []).append(file_of(file))
    found = []
    for row in conn.execute(LISTED.where(readable, *narrowed), {"me": me.id}):
        which, name, title, text, operator, department, uses, version = row
        whose = Scope("personal" if operator else "department" if department else "all", department)
        along = files.get(which, [])
        found.append(Reply(which, name, title, text, *whose, int(uses), may_change(whose, me, mine), version, along))
    return found


def lock(tx: Tx) -> None:
    """Let nobody else make, name or order replies meanwhile."""
    lock_word(tx.conn, "replies")


def count(conn: Connection, owner: OperatorId | None) -> int:
    """Return how many replies an operator has of their own; None: how many departments and everybody have together."""
    whose = SHARED if owner is None else replies.c.operator_id == owner
    return conn.execute(select(func.count()).select_from(replies).where(whose)).scalar_one()


def columns_of(me: Operator, whose: Scope, wording: Wording) -> dict[str, Any]:
    """Return a reply's columns, as one whose it may be gives them."""
    owner = me.id if whose.name == "personal" else None
    return asdict(wording) | {"operator_id": owner, "department_id": whose.department}


def create(tx: Tx, row: dict[str, Any]) -> ReplyId:
    """Store a new reply, after all others."""
    statement = insert(replies).returning(replies.c.id)
    return ReplyId(tx.conn.execute(statement, _placed(tx, [row])[0]).scalar_one())


def create_all(tx: Tx, rows: list[dict[str, Any]]) -> None:
    """Store new replies, after all others and in their order."""
    if rows:
        tx.conn.execute(insert(replies), _placed(tx, rows))


def _placed(tx: Tx, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    last = tx.conn.execute(select(func.coalesce(func.max(replies.c.position), 0))).scalar_one()
    return [row | {"position": position, "created_at": tx.now} for position, row in enumerate(rows, start=last + 1)]


def reword_all(tx: Tx, worded: list[tuple[ReplyId, Wording]]) -> None:
    """Give replies that keep their names another title and text."""
    if worded:
        rows = [{"which": which, "new_title": said.title, "new_text": said.text} for which, said in worded]
        tx.conn.execute(REWORD, rows)


def change(tx: Tx, which: ReplyId, version: int, values: dict[str, Any]) -> bool:
    """Change columns of a reply; return whether there is one of this version."""
    statement = update(replies).where(replies.c.id == which, replies.c.version == version)
    return tx.conn.execute(statement.values(version=version + 1, **values)).rowcount == 1


def remove(tx: Tx, *which: ReplyId) -> None:
    """Throw replies away."""
    tx.conn.execute(delete(replies).where(replies.c.id.in_(which)))


def place(tx: Tx, which: ReplyId, before: ReplyId | None) -> None:
    """Put a reply in front of another one, or after all.

    Those behind it keep their order, so that no version but its own says that something has changed.
    """
    at = select(func.coalesce(func.max(replies.c.position), 0) + 1)
    if before is not None:
        at = select(replies.c.position).where(replies.c.id == before)
    position = tx.conn.execute(at).scalar_one()
    behind = update(replies).where(replies.c.position >= position, replies.c.id != which)
    tx.conn.execute(behind.values(position=replies.c.position + 1))
    moved = update(replies).where(replies.c.id == which)
    tx.conn.execute(moved.values(position=position, version=replies.c.version + 1))


def note_use(tx: Tx, me: Operator, which: ReplyId) -> bool:
    """Count that an operator has sent a reply; return whether it is one that they may use.

    Each operator counts in a row of their own, or all who send one reply would wait for each other.
    """
    used = for_reference(select(replies.c.id, literal(me.id), literal(1)).where(replies.c.id == which, USABLE))
    first = upsert(reply_uses).from_select(["reply_id", "operator_id", "uses"], used)
    counted = first.on_conflict_do_update(
        index_elements=["reply_id", "operator_id"], set_={"uses": reply_uses.c.uses + 1}
    )
    return tx.conn.execute(counted.returning(reply_uses.c.id), {"me": me.id}).first() is not None
