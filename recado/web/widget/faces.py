"""An inbox as a visitor's page gets it: in their language, with who is there and when an answer may be expected."""

from __future__ import annotations

from sqlalchemy import Connection

from recado.db import blocks, conversations, people
from recado.db import hours as hour_rows
from recado.domain.actors import Visitor
from recado.domain.chats import faces_of, text_in
from recado.domain.customers import Around, FirstName
from recado.domain.errors import NotFound
from recado.domain.hours import is_open, next_opening
from recado.domain.ids import DepartmentId, PublicId
from recado.domain.inboxes import Answering, Inbox, InboxFace
from recado.domain.outward import first_name
from recado.domain.people import Named
from recado.domain.waits import RECENT, RECENT_S, usual_wait_s

FACES = 3


def look(conn: Connection, inbox: Inbox, locale: str) -> InboxFace:
    """Return an inbox's face."""
    chat = inbox.chat
    return InboxFace(
        inbox.name,
        inbox.department.name,
        inbox.colour,
        chat.theme,
        text_in(chat, "greeting", locale) or inbox.greeting,
        text_in(chat, "away", locale),
        inbox.ask_name,
        inbox.ask_email,
        chat.ask_when_away,
        faces_of(chat.fields, locale),
        [one.name for one in people.list_named(conn, chat.departments)],
    )


def around(conn: Connection, inbox: Inbox, me: Visitor, department: Named, locale: str, now: int) -> Around:
    """Return who of a department is there for a visitor at this moment, and what may be expected of it."""
    number = DepartmentId(department.id)
    there = [FirstName(first_name(name) or name) for _, name in people.list_present(conn, number, now)]
    blocked = blocks.is_shut_out(conn, me.id, now)
    return Around(department.name, _answering(conn, inbox, number, locale, now), there[:FACES], blocked)


def department_for(conn: Connection, inbox: Inbox, me: Visitor, which: PublicId | None, chosen: str) -> Named:
    """Return who answers: a conversation's department, else the chosen one of those offered, else the inbox's."""
    if which is not None:
        found = conversations.find_for_visitor(conn, me, which)
        if found is None:
            raise NotFound
        return found.department
    offered = people.list_named(conn, inbox.chat.departments)
    return next((one for one in offered if one.name == chosen), inbox.department)


def department_now(conn: Connection, inbox: Inbox, me: Visitor) -> Named:
    """Return who answers in what a visitor who comes is shown: the open conversation, else the newest."""
    which = conversations.find_open(conn, me) or conversations.find_newest_closed(conn, me)
    return department_for(conn, inbox, me, which, "")


def _answering(conn: Connection, inbox: Inbox, department: DepartmentId, locale: str, now: int) -> Answering:
    hours = hour_rows.find(conn, department)
    if not is_open(hours, now):
        return Answering(open=False, opens_at=next_opening(hours, now), within_s=None, text="")
    if inbox.chat.answer_time == "text":
        return Answering(open=True, opens_at=None, within_s=None, text=text_in(inbox.chat, "answer_time", locale))
    within_s = None
    if inbox.chat.answer_time == "measured":
        firsts = hour_rows.list_first_waits(conn, department, now - RECENT_S * 1_000_000, RECENT)
        within_s = usual_wait_s(hours, firsts, now)
    return Answering(open=True, opens_at=None, within_s=within_s, text="")
