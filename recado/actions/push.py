"""Browsers that are told of news, each for as long as somebody is signed in there; and the key that they know us by."""

from __future__ import annotations

from recado.db import notices, push
from recado.db.database import Tx
from recado.domain.actors import Operator, System
from recado.domain.errors import NotFound
from recado.domain.events import NoticesChanged, ToOperators
from recado.domain.ids import OperatorId
from recado.domain.permissions import needs
from recado.domain.push import NAME_MAX, Subscribed
from recado.domain.text import required_line


@needs(Operator)
def subscribe(tx: Tx, operator: Operator, browser: Subscribed, name: str) -> None:
    """Let this browser be told, until this session ends."""
    called = required_line(name, "name", NAME_MAX)
    if operator.session is None:
        raise NotFound
    push.subscribe(tx, operator.id, operator.session, browser, called)
    _tell(tx, operator)


@needs(Operator)
def unsubscribe(tx: Tx, operator: Operator) -> None:
    """Let this browser be told no more."""
    if operator.session is not None and push.unsubscribe(tx, operator.session):
        _tell(tx, operator)


@needs(Operator)
def remove(tx: Tx, operator: Operator, which: int) -> None:
    """Let another browser of one's own be told no more."""
    if not push.remove(tx, operator.id, which):
        raise NotFound
    _tell(tx, operator)


def _tell(tx: Tx, operator: Operator) -> None:
    """Let one's own pages know that something of this is otherwise."""
    now = notices.get(tx.conn, operator.id)
    tx.emit(NoticesChanged(now), ToOperators(frozenset((OperatorId(operator.id),))))


@needs(System)
def note(tx: Tx, _actor: System, gone: list[int], failed: list[int], well: list[int]) -> None:
    """Note what services have said of browsers: gone for good, not served, served again."""
    for which in gone:
        push.forget(tx, which)
    for which in failed:
        push.note_failed(tx, which, tx.now)
    for which in well:
        push.note_failed(tx, which, None)


@needs(System)
def set_key(tx: Tx, _actor: System, sealed: bytes, instead_of: bytes | None) -> bytes | None:
    """Set the installation's key, unless another process was quicker; return the one that holds."""
    push.set_key(tx, sealed, instead_of)
    return push.find_key(tx.conn)
