"""On which site a resume key holds, and what vouches for a verified visitor's.

A verified visitor's keys from before have nobody who vouches for them, and open nothing any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("resume_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("site", sa.Text()))
        batch_op.add_column(sa.Column("ends_at", NUMBER))
        batch_op.add_column(sa.Column("secret_id", NUMBER))
        batch_op.create_index("ix_resume_keys_secret_id", ["secret_id"])
        batch_op.create_foreign_key(
            "fk_resume_keys_secret_id", "identity_secrets", ["secret_id"], ["id"], ondelete="SET NULL"
        )
