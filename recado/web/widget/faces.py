"""An inbox as a visitor's page gets it: in their language, with who is there and when an answer may be expected."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from recado.db import hours as hour_rows
from recado.db import people
from recado.domain.chats import faces_of, text_in
from recado.domain.hours import is_open, next_opening
from recado.domain.ids import DepartmentId, OperatorId
from recado.domain.inboxes import Answering, Inbox, InboxFace
from recado.domain.waits import RECENT, RECENT_S, usual_wait_s


class Face(NamedTuple):
    """All of it, and who of the department is there, by number and name."""

    inbox: InboxFace
    answering: Answering
    team: list[tuple[OperatorId, str]]


def look(conn: Connection, inbox: Inbox, locale: str, now: int) -> Face:
    """Return an inbox's face at this moment."""
    department = DepartmentId(inbox.department.id)
    offered = [one.name for one in people.list_named(conn, inbox.chat.departments)]
    return Face(
        _inbox_in(inbox, locale, offered),
        _answering(conn, inbox, department, locale, now),
        people.list_present(conn, department, now),
    )


def _inbox_in(inbox: Inbox, locale: str, offered: list[str]) -> InboxFace:
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
        offered,
    )


def _answering(conn: Connection, inbox: Inbox, department: DepartmentId, locale: str, now: int) -> Answering:
    hours = hour_rows.find(conn, department)
    if not is_open(hours, now):
        return Answering(open=False, opens_at=next_opening(hours, now), within_s=None, text="")
    if inbox.chat.answer_time == "text":
        return Answering(open=True, opens_at=None, within_s=None, text=text_in(inbox.chat, "answer_time", locale))
    within_s = None
    if inbox.chat.answer_time == "measured":
        answers = hour_rows.list_first_answers(conn, department, now - RECENT_S * 1_000_000, RECENT)
        within_s = usual_wait_s(hours, answers)
    return Answering(open=True, opens_at=None, within_s=within_s, text="")
