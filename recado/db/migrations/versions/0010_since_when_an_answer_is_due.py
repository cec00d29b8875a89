"""Since when a customer waits for an answer.

Told of what is open at the upgrade by what was written, up to the last 50 texts as until now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNANSWERED = """
UPDATE threads SET answer_due_since = (
  SELECT min(m.at) FROM messages m
  WHERE m.thread_id = threads.id AND m.author_kind = 'visitor' AND m.public_seq > coalesce(
    (SELECT max(a.public_seq) FROM messages a
     WHERE a.thread_id = threads.id AND a.author_kind = 'operator' AND a.public_seq > threads.public_seq - 50),
    threads.public_seq - 50
  )
)
WHERE excerpt_by = 'visitor' AND id IN (SELECT thread_id FROM conversations WHERE status <> 'closed')
"""


def upgrade() -> None:
    op.add_column("threads", sa.Column("answer_due_since", NUMBER))
    op.execute(UNANSWERED)
