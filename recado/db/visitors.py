"""Visitors, the keys by which they come back, and the customers they say they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from recado.db.database import Tx
from recado.db.dialect import OvertakenError, needs_row_locks
from recado.db.dialect import insert as upsert
from recado.db.tables import conversations, customers, resume_keys, visitors
from recado.domain.actors import Visitor
from recado.domain.customers import (
    RESUME_GRACE_S,
    RESUME_KEY_S,
    RESUME_KEYS_MAX,
    VERIFIED_KEY_S,
    VERIFIED_KEYS_MAX,
    VisitorFace,
)
from recado.domain.identity import Identity
from recado.domain.ids import ConversationId, CustomerId, InboxId, VisitorId

BY_RESUME_KEY = (
    select(visitors.c.id, resume_keys.c.expires_at, resume_keys.c.secret_id, resume_keys.c.ends_at)
    .select_from(resume_keys.join(visitors))
    .where(
        resume_keys.c.key_hash == bindparam("key_hash"),
        resume_keys.c.expires_at > bindparam("now"),
        visitors.c.inbox_id == bindparam("inbox"),
        # Keys of the release before this one have no site of their own, and nobody who vouches for them.
        func.coalesce(resume_keys.c.site, visitors.c.site) == bindparam("site"),
        or_(
            visitors.c.verified_at.is_(None),
            and_(resume_keys.c.secret_id.is_not(None), resume_keys.c.ends_at > bindparam("now")),
        ),
    )
)
LOCK = select(visitors.c.id).where(visitors.c.id == bindparam("id")).with_for_update(key_share=True)
LOCK_OF = (
    select(visitors.c.id)
    .where(
        visitors.c.id
        == select(conversations.c.visitor_id).where(conversations.c.id == bindparam("which")).scalar_subquery()
    )
    .with_for_update(key_share=True)
)


class Browser(NamedTuple):
    """What a browser and the page in it tell of themselves, and the network it was reached from.

    `data` is JSON, None where the page says nothing.
    """

    page: str | None
    locale: str | None
    agent: str | None
    data: str | None = None
    network: str | None = None


def create(tx: Tx, inbox: InboxId, site: str, browser: Browser) -> VisitorId:
    """Store a new visitor."""
    row = browser._asdict() | {
        "inbox_id": inbox,
        "site": site,
        "created_at": tx.now,
        "seen_at": tx.now,
    }
    return VisitorId(tx.conn.execute(insert(visitors).returning(visitors.c.id), row).scalar_one())


def note_visit(tx: Tx, visitor: VisitorId, browser: Browser) -> None:
    """Note where a visitor is now; where they were forgotten this moment, the transaction is run again without them."""
    statement = update(visitors).where(visitors.c.id == visitor)
    if tx.conn.execute(statement.values(seen_at=tx.now, **browser._asdict())).rowcount == 0:
        raise OvertakenError


class Voucher(NamedTuple):
    """What vouches for a verified visitor's key: the secret that signed who they are, and until when that is believed.

    Each key has it from the one before; the moment tells one page's keys from those of the visitor's other pages.
    """

    secret: int
    ends_at: int


class ResumeKey(NamedTuple):
    """A key that was presented: whose it is, when it dies, by which its age is known, and what vouches for it."""

    visitor: VisitorId
    expires_at: int
    voucher: Voucher | None


def find_resume_key(tx: Tx, inbox: InboxId, site: str, key_hash: bytes) -> ResumeKey | None:
    """Return the resume key that was presented; it is bound to its inbox and site, and to what vouches for it."""
    asked = {"key_hash": key_hash, "now": tx.now, "inbox": inbox, "site": site}
    row = tx.conn.execute(BY_RESUME_KEY, asked).one_or_none()
    if row is None:
        return None
    visitor, expires_at, secret, ends_at = row
    return ResumeKey(visitor, expires_at, None if secret is None else Voucher(secret, ends_at))


def add_resume_key(tx: Tx, visitor: VisitorId, site: str, key_hash: bytes, voucher: Voucher | None = None) -> None:
    """Store the key for the next visit, on this site; a verified visitor's with what vouches for it."""
    lifetime_s = RESUME_KEY_S if voucher is None else VERIFIED_KEY_S
    secret, ends_at = voucher or (None, None)
    row = {"key_hash": key_hash, "visitor_id": visitor, "site": site, "secret_id": secret, "ends_at": ends_at}
    tx.conn.execute(insert(resume_keys), row | {"expires_at": tx.now + lifetime_s * 1_000_000})


