"""Drafts and files that are for a direct conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ONE_PLACE = {
    "attachments": "conversation_id IS NULL OR direct_id IS NULL",
    "drafts": "(conversation_id IS NULL) <> (direct_id IS NULL)",
}


def upgrade() -> None:
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table, condition in ONE_PLACE.items():
        # In words of its own: SQLite takes both with the column, and no other way without storing all rows anew.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN direct_id {number} "
            f"CONSTRAINT fk_{table}_direct_id REFERENCES directs (id) "
            f"CONSTRAINT ck_{table}_one_place CHECK ({condition})"
        )
    op.create_index("uq_drafts_direct", "drafts", ["operator_id", "direct_id", "mode"], unique=True)
    there = sa.text("direct_id IS NOT NULL")
    op.create_index("ix_drafts_direct_id", "drafts", ["direct_id"], sqlite_where=there, postgresql_where=there)
    op.create_index(
        "ix_attachments_direct_id", "attachments", ["direct_id"], sqlite_where=there, postgresql_where=there
    )
