"""A conversation as the database gives it: which columns, from where, and how they become shapes.

Lists select `ROW` from `FROM`: what operators are shown. Whoever acts on one selects `FACTS` from `FROM_OUTWARD`.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import and_, select, type_coerce

from recado.db.tables import conversations, customers, departments, inboxes, operators, read_marks, threads
from recado.db.threads import Counters
from recado.db.types import Columns, Number
from recado.domain.conversations import ConversationRow, CustomerBrief, Status, WidgetConversation
from recado.domain.ids import ConversationId, InboxId, OperatorId, PublicId, ThreadId, VisitorId
from recado.domain.outward import first_name
from recado.domain.people import Named
from recado.domain.threads import Thread

_VISITOR_MARK = read_marks.alias("visitor_mark")
_STATUSES = {str(status): status for status in Status}

ROW = (
    conversations.c.id,
    conversations.c.status,
    conversations.c.inbox_id,
    inboxes.c.name,
    conversations.c.department_id,
    departments.c.name,
    conversations.c.customer_id,
    customers.c.name,
    customers.c.email,
    type_coerce(customers.c.verified, Number),
    conversations.c.visitor_id,
    conversations.c.operator_id,
    conversations.c.waiting_since,
    conversations.c.opened_at,
    threads.c.last_at,
    threads.c.answer_due_since,
    threads.c.excerpt,
    threads.c.excerpt_by,
    threads.c.excerpt_author,
    threads.c.inbound_count,
    threads.c.seq,
    threads.c.version,
    conversations.c.former_operator_id,
    conversations.c.paused_until,
    conversations.c.closed_at,
    conversations.c.alert_step,
    conversations.c.acknowledged_by,
)
FROM = (
    conversations.join(threads, threads.c.id == conversations.c.thread_id)
    .join(inboxes, inboxes.c.id == conversations.c.inbox_id)
    .join(departments, departments.c.id == conversations.c.department_id)
    .outerjoin(customers, customers.c.id == conversations.c.customer_id)
)
FACTS = (
    *ROW,
    conversations.c.thread_id,
    threads.c.public_seq,
    threads.c.public_version,
    conversations.c.public_id,
    conversations.c.first_answer_at,
    conversations.c.operator_read,
    departments.c.archive,
    departments.c.look_in,
    departments.c.reopen_days,
    operators.c.name,
    _VISITOR_MARK.c.public_seq,
)
FROM_OUTWARD = FROM.outerjoin(operators, operators.c.id == conversations.c.operator_id).outerjoin(
    _VISITOR_MARK,
    and_(
        _VISITOR_MARK.c.thread_id == conversations.c.thread_id,
        _VISITOR_MARK.c.reader_kind == "visitor",
        _VISITOR_MARK.c.reader_id == conversations.c.visitor_id,
    ),
)
WHOLE = select(*FACTS).select_from(FROM_OUTWARD)


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
    alert_step: int
    acknowledged_by: OperatorId | None
    first_answer_at: int | None
    operator_read: int
    archive: bool
    look_in: bool
    reopen_days: int
    operator_name: str | None
    visitor_read: int

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
            self.alert_step,
            self.acknowledged_by,
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


def row_of(row: Columns) -> ConversationRow:
    """Return the shape that operators get of the columns of `ROW`, with which the row begins."""
    which, status, inbox, inbox_name, department, department_name, customer, name, email, verified, visitor = row[:11]
    return ConversationRow(
        which,
        _STATUSES[status],
        "chat",
        Named(inbox, inbox_name),
        Named(department, department_name),
        CustomerBrief(customer, name, email, verified == 1, visitor),
        *row[11 : len(ROW)],
    )


def whole_of(row: Columns) -> Conversation:
    """Return the conversation in the columns of `FACTS`, with which the row begins."""
    shown = row_of(row)
    thread, public_seq, public_version, *facts = row[len(ROW) : len(FACTS)]
    public_id, first_answer_at, operator_read, archive, look_in, reopen_days, operator_name, visitor_read = facts
    counters = Thread(
        thread,
        shown.seq,
        public_seq,
        shown.version,
        public_version,
        shown.inbound_count,
        shown.last_at,
        shown.answer_due_since,
    )
    return Conversation(
        Counters(counters, shown.excerpt, shown.excerpt_by, shown.excerpt_author),
        shown.id,
        public_id,
        shown.status,
        shown.inbox,
        shown.department,
        VisitorId(shown.customer.visitor),
        shown.customer,
        shown.operator,
        shown.waiting_since,
        shown.opened_at,
        shown.former,
        shown.paused_until,
        shown.closed_at,
        shown.alert_step,
        shown.acknowledged_by,
        first_answer_at,
        operator_read,
        bool(archive),
        bool(look_in),
        reopen_days,
        operator_name,
        visitor_read or 0,
    )
