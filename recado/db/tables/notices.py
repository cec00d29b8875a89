"""What notifies operators: what an admin has chosen for all, and what single conversations of customers do."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text

from recado.db.tables.base import metadata
from recado.db.types import Number, key, moment, one_of, reference

notice_defaults = Table(
    "notice_defaults",
    metadata,
    key(),
    Column("chosen", Text, nullable=False),
    Column("version", Number, nullable=False),
)

conversation_alerts = Table(
    "conversation_alerts",
    metadata,
    reference("operator_id", "operators.id", cascade=True),
    reference("conversation_id", "conversations.id", cascade=True),
    Column("alerts", Text, nullable=False),
    moment("set_at"),
    one_of("alerts", ("mentions", "none")),
    PrimaryKeyConstraint("operator_id", "conversation_id"),
    Index(None, "conversation_id"),
)
