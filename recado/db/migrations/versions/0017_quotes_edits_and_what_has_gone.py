"""Quotes, edits and what has gone."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name, usual in (("edit_minutes", "15"), ("undo_s", "10")):
        op.add_column("departments", sa.Column(name, NUMBER, server_default=usual, nullable=False))
    for column in (
        sa.Column("quoted", sa.Text()),
        sa.Column("quoted_seq", NUMBER),
        sa.Column("quoted_by", NUMBER),
        sa.Column("edits", NUMBER, nullable=False, server_default="0"),
    ):
        op.add_column("messages", column)
    # In words of its own: SQLite takes a condition with the column, and no other way without storing all messages anew.
    op.execute(
        "ALTER TABLE messages ADD COLUMN gone TEXT "
        "CONSTRAINT ck_messages_gone_known CHECK (gone IN ('deleted', 'undone'))"
    )
    quoting = sa.text("quoted_seq IS NOT NULL")
    op.create_index(
        "ix_messages_quoted", "messages", ["thread_id", "quoted_seq"], sqlite_where=quoting, postgresql_where=quoting
    )
    op.create_table(
        "message_versions",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column(
            "message_id",
            NUMBER,
            sa.ForeignKey("messages.id", name="fk_message_versions_message_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("until", NUMBER, nullable=False),
    )
    op.create_index("ix_message_versions_message_id", "message_versions", ["message_id"])
