"""Browsers that are told of news while no page of ours is open in them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from recado.db.tables.base import metadata
from recado.db.types import key, moment, reference

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    key(),
    reference("operator_id", "operators.id"),
    Column("session", LargeBinary, ForeignKey("sessions.token_hash", ondelete="CASCADE"), nullable=False, unique=True),
    Column("endpoint", Text, nullable=False, unique=True),
    Column("key", LargeBinary, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    moment("created_at"),
    moment("failed_at", nullable=True),
    Index(None, "operator_id"),
)
