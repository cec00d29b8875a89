"""Until when a look-in is seen."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("look_ins", sa.Column("seen_at", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
