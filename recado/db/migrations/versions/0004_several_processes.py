"""Several processes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_threads_changed_at", "threads", ["changed_at"])
    op.add_column("installation", sa.Column("secret_check", sa.LargeBinary()))
