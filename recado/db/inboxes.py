"""Departments' and inboxes' rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from recado.db.database import Tx
from recado.db.hot import Hot
from recado.db.tables import departments, identity_secrets, inboxes
from recado.db.types import Columns
from recado.domain.chats import ChatSettings
from recado.domain.ids import DepartmentId, InboxId, InboxKey
from recado.domain.inboxes import Inbox, SecretItem
from recado.domain.people import Named

_WHOLE = select(
    inboxes.c.id,
    inboxes.c.key,
    inboxes.c.name,
    inboxes.c.department_id,
    departments.c.name,
    inboxes.c.sites,
    inboxes.c.colour,
    inboxes.c.greeting,
    inboxes.c.ask_name,
    inboxes.c.ask_email,
    inboxes.c.chat,
    inboxes.c.version,
).select_from(inboxes.join(departments))
BY_KEY = Hot(_WHOLE.where(inboxes.c.key == bindparam("key")))
BY_ID = Hot(_WHOLE.where(inboxes.c.id == bindparam("id")))
ALL = _WHOLE.order_by(inboxes.c.name, inboxes.c.id)
SECRETS = select(
    identity_secrets.c.inbox_id,
    identity_secrets.c.id,
    identity_secrets.c.ending,
    identity_secrets.c.created_at,
).order_by(identity_secrets.c.id)
SEALED = Hot(
    select(identity_secrets.c.id, identity_secrets.c.sealed)
    .select_from(identity_secrets.join(inboxes))
    .where(inboxes.c.key == bindparam("key"))
    .order_by(identity_secrets.c.id)
)
HELD = (
    select(identity_secrets.c.id)
    .where(identity_secrets.c.id == bindparam("id"))
    .with_for_update(read=True, key_share=True)
)


class InboxValues(NamedTuple):
    """What an admin sets of an inbox, checked. `chat` is None where it stays as it is."""

    name: str
    department_id: DepartmentId
    sites: list[str]
    colour: str
    greeting: str
    ask_name: str
    ask_email: str
    chat: ChatSettings | None = None

    def columns(self) -> dict[str, Any]:
        """The columns' values."""
        values = self._asdict() | {"sites": msgspec.json.encode(self.sites).decode()}
        if self.chat is None:
            del values["chat"]
        else:
            values["chat"] = msgspec.json.encode(self.chat).decode()
        return values


def _chat_of(stored: str) -> ChatSettings:
    """Settings as they are stored, perhaps by a later release with more of them."""
    found = msgspec.json.decode(stored, type=dict[str, Any])
    known = {name: found[name] for name in ChatSettings.__struct_fields__ if name in found}
    return msgspec.convert(known, ChatSettings)


def _inbox_of(row: Columns) -> Inbox:
    number, key, name, department, department_name, sites, colour, greeting, ask_name, ask_email, chat, version = row
    return Inbox(
        number,
        key,
        name,
        Named(department, department_name),
        msgspec.json.decode(sites, type=list[str]),
        colour,
        greeting,
        ask_name,
        ask_email,
        _chat_of(chat),
        version,
        [],
    )


def find_by_key(conn: Connection, key: InboxKey) -> Inbox | None:
    """Return the inbox that a script tag names."""
    row = BY_KEY.first(conn, {"key": key})
    return None if row is None else _inbox_of(row)


def get(conn: Connection, which: InboxId) -> Inbox:
    """Return an inbox that is known to exist."""
    return _inbox_of(BY_ID.one(conn, {"id": which}))


def get_whole(conn: Connection, which: InboxId) -> Inbox:
    """Return an inbox that is known to exist, with the secrets in use."""
    return next(one for one in list_all(conn) if one.id == which)


def list_all(conn: Connection) -> list[Inbox]:
    """Return all inboxes by name, with the secrets in use."""
    secrets: dict[int, list[SecretItem]] = defaultdict(list)
    for inbox, *item in conn.execute(SECRETS):
        secrets[inbox].append(SecretItem(*item))
    found = [_inbox_of(row) for row in conn.execute(ALL)]
    return [msgspec.structs.replace(one, secrets=secrets[one.id]) for one in found]


def create(tx: Tx, key: InboxKey, values: InboxValues) -> InboxId:
    """Store a new chat inbox."""
    row = values.columns() | {"key": key, "channel": "chat", "created_at": tx.now, "version": 1}
    return InboxId(tx.conn.execute(insert(inboxes).returning(inboxes.c.id), row).scalar_one())


def change(tx: Tx, which: InboxId, values: InboxValues, version: int) -> bool:
    """Change an inbox; return whether there is one of this version."""
    statement = update(inboxes).where(inboxes.c.id == which, inboxes.c.version == version)
    return tx.conn.execute(statement.values(version=version + 1, **values.columns())).rowcount == 1


def lock(tx: Tx, which: InboxId) -> bool:
    """Keep an inbox from being changed by others until the end of the transaction; return whether there is one."""
    statement = update(inboxes).where(inboxes.c.id == which)
    return tx.conn.execute(statement.values(version=inboxes.c.version + 1)).rowcount == 1


def list_sealed(conn: Connection, key: InboxKey) -> dict[int, bytes]:
    """Return the sealed secrets with which this inbox's site may sign, by their numbers."""
    return dict(SEALED.all(conn, {"key": key}))


def add_secret(tx: Tx, inbox: InboxId, sealed: bytes, ending: str) -> SecretItem:
    """Store a secret, sealed."""
    row = {"inbox_id": inbox, "sealed": sealed, "ending": ending, "created_at": tx.now}
    number = tx.conn.execute(insert(identity_secrets).returning(identity_secrets.c.id), row).scalar_one()
    return SecretItem(number, ending, tx.now)


def list_secrets(conn: Connection, inbox: InboxId) -> list[SecretItem]:
    """Return the secrets of an inbox, oldest first."""
    return [SecretItem(*item) for _, *item in conn.execute(SECRETS.where(identity_secrets.c.inbox_id == inbox))]


def hold_secret(tx: Tx, secret: int) -> bool:
    """Keep a secret from being removed until the end of the transaction; return whether it is there still."""
    return tx.conn.execute(HELD, {"id": secret}).first() is not None


def remove_secret(tx: Tx, secret: int) -> InboxId | None:
    """Forget a secret; return whose it was, None where there is none."""
    statement = delete(identity_secrets).where(identity_secrets.c.id == secret).returning(identity_secrets.c.inbox_id)
    return tx.conn.execute(statement).scalar_one_or_none()
