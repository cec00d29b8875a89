"""Threads by when they changed: several processes ask for them, and one alone paid for it with every message."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.drop_index("ix_threads_changed_at", "threads")
