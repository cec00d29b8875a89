"""What can be heard in a file, and what was made of it to be played."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("sound_ms", NUMBER),
        sa.Column("sound_peaks", sa.LargeBinary()),
        sa.Column("sound_size", NUMBER),
        sa.Column("sound_sha256", sa.LargeBinary()),
    ):
        op.add_column("attachments", column)
