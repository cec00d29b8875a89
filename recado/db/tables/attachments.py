"""Files: on their way, waiting for their message, or bound to an entry of a thread."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, LargeBinary, Table, Text, UniqueConstraint

from recado.db.tables.base import metadata
from recado.db.types import Number, index_where, key, moment, one_of, reference

attachments = Table(
    "attachments",
    metadata,
    key(),
    Column("public_id", Text, nullable=False),
    Column("client_id", Text),
    reference("conversation_id", "conversations.id", nullable=True),
    reference("direct_id", "directs.id", nullable=True),
    Column("mode", Text),
    reference("reply_id", "replies.id", nullable=True),
    Column("position", Number),
    Column("object_id", Text),
    Column("uploader_kind", Text, nullable=False),
    Column("uploader_id", Number, nullable=False),
    Column("name", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("type", Text),
    Column("size", Number, nullable=False),
    Column("sha256", LargeBinary),
    Column("width", Number),
    Column("height", Number),
    Column("thumbnail", Boolean, nullable=False),
    Column("sound_ms", Number),
    Column("sound_peaks", LargeBinary),
    Column("sound_size", Number),
    Column("sound_sha256", LargeBinary),
    reference("thread_id", "threads.id", nullable=True),
    Column("seq", Number),
    moment("created_at"),
    moment("ready_at", nullable=True),
    moment("gone_at", nullable=True),
    moment("removed_at", nullable=True),
    one_of("uploader_kind", ("visitor", "operator")),
    one_of("mode", ("answer", "note")),
    CheckConstraint("(thread_id IS NULL) = (seq IS NULL)", name="bound"),
    CheckConstraint("seq IS NULL OR ready_at IS NOT NULL", name="whole"),
    CheckConstraint("conversation_id IS NULL OR direct_id IS NULL", name="one_place"),
    UniqueConstraint("public_id"),
    Index(None, "uploader_kind", "uploader_id", "created_at"),
    Index(None, "conversation_id"),
    index_where("ix_attachments_unbound", "seq IS NULL", "created_at"),
    index_where(
        "ix_attachments_drafted",
        "mode IS NOT NULL AND seq IS NULL AND gone_at IS NULL",
        "uploader_id",
        "conversation_id",
    ),
    index_where("ix_attachments_pending", "seq IS NULL AND gone_at IS NULL", "uploader_kind", "uploader_id"),
    index_where(
        "ix_attachments_client_id",
        "client_id IS NOT NULL AND gone_at IS NULL",
        "uploader_kind",
        "uploader_id",
        "client_id",
        unique=True,
    ),
    index_where("ix_attachments_reply_id", "reply_id IS NOT NULL", "reply_id"),
    index_where("ix_attachments_direct_id", "direct_id IS NOT NULL", "direct_id"),
    index_where("ix_attachments_object_id", "object_id IS NOT NULL", "object_id"),
    index_where("ix_attachments_going", "gone_at IS NOT NULL AND removed_at IS NULL", "gone_at"),
    index_where("ix_attachments_removed", "removed_at IS NOT NULL", "created_at"),
)

file_rules = Table(
    "file_rules",
    metadata,
    key(),
    Column("formats", Text, nullable=False),
    Column("version", Number, nullable=False),
    CheckConstraint("id = 1", name="single"),
)
