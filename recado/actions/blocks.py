"""Visitors who may not write any more: an operator shuts them out, a supervisor lets them in again."""

from __future__ import annotations

from recado.actions import audit
from recado.actions.access import get_for_operator
from recado.actions.shifts import shift
from recado.db import blocks, conversations, visitors
from recado.db.blocks import NewBlock
from recado.db.database import Tx
from recado.domain.actors import Operator, Role
from recado.domain.audit import Kind
from recado.domain.conversations import Moved, Status
from recado.domain.errors import NotFound
from recado.domain.events import ConversationClosed, SettingsChanged, ToTeam, ToVisitor
from recado.domain.ids import ConversationId, VisitorId
from recado.domain.outward_events import WidgetVisitorChanged
from recado.domain.permissions import needs
from recado.domain.text import line_of
from recado.domain.threads import Activity, NewEntry

NETWORK_US = 24 * 3600 * 1_000_000
REASON_MAX = 200


@needs(Operator)
def block(
    tx: Tx, operator: Operator, which: ConversationId, *, network: bool = False, reason: str | None = None
) -> Moved:
    """Shut the visitor of a conversation out for good, and end it; `network` also shuts theirs out for a day.

    Where it is not known from which network they came, there is none to shut out.

    In a conversation that is open elsewhere they write no more either; its owner decides what becomes of it.

    `reason` is for the supervisors who see the list of blocks. Who may: its owner, and while it waits whoever reads
    it; it is then theirs, as a closed one. Who asks again, because the answer was lost, hears that it is done.
    """
    visitors.lock_of(tx, which)
    before = get_for_operator(tx, operator, which)
    if before.status is not Status.WAITING and before.operator_id != operator.id:
        raise conversations.refusal(tx.conn, operator, which)
    why = line_of(reason, "reason", REASON_MAX)
    shared = blocks.network_of(tx.conn, before.visitor_id) if network else None
    new = _not_yet(tx, NewBlock(before.visitor_id, operator.id, why), shared)
    if not new and before.status is Status.CLOSED:
        return Moved(before.row())
    for one in new:
        blocks.add(tx, one)
    if new:
        tx.emit(SettingsChanged(), ToTeam())
    with_network = int(shared is not None)
    audit.note(tx, operator, Kind.BLOCK, "visitor", before.visitor_id, conversation=which, network=with_network)
    values = {
        "status": Status.CLOSED,
        "operator_id": operator.id,
        "waiting_since": None,
        "paused_until": None,
        "closed_at": before.closed_at or tx.now,
    }
    origin = before.department.id if before.status is Status.WAITING else None
    line = NewEntry("activity", operator.author, activity=Activity("blocked", operator.id, origin=origin))
    ended = before.status is not Status.CLOSED
    shifted = shift(tx, before, ConversationClosed, values if ended else {}, line, told=ended)
    _tell(tx, before.visitor_id)
    return Moved(shifted.conversation.row())


def _not_yet(tx: Tx, block: NewBlock, network: str | None) -> list[NewBlock]:
    """Return what of a block, and of that of its visitor's network, does not hold already."""
    new = [] if blocks.is_blocked(tx.conn, block.visitor_id, tx.now) else [block]
    if network is not None:
        blocks.lock_network(tx, network)
        if not blocks.is_network_blocked(tx.conn, network, tx.now):
            new.append(block._replace(network=network, until=tx.now + NETWORK_US))
    return new


@needs(Role.SUPERVISOR)
def unblock(tx: Tx, supervisor: Operator, which: int) -> None:
    """Lift a block of somebody who wrote to a department of theirs; an admin lifts any."""
    visitor = blocks.remove(tx, supervisor, which)
    if visitor is None:
        raise NotFound
    latest = blocks.latest_of(tx.conn, visitor)
    audit.note(tx, supervisor, Kind.UNBLOCK, "visitor", visitor, **({"conversation": latest} if latest else {}))
    tx.emit(SettingsChanged(), ToTeam())
    _tell(tx, visitor)


def _tell(tx: Tx, visitor: VisitorId) -> None:
    """Tell a visitor's pages whether they may write now. A network's others find out when they ask next."""
    tx.emit(WidgetVisitorChanged(blocks.is_shut_out(tx.conn, visitor, tx.now)), ToVisitor(visitor))
