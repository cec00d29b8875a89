"""Under which client id a file was begun: whoever did not hear the answer begins the same one again."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachments", sa.Column("client_id", sa.Text(), nullable=True))
    there = sa.text("client_id IS NOT NULL AND gone_at IS NULL")
    op.create_index(
        "ix_attachments_client_id",
        "attachments",
        ["uploader_kind", "uploader_id", "client_id"],
        unique=True,
        sqlite_where=there,
        postgresql_where=there,
    )
