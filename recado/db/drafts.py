"""Drafts: words and files not sent yet. One per operator, place and mode; found by their writer alone.

There is one as long as it has a text, a text for files, or a file; a file is no part of its row, but names its mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Select, and_, bindparam, delete, or_, select, update

from recado.db.attachments import DRAFTED, Drafted, list_in_drafts
from recado.db.conversations import READABLE
from recado.db.database import Tx
from recado.db.dialect import for_update
from recado.db.dialect import insert as upsert
from recado.db.hot import Hot
from recado.db.places import KINDS, column, columns, here, place_of
from recado.db.tables import attachments, conversations, direct_people, drafts
from recado.db.types import Columns
from recado.domain.actors import Operator
from recado.domain.conversations import HELD, Draft, Status
from recado.domain.ids import ConversationId, DraftId
from recado.domain.places import Kind, Place, conversation

Part = Literal["body", "caption"]

_HELD_BY_ME = and_(conversations.c.status.in_(HELD), conversations.c.operator_id == bindparam("me"))
_INTO_CONVERSATION = (
    select(conversations.c.id)
    .where(
        conversations.c.id == drafts.c.conversation_id,
        or_(_HELD_BY_ME, and_(or_(conversations.c.status == Status.WAITING, drafts.c.mode == "note"), READABLE)),
    )
    .correlate(drafts)
    .scalar_subquery()
)
_AMONG_COLLEAGUES = (
    select(direct_people.c.direct_id)
    .where(
        direct_people.c.direct_id == drafts.c.direct_id,
        direct_people.c.operator_id == bindparam("me"),
        direct_people.c.left_at.is_(None),
    )
    .correlate(drafts)
    .scalar_subquery()
)
_WHERE_IT_CAN_GO: dict[str, Any] = {"conversation": _INTO_CONVERSATION, "direct": _AMONG_COLLEAGUES}
"""Looked up rather than joined: what can be joined in so many orders takes longer to plan than to find."""


def _mine(kind: str) -> Select[Any]:
    written_in = drafts.c[column(kind)]
    return select(
        drafts.c.id,
        _WHERE_IT_CAN_GO[kind],
        drafts.c.mode,
        drafts.c.body,
        drafts.c.updated_at,
        written_in,
        drafts.c.caption,
    ).where(drafts.c.operator_id == bindparam("me"), written_in.is_not(None))


ALL = {kind: Hot(_mine(kind).order_by(drafts.c.updated_at.desc())) for kind in KINDS}
IN_PLACE = {
    kind: Hot(_mine(kind).where(drafts.c[column(kind)] == bindparam("place")).order_by(drafts.c.mode)) for kind in KINDS
}
TO_CHANGE = {
    kind: Hot(
        for_update(
            select(drafts.c.id, drafts.c.body, drafts.c.caption).where(
                drafts.c.operator_id == bindparam("me"),
                drafts.c[column(kind)] == bindparam("place"),
                drafts.c.mode == bindparam("mode"),
            )
        )
    )
    for kind in KINDS
}
_FILES = (
    select(attachments.c.id)
    .where(
        DRAFTED,
        attachments.c.uploader_kind == "operator",
        attachments.c.uploader_id == drafts.c.operator_id,
        or_(*(attachments.c[column(kind)] == drafts.c[column(kind)] for kind in KINDS)),
        attachments.c.mode == drafts.c.mode,
    )
    .correlate(drafts)
)
_EMPTY = and_(drafts.c.body == "", drafts.c.caption == "", ~_FILES.exists())


def list_for(conn: Connection, me: Operator, kind: Kind = "conversation") -> list[Draft]:
    """Return all drafts of this operator for places of a kind, the latest first.

    The words stay theirs, with the number of what they were for. Whether they can be sent into it is said, and
    nothing else of it: neither whose it is now nor whom it is with.
    """
    return _with_files(conn, me, kind, ALL[kind].all(conn, {"me": me.id}))


def list_in(conn: Connection, me: Operator, place: Place) -> list[Draft]:
    """Return this operator's drafts for a place."""
    rows = IN_PLACE[place.kind].all(conn, {"me": me.id, "place": place.number})
    return _with_files(conn, me, place.kind, rows)


def list_of(conn: Connection, me: Operator, which: ConversationId) -> list[Draft]:
    """Return this operator's drafts in a conversation with a customer: an answer, a note."""
    return list_in(conn, me, conversation(which))


def find(conn: Connection, me: Operator, which: ConversationId, mode: str = "answer") -> Draft | None:
    """Return this operator's draft in a conversation with a customer."""
    return next((one for one in list_of(conn, me, which) if one.mode == mode), None)


def _with_files(conn: Connection, me: Operator, kind: Kind, rows: Sequence[Columns]) -> list[Draft]:
    files = list_in_drafts(conn, me.id) if rows else {}
    return [Draft(*(*row, files.get(Drafted(Place(kind, row[5]), row[2]), []))) for row in rows]


def keep(tx: Tx, me: int, place: Place, mode: str, text: str | None = None, part: Part = "body") -> None:
    """Keep the draft for a place, where there is a text with this text as its body or as that beside its files.

    Its row is locked from then on: a file comes into a draft that nobody takes for empty meanwhile.
    """
    row = {"operator_id": me, "mode": mode, "body": "", "updated_at": tx.now}
    changed = {"updated_at": tx.now} | ({} if text is None else {part: text})
    statement = upsert(drafts).values(row | columns(place) | changed)
    one = ["operator_id", column(place.kind), "mode"]
    tx.conn.execute(statement.on_conflict_do_update(index_elements=one, set_=changed))


def discard(tx: Tx, me: Operator, place: Place, mode: str, over: str | None = None, part: Part = "body") -> None:
    """Throw away a text of a draft: it was emptied, or sent. With the last of what is in it, the draft goes.

    `over`: only where it is this text, or the beginning of it, white space around it aside. What another page has put
    in its place stays.
    """
    found = TO_CHANGE[place.kind].first(tx.conn, {"me": me.id, "place": place.number, "mode": mode})
    if found is None:
        return
    which, body, caption = found
    if over is not None and not over.strip().startswith((body if part == "body" else caption).strip()):
        return
    emptied = update(drafts).where(drafts.c.id == which).values({part: ""})
    other = caption if part == "body" else body
    if other or tx.conn.execute(delete(drafts).where(drafts.c.id == which, ~_FILES.exists())).rowcount == 0:
        tx.conn.execute(emptied)


def lock(tx: Tx, me: int, place: Place) -> bool:
    """Lock the drafts for a place, and return whether there are any."""
    there = and_(drafts.c.operator_id == me, here(drafts, place))
    return tx.conn.execute(for_update(select(drafts.c.id).where(there).order_by(drafts.c.id))).first() is not None


def tidy(tx: Tx, me: int, place: Place) -> None:
    """Throw away those drafts for a place, locked before, in which nothing is left."""
    tx.conn.execute(delete(drafts).where(drafts.c.operator_id == me, here(drafts, place), _EMPTY))


def remove(tx: Tx, me: Operator, which: DraftId) -> Drafted | None:
    """Throw one of this operator's drafts away by its own number, also where its place is out of reach.

    Returns for which place it was and in which mode; None where there is none.
    """
    gone = delete(drafts).where(drafts.c.operator_id == me.id, drafts.c.id == which)
    row = tx.conn.execute(gone.returning(drafts.c.conversation_id, drafts.c.direct_id, drafts.c.mode)).first()
    place = None if row is None else place_of(row[0], row[1])
    return None if row is None or place is None else Drafted(place, row[2])
