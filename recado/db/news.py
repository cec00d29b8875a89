"""What is unread to somebody, found as its reader finds it: what they may not read now is not there.

Nothing is kept for this: it follows from marks, from `unread_since` and from who takes part.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, partial
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, and_, bindparam, func, or_, select

from recado.db import conversations, customer_news, notices
from recado.db import deliveries as deliveries_rows
from recado.db.directs import find_of_thread
from recado.db.entry_rows import attachments_of
from recado.db.hot import Hot
from recado.db.tables import conversations as conversation_rows
from recado.db.tables import deliveries, direct_people, directs, messages, operators, read_marks, threads
from recado.domain import places
from recado.domain.actors import Operator, Role
from recado.domain.deliveries import Owed, Way
from recado.domain.ids import DirectId, OperatorId, ThreadId
from recado.domain.news import News, Recipient, Said, Told, is_wanted, mail_of, push_of
from recado.domain.notices import Kind
from recado.domain.places import Place
from recado.domain.threads import line_of

SAID_MAX = 200
"""So many that are unread are looked at, oldest first."""
RECENT = 2_000
"""So many entries of the store are looked at for mentions of which nothing was told."""

RECIPIENT = Hot(
    select(operators.c.name, operators.c.email, operators.c.locale, operators.c.role).where(
        operators.c.id == bindparam("me"), operators.c.disabled_at.is_(None)
    )
)
DIRECT = Hot(
    select(
        directs.c.id,
        directs.c.name,
        direct_people.c.floor,
        direct_people.c.alerts,
        direct_people.c.unread_since,
        threads.c.seq,
    )
    .select_from(
        directs.join(direct_people, direct_people.c.direct_id == directs.c.id).join(
            threads, threads.c.id == directs.c.thread_id
        )
    )
    .where(
        directs.c.thread_id == bindparam("thread"),
        direct_people.c.operator_id == bindparam("me"),
        direct_people.c.left_at.is_(None),
        direct_people.c.unread_since.is_not(None),
    )
)
CONVERSATION = Hot(select(conversation_rows.c.id).where(conversation_rows.c.thread_id == bindparam("thread")))
MARK = Hot(
    select(read_marks.c.seq).where(
        read_marks.c.thread_id == bindparam("thread"),
        read_marks.c.reader_kind == "operator",
        read_marks.c.reader_id == bindparam("me"),
    )
)
_AFTER = and_(
    messages.c.thread_id == bindparam("thread"),
    messages.c.seq > bindparam("after"),
    messages.c.kind == "note",
    messages.c.author_kind == "operator",
    messages.c.gone.is_(None),
    messages.c.author_id != bindparam("me"),
)
_SAID = (
    select(
        messages.c.seq,
        messages.c.at,
        operators.c.name,
        messages.c.body,
        messages.c.attachments,
        messages.c.mentions,
    )
    .select_from(messages.join(operators, operators.c.id == messages.c.author_id))
    .order_by(messages.c.seq)
    .limit(SAID_MAX)
)
UNREAD_NOTES = Hot(_SAID.where(_AFTER))
UNREAD_MENTIONS = Hot(_SAID.where(_AFTER, messages.c.mentions.is_not(None)))
_THEIRS = and_(
    deliveries.c.operator_id == direct_people.c.operator_id,
    deliveries.c.thread_id == directs.c.thread_id,
    deliveries.c.way == bindparam("way"),
    deliveries.c.kind == "internal",
)
UNTOLD = Hot(
    select(direct_people.c.operator_id, directs.c.thread_id)
    .select_from(
        direct_people.join(directs, directs.c.id == direct_people.c.direct_id)
        .join(threads, threads.c.id == directs.c.thread_id)
        .join(operators, operators.c.id == direct_people.c.operator_id)
        .outerjoin(deliveries, _THEIRS)
    )
    .where(
        direct_people.c.unread_since.is_not(None),
        direct_people.c.unread_since > bindparam("oldest"),
        direct_people.c.left_at.is_(None),
        operators.c.disabled_at.is_(None),
        or_(
            deliveries.c.id.is_(None),
            deliveries.c.since != direct_people.c.unread_since,
            and_(
                or_(deliveries.c.state == "dropped", deliveries.c.way == "push"),
                deliveries.c.last_seq < threads.c.seq,
            ),
        ),
    )
)
UNREAD_OF = Hot(
    select(direct_people.c.operator_id, directs.c.thread_id)
    .select_from(
        direct_people.join(directs, directs.c.id == direct_people.c.direct_id).join(
            operators, operators.c.id == direct_people.c.operator_id
        )
    )
    .where(
        directs.c.id == bindparam("direct"),
        direct_people.c.left_at.is_(None),
        direct_people.c.unread_since.is_not(None),
        operators.c.disabled_at.is_(None),
    )
)
MENTIONS = Hot(
    select(messages.c.thread_id, messages.c.mentions)
    .select_from(messages.join(conversation_rows, conversation_rows.c.thread_id == messages.c.thread_id))
    .where(
        messages.c.id > select(func.max(messages.c.id) - RECENT).scalar_subquery(),
        messages.c.at > bindparam("oldest"),
        messages.c.kind == "note",
        messages.c.mentions.is_not(None),
        messages.c.gone.is_(None),
    )
)


class Target(NamedTuple):
    """Somebody, and what of a thread may be news to them."""

    operator: OperatorId
    thread: ThreadId
    kind: Kind


def find_recipient(conn: Connection, me: OperatorId) -> tuple[Recipient, Operator] | None:
    """Return somebody who may be told, and as whom they read; None for whoever is disabled."""
    row = RECIPIENT.first(conn, {"me": me})
    if row is None:
        return None
    name, email, locale, role = row
    return Recipient(me, name, email, locale or "es", notices.get(conn, me)), Operator(me, name, Role(role))


def find_news(conn: Connection, recipient: Recipient, reader: Operator, target: Target) -> News | None:
    """Return what is unread to somebody, of one kind, in a thread; None where nothing is, or they may not read it."""
    if target.kind == "internal":
        return _find_direct(conn, reader, target.thread)
    which = CONVERSATION.scalar(conn, {"thread": target.thread})
    found = None if which is None else conversations.find_for_operator(conn, reader, which)
    if found is None:
        return None
    alerts = recipient.notices.alerts.get(found.id, "all")
    if target.kind != "mention":
        return customer_news.find(conn, reader, found, target.kind, alerts)
    said = [one for one in _said(conn, UNREAD_MENTIONS, reader.id, target.thread, 0) if one.mentions]
    if not said:
        return None
    name, place = found.customer.name, places.conversation(found.id)
    return News(place, "mention", name, alerts, said[0].seq, said[-1].seq, said)


def get_place(conn: Connection, thread: ThreadId) -> Place:
    """Return where a thread is read, whoever asks: its number says nothing of it."""
    direct = find_of_thread(conn, thread)
    return (
        places.direct(direct)
        if direct is not None
        else places.conversation(CONVERSATION.scalar(conn, {"thread": thread}))
    )


def _find_direct(conn: Connection, reader: Operator, thread: ThreadId) -> News | None:
    row = DIRECT.first(conn, {"thread": thread, "me": reader.id})
    if row is None:
        return None
    number, name, floor, alerts, since, last_seq = row
    said = _said(conn, UNREAD_NOTES, reader.id, thread, floor)
    return News(places.direct(number), "internal", name, alerts, since, last_seq, said) if said else None


def _said(conn: Connection, unread: Hot, me: OperatorId, thread: ThreadId, floor: int) -> list[Said]:
    after = max(MARK.scalar(conn, {"thread": thread, "me": me}) or 0, floor)
    return [
        Said(seq, at, author, line_of(body, attachments_of(files)), me in _numbers(mentions))
        for seq, at, author, body, files, mentions in unread.all(conn, {"thread": thread, "after": after, "me": me})
    ]


def _numbers(stored: str | None) -> list[int]:
    return msgspec.json.decode(stored, type=list[int]) if stored else []


def list_untold(conn: Connection, way: Way, oldest: int) -> list[Target]:
    """Return where something is unread since `oldest` and no row says that it was told, or is to be."""
    found = [Target(row[0], row[1], "internal") for row in UNTOLD.all(conn, {"way": way, "oldest": oldest})]
    for thread, mentions in MENTIONS.all(conn, {"oldest": oldest}):
        found += [Target(OperatorId(one), thread, "mention") for one in _numbers(mentions)]
    return list(dict.fromkeys(found))


def list_unread(conn: Connection, which: DirectId) -> list[Target]:
    """Return those who take part in a direct conversation in which something is unread to them."""
    return [Target(row[0], row[1], "internal") for row in UNREAD_OF.all(conn, {"direct": which})]


def find_told(conn: Connection, way: Way, target: Target, now: int) -> tuple[Recipient, Told] | None:
    """Return who would be told what by one way, as of now; None where they would be told nothing."""
    found = find_recipient(conn, target.operator)
    told = None if found is None else _tell(conn, way, found, target, now)
    return None if found is None or told is None else (found[0], told)


def _tell(conn: Connection, way: Way, found: tuple[Recipient, Operator], target: Target, now: int) -> Told | None:
    recipient, reader = found
    news = find_news(conn, recipient, reader, target) if is_wanted(way, recipient) else None
    return None if news is None else (mail_of if way == "email" else push_of)(recipient, news, now)


def list_owed(conn: Connection, way: Way, targets: Iterable[Target], now: int) -> list[Owed]:
    """Return of which of these somebody is to be told, and when, less what rows say already."""
    recipient = cache(partial(find_recipient, conn))
    owed = []
    for target in targets:
        found = recipient(target.operator)
        told = None if found is None else _tell(conn, way, found, target, now)
        if told is not None:
            owed.append(Owed(target.operator, target.thread, way, target.kind, told.news.run, told.due_at))
    return [one for one in owed if not deliveries_rows.covers(conn, one)]
