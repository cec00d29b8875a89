"""Where the servers on this database keep files: a new one with another place does not join them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", sa.Column("files_place", sa.Text(), nullable=True))
