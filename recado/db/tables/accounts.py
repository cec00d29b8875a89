"""Getting in: sessions, invitations, links for a new password; and what was done with such power."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from recado.db.tables.base import metadata
from recado.db.types import Number, key, moment, one_of, reference
from recado.domain.actors import Role

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    reference("operator_id", "operators.id", cascade=True),
    moment("created_at"),
    moment("seen_at"),
    Column("agent", Text),
    Column("address", Text),
    Index(None, "operator_id"),
)

invitations = Table(
    "invitations",
    metadata,
    key(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("name", Text),
    reference("created_by", "operators.id"),
    moment("created_at"),
    moment("expires_at"),
    one_of("role", Role),
    Index(None, "created_by"),
)

invitation_departments = Table(
    "invitation_departments",
    metadata,
    reference("invitation_id", "invitations.id", cascade=True),
    reference("department_id", "departments.id", cascade=True),
    PrimaryKeyConstraint("invitation_id", "department_id"),
)

password_resets = Table(
    "password_resets",
    metadata,
    Column("operator_id", Number, ForeignKey("operators.id", ondelete="CASCADE"), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    reference("created_by", "operators.id"),
    moment("created_at"),
    moment("expires_at"),
    Index(None, "created_by"),
)

audit = Table(
    "audit",
    metadata,
    key(),
    moment("at"),
    Column("kind", Text, nullable=False),  # no CHECK on kind and about: each release adds words
    reference("operator_id", "operators.id", nullable=True),
    Column("about", Text, nullable=False),
    Column("about_id", Number, nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "operator_id"),
)
