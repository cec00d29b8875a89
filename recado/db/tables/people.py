"""The installation, and its people: operators and departments."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, text

from recado.db.tables.base import metadata
from recado.db.types import Number, key, moment, one_of, reference
from recado.domain.actors import Role
from recado.domain.routing import Assignment

installation = Table(
    "installation",
    metadata,
    key(),
    Column("epoch", Text, nullable=False),
    Column("setup_hash", LargeBinary, nullable=True),
    Column("secret_check", LargeBinary, nullable=True),
    Column("files_place", Text, nullable=True),
    Column("push_key", LargeBinary, nullable=True),
    moment("set_up_at", nullable=True),
    moment("swept_at", nullable=True),
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
    Column("availability", Text, nullable=False, server_default="available"),
    Column("chat_limit", Number),
    moment("online_at", nullable=True),
    moment("desk_at", nullable=True),
    Column("absent_s", Number, nullable=False, server_default="0"),
    moment("assigned_at", nullable=True),
    Column("notices", Text),
    Column("zone", Text),
    moment("dnd_until", nullable=True),
    moment("notices_at", nullable=True),
    moment("created_at"),
    moment("disabled_at", nullable=True),
    Column("version", Number, nullable=False),
    one_of("role", Role),
    one_of("availability", ("available", "busy", "away")),
    one_of("theme", ("system", "light", "dark")),
)

departments = Table(
    "departments",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True),
    Column("hours", Text),
    Column("assignment", Text, nullable=False, server_default="manual"),
    Column("absence_minutes", Number, server_default="10"),
    Column("reopen_days", Number, nullable=False, server_default="14"),
    Column("look_in", Boolean, nullable=False, server_default=text("false")),
    Column("archive", Boolean, nullable=False, server_default=text("false")),
    Column("edit_minutes", Number, nullable=False, server_default="15"),
    Column("undo_s", Number, nullable=False, server_default="10"),
    Column("ring_minutes", Number, server_default="2"),
    Column("push_minutes", Number, server_default="5"),
    Column("supervisor_minutes", Number, server_default="10"),
    moment("created_at"),
    Column("version", Number, nullable=False),
    one_of("assignment", Assignment),
)

memberships = Table(
    "memberships",
    metadata,
    reference("operator_id", "operators.id", cascade=True),
    reference("department_id", "departments.id", cascade=True),
    PrimaryKeyConstraint("operator_id", "department_id"),
    Index(None, "department_id"),
)
