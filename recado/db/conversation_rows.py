"""A conversation as the database gives it: which columns, from where, and how they become shapes.

Finders and lists select `FACTS` from `FROM`; whoever also needs the customer's side adds `OUTWARD` from `FROM_OUTWARD`.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import and_, select

from recado.db.tables import conversations, customers, departments, inboxes, operators, read_marks, threads
from recado.db.threads import COUNTERS, Counters, counters_of
from recado.db.types import Columns
from recado.domain.conversations import ConversationRow, CustomerBrief, Status, WidgetConversation
from recado.domain.ids import ConversationId, InboxId, OperatorId, PublicId, ThreadId, VisitorId
from recado.domain.outward import first_name
from recado.domain.people import Named

_VISITOR_MARK = read_marks.alias("visitor_mark")

FACTS = (
    *COUNTERS,
    conversations.c.id,
    conversations.c.public_id,
    conversations.c.status,
    conversations.c.inbox_id,
    inboxes.c.name,
    conversations.c.department_id,
    departments.c.name,
    conversations.c.visitor_id,
    conversations.c.customer_id,
    customers.c.name,
    customers.c.email,
    customers.c.verified,
    conversations.c.operator_id,
    conversations.c.waiting_since,
    conversations.c.opened_at,
    conversations.c.former_operator_id,
    conversations.c.paused_until,
    conversations.c.closed_at,
    conversations.c.first_answer_at,
    conversations.c.operator_read,
    departments.c.archive,
    departments.c.look_in,
    departments.c.reopen_days,
)
FROM = (
    conversations.join(threads, threads.c.id == conversations.c.thread_id)
    .join(inboxes, inboxes.c.id == conversations.c.inbox_id)
    .join(departments, departments.c.id == conversations.c.department_id)
    .outerjoin(customers, customers.c.id == conversations.c.customer_id)
)
OUTWARD = (operators.c.name, _VISITOR_MARK.c.public_seq)
FROM_OUTWARD = FROM.outerjoin(operators, operators.c.id == conversations.c.operator_id).outerjoin(
    _VISITOR_MARK,
    and_(
        _VISITOR_MARK.c.thread_id == conversations.c.thread_id,
        _VISITOR_MARK.c.reader_kind == "visitor",
        _VISITOR_MARK.c.reader_id == conversations.c.visitor_id,
    ),
)
WHOLE = select(*FACTS, *OUTWARD).select_from(FROM_OUTWARD)


class Conversation(NamedTuple):
    """A conversation with all that its two kinds of readers are shown of it."""

    counters: Counters
    id: ConversationId
    public_id: PublicId
    status: Status
    inbox: Named
    department: Named
    visitor_id: VisitorId
    customer: CustomerBrief
    operator_id: OperatorId | None
    waiting_since: int | None
    opened_at: int
    former: OperatorId | None
    paused_until: int | None
    closed_at: int | None
    first_answer_at: int | None
    operator_read: int
    archive: bool
    look_in: bool
    reopen_days: int
    operator_name: str | None = None
    visitor_read: int = 0

    @property
    def inbox_id(self) -> InboxId:
        """The number of its inbox."""
        return InboxId(self.inbox.id)

    @property
    def thread_id(self) -> ThreadId:
        """The number of its thread."""
        return self.counters.thread.id

    def row(self) -> ConversationRow:
        """The shape that operators get."""
        thread, excerpt, excerpt_by, excerpt_author = self.counters
        return ConversationRow(
            self.id,
            self.status,
            "chat",
            self.inbox,
            self.department,
            self.customer,
            self.operator_id,
            self.waiting_since,
            self.opened_at,
            thread.last_at,
            thread.answer_due_since,
            excerpt,
            excerpt_by,
            excerpt_author,
            thread.inbound_count,
            thread.seq,
            thread.version,
            self.former,
            self.paused_until,
            self.closed_at,
        )

    def widget(self) -> WidgetConversation:
        """The shape that its customer gets."""
        thread = self.counters.thread
        return WidgetConversation(
            self.public_id,
            "closed" if self.status is Status.CLOSED else "open",
            thread.public_version,
            thread.public_seq,
            self.opened_at,
            self.department.name,
            first_name(self.operator_name),
            self.visitor_read,
            self.operator_read,
        )


def conversation_of(row: Columns, outward: Columns = (None, 0)) -> Conversation:
    """Return the conversation in the columns of `FACTS`; `outward` holds those of `OUTWARD`."""
    facts = row[len(COUNTERS) : len(FACTS)]
    return Conversation(
        counters_of(row[: len(COUNTERS)]),
        facts[0],
        facts[1],
        Status(facts[2]),
        Named(facts[3], facts[4]),
        Named(facts[5], facts[6]),
        facts[7],
        CustomerBrief(facts[8], facts[9], facts[10], bool(facts[11]), facts[7]),
        facts[12],
        facts[13],
        facts[14],
        facts[15],
        facts[16],
        facts[17],
        facts[18],
        facts[19],
        bool(facts[20]),
        bool(facts[21]),
        facts[22],
        outward[0],
        outward[1] or 0,
    )


def whole_of(row: Columns) -> Conversation:
    """Return the conversation in the columns of `WHOLE`."""
    return conversation_of(row, row[len(FACTS) :])
