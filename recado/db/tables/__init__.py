"""The whole schema, a page for each stair.

Times are integer microseconds UTC. Texts that enumerate have a CHECK. A name that ends in `_id` refers to the table
it names. What each table means is said in `docs/vocabulary.md`; how it changes, by the revisions in `migrations/`.
"""

from __future__ import annotations

from recado.db.tables.accounts import audit, invitation_departments, invitations, password_resets, sessions
from recado.db.tables.attachments import attachments, file_rules
from recado.db.tables.base import metadata
from recado.db.tables.conversations import close_reasons, conversations, look_ins
from recado.db.tables.deliveries import deliveries
from recado.db.tables.directs import direct_people, directs
from recado.db.tables.inboxes import blocks, customers, identity_secrets, inboxes, resume_keys, visitors
from recado.db.tables.notices import conversation_alerts, notice_defaults
from recado.db.tables.people import departments, installation, memberships, operators
from recado.db.tables.push import push_subscriptions
from recado.db.tables.replies import replies, reply_uses
from recado.db.tables.threads import drafts, message_versions, messages, read_marks, threads

__all__ = [
    "attachments",
    "audit",
    "blocks",
    "close_reasons",
    "conversation_alerts",
    "conversations",
    "customers",
    "deliveries",
    "departments",
    "direct_people",
    "directs",
    "drafts",
    "file_rules",
    "identity_secrets",
    "inboxes",
    "installation",
    "invitation_departments",
    "invitations",
    "look_ins",
    "memberships",
    "message_versions",
    "messages",
    "metadata",
    "notice_defaults",
    "operators",
    "password_resets",
    "push_subscriptions",
    "read_marks",
    "replies",
    "reply_uses",
    "resume_keys",
    "sessions",
    "threads",
    "visitors",
]
