"""What alembic runs around the migrations: inside the transaction of `newsbeam.store.migrate`."""

from alembic import context

from newsbeam.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
