"""SQLite's own ways: its connections' settings, and a transaction that an error has met."""

import sqlite3
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection, ExceptionContext

_BUSY_SECONDS = 10


def prepare(connection: Any, _record: object) -> None:
    """What each new connection is told: wait for locks, keep to foreign keys, lose nothing at a power cut."""
    connection.isolation_level = None  # the driver would begin by itself, and only before the first write
    for pragma in (f"busy_timeout={_BUSY_SECONDS * 1000}", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    _use_wal(connection)


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


def _use_wal(connection: Any) -> None:
    """Switch to the write-ahead log; SQLite does not wait by itself when several begin on a new file at once."""
    end = monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if monotonic() > end:
                raise
            sleep(0.05)
        else:
            return
