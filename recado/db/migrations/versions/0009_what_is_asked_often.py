"""Which conversations of a department were answered lately, and which are held now, without a walk through all."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ANSWERED = "first_answer_at IS NOT NULL"
HELD = "status IN ('attending', 'paused')"


def only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_index("ix_conversations_answered", "conversations", ["department_id", "opened_at"], **only(ANSWERED))
    op.create_index("ix_conversations_held", "conversations", ["department_id"], **only(HELD))
