"""What pages open with: the desk's lists, a conversation, a direct one; each read at one moment of the store."""

from __future__ import annotations

from sqlalchemy import Connection

from recado.db import (
    conversations,
    departments,
    direct_people,
    directs,
    drafts,
    entry_pages,
    lists,
    marks,
    notices,
    people,
)
from recado.db.direct_rows import Mine
from recado.db.readers import circle_of
from recado.domain import places
from recado.domain.actors import Operator
from recado.domain.conversations import Changes, ConversationState
from recado.domain.directs import DirectChanges, DirectState
from recado.domain.events import WIRE_VERSION
from recado.domain.ids import ConversationId, DirectId, OperatorId, VisitorId
from recado.domain.openings import DeskState
from recado.domain.threads import CHANGES_MAX, PAGE, Mark

FIRST_ROWS = 100


def open_desk(conn: Connection, me: Operator, epoch: str) -> DeskState:
    """Return lists, counts, people and drafts; who is online and looking is not known to the store."""
    return DeskState(
        epoch,
        WIRE_VERSION,
        people.get_me(conn, me.id),
        people.list_people(conn),
        departments.list_names(conn),
        departments.rules_for(conn, me.id),
        departments.list_reasons(conn),
        lists.list_waiting(conn, me, None, FIRST_ROWS),
        lists.list_attending(conn, me, None, FIRST_ROWS),
        lists.list_paused(conn, me, None, FIRST_ROWS),
        lists.count(conn, me),
        drafts.list_for(conn, me),
        [],
        {},
        notices.get(conn, me.id),
    )


def open_conversation(
    conn: Connection, me: Operator, which: ConversationId, epoch: str
) -> tuple[ConversationState, VisitorId]:
    """Return a conversation with its newest entries, all that a pane shows of it; and whose it is."""
    found = conversations.get_readable(conn, me, which)
    entries, more = entry_pages.list_before(conn, found.thread_id, None, PAGE)
    state = ConversationState(
        epoch,
        found.row(),
        entries,
        more,
        marks.list_marks(conn, found.thread_id),
        lists.visitor_facts(conn, which),
        drafts.list_of(conn, me, which),
        circle_of(conn, found),
    )
    return state, found.visitor_id


def list_changes(conn: Connection, me: Operator, which: ConversationId, since: int, epoch: str | None) -> Changes:
    """Return what changed after version `since`; `epoch` None: the page's is another one, and it must start over."""
    found = conversations.get_readable(conn, me, which)
    known = epoch is not None and since <= found.counters.thread.version
    entries = entry_pages.list_changed(conn, found.thread_id, since, CHANGES_MAX) if known else None
    listed = marks.list_marks(conn, found.thread_id)
    return Changes(epoch or "", entries is None, found.row(), entries or [], listed, circle_of(conn, found))


def open_direct(conn: Connection, me: Operator, which: DirectId, epoch: str) -> DirectState:
    """Return a direct conversation with the newest of those entries that its reader may read."""
    mine = directs.get(conn, me, which)
    direct, own, _ = mine
    entries, more = entry_pages.list_before(conn, direct.thread_id, None, PAGE, own.floor)
    kept = drafts.list_in(conn, me, places.direct(which))
    return DirectState(epoch, direct.row(), own, entries, more, *_readers(conn, mine), kept)


def list_direct_changes(
    conn: Connection, me: Operator, which: DirectId, since: int, epoch: str | None
) -> DirectChanges:
    """Return what changed after version `since`; `epoch` None: the page's is another one, and it must start over."""
    mine = directs.get(conn, me, which)
    direct, own, _ = mine
    known = epoch is not None and since <= direct.counters.thread.version
    found = entry_pages.list_changed(conn, direct.thread_id, since, CHANGES_MAX, own.floor) if known else None
    return DirectChanges(epoch or "", found is None, direct.row(), own, found or [], *_readers(conn, mine))


def _readers(conn: Connection, mine: Mine) -> tuple[list[Mark], dict[OperatorId, int], int]:
    """Return how far each who takes part has read, where they begin who do not read all, how much there is to read."""
    direct = mine.direct
    floors = {one: floor for one, floor in direct_people.list_floors(conn, direct.id).items() if floor}
    return marks.list_marks_of(conn, direct.thread_id, direct.people), floors, mine.readable
