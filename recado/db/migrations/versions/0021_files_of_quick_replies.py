"""Files of quick replies, and rows that name the bytes of others."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    # In words of its own: SQLite takes a reference with the column, and no other way without storing all files anew.
    op.execute(
        f"ALTER TABLE attachments ADD COLUMN reply_id {number} "
        "CONSTRAINT fk_attachments_reply_id REFERENCES replies (id)"
    )
    op.execute(f"ALTER TABLE attachments ADD COLUMN position {number}")
    op.add_column("attachments", sa.Column("object_id", sa.Text(), nullable=True))
    for column in ("reply_id", "object_id"):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_attachments_{column}", "attachments", [column], sqlite_where=there, postgresql_where=there)
