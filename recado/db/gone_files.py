"""Files that are given up: first their bytes go, wherever they lie; their rows a day after they were begun.

Until then they count among what their sender may send in one day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, or_, select, update

from recado.db.attachments import DRAFTED, OBJECT, WAITS
from recado.db.database import Tx
from recado.db.places import KINDS, column
from recado.db.tables import attachments, drafts
from recado.domain.ids import FileId

DRAINED = {"name": "", "sha256": None, "sound_peaks": None, "sound_sha256": None}
"""What a row says no more once its bytes are gone."""


class Gone(NamedTuple):
    """A file that was given up, and what can be removed of it: its bytes, unless another row names them too."""

    id: FileId
    object: FileId | None


def give_up(tx: Tx, before: int) -> None:
    """Give up the files that have waited for their message since before a time; those of drafts wait on."""
    kept = select(drafts.c.id).where(
        DRAFTED,
        drafts.c.operator_id == attachments.c.uploader_id,
        or_(*(drafts.c[column(kind)] == attachments.c[column(kind)] for kind in KINDS)),
        drafts.c.mode == attachments.c.mode,
    )
    old = and_(WAITS, attachments.c.created_at < before, ~kept.exists())
    tx.conn.execute(update(attachments).where(old).values(gone_at=tx.now))


def list_gone(conn: Connection, before: int, limit: int) -> list[Gone]:
    """Return files that were given up before a time, and whose bytes may still be there."""
    other = attachments.alias()
    named = and_(
        or_(other.c.public_id == OBJECT, other.c.object_id == OBJECT),
        or_(other.c.gone_at.is_(None), other.c.gone_at >= before),
    )
    shared = select(other.c.id).where(named).correlate(attachments).exists()
    gone = select(attachments.c.public_id, OBJECT, shared).where(
        attachments.c.gone_at.is_not(None), attachments.c.removed_at.is_(None), attachments.c.gone_at < before
    )
    rows = conn.execute(gone.order_by(attachments.c.gone_at).limit(limit))
    return [Gone(which, None if is_shared else place) for which, place, is_shared in rows]


def list_known(conn: Connection, files: Sequence[FileId]) -> set[FileId]:
    """Return those of the files that are on their way or waiting."""
    known = select(attachments.c.public_id).where(attachments.c.public_id.in_(files), WAITS)
    return {FileId(one) for one in conn.execute(known).scalars()}


def note_removed(tx: Tx, files: Sequence[FileId]) -> None:
    """Note of files that their bytes are gone, and keep nothing of what they were but how large."""
    gone = and_(attachments.c.public_id.in_(files), attachments.c.gone_at.is_not(None))
    tx.conn.execute(update(attachments).where(gone).values(removed_at=tx.now, **DRAINED))


def forget(tx: Tx, before: int, limit: int) -> None:
    """Forget some of the files whose bytes are gone, of those that were begun before a time."""
    removed = select(attachments.c.id).where(attachments.c.removed_at.is_not(None), attachments.c.created_at < before)
    some = removed.order_by(attachments.c.created_at).limit(limit)
    tx.conn.execute(delete(attachments).where(attachments.c.id.in_(some)))
