"""Files of quick replies: bound to one, read by those who may use it, and copied into what it is used for.

A copy is a row that names the same bytes: it has a life of its own, and the bytes go with the last row that names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, insert, or_, select, update

from recado.db.attachments import BY_ADDRESS, BYTES, DRAFTED, FILE, OBJECT, WAITS, Stored, file_of, stored_of
from recado.db.database import Tx
from recado.db.dialect import for_update
from recado.db.hot import Hot
from recado.db.places import KINDS, column, columns
from recado.db.replies import SHARED, USABLE
from recado.db.tables import attachments, replies
from recado.domain.actors import Operator, Role
from recado.domain.attachments import Attachment
from recado.domain.ids import FileId, ReplyId, new_file_id
from recado.domain.permissions import allowed
from recado.domain.places import Place

_WITH_REPLY = attachments.join(replies, replies.c.id == attachments.c.reply_id)
READ = Hot(select(*FILE, *BYTES).select_from(_WITH_REPLY).where(BY_ADDRESS, USABLE))
READ_BY_ADMIN = Hot(select(*FILE, *BYTES).select_from(_WITH_REPLY).where(BY_ADDRESS, or_(USABLE, SHARED)))
TO_COPY = Hot(
    select(attachments)
    .select_from(_WITH_REPLY)
    .where(attachments.c.reply_id == bindparam("reply"), attachments.c.gone_at.is_(None), USABLE)
    .order_by(attachments.c.position)
)
IN_DRAFT = {
    kind: Hot(
        select(*FILE, OBJECT)
        .where(DRAFTED, attachments.c.uploader_kind == "operator", attachments.c.uploader_id == bindparam("me"))
        .where(attachments.c[column(kind)] == bindparam("place"), attachments.c.mode == bindparam("mode"))
        .order_by(attachments.c.id)
    )
    for kind in KINDS
}
_ITS_OWN = frozenset(
    {
        *("id", "public_id", "client_id", "conversation_id", "direct_id", "mode", "reply_id", "position"),
        *("uploader_kind", "uploader_id"),
    }
)


class Kept(NamedTuple):
    """A file of a reply, as all of its row."""

    row: dict[str, Any]

    @property
    def id(self) -> FileId:
        """Its id in the reply."""
        return FileId(self.row["public_id"])

    @property
    def object(self) -> FileId:
        """Under which name its bytes lie."""
        return FileId(self.row["object_id"] or self.row["public_id"])


def get(conn: Connection, me: Operator, which: FileId) -> Stored:
    """Return a file of a quick reply that this operator may use or, as an admin, change."""
    named = {"which": which, "me": me.id}
    return stored_of((READ_BY_ADMIN if allowed(me, (Role.ADMIN,)) else READ).first(conn, named))


def bind(tx: Tx, me: Operator, which: ReplyId, files: Sequence[FileId]) -> int:
    """Make these the files of a reply, in this order: its own, or whole ones that this operator has sent for one.

    Those that it had and has no more are given up. Returns how many of the files there are.
    """
    sent = and_(
        WAITS,
        attachments.c.ready_at.is_not(None),
        *(attachments.c[column(kind)].is_(None) for kind in KINDS),
        attachments.c.uploader_kind == "operator",
        attachments.c.uploader_id == me.id,
    )
    its = and_(attachments.c.reply_id == which, attachments.c.gone_at.is_(None))
    known = for_update(select(attachments.c.public_id).where(attachments.c.public_id.in_(files), or_(sent, its)))
    found = set(tx.conn.execute(known.order_by(attachments.c.id)).scalars())
    for position, one in enumerate(files):
        if one in found:
            bound = update(attachments).where(attachments.c.public_id == one)
            tx.conn.execute(bound.values(reply_id=which, position=position))
    _let_go(tx, its, attachments.c.public_id.not_in(files))
    return len(found)


def let_go(tx: Tx, *which: ReplyId) -> None:
    """Give up the files of replies. What was sent with them has rows of its own."""
    _let_go(tx, attachments.c.reply_id.in_(which))


def _let_go(tx: Tx, *which: ColumnElement[bool]) -> None:
    tx.conn.execute(update(attachments).where(*which).values(reply_id=None, position=None, gone_at=tx.now))


def list_to_copy(conn: Connection, me: Operator, which: ReplyId) -> list[Kept]:
    """Return the files of a reply that this operator may use, in their order."""
    rows = TO_COPY.all(conn, {"reply": which, "me": me.id})
    return [Kept(dict(zip(attachments.c.keys(), row, strict=True))) for row in rows]


def find_in_draft(conn: Connection, me: Operator, place: Place, mode: str) -> dict[FileId, Attachment]:
    """Return the files that wait in a draft of this operator, by the names under which their bytes lie."""
    asked = {"me": me.id, "place": place.number, "mode": mode}
    return {row[-1]: file_of(row) for row in IN_DRAFT[place.kind].all(conn, asked)}


def are_copies(conn: Connection, files: Sequence[FileId], kept: Sequence[Kept]) -> bool:
    """Return whether each of the files is a copy of one that a reply has."""
    objects = conn.execute(select(OBJECT).where(attachments.c.public_id.in_(files))).scalars()
    return {one.object for one in kept}.issuperset(objects)


def copy(tx: Tx, me: Operator, kept: Kept, place: Place, mode: str | None = None) -> Attachment:
    """Give a place a file of its own like one of a reply, without its bytes.

    It waits in the draft of `mode`, or for the message that is being sent.
    """
    own = {
        "public_id": new_file_id(),
        "object_id": kept.object,
        **columns(place),
        "mode": mode,
        "uploader_kind": "operator",
        "uploader_id": me.id,
        "created_at": tx.now,
        "ready_at": tx.now,
    }
    same = {name: value for name, value in kept.row.items() if name not in _ITS_OWN}
    made = insert(attachments).values(same | own).returning(*FILE)
    return file_of(tx.conn.execute(made).one())
