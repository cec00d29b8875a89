"""Visitors who may not write any more, and the networks they came from."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    true,
)

from recado.db.conversations import MY_DEPARTMENTS
from recado.db.database import Tx
from recado.db.dialect import lock_word
from recado.db.hot import Hot
from recado.db.tables import blocks, conversations, customers, inboxes, operators, visitors
from recado.domain.actors import Operator, Role
from recado.domain.customers import Block
from recado.domain.ids import ConversationId, OperatorId, VisitorId
from recado.domain.people import Named
from recado.domain.permissions import allowed

HOLDS = or_(blocks.c.until.is_(None), blocks.c.until > bindparam("now"))
OWN = and_(blocks.c.visitor_id == bindparam("visitor"), blocks.c.network.is_(None))
COMES_FROM = select(visitors.c.network).where(visitors.c.id == bindparam("visitor")).scalar_subquery()

SHUT_OUT = select(blocks.c.id).where(or_(OWN, blocks.c.network == COMES_FROM), HOLDS).limit(1)
IS_SHUT_OUT = Hot(SHUT_OUT)
IS_BLOCKED = Hot(select(blocks.c.id).where(OWN, HOLDS).limit(1))
IS_NETWORK_BLOCKED = Hot(select(blocks.c.id).where(blocks.c.network == bindparam("network"), HOLDS).limit(1))


def _in_force(known: ColumnElement[bool]) -> Select[Any]:
    """Return what holds, the latest first; `known` says which conversations may be named."""
    theirs = conversations.c.visitor_id == blocks.c.visitor_id
    return (
        select(
            blocks.c.id,
            select(func.max(conversations.c.id)).where(theirs, known).scalar_subquery(),
            customers.c.name,
            blocks.c.network,
            blocks.c.operator_id,
            operators.c.name,
            blocks.c.reason,
            blocks.c.created_at,
            blocks.c.until,
        )
        .select_from(
            blocks.join(visitors, visitors.c.id == blocks.c.visitor_id)
            .join(operators, operators.c.id == blocks.c.operator_id)
            .outerjoin(customers, customers.c.id == visitors.c.customer_id)
        )
        .where(HOLDS)
        .order_by(blocks.c.created_at.desc(), blocks.c.id.desc())
        .limit(500)
    )


_KNOWN = conversations.c.department_id.in_(MY_DEPARTMENTS)
OF_VISITOR = _in_force(_KNOWN).where(blocks.c.visitor_id == bindparam("visitor"))
IN_MY_DEPARTMENTS = or_(
    exists().where(
        conversations.c.visitor_id == blocks.c.visitor_id, conversations.c.department_id.in_(MY_DEPARTMENTS)
    ),
    exists().where(
        visitors.c.id == blocks.c.visitor_id,
        visitors.c.inbox_id == inboxes.c.id,
        inboxes.c.department_id.in_(MY_DEPARTMENTS),
    ),
)
OF_ALL = _in_force(true())
OF_MY_DEPARTMENTS = _in_force(_KNOWN).where(IN_MY_DEPARTMENTS)


class NewBlock(NamedTuple):
    """Who is to be shut out, by whom and why: a visitor for good, or their `network` `until` a time."""

    visitor_id: VisitorId
    operator_id: OperatorId
    reason: str | None
    network: str | None = None
    until: int | None = None


def is_shut_out(conn: Connection, visitor: VisitorId, now: int) -> bool:
    """Return whether a visitor, or the network they last came from, is shut out at this moment."""
    return IS_SHUT_OUT.first(conn, {"visitor": visitor, "now": now}) is not None


def is_blocked(conn: Connection, visitor: VisitorId, now: int) -> bool:
    """Return whether a visitor is shut out for good, wherever they come from."""
    return IS_BLOCKED.first(conn, {"visitor": visitor, "now": now}) is not None


def is_network_blocked(conn: Connection, network: str, now: int) -> bool:
    """Return whether a network is shut out at this moment."""
    return IS_NETWORK_BLOCKED.first(conn, {"network": network, "now": now}) is not None


def lock_network(tx: Tx, network: str) -> None:
    """Keep two from shutting out one network at once, through two of its visitors, and being stored as two."""
    lock_word(tx.conn, f"network {network}")


def network_of(conn: Connection, visitor: VisitorId) -> str | None:
    """Return the network a visitor last came from."""
    found: str | None = conn.execute(select(visitors.c.network).where(visitors.c.id == visitor)).scalar()
    return found


def add(tx: Tx, block: NewBlock) -> None:
    """Shut a visitor out for good, or a network until a time."""
    tx.conn.execute(insert(blocks), {**block._asdict(), "created_at": tx.now})


def _mine(me: Operator) -> ColumnElement[bool]:
    """Return which blocks are `me`'s to see and lift: of who wrote to their departments; all, as an admin."""
    return true() if allowed(me, (Role.ADMIN,)) else IN_MY_DEPARTMENTS


def remove(tx: Tx, me: Operator, which: int) -> VisitorId | None:
    """Lift a block, and its visitor's others of that kind; return whose it was, None where there is none for `me`."""
    mine = select(blocks.c.visitor_id, blocks.c.network).where(blocks.c.id == which, _mine(me))
    found = tx.conn.execute(mine, {"me": me.id}).one_or_none()
    if found is None:
        return None
    visitor, network = found
    same = blocks.c.visitor_id == visitor, blocks.c.network.is_not_distinct_from(network)
    lifted = tx.conn.execute(delete(blocks).where(*same)).rowcount  # none where a colleague was quicker
    return VisitorId(visitor) if lifted else None


def latest_of(conn: Connection, visitor: VisitorId) -> ConversationId | None:
    """Return the conversation that a visitor began last."""
    latest: ConversationId | None = conn.execute(
        select(func.max(conversations.c.id)).where(conversations.c.visitor_id == visitor)
    ).scalar()
    return latest


def list_in_force(conn: Connection, me: Operator, now: int) -> list[Block]:
    """Return the blocks that hold at this moment and are a supervisor's to see, the latest first."""
    mine = OF_ALL if allowed(me, (Role.ADMIN,)) else OF_MY_DEPARTMENTS
    return [_block_of(row) for row in conn.execute(mine, {"now": now, "me": me.id})]


def list_of(conn: Connection, me: Operator, visitor: VisitorId, now: int) -> list[Block]:
    """Return the blocks of a visitor that hold at this moment."""
    return [_block_of(row) for row in conn.execute(OF_VISITOR, {"me": me.id, "visitor": visitor, "now": now})]


def _block_of(row: Any) -> Block:
    number, conversation, name, network, operator, called, reason, created_at, until = row
    return Block(number, conversation, name, network, Named(operator, called), reason, created_at, until)
