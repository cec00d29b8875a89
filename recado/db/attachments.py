"""Files' rows: finders that take whoever asks first, and the statements by which a file comes, is bound, and goes.

A row stands before anything lies on a disk, and goes after all of it has gone: so nothing is ever left that no row
names, whenever a process dies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, delete, func, insert, or_, select, update

from recado.db.conversations import READABLE
from recado.db.database import Tx
from recado.db.dialect import for_update
from recado.db.dialect import insert as upsert
from recado.db.hot import Hot
from recado.db.tables import attachments, conversations, file_rules, messages
from recado.db.types import Columns
from recado.domain.actors import Author, Operator, Visitor
from recado.domain.attachments import Attachment, Found, Limits, Rendition, Sound, Upload, usual_limits
from recado.domain.errors import NotFound
from recado.domain.ids import ConversationId, FileId, ThreadId

RULES_ID = 1

_FILE = (
    attachments.c.public_id,
    attachments.c.name,
    attachments.c.type,
    attachments.c.size,
    attachments.c.width,
    attachments.c.height,
    attachments.c.thumbnail,
    attachments.c.sound_ms,
    attachments.c.sound_peaks,
)
_BYTES = (attachments.c.sha256, attachments.c.sound_size, attachments.c.sound_sha256)
_BY_ADDRESS = and_(attachments.c.public_id == bindparam("which"), attachments.c.gone_at.is_(None))
_WAITS = and_(attachments.c.seq.is_(None), attachments.c.gone_at.is_(None))
OWN = Hot(
    select(*_FILE, attachments.c.format, attachments.c.ready_at).where(
        _BY_ADDRESS,
        _WAITS,
        attachments.c.uploader_kind == bindparam("kind"),
        attachments.c.uploader_id == bindparam("who"),
    )
)
READ_BY_OPERATOR = Hot(
    select(*_FILE, *_BYTES)
    .select_from(attachments.join(conversations, conversations.c.thread_id == attachments.c.thread_id))
    .where(_BY_ADDRESS, READABLE)
)
READ_BY_VISITOR = Hot(
    select(*_FILE, *_BYTES)
    .select_from(
        attachments.join(conversations, conversations.c.thread_id == attachments.c.thread_id).join(
            messages,
            and_(messages.c.thread_id == attachments.c.thread_id, messages.c.seq == attachments.c.seq),
        )
    )
    .where(_BY_ADDRESS, conversations.c.visitor_id == bindparam("visitor"), messages.c.public_seq.is_not(None))
)


class Own(NamedTuple):
    """A file of somebody's that waits for its message; `file` once it is whole and checked."""

    id: FileId
    name: str
    size: int
    format: str
    file: Attachment | None

    def upload(self, offset: int) -> Upload:
        """Return it as its uploader gets it."""
        return Upload(self.id, self.name, self.size, offset, self.file)


class Stored(NamedTuple):
    """A file that its reader may have, the digest of its bytes, and what was made of a recording."""

    file: Attachment
    sha256: bytes
    rendition: Rendition | None


class Usage(NamedTuple):
    """How many files of somebody's wait for their message, and how many bytes they have sent lately."""

    waiting: int
    bytes: int


def find_own(conn: Connection, me: Author, which: FileId) -> Own:
    """Return a file that this person sends and that is in no message yet; `NotFound` for all else."""
    row = OWN.first(conn, {"which": which, "kind": me.kind, "who": me.id})
    if row is None:
        raise NotFound
    file = _file_of(row)
    return Own(file.id, file.name, file.size, row[-2], file if row[-1] is not None else None)


def get_for_operator(conn: Connection, me: Operator, which: FileId) -> Stored:
    """Return a file of a conversation that this operator may read now."""
    return _stored(READ_BY_OPERATOR.first(conn, {"which": which, "me": me.id}))


def get_for_visitor(conn: Connection, me: Visitor, which: FileId) -> Stored:
    """Return a file of a visitor's own conversation that a public entry carries."""
    return _stored(READ_BY_VISITOR.first(conn, {"which": which, "visitor": me.id}))


def _file_of(row: Columns) -> Attachment:
    which, name, kind, size, width, height, thumbnail, ms, peaks = row[: len(_FILE)]
    sound = None if ms is None else Sound(ms, list(bytes(peaks)))
    return Attachment(which, name, kind or "", size, width, height, bool(thumbnail), sound)


def _stored(row: Columns | None) -> Stored:
    if row is None:
        raise NotFound
    sha256, size, digest = row[len(_FILE) :]
    return Stored(_file_of(row), bytes(sha256), None if size is None else Rendition(size, bytes(digest)))


def usage(conn: Connection, me: Author, since: int) -> Usage:
    """Return what somebody has sent since a time, with what was made of that, and how many of their files wait."""
    mine = and_(attachments.c.uploader_kind == me.kind, attachments.c.uploader_id == me.id)
    kept = attachments.c.size + func.coalesce(attachments.c.sound_size, 0)
    sent = select(func.coalesce(func.sum(kept), 0)).where(mine, attachments.c.created_at > since)
    waiting = select(func.count()).where(mine, _WAITS)
    return Usage(conn.execute(waiting).scalar_one(), int(conn.execute(sent).scalar_one()))


