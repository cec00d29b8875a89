"""Which entries of a thread are new to its customer, without a walk through all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PUBLIC = sa.text("public_seq IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_messages_public_rev",
        "messages",
        ["thread_id", "public_rev"],
        sqlite_where=PUBLIC,
        postgresql_where=PUBLIC,
    )
