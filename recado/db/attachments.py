"""Files' rows: finders that take whoever asks first, and the statements by which a file comes, is bound, and goes.

A row stands before anything lies on a disk, and goes after all of it has gone: so nothing is ever left that no row
names, whenever a process dies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, false, func, or_, select, update

from recado.db.conversations import READABLE
from recado.db.database import Tx
from recado.db.dialect import for_update
from recado.db.hot import Hot
from recado.db.places import here, place_of
from recado.db.tables import attachments, conversations, direct_people, directs, messages
from recado.db.types import Columns
from recado.domain.actors import Author, Operator, Visitor
from recado.domain.attachments import Attachment, Found, Rendition, Sound, Upload
from recado.domain.errors import NotFound
from recado.domain.ids import FileId, OperatorId, ThreadId
from recado.domain.places import Place

FILE = (
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
OBJECT = func.coalesce(attachments.c.object_id, attachments.c.public_id)
"""Under which name a file's bytes lie. Those of a quick reply have one, however many messages went with them."""
BYTES = (OBJECT, attachments.c.sha256, attachments.c.sound_size, attachments.c.sound_sha256)
BY_ADDRESS = and_(attachments.c.public_id == bindparam("which"), attachments.c.gone_at.is_(None))
WAITS = and_(attachments.c.seq.is_(None), attachments.c.reply_id.is_(None), attachments.c.gone_at.is_(None))
OWN = Hot(
    select(*FILE, attachments.c.format, attachments.c.ready_at).where(
        BY_ADDRESS,
        WAITS,
        attachments.c.uploader_kind == bindparam("kind"),
        attachments.c.uploader_id == bindparam("who"),
    )
)
READ_OWN = Hot(
    select(*FILE, *BYTES).where(
        BY_ADDRESS,
        WAITS,
        attachments.c.ready_at.is_not(None),
        attachments.c.uploader_kind == bindparam("kind"),
        attachments.c.uploader_id == bindparam("me"),
    )
)
READ_BY_OPERATOR = Hot(
    select(*FILE, *BYTES)
    .select_from(attachments.join(conversations, conversations.c.thread_id == attachments.c.thread_id))
    .where(BY_ADDRESS, READABLE)
)
PLACED = (attachments.c.conversation_id, attachments.c.direct_id, attachments.c.mode)
"""The place and mode of the draft in which a file waits."""
DRAFTED = and_(attachments.c.mode.is_not(None), WAITS, attachments.c.ready_at.is_not(None))
"""Of the files that have come whole, those that wait in a draft."""
IN_DRAFTS = Hot(
    select(*FILE, *PLACED)
    .where(DRAFTED, attachments.c.uploader_kind == "operator", attachments.c.uploader_id == bindparam("me"))
    .order_by(attachments.c.id)
)
READ_BY_COLLEAGUE = Hot(
    select(*FILE, *BYTES)
    .select_from(
        attachments.join(directs, directs.c.thread_id == attachments.c.thread_id).join(
            direct_people,
            and_(direct_people.c.direct_id == directs.c.id, direct_people.c.operator_id == bindparam("me")),
        )
    )
    .where(BY_ADDRESS, direct_people.c.left_at.is_(None), attachments.c.seq > direct_people.c.floor)
)
"""In a direct conversation: by who takes part, from where on they read."""
READ_BY_VISITOR = Hot(
    select(*FILE, *BYTES)
    .select_from(
        attachments.join(conversations, conversations.c.thread_id == attachments.c.thread_id).join(
            messages,
            and_(messages.c.thread_id == attachments.c.thread_id, messages.c.seq == attachments.c.seq),
        )
    )
    .where(BY_ADDRESS, conversations.c.visitor_id == bindparam("visitor"), messages.c.public_seq.is_not(None))
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
    """A file that its reader may have, where its bytes lie and their digest, and what was made of a recording."""

    file: Attachment
    object: FileId
    sha256: bytes
    rendition: Rendition | None


class Drafted(NamedTuple):
    """The draft in which a file waits: for which place, an answer or a note."""

    place: Place
    mode: str


def find_own(conn: Connection, me: Author, which: FileId) -> Own:
    """Return a file that this person sends and that is in no message yet; `NotFound` for all else."""
    row = OWN.first(conn, {"which": which, "kind": me.kind, "who": me.id})
    if row is None:
        raise NotFound
    return own_of(row)


def get_for_operator(conn: Connection, me: Operator, which: FileId) -> Stored:
    """Return a file that this operator may read now where it was sent, or one that waits for a message of theirs."""
    named = {"which": which, "me": me.id}
    found = READ_BY_OPERATOR.first(conn, named) or _find_waiting(conn, me, which)
    return stored_of(found or READ_BY_COLLEAGUE.first(conn, named))


def get_for_visitor(conn: Connection, me: Visitor, which: FileId) -> Stored:
    """Return a file of a visitor's own conversation that a public entry carries, or one that waits for theirs."""
    row = READ_BY_VISITOR.first(conn, {"which": which, "visitor": me.id})
    return stored_of(row or _find_waiting(conn, me, which))


def _find_waiting(conn: Connection, me: Operator | Visitor, which: FileId) -> Columns | None:
    return READ_OWN.first(conn, {"which": which, "kind": me.author.kind, "me": me.id})


def list_in_drafts(conn: Connection, me: OperatorId) -> dict[Drafted, list[Attachment]]:
    """Return the files of an operator's drafts, in the order in which they were begun."""
    found: dict[Drafted, list[Attachment]] = {}
    for row in IN_DRAFTS.all(conn, {"me": me}):
        drafted = _drafted(row[-3:])
        if drafted is not None:
            found.setdefault(drafted, []).append(file_of(row))
    return found


def own_of(row: Columns) -> Own:
    """Return the file in the columns of `FILE`, its format, and when it had come whole."""
    file, (claimed, ready_at) = file_of(row), row[len(FILE) :]
    return Own(file.id, file.name, file.size, claimed, None if ready_at is None else file)


def file_of(row: Columns) -> Attachment:
    """Return the file in the columns of `FILE`."""
    which, name, kind, size, width, height, thumbnail, ms, peaks = row[: len(FILE)]
    sound = None if ms is None else Sound(ms, list(bytes(peaks)))
    return Attachment(which, name, kind or "", size, width, height, bool(thumbnail), sound)


def stored_of(row: Columns | None) -> Stored:
    """Return the file in the columns of `FILE` and `BYTES`; `NotFound` where there is none."""
    if row is None:
        raise NotFound
    place, sha256, size, digest = row[len(FILE) :]
    return Stored(file_of(row), place, bytes(sha256), None if size is None else Rendition(size, bytes(digest)))


def finish(tx: Tx, me: Author, which: FileId, found: Found) -> Drafted | None:
    """Note that all of a file has come and what it is; return the draft in which it waits, if it does."""
    mine = and_(attachments.c.public_id == which, WAITS, *_by(me))
    values: dict[str, Any] = {"ready_at": tx.now} | found._asdict()
    sound, made, _ = (values.pop(one) for one in ("sound", "rendition", "clean"))
    if sound is not None:
        values |= {"sound_ms": sound.ms, "sound_peaks": bytes(sound.peaks)}
    if made is not None:
        values |= {"sound_size": made.size, "sound_sha256": made.sha256}
    changed = update(attachments).where(mine).values(values)
    row = tx.conn.execute(changed.returning(*PLACED)).first()
    if row is None:
        raise NotFound
    return _drafted(row)


def _drafted(row: Columns) -> Drafted | None:
    *where, mode = row
    place = place_of(*where)
    return None if place is None or mode is None else Drafted(place, mode)


def _by(me: Author) -> tuple[ColumnElement[bool], ...]:
    return attachments.c.uploader_kind == me.kind, attachments.c.uploader_id == me.id


def lock_to_bind(tx: Tx, me: Author, place: Place | None, files: Sequence[FileId]) -> dict[FileId, Attachment]:
    """Return those of the files that may go into this person's message there now, locked until the transaction ends."""
    there = false() if place is None else here(attachments, place)
    if me.kind == "visitor":
        there = or_(attachments.c.conversation_id.is_(None), there)
    statement: Select[Any] = select(*FILE).where(
        attachments.c.public_id.in_(files), WAITS, attachments.c.ready_at.is_not(None), there, *_by(me)
    )
    found = [file_of(row) for row in tx.conn.execute(for_update(statement.order_by(attachments.c.id)))]
    return {one.id: one for one in found}


def bind(tx: Tx, thread: ThreadId, seq: int, files: Sequence[FileId]) -> None:
    """Note in which entry files stand."""
    which = attachments.c.public_id.in_(files)
    tx.conn.execute(update(attachments).where(which).values(thread_id=thread, seq=seq))


def take_out(tx: Tx, thread: ThreadId, seq: int) -> None:
    """Give up the files of an entry that has gone: nobody gets them any more, and their bytes go."""
    there = and_(attachments.c.thread_id == thread, attachments.c.seq == seq)
    tx.conn.execute(update(attachments).where(there).values(gone_at=tx.now))


def cancel(tx: Tx, me: Author, which: FileId) -> Drafted | None:
    """Give a file up that is in no message, and return the draft in which it waited, if it did."""
    mine = and_(attachments.c.public_id == which, WAITS, *_by(me))
    gone = update(attachments).where(mine).values(gone_at=tx.now)
    row = tx.conn.execute(gone.returning(*PLACED)).first()
    if row is None:
        raise NotFound
    return _drafted(row)


def cancel_draft(tx: Tx, me: OperatorId, draft: Drafted) -> bool:
    """Give up all files of a draft, also those that are still coming; return whether there were any."""
    there = and_(here(attachments, draft.place), attachments.c.mode == draft.mode)
    mine = and_(attachments.c.uploader_kind == "operator", attachments.c.uploader_id == me, there, WAITS)
    return tx.conn.execute(update(attachments).where(mine).values(gone_at=tx.now)).rowcount > 0
