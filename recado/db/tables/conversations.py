"""Conversations."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Table, Text, UniqueConstraint

from recado.db.tables.base import metadata
from recado.db.types import Number, index_where, key, moment, one_of, reference
from recado.domain.conversations import Status

close_reasons = Table(
    "close_reasons",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True),
    Column("position", Number, nullable=False, server_default="0"),
    moment("created_at"),
    moment("retired_at", nullable=True),
    Column("version", Number, nullable=False, server_default="1"),
)

conversations = Table(
    "conversations",
    metadata,
    key(),
    Column("public_id", Text, nullable=False, unique=True),
    reference("thread_id", "threads.id"),
    reference("inbox_id", "inboxes.id"),
    reference("department_id", "departments.id"),
    reference("visitor_id", "visitors.id"),
    reference("customer_id", "customers.id", nullable=True),
    Column("opened_with", Text, nullable=False),
    Column("status", Text, nullable=False),
    reference("operator_id", "operators.id", nullable=True),
    reference("former_operator_id", "operators.id", nullable=True),
    reference("started_by", "operators.id", nullable=True),
    Column("operator_read", Number, nullable=False, server_default="0"),
    moment("waiting_since", nullable=True),
    moment("opened_at"),
    moment("claimed_at", nullable=True),
    moment("first_answer_at", nullable=True),
    moment("closed_at", nullable=True),
    Column("answers", Text),
    moment("paused_until", nullable=True),
    reference("close_reason_id", "close_reasons.id", nullable=True),
    moment("alert_at", nullable=True),
    Column("alert_step", Number, nullable=False, server_default="0"),
    Column("acknowledged_by", Number),  # no reference, which would cost each new conversation one index more
    moment("acknowledged_at", nullable=True),
    one_of("status", Status),
    CheckConstraint("(status = 'waiting') = (waiting_since IS NOT NULL)", name="waiting_since"),
    CheckConstraint("status NOT IN ('attending', 'paused') OR operator_id IS NOT NULL", name="owned"),
    UniqueConstraint("thread_id"),
    UniqueConstraint("visitor_id", "opened_with"),
    index_where("uq_conversations_one_open", "status <> 'closed'", "visitor_id", "inbox_id", unique=True),
    index_where("ix_conversations_waiting", "status = 'waiting'", "department_id", "waiting_since", "id"),
    index_where("ix_conversations_archive", "status = 'closed'", "department_id", "closed_at", "id"),
    index_where(
        "ix_conversations_first_wait",
        "first_answer_at IS NOT NULL OR status <> 'closed'",
        "department_id",
        "opened_at",
    ),
    index_where("ix_conversations_held", "status IN ('attending', 'paused')", "department_id"),
    index_where("ix_conversations_alert", "alert_at IS NOT NULL", "alert_at"),
    index_where("ix_conversations_paused", "paused_until IS NOT NULL", "paused_until"),
    Index("ix_conversations_owner", "operator_id", "status", "closed_at", "id"),
    Index(None, "department_id"),
    Index(None, "inbox_id"),
    Index(None, "customer_id"),
    Index(None, "former_operator_id"),
    index_where("ix_conversations_started_by", "started_by IS NOT NULL", "started_by"),
    Index(None, "close_reason_id"),
)

look_ins = Table(
    "look_ins",
    metadata,
    key(),
    reference("conversation_id", "conversations.id", cascade=True),
    reference("operator_id", "operators.id"),
    moment("began_at"),
    moment("seen_at", nullable=True),
    moment("ended_at", nullable=True),
    index_where("uq_look_ins_open", "ended_at IS NULL", "conversation_id", "operator_id", unique=True),
    Index(None, "operator_id"),
)
