"""Files that are begun: their rows, found again by whoever did not hear of it, and what one person has sent."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, case, func, select

from recado.db.attachments import FILE, PLACED, WAITS, Own, find_own, own_of
from recado.db.blocks import is_shut_out
from recado.db.database import Tx
from recado.db.dialect import OvertakenError, insert
from recado.db.hot import Hot
from recado.db.places import columns, place_of
from recado.db.tables import attachments
from recado.domain.actors import Author, Operator, Visitor
from recado.domain.attachments import LEAST_BYTES
from recado.domain.errors import Blocked
from recado.domain.ids import FileId
from recado.domain.places import Place

BEGUN = Hot(
    select(
        *FILE,
        attachments.c.format,
        attachments.c.ready_at,
        *PLACED,
        attachments.c.seq,
        attachments.c.reply_id,
    ).where(
        attachments.c.uploader_kind == bindparam("kind"),
        attachments.c.uploader_id == bindparam("who"),
        attachments.c.client_id == bindparam("client_id"),
        attachments.c.gone_at.is_(None),
    )
)


class Begun(NamedTuple):
    """A file that was begun under a client id: for which place and draft, and whether it still waits."""

    own: Own
    place: Place | None
    mode: str | None
    waits: bool

    def is_like(self, name: str, size: int, place: Place | None, mode: str | None) -> bool:
        """Tell whether it was announced in these words, and can still be sent. What is whole may have got smaller."""
        sized = self.own.file is not None or self.own.size == size
        return self.waits and sized and (self.own.name, self.place, self.mode) == (name, place, mode)


class Usage(NamedTuple):
    """How many files of somebody's wait for their message, and how many bytes count as sent by them lately."""

    waiting: int
    bytes: int


def find_to_send(conn: Connection, me: Operator | Visitor, which: FileId, now: int) -> Own:
    """Return a file that this person sends; `Blocked` for a visitor who is shut out, `NotFound` for all else."""
    if isinstance(me, Visitor) and is_shut_out(conn, me.id, now):
        raise Blocked
    return find_own(conn, me.author, which)


def find_begun(conn: Connection, me: Author, client_id: str) -> Begun | None:
    """Return what somebody began under a client id; None where there is nothing, or it was given up since."""
    row = BEGUN.first(conn, {"kind": me.kind, "who": me.id, "client_id": client_id})
    if row is None:
        return None
    *where, mode, seq, reply = row[-5:]
    return Begun(own_of(row[:-5]), place_of(*where), mode, seq is None and reply is None)


def usage(conn: Connection, me: Author, since: int) -> Usage:
    """Return what somebody has sent since a time, with what was made of that, and how many of their files wait."""
    mine = and_(attachments.c.uploader_kind == me.kind, attachments.c.uploader_id == me.id)
    kept = attachments.c.size + func.coalesce(attachments.c.sound_size, 0)
    counted = case((kept < LEAST_BYTES, LEAST_BYTES), else_=kept)
    fresh = and_(attachments.c.object_id.is_(None), attachments.c.created_at > since)
    sent = select(func.coalesce(func.sum(counted), 0)).where(mine, fresh)
    waiting = select(func.count()).where(mine, WAITS)
    return Usage(conn.execute(waiting).scalar_one(), int(conn.execute(sent).scalar_one()))


def create(tx: Tx, me: Author, place: Place | None, own: Own, mode: str | None, client_id: str | None) -> None:
    """Store that a file is on its way to a place, or into the one that its visitor's first message opens.

    `mode`: of the draft in which it waits. Whoever begins it twice at the same moment finds it at the second try.
    """
    row = {
        "public_id": own.id,
        "client_id": client_id,
        **columns(place),
        "mode": mode,
        "uploader_kind": me.kind,
        "uploader_id": me.id,
        "name": own.name,
        "format": own.format,
        "size": own.size,
        "thumbnail": False,
        "created_at": tx.now,
    }
    made = insert(attachments).values(row).on_conflict_do_nothing().returning(attachments.c.id)
    if tx.conn.execute(made).first() is None:
        raise OvertakenError
