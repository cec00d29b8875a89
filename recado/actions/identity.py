"""The secrets with which an inbox's site signs who its users are."""

from __future__ import annotations

from recado.actions import audit
from recado.db import inboxes
from recado.db.database import Tx
from recado.domain.actors import Operator, Role
from recado.domain.audit import Kind
from recado.domain.errors import Invalid, NotFound
from recado.domain.events import SettingsChanged, ToTeam
from recado.domain.identity import SECRETS_MAX
from recado.domain.ids import InboxId
from recado.domain.inboxes import SecretItem
from recado.domain.permissions import needs


@needs(Role.ADMIN)
def add_secret(tx: Tx, admin: Operator, which: InboxId, sealed: bytes, ending: str) -> SecretItem:
    """Store a new secret beside the one in use, until that is removed: a site changes over without a gap.

    It comes sealed: what lies in the store opens nothing without the installation's own secret.
    """
    if not inboxes.lock(tx, which):
        raise NotFound
    if len(inboxes.list_secrets(tx.conn, which)) >= SECRETS_MAX:
        raise Invalid("secret", "too_many", f"An inbox has at most {SECRETS_MAX} secrets: remove the old one first.")
    made = inboxes.add_secret(tx, which, sealed, ending)
    audit.note(tx, admin, Kind.INBOX_CHANGED, "inbox", which, fields=["secrets"])
    tx.emit(SettingsChanged(), ToTeam())
    return made


@needs(Role.ADMIN)
def remove_secret(tx: Tx, admin: Operator, secret: int) -> None:
    """Forget a secret: what it signed holds no longer, nor does any resume key that goes back to it.

    Pages that are open go on until their token ends.
    """
    inbox = inboxes.remove_secret(tx, secret)
    if inbox is None:
        raise NotFound
    audit.note(tx, admin, Kind.INBOX_CHANGED, "inbox", inbox, fields=["secrets"])
    tx.emit(SettingsChanged(), ToTeam())
