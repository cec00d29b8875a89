"""Who reads a conversation that stands somewhere, for tests that know where it stands and who belongs where."""

from typing import NamedTuple

from recado.domain.conversations import Status
from recado.domain.ids import OperatorId
from recado.domain.permissions import Facts, readers_of


class Where(NamedTuple):
    """Where a conversation stands."""

    status: Status
    department: int
    owner: OperatorId | None
    archive: bool = False
    lookers: tuple[OperatorId, ...] = ()


def may_read(where: Where, *, in_department: bool, operator: OperatorId) -> bool:
    """Whether this operator reads a conversation that stands there, by the table of the product."""
    members = frozenset((operator,) if in_department else ())
    facts = Facts(where.status, where.owner, where.archive, members, frozenset(where.lookers))
    return operator in readers_of(facts)
