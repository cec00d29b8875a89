"""Who acts, as of the transaction in which they do: the desk asks before each action of an operator."""

from __future__ import annotations

from typing import TypeVar, cast

from recado.db import people
from recado.db.database import Tx
from recado.domain.actors import Actor, Operator, Role
from recado.domain.errors import Unauthenticated
from recado.domain.permissions import needed_by

A = TypeVar("A", bound=Actor)


def as_of_now(tx: Tx, actor: A, action: object) -> A:
    """Return who is to do `action`, an operator with the name and the role of this moment.

    The door has looked earlier: whoever waited for the store may have been demoted, disabled or signed out meanwhile.
    The last two are refused as at the door: their pages keep what was typed until they have signed in. What admins
    alone may do and what deposes an admin wait for each other, so that none of it, a link to join for instance, is
    stored behind the back of who takes the right away.
    """
    if not isinstance(actor, Operator):
        return actor
    if Role.ADMIN in needed_by(action):
        people.lock_admins(tx)
    found = people.find_present(tx.conn, actor)
    if found is None:
        raise Unauthenticated
    return cast("A", found)
