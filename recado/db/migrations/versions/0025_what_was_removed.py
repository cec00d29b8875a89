"""Files whose bytes are gone are remembered for a day, since they count among what their sender may send in one."""

import sqlalchemy as sa
from alembic import op

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachments", sa.Column("removed_at", NUMBER, nullable=True))
    op.drop_index("ix_attachments_gone", "attachments")
    for name, condition, column in (
        ("ix_attachments_going", "gone_at IS NOT NULL AND removed_at IS NULL", "gone_at"),
        ("ix_attachments_removed", "removed_at IS NOT NULL", "created_at"),
    ):
        there = sa.text(condition)
        op.create_index(name, "attachments", [column], sqlite_where=there, postgresql_where=there)
