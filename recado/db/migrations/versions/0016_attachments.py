"""Files that go along with messages."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("messages", sa.Column("attachments", sa.Text(), nullable=True))
    op.create_table(
        "attachments",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", NUMBER, sa.ForeignKey("conversations.id", name="fk_attachments_conversation_id")),
        sa.Column("uploader_kind", sa.Text(), nullable=False),
        sa.Column("uploader_id", NUMBER, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("type", sa.Text()),
        sa.Column("size", NUMBER, nullable=False),
        sa.Column("sha256", sa.LargeBinary()),
        sa.Column("width", NUMBER),
        sa.Column("height", NUMBER),
        sa.Column("thumbnail", sa.Boolean(), nullable=False),
        sa.Column("thread_id", NUMBER, sa.ForeignKey("threads.id", name="fk_attachments_thread_id")),
        sa.Column("seq", NUMBER),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("ready_at", NUMBER),
        sa.Column("gone_at", NUMBER),
        sa.CheckConstraint("uploader_kind IN ('visitor', 'operator')", name="uploader_kind_known"),
        sa.CheckConstraint("(thread_id IS NULL) = (seq IS NULL)", name="bound"),
        sa.CheckConstraint("seq IS NULL OR ready_at IS NOT NULL", name="whole"),
        sa.UniqueConstraint("public_id", name="uq_attachments_public_id"),
    )
    op.create_index(
        "ix_attachments_uploader_kind_uploader_id_created_at",
        "attachments",
        ["uploader_kind", "uploader_id", "created_at"],
    )
    op.create_index("ix_attachments_conversation_id", "attachments", ["conversation_id"])
    for name, where, column in (
        ("ix_attachments_unbound", "seq IS NULL", "created_at"),
        ("ix_attachments_gone", "gone_at IS NOT NULL", "gone_at"),
    ):
        clause = sa.text(where)
        op.create_index(name, "attachments", [column], sqlite_where=clause, postgresql_where=clause)
    op.create_table(
        "file_rules",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("formats", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.CheckConstraint("id = 1", name="single"),
    )
