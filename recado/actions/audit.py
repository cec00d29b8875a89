"""Noting what admins, supervisors and the desk itself do with their power, in the transaction that does it."""

from __future__ import annotations

import msgspec

from recado.db import audit
from recado.db.database import Tx
from recado.domain.actors import Actor, Operator
from recado.domain.audit import Detail, Kind, Subject


def note(tx: Tx, actor: Actor, kind: Kind, about: Subject, which: int, **detail: Detail) -> None:
    """Note that `actor` did this to `which`; it is stored with what was done, or neither is.

    `detail` holds numbers and values of fixed lists. Names, texts and secrets have no place in it: give the names of
    the fields that changed instead.
    """
    audit.add(tx, kind, actor.id if isinstance(actor, Operator) else None, about, which, detail)


def changed(before: msgspec.Struct, after: msgspec.Struct) -> list[str]:
    """Return the names of the fields in which two pictures of the same thing differ; what counts itself does not."""
    names = [name for name in before.__struct_fields__ if name not in {"version", "held", "held_in"}]
    return [name for name in names if getattr(before, name) != getattr(after, name)]
