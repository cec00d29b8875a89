"""Invitations, and the one-time door for the first admin. Only hashes of their tokens are stored."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from recado.db.database import Tx
from recado.db.dialect import for_update
from recado.db.dialect import insert as upsert
from recado.db.people import ADMINS
from recado.db.tables import departments, installation, invitation_departments, invitations
from recado.domain.actors import Role
from recado.domain.ids import DepartmentId, InvitationId, OperatorId
from recado.domain.people import InvitationItem, Named


class Agreed(NamedTuple):
    """What all servers on one store have alike: what is made of their secret, and where they keep files."""

    secret_check: bytes | None
    files_place: str | None


class Invitation(NamedTuple):
    """An invitation that can still be accepted."""

    id: InvitationId
    role: Role
    name: str | None
    departments: list[Named]


def _departments_of(conn: Connection) -> dict[int, list[Named]]:
    found: dict[int, list[Named]] = defaultdict(list)
    rows: Any = conn.execute(
        select(invitation_departments.c.invitation_id, departments.c.id, departments.c.name)
        .select_from(invitation_departments.join(departments))
        .order_by(departments.c.name)
    )
    for invitation, number, name in rows:
        found[invitation].append(Named(number, name))
    return found


def create(
    tx: Tx,
    by: OperatorId,
    token_hash: bytes,
    role: Role,
    which: list[DepartmentId],
    name: str | None,
    expires_at: int,
) -> InvitationId:
    """Store an invitation."""
    number = InvitationId(
        tx.conn.execute(
            insert(invitations).returning(invitations.c.id),
            {
                "token_hash": token_hash,
                "role": role,
                "name": name,
                "created_by": by,
                "created_at": tx.now,
                "expires_at": expires_at,
            },
        ).scalar_one()
    )
    rows = [{"invitation_id": number, "department_id": department} for department in dict.fromkeys(which)]
    if rows:
        tx.conn.execute(insert(invitation_departments), rows)
    return number


def _opens(now: int) -> ColumnElement[bool]:
    """Return the condition that an invitation can still be accepted: whoever made it is still an admin."""
    return and_(invitations.c.expires_at > now, invitations.c.created_by.in_(ADMINS))


def list_open(conn: Connection, now: int) -> list[InvitationItem]:
    """Return the invitations that can still be accepted, newest first."""
    belong = _departments_of(conn)
    rows = conn.execute(select(invitations).where(_opens(now)).order_by(invitations.c.id.desc()))
    return [InvitationItem(row.id, Role(row.role), belong.get(row.id, []), row.name, row.expires_at) for row in rows]


def find(conn: Connection, token_hash: bytes, now: int) -> Invitation | None:
    """Return the invitation that this token opens."""
    row = conn.execute(select(invitations).where(invitations.c.token_hash == token_hash, _opens(now))).one_or_none()
    if row is None:
        return None
    return Invitation(row.id, Role(row.role), row.name, _departments_of(conn).get(row.id, []))


def remove(tx: Tx, which: InvitationId) -> bool:
    """Delete an invitation, because it was accepted or withdrawn; return whether it was still there."""
    return tx.conn.execute(delete(invitations).where(invitations.c.id == which)).rowcount == 1


# ── the first admin ──────────────────────────────────────────────────────────────────────────────────────────────


def found_installation(tx: Tx, epoch: str) -> None:
    """Make the one row of the installation where there is none, at the first start."""
    first = upsert(installation).values(id=1, epoch=epoch, created_at=tx.now)
    tx.conn.execute(first.on_conflict_do_nothing(index_elements=["id"]))


def lock_installation(tx: Tx) -> tuple[str, Agreed]:
    """Return the epoch and what the servers on this store have agreed on; whoever starts now waits for its turn."""
    found = select(installation.c.epoch, installation.c.secret_check, installation.c.files_place)
    epoch, *agreed = tx.conn.execute(for_update(found)).one()
    return epoch, Agreed(*agreed)


def set_agreed(tx: Tx, agreed: Agreed) -> None:
    """Note what the servers on this store have agreed on."""
    tx.conn.execute(update(installation).values(secret_check=agreed.secret_check, files_place=agreed.files_place))


def is_set_up(conn: Connection) -> bool:
    """Return whether the first admin has been made."""
    return conn.execute(select(installation.c.set_up_at)).scalar() is not None


def opens_setup(conn: Connection, token_hash: bytes) -> bool:
    """Return whether this token would let somebody through the set-up's door now."""
    open_to = select(installation.c.id).where(
        installation.c.set_up_at.is_(None), installation.c.setup_hash == token_hash
    )
    return conn.execute(open_to).first() is not None


def set_setup_hash(tx: Tx, token_hash: bytes) -> None:
    """Set the token that opens the set-up; the one before dies."""
    tx.conn.execute(update(installation).values(setup_hash=token_hash))


def pass_setup(tx: Tx, token_hash: bytes) -> bool:
    """Go through the set-up's door and shut it for ever; return False where it was shut or the token is another.

    One conditional statement: of two who come at once, one is let through.
    """
    shut = (
        update(installation)
        .where(installation.c.set_up_at.is_(None), installation.c.setup_hash == token_hash)
        .values(set_up_at=tx.now, setup_hash=None)
    )
    return tx.conn.execute(shut).rowcount == 1


def touch_installation(tx: Tx) -> None:
    """Write the row of the installation as it is: the smallest write that shows whether writes work."""
    tx.conn.execute(update(installation).values(id=1))
