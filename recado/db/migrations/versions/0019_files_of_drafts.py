"""Files that wait in a draft, and the text beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("drafts", sa.Column("caption", sa.Text(), nullable=False, server_default=""))
    # In words of its own: SQLite takes a condition with the column, and no other way without storing all files anew.
    op.execute(
        "ALTER TABLE attachments ADD COLUMN mode TEXT "
        "CONSTRAINT ck_attachments_mode_known CHECK (mode IN ('answer', 'note'))"
    )
    drafted = sa.text("mode IS NOT NULL AND seq IS NULL AND gone_at IS NULL")
    op.create_index(
        "ix_attachments_drafted",
        "attachments",
        ["uploader_id", "conversation_id"],
        sqlite_where=drafted,
        postgresql_where=drafted,
    )
