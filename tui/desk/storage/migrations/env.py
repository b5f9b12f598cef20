"""Alembic's environment: migrates over the connection that `tui.desk.storage.schema.migrate` opened."""

from alembic import context

from tui.desk.renewals import half_filled  # noqa: F401 — its table belongs to the schema
from tui.desk.storage import answers, audit_log, evidence, invoices, reconciliations  # noqa: F401 — as do theirs
from tui.desk.storage.records import Record

context.configure(connection=context.config.attributes["connection"], target_metadata=Record.metadata)
with context.begin_transaction():
    context.run_migrations()
