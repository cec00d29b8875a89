"""Direct conversations: started, written in, read, put away; by those who take part, and told to them alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from recado.actions.attachments import bound
from recado.actions.drafts import let_go
from recado.actions.notices import renew
from recado.actions.threads import add, client_id_of, find_sent
from recado.db import direct_people, directs, entries, marks, routing, threads
from recado.db.database import Tx
from recado.db.dialect import OvertakenError, key_taken
from recado.db.direct_rows import Direct, Mine
from recado.domain import places
from recado.domain.actors import Operator
from recado.domain.directs import Alerts, DirectSent, Own, circle_of, name_of
from recado.domain.errors import ClientIdReused, Invalid
from recado.domain.events import DirectOwnChanged, DirectPosted, DirectRead, Event, ToOperators
from recado.domain.ids import DirectId, OperatorId
from recado.domain.permissions import needs
from recado.domain.threads import Entry, NewEntry, words_of


class Result(NamedTuple):
    """What a send made of it. `repeated` where the client id had been sent before: nothing was added now."""

    sent: DirectSent
    repeated: bool


@needs(Operator)
def start(
    tx: Tx, operator: Operator, client_id: str, people: Collection[int], body: str, name: str | None = None
) -> Result:
    """Start a direct conversation with colleagues, by its first message.

    The same people may have several: whether one that they have will do is theirs to say. A client id that was sent
    before answers with what came of it then, as long as its sender takes part.
    """
    circle, called = circle_of(operator.id, people), name_of(name)
    text, _ = words_of(body, ())
    key = client_id_of(client_id)
    along = (f"with {' '.join(map(str, circle))}", f"called {called or ''}")
    new = NewEntry("note", operator.author, text, key, along=along, direct=True)
    sent = find_sent(tx, new)
    if sent is not None:
        started = directs.find_opened(tx.conn, operator, key)
        if started is None:
            raise ClientIdReused
        return Result(DirectSent(sent.entry, directs.get(tx.conn, operator, started).direct.row()), repeated=True)
    if missing := set(circle) - direct_people.list_enabled(tx.conn, circle):
        raise Invalid("people", "unknown", f"Not to be written to: {', '.join(map(str, sorted(missing)))}.")
    # Where the same page asks twice at once, the second finds what the first has stored: this is run once more.
    with key_taken(tx.conn, OvertakenError()):
        which = directs.create(tx, operator, threads.create(tx), key, circle, called)
    return _say(tx, operator, directs.get(tx.conn, operator, which).direct, new)


@needs(Operator)
def post(
    tx: Tx,
    operator: Operator,
    which: DirectId,
    client_id: str,
    body: str,
    mentions: Iterable[int] = (),
    quotes: int | None = None,
    files: Sequence[str] = (),
) -> Result:
    """Say something in a direct conversation. Mentioned may be who takes part; `files` are its author's for it."""
    text, along = words_of(body, files)
    named = tuple(sorted(set(mentions)))
    new = NewEntry(
        "note", operator.author, text, client_id_of(client_id), mentions=named, files=along, quotes=quotes, direct=True
    )
    found = directs.get_locked(tx, operator, which)
    sent = find_sent(tx, new)
    if sent is not None:
        if sent.thread != found.direct.thread_id:
            raise ClientIdReused
        return Result(DirectSent(_as_read(sent.entry, found), found.direct.row()), repeated=True)
    refuse_strangers(found.direct, named)
    place = places.direct(which)
    result = _say(tx, operator, found.direct, bound(tx, _quoting(tx, found, new), place))
    let_go(tx, operator, place, "note", body, along=bool(files))
    return result


def _as_read(mine: Entry, found: Mine) -> Entry:
    """Return one's own entry as one may read it: whoever came anew after it does not read what it quotes now."""
    return replace(mine, quote=None) if mine.seq <= found.own.floor else mine


def refuse_strangers(direct: Direct, named: Collection[int]) -> None:
    """Refuse that somebody is mentioned who does not take part: a promise that could not be kept."""
    if set(named) - set(direct.people):
        raise Invalid("mentions", "unknown", "Somebody is mentioned who does not take part.")


