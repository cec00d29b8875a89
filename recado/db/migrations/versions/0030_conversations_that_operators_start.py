"""Conversations that operators start: by whom."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    key = "CONSTRAINT fk_conversations_started_by REFERENCES operators (id)"
    op.execute(f"ALTER TABLE conversations ADD COLUMN started_by {number} {key}")
    started = sa.text("started_by IS NOT NULL")
    op.create_index(
        "ix_conversations_started_by",
        "conversations",
        ["started_by"],
        sqlite_where=started,
        postgresql_where=started,
    )
