"""Reasons for closing in an order of their own, and why somebody was blocked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("close_reasons", sa.Column("position", NUMBER, server_default="0", nullable=False))
    op.add_column("close_reasons", sa.Column("version", NUMBER, server_default="1", nullable=False))
    op.add_column("blocks", sa.Column("reason", sa.Text()))
