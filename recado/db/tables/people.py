"""The installation, and its people: operators and departments."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from recado.db.tables.base import metadata
from recado.db.types import Number, key, moment, one_of, reference
from recado.domain.actors import Role

installation = Table(
    "installation",
    metadata,
    key(),
    Column("epoch", Text, nullable=False),
    Column("setup_hash", LargeBinary, nullable=True),
    Column("secret_check", LargeBinary, nullable=True),
    moment("set_up_at", nullable=True),
    moment("created_at"),
    CheckConstraint("id = 1", name="single"),
)

# ── people ─────────────────────────────────────────────────────────────────────────────────────────────────────


operators = Table(
    "operators",
    metadata,
    key(),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("locale", Text),
    Column("theme", Text, nullable=False),
    Column("desk_window", Boolean, nullable=False),
    moment("created_at"),
    moment("disabled_at", nullable=True),
    Column("version", Number, nullable=False),
    one_of("role", Role),
    one_of("theme", ("system", "light", "dark")),
)

departments = Table(
    "departments",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True),
    Column("hours", Text),
    moment("created_at"),
    Column("version", Number, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    reference("operator_id", "operators.id", cascade=True),
    reference("department_id", "departments.id", cascade=True),
    PrimaryKeyConstraint("operator_id", "department_id"),
    Index(None, "department_id"),
)
