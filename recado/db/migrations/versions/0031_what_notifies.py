"""What notifies operators: their choices, an admin's for all, and single conversations of customers."""

import sqlalchemy as sa
from alembic import op

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operators", sa.Column("notices", sa.Text()))
    op.add_column("operators", sa.Column("zone", sa.Text()))
    op.add_column("operators", sa.Column("dnd_until", NUMBER))
    op.add_column("operators", sa.Column("notices_at", NUMBER))
    op.create_table(
        "notice_defaults",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
    )
    operator = sa.ForeignKey("operators.id", name="fk_conversation_alerts_operator_id", ondelete="CASCADE")
    conversation = sa.ForeignKey("conversations.id", name="fk_conversation_alerts_conversation_id", ondelete="CASCADE")
    op.create_table(
        "conversation_alerts",
        sa.Column("operator_id", NUMBER, operator, nullable=False),
        sa.Column("conversation_id", NUMBER, conversation, nullable=False),
        sa.Column("alerts", sa.Text(), nullable=False),
        sa.Column("set_at", NUMBER, nullable=False),
        sa.CheckConstraint("alerts IN ('mentions', 'none')", name=op.f("ck_conversation_alerts_alerts_known")),
        sa.PrimaryKeyConstraint("operator_id", "conversation_id", name=op.f("pk_conversation_alerts")),
    )
    op.create_index("ix_conversation_alerts_conversation_id", "conversation_alerts", ["conversation_id"])
    apart = sa.text("alerts <> 'all'")
    op.create_index(
        "ix_direct_people_alerts", "direct_people", ["operator_id"], sqlite_where=apart, postgresql_where=apart
    )