def create(tx: Tx, me: Author, place: ConversationId | None, own: Own) -> None:
    """Store that a file is on its way into a conversation, or into the one that its visitor's first message opens."""
    row = {
        "public_id": own.id,
        "conversation_id": place,
        "uploader_kind": me.kind,
        "uploader_id": me.id,
        "name": own.name,
        "format": own.format,
        "size": own.size,
        "thumbnail": False,
        "created_at": tx.now,
    }
    tx.conn.execute(insert(attachments), row)


def finish(tx: Tx, me: Author, which: FileId, found: Found) -> None:
    """Note that all of a file has come and what it is."""
    mine = and_(attachments.c.public_id == which, _WAITS, *_by(me))
    values: dict[str, Any] = {"ready_at": tx.now} | found._asdict()
    sound, made = values.pop("sound"), values.pop("rendition")
    if sound is not None:
        values |= {"sound_ms": sound.ms, "sound_peaks": bytes(sound.peaks)}
    if made is not None:
        values |= {"sound_size": made.size, "sound_sha256": made.sha256}
    if tx.conn.execute(update(attachments).where(mine).values(values)).rowcount != 1:
        raise NotFound


def _by(me: Author) -> tuple[ColumnElement[bool], ...]:
    return attachments.c.uploader_kind == me.kind, attachments.c.uploader_id == me.id


def lock_to_bind(tx: Tx, me: Author, place: ConversationId | None, files: Sequence[FileId]) -> dict[FileId, Attachment]:
    """Return those of the files that may go into this person's message there now, locked until the transaction ends."""
    here: ColumnElement[bool] = attachments.c.conversation_id == place
    if me.kind == "visitor":
        here = or_(attachments.c.conversation_id.is_(None), here)
    statement: Select[Any] = select(*_FILE).where(
        attachments.c.public_id.in_(files), _WAITS, attachments.c.ready_at.is_not(None), here, *_by(me)
    )
    found = [_file_of(row) for row in tx.conn.execute(for_update(statement.order_by(attachments.c.id)))]
    return {one.id: one for one in found}


def bind(tx: Tx, thread: ThreadId, seq: int, files: Sequence[FileId]) -> None:
    """Note in which entry files stand."""
    which = attachments.c.public_id.in_(files)
    tx.conn.execute(update(attachments).where(which).values(thread_id=thread, seq=seq))


def take_out(tx: Tx, thread: ThreadId, seq: int) -> None:
    """Give up the files of an entry that has gone: nobody gets them any more, and their bytes go."""
    there = and_(attachments.c.thread_id == thread, attachments.c.seq == seq)
    tx.conn.execute(update(attachments).where(there).values(gone_at=tx.now))


def cancel(tx: Tx, me: Author, which: FileId) -> bool:
    """Give a file up that is in no message; return whether there was one."""
    mine = and_(attachments.c.public_id == which, _WAITS, *_by(me))
    return tx.conn.execute(update(attachments).where(mine).values(gone_at=tx.now)).rowcount == 1


def give_up(tx: Tx, before: int) -> None:
    """Give up the files that have waited for their message since before a time."""
    old = and_(_WAITS, attachments.c.created_at < before)
    tx.conn.execute(update(attachments).where(old).values(gone_at=tx.now))


def list_gone(conn: Connection, before: int, limit: int) -> list[FileId]:
    """Return files that were given up before a time, and whose bytes may still be there."""
    gone = select(attachments.c.public_id).where(attachments.c.gone_at.is_not(None), attachments.c.gone_at < before)
    return [FileId(one) for one in conn.execute(gone.order_by(attachments.c.gone_at).limit(limit)).scalars()]


def list_known(conn: Connection, files: Sequence[FileId]) -> set[FileId]:
    """Return those of the files that are on their way or waiting."""
    known = select(attachments.c.public_id).where(attachments.c.public_id.in_(files), _WAITS)
    return {FileId(one) for one in conn.execute(known).scalars()}


def forget(tx: Tx, files: Sequence[FileId]) -> None:
    """Forget files whose bytes are gone."""
    tx.conn.execute(delete(attachments).where(attachments.c.public_id.in_(files), attachments.c.gone_at.is_not(None)))


# ── which files are allowed ──────────────────────────────────────────────────────────────────────────────────────


def get_limits(conn: Connection) -> tuple[dict[str, int], int]:
    """Return the largest size of each allowed format, and the version of that; 0 where nobody has set it."""
    row = conn.execute(select(file_rules.c.formats, file_rules.c.version)).first()
    return (usual_limits(), 0) if row is None else (msgspec.json.decode(row[0], type=dict[str, int]), row[1])


def set_limits(tx: Tx, limits: Limits, version: int) -> bool:
    """Set what is allowed; return whether it was of this version until now."""
    stored = msgspec.json.encode(limits).decode()
    if version:
        changed = update(file_rules).where(file_rules.c.version == version)
        return tx.conn.execute(changed.values(formats=stored, version=version + 1)).rowcount == 1
    first = upsert(file_rules).values(id=RULES_ID, formats=stored, version=1)
    made = first.on_conflict_do_nothing(index_elements=["id"]).returning(file_rules.c.id)
    return tx.conn.execute(made).first() is not None