def retire_resume_keys(tx: Tx, presented: ResumeKey) -> None:
    """Let the keys before the one that was presented die soon: whoever has it has had no need of them since.

    The presented key itself lives on until its successor is presented, since the answer that carried the successor may
    have been lost. The keys before it live a little longer, for two tabs that open at once. Of keys whose answers were
    lost, the newest few are kept. Of a verified visitor, who has pages in several browsers, only this page's keys are
    looked at.
    """
    ends_at = presented.voucher.ends_at if presented.voucher else None
    mine = and_(resume_keys.c.visitor_id == presented.visitor, resume_keys.c.ends_at.is_not_distinct_from(ends_at))
    limit = tx.now + RESUME_GRACE_S * 1_000_000
    tx.conn.execute(
        update(resume_keys)
        .where(mine, resume_keys.c.expires_at < presented.expires_at, resume_keys.c.expires_at > limit)
        .values(expires_at=limit)
    )
    _drop(tx, and_(mine, resume_keys.c.expires_at != presented.expires_at), RESUME_KEYS_MAX)


def drop_resume_keys(tx: Tx, visitor: VisitorId) -> None:
    """Delete a verified visitor's keys that have ended, and the oldest of very many: their other pages keep theirs."""
    _drop(tx, resume_keys.c.visitor_id == visitor, VERIFIED_KEYS_MAX)


def _drop(tx: Tx, these: ColumnElement[bool], most: int) -> None:
    """Delete those of these keys that have ended, and all but the newest."""
    newest = select(resume_keys.c.expires_at).where(these).order_by(resume_keys.c.expires_at.desc()).limit(most)
    oldest_kept = min(tx.conn.execute(newest).scalars(), default=0)
    ended = or_(resume_keys.c.expires_at <= tx.now, resume_keys.c.expires_at < oldest_kept)
    tx.conn.execute(delete(resume_keys).where(these, ended))


def delete_ended_keys(tx: Tx, most: int) -> set[VisitorId]:
    """Delete so many of the resume keys that have ended, and return whose they were.

    Looked for and locked first: within one statement PostgreSQL may look for them again for each row that it deletes,
    and finds others than those that it has locked already.
    """
    ended = select(resume_keys.c.key_hash).where(resume_keys.c.expires_at <= tx.now).limit(most)
    these = tx.conn.execute(ended.with_for_update(skip_locked=True)).scalars().all()
    gone = delete(resume_keys).where(resume_keys.c.key_hash.in_(these)).returning(resume_keys.c.visitor_id)
    return set(tx.conn.execute(gone).scalars())


def forget_unheard(tx: Tx, whom: Collection[VisitorId]) -> None:
    """Delete those of these visitors who never wrote and have no key to come back by, and whom a site said they were.

    Locked first, then looked at: who comes in this moment is left, and comes to what is left of them afterwards.
    """
    here = _lock_all(tx, visitors, whom)
    wrote = exists().where(conversations.c.visitor_id == visitors.c.id)
    returns = exists().where(resume_keys.c.visitor_id == visitors.c.id)
    gone = delete(visitors).where(visitors.c.id.in_(here), ~wrote, ~returns).returning(visitors.c.customer_id)
    known = [one for one in tx.conn.execute(gone).scalars() if one is not None]
    if known:
        comes = exists().where(visitors.c.customer_id == customers.c.id)
        tx.conn.execute(delete(customers).where(customers.c.id.in_(_lock_all(tx, customers, known)), ~comes))


def _lock_all(tx: Tx, table: Table, numbers: Collection[int]) -> Sequence[int]:
    """Lock these rows, but for those that somebody else has locked, and return their numbers."""
    found = select(table.c.id).where(table.c.id.in_(numbers)).with_for_update(skip_locked=True)
    return tx.conn.execute(found).scalars().all()


