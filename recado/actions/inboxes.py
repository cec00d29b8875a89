"""The inboxes through which customers come."""

from __future__ import annotations

import re
from typing import get_args

import msgspec

from recado.actions import audit
from recado.db import inboxes, people
from recado.db.database import Tx
from recado.db.inboxes import InboxValues
from recado.domain.actors import Operator, Role
from recado.domain.audit import Kind
from recado.domain.chats import ChatSettings, ChatTexts, settings_of, text_in
from recado.domain.errors import Invalid, NotFound, Outdated
from recado.domain.events import SettingsChanged, ToTeam
from recado.domain.ids import DepartmentId, InboxId, new_inbox_key
from recado.domain.inboxes import (
    COLOUR_PATTERN,
    DEFAULT_COLOUR,
    GREETING_MAX,
    Inbox,
    Question,
    sites_of,
)
from recado.domain.people import NAME_MAX, Locale
from recado.domain.permissions import needs
from recado.domain.text import line_of, required_line
from recado.domain.versions import Seen, check_seen


class InboxInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an admin fills in for a chat inbox. `version`: what they had looked at of one that exists."""

    name: str
    department: int
    sites: list[str]
    colour: str = DEFAULT_COLOUR
    greeting: str = ""
    ask_name: Question = "optional"
    ask_email: Question = "optional"
    chat: ChatSettings | None = None
    version: Seen = msgspec.UNSET


@needs(Role.ADMIN)
def create_inbox(tx: Tx, admin: Operator, given: InboxInput) -> Inbox:
    """Make a chat inbox; its key, which the script tag names, is made here and stays."""
    number = inboxes.create(tx, new_inbox_key(), _values(tx, given))
    audit.note(tx, admin, Kind.INBOX_CREATED, "inbox", number, department=given.department)
    tx.emit(SettingsChanged(), ToTeam())
    return inboxes.get_whole(tx.conn, number)


@needs(Role.ADMIN)
def change_inbox(tx: Tx, admin: Operator, which: InboxId, given: InboxInput) -> Inbox:
    """Change a chat inbox. Conversations that exist keep their department."""
    before = next((one for one in inboxes.list_all(tx.conn) if one.id == which), None)
    if before is None:
        raise NotFound
    if not inboxes.change(tx, which, _values(tx, given), check_seen(before.version, given.version)):
        raise Outdated
    after = inboxes.get_whole(tx.conn, which)
    audit.note(tx, admin, Kind.INBOX_CHANGED, "inbox", which, fields=_changed(before, after))
    tx.emit(SettingsChanged(), ToTeam())
    return after


def _changed(before: Inbox, after: Inbox) -> list[str]:
    """Return what of a form was changed, by names. A greeting is what visitors read, wherever it is stored."""
    names = [name for name in audit.changed(before, after) if name not in {"greeting", "chat"}]
    if _greetings(before) != _greetings(after):
        names.append("greeting")
    return names + audit.changed(_but_greetings(before.chat), _but_greetings(after.chat))


def _greetings(inbox: Inbox) -> list[str]:
    return [text_in(inbox.chat, "greeting", locale) or inbox.greeting for locale in get_args(Locale)]


def _but_greetings(chat: ChatSettings) -> ChatSettings:
    texts = {locale: msgspec.structs.replace(one, greeting="") for locale, one in chat.texts.items()}
    return msgspec.structs.replace(chat, texts={at: one for at, one in texts.items() if one != ChatTexts()})


def _chat_of(tx: Tx, given: ChatSettings) -> ChatSettings:
    chosen: list[DepartmentId] = [DepartmentId(one) for one in given.departments]
    if people.missing_departments(tx.conn, chosen):
        raise Invalid("chat.departments", "unknown", "There is no such department.")
    return settings_of(given)


def _values(tx: Tx, given: InboxInput) -> InboxValues:
    department = DepartmentId(given.department)
    if people.missing_departments(tx.conn, [department]):
        raise Invalid("department", "unknown", "There is no such department.")
    colour = given.colour.lower()
    if not re.fullmatch(COLOUR_PATTERN, colour):
        raise Invalid("colour", "not_a_colour", "A colour is written as #rrggbb.")
    return InboxValues(
        required_line(given.name, "name", NAME_MAX),
        department,
        sites_of(given.sites),
        colour,
        line_of(given.greeting, "greeting", GREETING_MAX) or "",
        given.ask_name,
        given.ask_email,
        None if given.chat is None else _chat_of(tx, given.chat),
    )
