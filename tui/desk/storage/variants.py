"""The engine as transactions of three kinds use it; all share its pool."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine

_ENGINES = 8
"""Whose variants are kept: a process has one, a test a few."""
_ALONE, _WRITES = "alone", "writes"


@lru_cache(maxsize=_ENGINES)
def reads(engine: Engine) -> Engine:
    """For statements that read; on PostgreSQL each is a transaction by itself."""
    return engine.execution_options(**{_ALONE: True})


@lru_cache(maxsize=_ENGINES)
def writes(engine: Engine) -> Engine:
    """For transactions that write; on SQLite they hold the write lock from their beginning."""
    return engine.execution_options(**{_WRITES: True})


@lru_cache(maxsize=_ENGINES)
def writes_once(engine: Engine) -> Engine:
    """For one statement that writes."""
    return writes(reads(engine))


def begin_sqlite(connection: Connection) -> None:
    """Begin a transaction by itself, for SQLite takes its locks by BEGIN."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")


def begin_postgresql(connection: Connection) -> None:
    """Begin a transaction; a statement that stands alone costs less without."""
    options = connection.get_execution_options()
    if not options.get(_ALONE) and options.get("isolation_level") != "AUTOCOMMIT":
        driver: Any = connection.connection.driver_connection
        driver.begin()
