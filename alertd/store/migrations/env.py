"""Run by Alembic with the connection that `migrating.upgrade` opened."""

from alembic import context

from alertd.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=False,
)
context.run_migrations()
