"""The queue and its rules."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ON_TIME: dict[str, Any] = {
    "sqlite_where": sa.text("paused_until IS NOT NULL"),
    "postgresql_where": sa.text("paused_until IS NOT NULL"),
}
CLOSED: dict[str, Any] = {
    "sqlite_where": sa.text("status = 'closed'"),
    "postgresql_where": sa.text("status = 'closed'"),
}
MODES = "mode IN ('answer', 'note')"


def add(table: str, column: str, constraint: str) -> None:
    """Add a column with a constraint of its own, in words that both databases take: no table is copied for it."""
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column.replace('NUMBER', number)} CONSTRAINT {constraint}")


def upgrade() -> None:
    new_tables()
    people()
    conversations()


def new_tables() -> None:
    op.create_table(
        "close_reasons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("retired_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_close_reasons")),
        sa.UniqueConstraint("name", name=op.f("uq_close_reasons_name")),
    )
    op.create_table(
        "blocks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visitor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_blocks_operator_id")),
        sa.ForeignKeyConstraint(["visitor_id"], ["visitors.id"], name=op.f("fk_blocks_visitor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    with op.batch_alter_table("blocks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_blocks_network",
            ["network"],
            unique=False,
            sqlite_where=sa.text("network IS NOT NULL"),
            postgresql_where=sa.text("network IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_blocks_operator_id"), ["operator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_blocks_visitor_id"), ["visitor_id"], unique=False)

    op.create_table(
        "look_ins",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("began_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_look_ins_conversation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_look_ins_operator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_ins")),
    )
    with op.batch_alter_table("look_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_look_ins_operator_id"), ["operator_id"], unique=False)
        batch_op.create_index(
            "uq_look_ins_open",
            ["conversation_id", "operator_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def people() -> None:
    op.add_column("installation", sa.Column("swept_at", NUMBER))
    add(
        "operators",
        "availability TEXT DEFAULT 'available' NOT NULL",
        "ck_operators_availability_known CHECK (availability IN ('available', 'busy', 'away'))",
    )
    for name in ("chat_limit", "online_at", "assigned_at"):
        op.add_column("operators", sa.Column(name, NUMBER))
    op.add_column("operators", sa.Column("absent_s", NUMBER, server_default="0", nullable=False))
    add(
        "departments",
        "assignment TEXT DEFAULT 'manual' NOT NULL",
        "ck_departments_assignment_known CHECK (assignment IN ('manual', 'round_robin', 'least_busy'))",
    )
    op.add_column("departments", sa.Column("absence_minutes", NUMBER, server_default="10"))
    op.add_column("departments", sa.Column("reopen_days", NUMBER, server_default="14", nullable=False))
    for name in ("look_in", "archive"):
        op.add_column("departments", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("visitors", sa.Column("network", sa.Text()))


def conversations() -> None:
    add("conversations", "former_operator_id NUMBER", "fk_conversations_former_operator_id REFERENCES operators (id)")
    add("conversations", "close_reason_id NUMBER", "fk_conversations_close_reason_id REFERENCES close_reasons (id)")
    op.add_column("conversations", sa.Column("operator_read", NUMBER, server_default="0", nullable=False))
    op.add_column("conversations", sa.Column("paused_until", NUMBER))
    op.create_index("ix_conversations_former_operator_id", "conversations", ["former_operator_id"])
    op.create_index("ix_conversations_close_reason_id", "conversations", ["close_reason_id"])
    op.create_index("ix_conversations_paused", "conversations", ["paused_until"], unique=False, **ON_TIME)
    op.create_index(
        "ix_conversations_archive", "conversations", ["department_id", "closed_at", "id"], unique=False, **CLOSED
    )
    op.add_column("messages", sa.Column("mentions", sa.Text()))
    # How far its owner had read was found at each look, until now.
    op.execute(
        "UPDATE conversations SET operator_read = coalesce((SELECT m.public_seq FROM read_marks m"
        " WHERE m.thread_id = conversations.thread_id AND m.reader_kind = 'operator'"
        " AND m.reader_id = conversations.operator_id), 0)"
    )
    with op.batch_alter_table("drafts") as drafts:
        drafts.drop_constraint(op.f("ck_drafts_mode_known"), type_="check")
        drafts.create_check_constraint(op.f("ck_drafts_mode_known"), MODES)
