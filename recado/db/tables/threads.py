"""Threads: what conversations, directs and items have in common."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, UniqueConstraint

from recado.db.tables.base import metadata
from recado.db.types import Number, index_where, index_where_shared, key, moment, one_of, reference

threads = Table(
    "threads",
    metadata,
    key(),
    Column("seq", Number, nullable=False),
    Column("public_seq", Number, nullable=False),
    Column("version", Number, nullable=False),
    Column("public_version", Number, nullable=False),
    Column("outward_version", Number, nullable=False, server_default="0"),
    Column("inbound_count", Number, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("excerpt_by", Text, nullable=False),
    Column("excerpt_author", Number),
    moment("answer_due_since", nullable=True),
    moment("last_at"),
    moment("changed_at"),
    moment("created_at"),
    index_where_shared("changed_at"),
)

messages = Table(
    "messages",
    metadata,
    key(),
    reference("thread_id", "threads.id", cascade=True),
    Column("seq", Number, nullable=False),
    Column("public_seq", Number),
    Column("rev", Number, nullable=False),
    Column("public_rev", Number),
    Column("kind", Text, nullable=False),
    Column("author_kind", Text, nullable=False),
    Column("author_id", Number),
    Column("client_id", Text),
    Column("request_hash", LargeBinary),
    Column("body", Text, nullable=False),
    Column("activity", Text),
    Column("mentions", Text),
    Column("attachments", Text),
    Column("quoted", Text),
    Column("quoted_seq", Number),
    Column("quoted_by", Number),
    Column("edits", Number, nullable=False, server_default="0"),
    Column("gone", Text),
    moment("at"),
    one_of("kind", ("public", "note", "activity")),
    one_of("author_kind", ("visitor", "operator", "system")),
    one_of("gone", ("deleted", "undone")),
    CheckConstraint("(kind = 'public') = (public_seq IS NOT NULL)", name="public_numbered"),
    UniqueConstraint("thread_id", "seq"),
    UniqueConstraint("author_kind", "author_id", "client_id"),
    Index(None, "thread_id", "rev"),
    index_where("uq_messages_public", "public_seq IS NOT NULL", "thread_id", "public_seq", unique=True),
    index_where("ix_messages_public_rev", "public_seq IS NOT NULL", "thread_id", "public_rev"),
    index_where("ix_messages_quoted", "quoted_seq IS NOT NULL", "thread_id", "quoted_seq"),
)

message_versions = Table(
    "message_versions",
    metadata,
    key(),
    reference("message_id", "messages.id", cascade=True),
    Column("body", Text, nullable=False),
    moment("until"),
    Index(None, "message_id"),
)

read_marks = Table(
    "read_marks",
    metadata,
    reference("thread_id", "threads.id", cascade=True),
    Column("reader_kind", Text, nullable=False),
    Column("reader_id", Number, nullable=False),
    Column("seq", Number, nullable=False),
    Column("public_seq", Number, nullable=False),
    Column("inbound_count", Number, nullable=False),
    moment("at"),
    one_of("reader_kind", ("visitor", "operator")),
    PrimaryKeyConstraint("thread_id", "reader_kind", "reader_id"),
)

drafts = Table(
    "drafts",
    metadata,
    key(),
    reference("operator_id", "operators.id", cascade=True),
    reference("conversation_id", "conversations.id", nullable=True),
    reference("direct_id", "directs.id", nullable=True),
    Column("mode", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("caption", Text, nullable=False, server_default=""),
    moment("updated_at"),
    one_of("mode", ("answer", "note")),
    CheckConstraint("(conversation_id IS NULL) <> (direct_id IS NULL)", name="one_place"),
    UniqueConstraint("operator_id", "conversation_id", "mode"),
    Index("uq_drafts_direct", "operator_id", "direct_id", "mode", unique=True),
    index_where("ix_drafts_direct_id", "direct_id IS NOT NULL", "direct_id"),
    Index(None, "conversation_id"),
)
