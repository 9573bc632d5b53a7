"""Run by Alembic, which is given the open connection of whoever asks for the upgrade."""

from alembic import context

from argosy.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
