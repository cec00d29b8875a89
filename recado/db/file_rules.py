"""Which files may be sent: one row, and none until an admin has said something."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select, update

from recado.db.database import Tx
from recado.db.dialect import insert as upsert
from recado.db.tables import file_rules
from recado.domain.attachments import Limits, usual_limits

RULES_ID = 1


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
