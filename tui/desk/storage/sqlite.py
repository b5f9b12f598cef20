"""SQLite's own way with a transaction that an error has met."""

from sqlalchemy import Connection, ExceptionContext


def is_undone(connection: Connection) -> bool:
    """Whether SQLite has rolled a transaction back by itself, as on a full disk, and would write what follows alone.

    See "Response To Errors Within A Transaction" in SQLite's documentation of transactions.
    """
    if connection.dialect.name != "sqlite" or connection.invalidated or not connection.in_transaction():
        return False
    driver = connection.connection.driver_connection
    return driver is not None and not driver.in_transaction


def end_undone(context: ExceptionContext) -> None:
    """After an error of a statement of SQLAlchemy's own: let the connection carry out no more of its transaction."""
    if context.connection is not None and is_undone(context.connection):
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, False