def lock(tx: Tx, visitor: Visitor) -> None:
    """Keep two first messages of one visitor from opening two conversations, and two blocks from being stored as two.

    What merely refers to the visitor does not wait.
    """
    if needs_row_locks(tx.conn):
        tx.conn.execute(LOCK, {"id": visitor.id})


def lock_of(tx: Tx, which: ConversationId) -> None:
    """Lock the visitor of a conversation, as `lock` does, before the conversation itself is locked."""
    if needs_row_locks(tx.conn):
        tx.conn.execute(LOCK_OF, {"which": which})


def find_customer(conn: Connection, visitor: VisitorId) -> tuple[CustomerId | None, VisitorFace]:
    """Return the customer a visitor has said to be, and what they have said."""
    row = conn.execute(
        select(customers.c.id, customers.c.name, customers.c.email, visitors.c.verified_at)
        .select_from(visitors.outerjoin(customers, customers.c.id == visitors.c.customer_id))
        .where(visitors.c.id == visitor)
    ).one()
    return row[0], VisitorFace(row[1], row[2], row[3] is not None)


def create_customer(tx: Tx, visitor: VisitorId, name: str | None, email: str | None) -> CustomerId:
    """Store what a visitor says of themselves as a customer of their own: unverified, joined to nobody."""
    row = {"name": name, "email": email, "verified": False, "created_at": tx.now, "version": 1}
    number = CustomerId(tx.conn.execute(insert(customers).returning(customers.c.id), row).scalar_one())
    tx.conn.execute(update(visitors).where(visitors.c.id == visitor).values(customer_id=number))
    return number


def is_shown_elsewhere(conn: Connection, customer: CustomerId, which: ConversationId) -> bool:
    """Return whether a conversation other than `which` shows a customer."""
    other = exists().where(conversations.c.customer_id == customer, conversations.c.id != which)
    return conn.execute(select(other)).scalar_one()


def note_email(tx: Tx, customer: CustomerId, email: str) -> None:
    """Store the e-mail address of a customer who had given none."""
    changed = update(customers).where(customers.c.id == customer, customers.c.email.is_(None))
    tx.conn.execute(changed.values(email=email, version=customers.c.version + 1))


def introduce_in(tx: Tx, which: ConversationId, customer: CustomerId) -> None:
    """Let a conversation be with the customer that its visitor is."""
    tx.conn.execute(update(conversations).where(conversations.c.id == which).values(customer_id=customer))


def come_verified(tx: Tx, inbox: InboxId, site: str, identity: Identity, browser: Browser) -> VisitorId:
    """Return the one visitor that a verified customer is in an inbox, in whichever browser; made where there is none.

    What the site says of them replaces what it said before; what it does not say stays.
    """
    customer = _verified_customer(tx, inbox, identity)
    found = tx.conn.execute(
        select(visitors.c.id).where(visitors.c.customer_id == customer, visitors.c.verified_at.is_not(None))
    ).scalar_one_or_none()
    if found is None:
        row = browser._asdict() | {"inbox_id": inbox, "customer_id": customer, "site": site, "verified_at": tx.now}
        row |= {"created_at": tx.now, "seen_at": tx.now}
        found = tx.conn.execute(insert(visitors).returning(visitors.c.id), row).scalar_one()
    else:
        note_visit(tx, VisitorId(found), browser)
    return VisitorId(found)


def _verified_customer(tx: Tx, inbox: InboxId, identity: Identity) -> CustomerId:
    """Store or renew a verified customer; of two who come at once, the second waits for the first and finds theirs."""
    said = {name: value for name, value in (("name", identity.name), ("email", identity.email)) if value is not None}
    row = {"inbox_id": inbox, "subject": identity.subject, "name": None, "email": None, "verified": True} | said
    statement = upsert(customers).values(**row, created_at=tx.now, version=1)
    renewed = statement.on_conflict_do_update(
        index_elements=["inbox_id", "subject"], set_={**said, "version": customers.c.version + 1}
    )
    return CustomerId(tx.conn.execute(renewed.returning(customers.c.id)).scalar_one())
