"""Where customers come in: inboxes, and the visitors and customers who come."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint

from recado.db.tables.base import metadata
from recado.db.types import Number, index_where, key, moment, one_of, reference

inboxes = Table(
    "inboxes",
    metadata,
    key(),
    Column("key", Text, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("name", Text, nullable=False),
    reference("department_id", "departments.id"),
    Column("sites", Text, nullable=False),
    Column("colour", Text, nullable=False),
    Column("greeting", Text, nullable=False),
    Column("ask_name", Text, nullable=False),
    Column("ask_email", Text, nullable=False),
    Column("chat", Text, nullable=False, server_default="{}"),
    moment("created_at"),
    Column("version", Number, nullable=False),
    one_of("channel", ("chat",)),
    one_of("ask_name", ("no", "optional", "required")),
    one_of("ask_email", ("no", "optional", "required")),
    Index(None, "department_id"),
)

identity_secrets = Table(
    "identity_secrets",
    metadata,
    key(),
    reference("inbox_id", "inboxes.id", cascade=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("ending", Text, nullable=False),
    moment("created_at"),
    Index(None, "inbox_id"),
)

customers = Table(
    "customers",
    metadata,
    key(),
    Column("name", Text),
    Column("email", Text),
    Column("verified", Boolean, nullable=False),
    reference("inbox_id", "inboxes.id", nullable=True),
    Column("subject", Text),
    moment("created_at"),
    Column("version", Number, nullable=False),
    UniqueConstraint("inbox_id", "subject"),
)

visitors = Table(
    "visitors",
    metadata,
    key(),
    reference("inbox_id", "inboxes.id"),
    reference("customer_id", "customers.id", nullable=True),
    Column("site", Text, nullable=False),
    Column("page", Text),
    Column("locale", Text),
    Column("agent", Text),
    Column("data", Text),
    moment("verified_at", nullable=True),
    Column("network", Text),
    moment("created_at"),
    moment("seen_at"),
    Index(None, "inbox_id"),
    Index(None, "customer_id"),
    index_where("uq_visitors_verified", "verified_at IS NOT NULL", "customer_id", unique=True),
)

resume_keys = Table(
    "resume_keys",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    reference("visitor_id", "visitors.id", cascade=True),
    Column("site", Text),
    moment("expires_at"),
    moment("ends_at", nullable=True),
    Column("secret_id", Number, ForeignKey("identity_secrets.id", ondelete="SET NULL")),
    Index(None, "visitor_id"),
    Index(None, "secret_id"),
    Index(None, "expires_at"),
)

blocks = Table(
    "blocks",
    metadata,
    key(),
    reference("visitor_id", "visitors.id"),
    Column("network", Text),
    reference("operator_id", "operators.id"),
    Column("reason", Text),
    moment("created_at"),
    moment("until", nullable=True),
    Index(None, "visitor_id"),
    Index(None, "operator_id"),
    index_where("ix_blocks_network", "network IS NOT NULL", "network"),
)
