"""Quick replies."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Table, Text, UniqueConstraint

from recado.db.tables.base import metadata
from recado.db.types import Number, index_where, key, moment, reference

replies = Table(
    "replies",
    metadata,
    key(),
    reference("operator_id", "operators.id", nullable=True),
    reference("department_id", "departments.id", nullable=True),
    Column("name", Text, nullable=False),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("position", Number, nullable=False),
    Column("uses", Number, nullable=False, server_default="0"),
    moment("created_at"),
    Column("version", Number, nullable=False, server_default="1"),
    CheckConstraint("operator_id IS NULL OR department_id IS NULL", name="one_scope"),
    # Of one name in one scope there is one: an import that is repeated adds nothing.
    index_where("uq_replies_operator_id_name", "operator_id IS NOT NULL", "operator_id", "name", unique=True),
    index_where("uq_replies_department_id_name", "department_id IS NOT NULL", "department_id", "name", unique=True),
    index_where("uq_replies_name", "operator_id IS NULL AND department_id IS NULL", "name", unique=True),
)

reply_uses = Table(
    "reply_uses",
    metadata,
    key(),
    reference("reply_id", "replies.id", cascade=True),
    reference("operator_id", "operators.id"),
    Column("uses", Number, nullable=False),
    UniqueConstraint("reply_id", "operator_id"),
)
