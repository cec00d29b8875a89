"""Browsers that are told of news, the key that they know us by, and what they show."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("installation", sa.Column("push_key", sa.LargeBinary(), nullable=True))
    op.add_column("deliveries", sa.Column("shown_seq", NUMBER, nullable=True))
    op.add_column("deliveries", sa.Column("left_to", sa.Text(), nullable=True))
    op.create_table(
        "push_subscriptions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("operator_id", NUMBER, nullable=False),
        sa.Column("session", sa.LargeBinary(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("failed_at", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name=op.f("fk_push_subscriptions_operator_id")),
        sa.ForeignKeyConstraint(
            ["session"], ["sessions.token_hash"], name=op.f("fk_push_subscriptions_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
        sa.UniqueConstraint("session", name=op.f("uq_push_subscriptions_session")),
    )
    op.create_index("ix_push_subscriptions_operator_id", "push_subscriptions", ["operator_id"])
