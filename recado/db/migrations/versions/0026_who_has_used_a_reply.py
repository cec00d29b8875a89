"""How often each operator has used a quick reply, so that they need not wait for each other to count it.

What was counted before stays in the reply's own row, where the release before goes on to count.
"""

import sqlalchemy as sa
from alembic import op

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    reply = sa.ForeignKey("replies.id", name="fk_reply_uses_reply_id", ondelete="CASCADE")
    operator = sa.ForeignKey("operators.id", name="fk_reply_uses_operator_id")
    op.create_table(
        "reply_uses",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("reply_id", NUMBER, reply, nullable=False),
        sa.Column("operator_id", NUMBER, operator, nullable=False),
        sa.Column("uses", NUMBER, nullable=False),
        sa.UniqueConstraint("reply_id", "operator_id", name=op.f("uq_reply_uses_reply_id_operator_id")),
    )
