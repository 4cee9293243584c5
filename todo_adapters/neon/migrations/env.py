"""What Alembic runs to reach the database: on the connection, and in the transaction, that ``migrate`` has opened."""

from alembic import context

from todo_adapters.neon.table import TASKS, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TASKS.metadata,
    version_table=VERSION_TABLE,
)
context.run_migrations()
