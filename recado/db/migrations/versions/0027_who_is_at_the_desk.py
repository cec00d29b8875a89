"""When an operator last had the desk open: others of their pages make nobody somebody who answers."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("operators", sa.Column("desk_at", NUMBER, nullable=True))
