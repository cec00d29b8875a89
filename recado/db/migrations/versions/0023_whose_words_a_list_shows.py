"""Whose words a list shows of a conversation: of what was said before, nobody noted it."""

import sqlalchemy as sa
from alembic import op

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("threads", sa.Column("excerpt_author", NUMBER))
