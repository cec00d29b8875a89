"""Direct conversations, and who takes part in each."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from recado.db.tables.base import metadata
from recado.db.types import Number, index_where, key, moment, one_of, reference

directs = Table(
    "directs",
    metadata,
    key(),
    reference("thread_id", "threads.id"),
    Column("name", Text),
    Column("people", Text, nullable=False),
    reference("started_by", "operators.id"),
    Column("opened_with", Text, nullable=False),
    moment("started_at"),
    UniqueConstraint("thread_id"),
    UniqueConstraint("started_by", "opened_with"),
    Index(None, "people"),
)

direct_people = Table(
    "direct_people",
    metadata,
    reference("direct_id", "directs.id", cascade=True),
    reference("operator_id", "operators.id"),
    Column("floor", Number, nullable=False),
    Column("floor_count", Number, nullable=False, server_default="0"),
    Column("alerts", Text, nullable=False, server_default="all"),
    moment("last_at"),
    moment("joined_at"),
    moment("changed_at"),
    moment("left_at", nullable=True),
    moment("started_at", nullable=True),
    moment("received_at", nullable=True),
    moment("archived_at", nullable=True),
    moment("unread_since", nullable=True),
    one_of("alerts", ("all", "mentions", "none")),
    PrimaryKeyConstraint("direct_id", "operator_id"),
    index_where(
        "ix_direct_people_open", "archived_at IS NULL AND left_at IS NULL", "operator_id", "last_at", "direct_id"
    ),
    index_where(
        "ix_direct_people_inbox",
        "received_at IS NOT NULL AND archived_at IS NULL AND left_at IS NULL",
        "operator_id",
        "last_at",
        "direct_id",
    ),
    index_where(
        "ix_direct_people_sent",
        "started_at IS NOT NULL AND archived_at IS NULL AND left_at IS NULL",
        "operator_id",
        "last_at",
        "direct_id",
    ),
    index_where(
        "ix_direct_people_archived",
        "archived_at IS NOT NULL AND left_at IS NULL",
        "operator_id",
        "last_at",
        "direct_id",
    ),
    index_where("ix_direct_people_alerts", "alerts <> 'all'", "operator_id"),
    index_where("ix_direct_people_unread", "unread_since IS NOT NULL", "operator_id"),
    Index(None, "operator_id"),
)
