"""What somebody has been told of a thread, by which way, and what became of it. Nothing has used the table before."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("deliveries")
    op.create_table(
        "deliveries",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("stable_id", sa.Text(), nullable=False),
        sa.Column("operator_id", NUMBER, nullable=True),
        sa.Column("thread_id", NUMBER, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", NUMBER, nullable=False),
        sa.Column("last_seq", NUMBER, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", NUMBER, server_default="0", nullable=False),
        sa.Column("unclear", NUMBER, server_default="0", nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("due_at", NUMBER, nullable=False),
        sa.Column("leased_until", NUMBER, nullable=True),
        sa.Column("sent_at", NUMBER, nullable=True),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.CheckConstraint("way IN ('email', 'push', 'webhook')", name=op.f("ck_deliveries_way_known")),
        sa.CheckConstraint("kind IN ('waiting', 'mine', 'internal', 'mention')", name=op.f("ck_deliveries_kind_known")),
        sa.CheckConstraint("state IN ('due', 'sent', 'dropped', 'failed')", name=op.f("ck_deliveries_state_known")),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_deliveries_operator_id")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_deliveries_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "operator_id", "thread_id", "way", "kind", name=op.f("uq_deliveries_operator_id_thread_id_way_kind")
        ),
        sa.UniqueConstraint("stable_id", name=op.f("uq_deliveries_stable_id")),
    )
    op.create_index("ix_deliveries_thread_id", "deliveries", ["thread_id"])
    due = sa.text("state = 'due'")
    op.create_index("ix_deliveries_due", "deliveries", ["way", "due_at"], sqlite_where=due, postgresql_where=due)
