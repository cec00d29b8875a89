"""How long a department's newest conversations waited for their first answer, and those that wait for it now."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ANSWERED_OR_OPEN = sa.text("first_answer_at IS NOT NULL OR status <> 'closed'")


def upgrade() -> None:
    op.create_index(
        "ix_conversations_first_wait",
        "conversations",
        ["department_id", "opened_at"],
        sqlite_where=ANSWERED_OR_OPEN,
        postgresql_where=ANSWERED_OR_OPEN,
    )
    op.drop_index("ix_conversations_answered", "conversations")
