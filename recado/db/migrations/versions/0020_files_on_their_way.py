"""How many files somebody has begun, counted without those that were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pending = sa.text("seq IS NULL AND gone_at IS NULL")
    op.create_index(
        "ix_attachments_pending",
        "attachments",
        ["uploader_kind", "uploader_id"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
