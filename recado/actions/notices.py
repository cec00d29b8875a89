"""What notifies somebody: chosen by themselves, by an admin for all who have not; told to their own pages alone."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from recado.actions import audit
from recado.actions.access import get_for_operator
from recado.db import notices, routing
from recado.db.database import Tx
from recado.domain.actors import Operator, Role
from recado.domain.audit import Kind
from recado.domain.directs import Alerts
from recado.domain.errors import Invalid, Outdated
from recado.domain.events import NoticesChanged, SettingsChanged, ToOperators, ToTeam
from recado.domain.ids import ConversationId, OperatorId
from recado.domain.notices import (
    DND_MAX_US,
    Choices,
    Chosen,
    Defaults,
    Notices,
    NoticesState,
    checked,
    checked_quiet,
    zone_of,
)
from recado.domain.permissions import needs
from recado.domain.versions import Seen, check_seen


class NoticesChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody chooses otherwise; what is left out stays. `chosen` takes the place of all that was chosen before.

    `zone`: an IANA zone for their quiet hours, None for UTC.
    """

    chosen: Chosen | msgspec.UnsetType = msgspec.UNSET
    zone: str | msgspec.UnsetType | None = msgspec.UNSET


@needs(Operator)
def change(tx: Tx, operator: Operator, changes: NoticesChanges) -> NoticesState:
    """Choose what notifies oneself."""
    values: dict[str, object] = {}
    if changes.chosen is not msgspec.UNSET:
        values |= notices.columns_of(checked(changes.chosen))
    if changes.zone is not msgspec.UNSET:
        values["zone"] = zone_of(changes.zone)
    if values:
        routing.lock_operator(tx, operator.id)
        notices.set_own(tx, operator.id, values)
        _tell_own(tx, operator)
    return notices.get_for(tx.conn, operator)


@needs(Operator)
def disturb_not(tx: Tx, operator: Operator, until: int | None) -> Notices:
    """Let nothing disturb oneself until a time (microseconds UTC), or again."""
    if until is not None and not tx.now < until <= tx.now + DND_MAX_US:
        raise Invalid("until", "not_ahead", "A time from now on, within a year.")
    routing.lock_operator(tx, operator.id)
    notices.set_own(tx, operator.id, {"dnd_until": until})
    return _tell_own(tx, operator)


@needs(Operator)
def hear(tx: Tx, operator: Operator, which: ConversationId, alerts: Alerts) -> Notices:
    """Say what of a conversation that one may read notifies oneself."""
    routing.lock_operator(tx, operator.id)
    get_for_operator(tx, operator, which)
    notices.set_alerts(tx, operator.id, which, alerts)
    return renew(tx, operator)


def renew(tx: Tx, operator: Operator) -> Notices:
    """Tell somebody's own pages, whose row is locked, that something notifies them otherwise."""
    notices.set_own(tx, operator.id, {})
    return _tell_own(tx, operator)


def _tell_own(tx: Tx, operator: Operator) -> Notices:
    """Tell somebody's own pages what holds now, and return it."""
    now = notices.get(tx.conn, operator.id)
    tx.emit(NoticesChanged(now), ToOperators(frozenset((OperatorId(operator.id),))))
    return now


@needs(Role.ADMIN)
def change_defaults(tx: Tx, admin: Operator, choices: Choices, seen: Seen = msgspec.UNSET) -> Defaults:
    """Choose for all who have not. `seen`: the version that was looked at."""
    before = notices.get_defaults(tx.conn)
    after = replace(choices, quiet=choices.quiet and checked_quiet(choices.quiet))
    if not notices.set_defaults(tx, after, check_seen(before.version, seen)):
        raise Outdated
    fields = audit.changed(before.choices, after)
    if fields:
        audit.note(tx, admin, Kind.NOTICES_CHANGED, "installation", 1, fields=fields)
    tx.emit(SettingsChanged(), ToTeam())
    return notices.get_defaults(tx.conn)
