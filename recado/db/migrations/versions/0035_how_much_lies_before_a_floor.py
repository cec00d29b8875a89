"""How much was said in a direct conversation before where somebody begins to read."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

SAID_BEFORE = """
    UPDATE direct_people SET floor_count = (
        SELECT count(*) FROM messages JOIN directs ON directs.thread_id = messages.thread_id
        WHERE directs.id = direct_people.direct_id AND messages.seq <= direct_people.floor
        AND messages.kind = 'note' AND coalesce(messages.gone, '') <> 'undone'
    ) WHERE floor > 0
"""


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("direct_people", sa.Column("floor_count", number, server_default="0", nullable=False))
    op.execute(SAID_BEFORE)