def _quoting(tx: Tx, found: Mine, new: NewEntry) -> NewEntry:
    """Return a new entry with what it quotes: what each who takes part may read, or it would be shown to them so."""
    if new.quotes is None:
        return new
    quoted = entries.find(tx.conn, found.direct.thread_id, new.quotes) if new.quotes > found.own.floor else None
    if quoted is None or quoted.entry.kind == "activity":
        raise Invalid("quote", "unknown", "There is no such message to be quoted.")
    if quoted.entry.gone is not None:
        raise Invalid("quote", "gone", "The message that is quoted has been deleted.")
    if new.quotes <= max(direct_people.list_floors(tx.conn, found.direct.id).values()):
        raise Invalid("quote", "private", "Not everybody here may read the message that is quoted.")
    return replace(new, quoted=quoted.quoted)


def _say(tx: Tx, operator: Operator, before: Direct, new: NewEntry) -> Result:
    """Add a message, which its author has seen, and tell those who take part."""
    appended = add(tx, before.thread_id, new)
    thread = appended.counters.thread
    mark = marks.note_said(tx, thread, operator.author)
    directs.note_said(tx, before.id, operator.id, thread.last_at, seen=mark.inbound_count == thread.inbound_count)
    after = before._replace(counters=appended.counters)
    tell(tx, after, DirectPosted(after.row(), [appended.entry], mark))
    tell_own(tx, operator, after.id)
    return Result(DirectSent(appended.entry, after.row()), repeated=False)


@needs(Operator)
def read(tx: Tx, operator: Operator, which: DirectId, seq: int) -> None:
    """Somebody who takes part has read up to `seq`; the others see it."""
    found = directs.get_locked(tx, operator, which)
    thread = found.direct.counters.thread
    moved = marks.move_mark(tx, thread, operator.author, seq, direct=True)
    if moved is None:
        return
    directs.note_read(tx, found, operator.id, thread.inbound_count - moved.mark.inbound_count)
    version = threads.touch(tx, thread.id, tell_customer=False).thread.version
    tell(tx, found.direct, DirectRead(which, version, moved.mark))
    tell_own(tx, operator, which)


@needs(Operator)
def put_away(tx: Tx, operator: Operator, which: DirectId) -> Own:
    """Put a direct conversation into one's own archive; the next message there brings it back."""
    found = directs.get_locked(tx, operator, which)
    if found.own.archived:
        return found.own
    return _set(tx, operator, found, archived_at=tx.now)


@needs(Operator)
def bring_back(tx: Tx, operator: Operator, which: DirectId) -> Own:
    """Take a direct conversation out of one's own archive."""
    found = directs.get_locked(tx, operator, which)
    if not found.own.archived:
        return found.own
    return _set(tx, operator, found, archived_at=None)


@needs(Operator)
def hear(tx: Tx, operator: Operator, which: DirectId, alerts: Alerts) -> Own:
    """Say what of a direct conversation notifies oneself."""
    routing.lock_operator(tx, operator.id)
    found = directs.get_locked(tx, operator, which)
    if found.own.alerts == alerts:
        return found.own
    own = _set(tx, operator, found, alerts=alerts)
    renew(tx, operator)
    return own


def _set(tx: Tx, operator: Operator, found: Mine, **values: object) -> Own:
    directs.set_own(tx, found, operator.id, **values)
    return tell_own(tx, operator, found.direct.id)


def tell(tx: Tx, direct: Direct, event: Event) -> None:
    """Tell those who take part."""
    tx.emit(event, ToOperators(frozenset(direct.people)))


def tell_own(tx: Tx, operator: Operator, which: DirectId) -> Own:
    """Tell somebody's own pages how it stands for them now, and return that."""
    own = directs.get(tx.conn, operator, which).own
    tx.emit(DirectOwnChanged(which, own), ToOperators(frozenset((OperatorId(operator.id),))))
    return own
