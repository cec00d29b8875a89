"""The whole schema on one page, but for the tables of getting in, which are in `account_tables.py`.

Times are integer microseconds UTC. Texts that enumerate have a CHECK. A name that ends in `_id` refers to the table
it names. What each table means is said in `docs/vocabulary.md`; how it changes, by the revisions in `migrations/`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from recado.db import account_tables
from recado.db.types import Number, index_where, key, moment, one_of, reference
from recado.domain.actors import Role
from recado.domain.conversations import Status

metadata = account_tables.metadata
"""The one schema."""

# ── the installation ─────────────────────────────────────────────────────────────────────────────────────────────

installation = Table(
    "installation",
    metadata,
    key(),
    Column("epoch", Text, nullable=False),
    Column("setup_hash", LargeBinary, nullable=True),
    moment("set_up_at", nullable=True),
    moment("created_at"),
    CheckConstraint("id = 1", name="single"),
)

# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────

operators = Table(
    "operators",
    metadata,
    key(),
    Column("username", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("password_hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("locale", Text),
    Column("theme", Text, nullable=False),
    Column("desk_window", Boolean, nullable=False),
    moment("created_at"),
    moment("disabled_at", nullable=True),
    Column("version", Number, nullable=False),
    one_of("role", Role),
    one_of("theme", ("system", "light", "dark")),
)

departments = Table(
    "departments",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True),
    moment("created_at"),
    Column("version", Number, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    reference("operator_id", "operators.id", cascade=True),
    reference("department_id", "departments.id", cascade=True),
    PrimaryKeyConstraint("operator_id", "department_id"),
    Index(None, "department_id"),
)

# ── where customers come in ──────────────────────────────────────────────────────────────────────────────────────

inboxes = Table(
    "inboxes",
    metadata,
    key(),
    Column("key", Text, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("name", Text, nullable=False),
    reference("department_id", "departments.id"),
    Column("sites", Text, nullable=False),
    Column("colour", Text, nullable=False),
    Column("greeting", Text, nullable=False),
    Column("ask_name", Text, nullable=False),
    Column("ask_email", Text, nullable=False),
    moment("created_at"),
    Column("version", Number, nullable=False),
    one_of("channel", ("chat",)),
    one_of("ask_name", ("no", "optional", "required")),
    one_of("ask_email", ("no", "optional", "required")),
    Index(None, "department_id"),
)

customers = Table(
    "customers",
    metadata,
    key(),
    Column("name", Text),
    Column("email", Text),
    Column("verified", Boolean, nullable=False),
    moment("created_at"),
    Column("version", Number, nullable=False),
)

visitors = Table(
    "visitors",
    metadata,
    key(),
    reference("inbox_id", "inboxes.id"),
    reference("customer_id", "customers.id", nullable=True),
    Column("site", Text, nullable=False),
    Column("page", Text),
    Column("locale", Text),
    Column("agent", Text),
    moment("created_at"),
    moment("seen_at"),
    Index(None, "inbox_id"),
    Index(None, "customer_id"),
)

resume_keys = Table(
    "resume_keys",
    metadata,
    Column("key_hash", LargeBinary, primary_key=True),
    reference("visitor_id", "visitors.id", cascade=True),
    moment("expires_at"),
    Index(None, "visitor_id"),
    Index(None, "expires_at"),
)

# ── threads: what conversations, directs and items have in common ────────────────────────────────────────────────

threads = Table(
    "threads",
    metadata,
    key(),
    Column("seq", Number, nullable=False),
    Column("public_seq", Number, nullable=False),
    Column("version", Number, nullable=False),
    Column("public_version", Number, nullable=False),
    Column("inbound_count", Number, nullable=False),
    Column("excerpt", Text, nullable=False),
    Column("excerpt_by", Text, nullable=False),
    moment("last_at"),
    moment("changed_at"),
    moment("created_at"),
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
    moment("at"),
    one_of("kind", ("public", "note", "activity")),
    one_of("author_kind", ("visitor", "operator", "system")),
    CheckConstraint("(kind = 'public') = (public_seq IS NOT NULL)", name="public_numbered"),
    UniqueConstraint("thread_id", "seq"),
    UniqueConstraint("author_kind", "author_id", "client_id"),
    Index(None, "thread_id", "rev"),
    index_where("uq_messages_public", "public_seq IS NOT NULL", "thread_id", "public_seq", unique=True),
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
    Column("mode", Text, nullable=False),
    Column("body", Text, nullable=False),
    moment("updated_at"),
    one_of("mode", ("answer",)),
    UniqueConstraint("operator_id", "conversation_id", "mode"),
    Index(None, "conversation_id"),
)

# ── conversations ────────────────────────────────────────────────────────────────────────────────────────────────

conversations = Table(
    "conversations",
    metadata,
    key(),
    Column("public_id", Text, nullable=False, unique=True),
    reference("thread_id", "threads.id"),
    reference("inbox_id", "inboxes.id"),
    reference("department_id", "departments.id"),
    reference("visitor_id", "visitors.id"),
    reference("customer_id", "customers.id", nullable=True),
    Column("opened_with", Text, nullable=False),
    Column("status", Text, nullable=False),
    reference("operator_id", "operators.id", nullable=True),
    moment("waiting_since", nullable=True),
    moment("opened_at"),
    moment("claimed_at", nullable=True),
    moment("first_answer_at", nullable=True),
    moment("closed_at", nullable=True),
    one_of("status", Status),
    CheckConstraint("(status = 'waiting') = (waiting_since IS NOT NULL)", name="waiting_since"),
    CheckConstraint("status NOT IN ('attending', 'paused') OR operator_id IS NOT NULL", name="owned"),
    UniqueConstraint("thread_id"),
    UniqueConstraint("visitor_id", "opened_with"),
    index_where("uq_conversations_one_open", "status <> 'closed'", "visitor_id", "inbox_id", unique=True),
    index_where("ix_conversations_waiting", "status = 'waiting'", "department_id", "waiting_since", "id"),
    Index("ix_conversations_owner", "operator_id", "status", "closed_at", "id"),
    Index(None, "department_id"),
    Index(None, "inbox_id"),
    Index(None, "customer_id"),
)

# ── sending outside ──────────────────────────────────────────────────────────────────────────────────────────────

deliveries = Table(
    "deliveries",
    metadata,
    key(),
    Column("stable_id", Text, nullable=False, unique=True),
    Column("way", Text, nullable=False),
    reference("thread_id", "threads.id", cascade=True),
    Column("first_seq", Number, nullable=False),
    Column("last_seq", Number, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Number, nullable=False),
    Column("answer", Text),
    moment("due_at"),
    moment("created_at"),
    one_of("way", ("email", "push", "webhook")),
    one_of("state", ("due", "sent", "dropped", "failed")),
    Index(None, "thread_id"),
    index_where("ix_deliveries_due", "state = 'due'", "due_at"),
)
