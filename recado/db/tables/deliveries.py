"""What is to be sent outside."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from recado.db.tables.base import metadata
from recado.db.types import Number, index_where, key, moment, one_of, reference

deliveries = Table(
    "deliveries",
    metadata,
    key(),
    Column("stable_id", Text, nullable=False, unique=True),
    reference("operator_id", "operators.id", nullable=True),
    reference("thread_id", "threads.id", cascade=True),
    Column("way", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("since", Number, nullable=False),
    Column("last_seq", Number, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Number, nullable=False, server_default="0"),
    Column("unclear", Number, nullable=False, server_default="0"),
    Column("shown_seq", Number),
    Column("left_to", Text),
    Column("answer", Text),
    moment("due_at"),
    moment("leased_until", nullable=True),
    moment("sent_at", nullable=True),
    moment("created_at"),
    one_of("way", ("email", "push", "webhook")),
    one_of("kind", ("waiting", "mine", "internal", "mention")),
    one_of("state", ("due", "sent", "dropped", "failed")),
    UniqueConstraint("operator_id", "thread_id", "way", "kind"),
    Index(None, "thread_id"),
    index_where("ix_deliveries_due", "state = 'due'", "way", "due_at"),
)
