"""What waits makes itself heard: after how many minutes in each department, and when next for each conversation.

What waits at the upgrade is heard by how long it has waited.
"""

import sqlalchemy as sa
from alembic import op

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, usual in (("ring_minutes", "2"), ("push_minutes", "5"), ("supervisor_minutes", "10")):
        op.add_column("departments", sa.Column(name, NUMBER, server_default=usual))
    op.add_column("conversations", sa.Column("alert_at", NUMBER))
    op.add_column("conversations", sa.Column("alert_step", NUMBER, server_default="0", nullable=False))
    op.add_column("conversations", sa.Column("acknowledged_by", NUMBER))
    op.add_column("conversations", sa.Column("acknowledged_at", NUMBER))
    there = sa.text("alert_at IS NOT NULL")
    op.create_index("ix_conversations_alert", "conversations", ["alert_at"], sqlite_where=there, postgresql_where=there)
    op.execute("UPDATE conversations SET alert_at = waiting_since + 120000000 WHERE status = 'waiting'")
