"""Quick replies."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SCOPES = {
    "uq_replies_operator_id_name": (["operator_id", "name"], "operator_id IS NOT NULL"),
    "uq_replies_department_id_name": (["department_id", "name"], "department_id IS NOT NULL"),
    "uq_replies_name": (["name"], "operator_id IS NULL AND department_id IS NULL"),
}


def upgrade() -> None:
    op.create_table(
        "replies",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("operator_id", NUMBER, sa.ForeignKey("operators.id", name="fk_replies_operator_id")),
        sa.Column("department_id", NUMBER, sa.ForeignKey("departments.id", name="fk_replies_department_id")),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("uses", NUMBER, nullable=False, server_default="0"),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("version", NUMBER, nullable=False, server_default="1"),
        sa.CheckConstraint("operator_id IS NULL OR department_id IS NULL", name="one_scope"),
    )
    for name, (columns, where) in SCOPES.items():
        clause = sa.text(where)
        op.create_index(name, "replies", columns, unique=True, sqlite_where=clause, postgresql_where=clause)
