"""Direct conversations between operators, and who takes part in each."""

import sqlalchemy as sa
from alembic import op

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

LISTS = {
    "open": "archived_at IS NULL AND left_at IS NULL",
    "inbox": "received_at IS NOT NULL AND archived_at IS NULL AND left_at IS NULL",
    "sent": "started_at IS NOT NULL AND archived_at IS NULL AND left_at IS NULL",
    "archived": "archived_at IS NOT NULL AND left_at IS NULL",
}


def upgrade() -> None:
    op.create_table(
        "directs",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("thread_id", NUMBER, sa.ForeignKey("threads.id", name="fk_directs_thread_id"), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("started_by", NUMBER, sa.ForeignKey("operators.id", name="fk_directs_started_by"), nullable=False),
        sa.Column("opened_with", sa.Text(), nullable=False),
        sa.Column("started_at", NUMBER, nullable=False),
        sa.UniqueConstraint("thread_id", name=op.f("uq_directs_thread_id")),
        sa.UniqueConstraint("started_by", "opened_with", name=op.f("uq_directs_started_by_opened_with")),
    )
    op.create_index("ix_directs_people", "directs", ["people"])
    direct = sa.ForeignKey("directs.id", name="fk_direct_people_direct_id", ondelete="CASCADE")
    operator = sa.ForeignKey("operators.id", name="fk_direct_people_operator_id")
    op.create_table(
        "direct_people",
        sa.Column("direct_id", NUMBER, direct, nullable=False),
        sa.Column("operator_id", NUMBER, operator, nullable=False),
        sa.Column("floor", NUMBER, nullable=False),
        sa.Column("alerts", sa.Text(), server_default="all", nullable=False),
        sa.Column("last_at", NUMBER, nullable=False),
        sa.Column("joined_at", NUMBER, nullable=False),
        sa.Column("changed_at", NUMBER, nullable=False),
        sa.Column("left_at", NUMBER),
        sa.Column("started_at", NUMBER),
        sa.Column("received_at", NUMBER),
        sa.Column("archived_at", NUMBER),
        sa.Column("unread_since", NUMBER),
        sa.CheckConstraint("alerts IN ('all', 'mentions', 'none')", name=op.f("ck_direct_people_alerts_known")),
        sa.PrimaryKeyConstraint("direct_id", "operator_id", name=op.f("pk_direct_people")),
    )
    for name, stands in LISTS.items():
        there = sa.text(stands)
        columns = ["operator_id", "last_at", "direct_id"]
        op.create_index(
            f"ix_direct_people_{name}", "direct_people", columns, sqlite_where=there, postgresql_where=there
        )
    unread = sa.text("unread_since IS NOT NULL")
    op.create_index(
        "ix_direct_people_unread", "direct_people", ["operator_id"], sqlite_where=unread, postgresql_where=unread
    )
    op.create_index("ix_direct_people_operator_id", "direct_people", ["operator_id"])
