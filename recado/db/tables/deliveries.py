"""What is to be sent outside."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from recado.db.tables.base import metadata
from recado.db.types import Number, index_where, key, moment, one_of, reference

deliveries = Table(
    "deliveries",
    metadata,
    key(),
    Column("stable_id", Text, nullable=False, unique=True),
    Column("way", Text, nullable=False),
    reference("thread_id", "threads.id", cascade=True),
    Column("first_seq", Number, nullable=False),
    Column("last_seq", Number, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Number, nullable=False),
    Column("answer", Text),
    moment("due_at"),
    moment("created_at"),
    one_of("way", ("email", "push", "webhook")),
    one_of("state", ("due", "sent", "dropped", "failed")),
    Index(None, "thread_id"),
    index_where("ix_deliveries_due", "state = 'due'", "due_at"),
)
