"""Run by Alembic: revisions work on the connection, and in the transaction, that `recado.db.migrate` hands over."""

from alembic import context

from recado.db.tables import metadata
from recado.db.types import is_on

connection = context.config.attributes["connection"]
assert connection is not None, "migrations are run by recado.db.migrate"

context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite changes a column by rebuilding its table.
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
    # Whoever handed over the connection has begun the transaction and ends it.
    transaction_per_migration=False,
    compare_type=True,
    include_object=lambda thing, *_: is_on(connection.dialect.name, thing),
)
context.run_migrations()
