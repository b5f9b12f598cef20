"""The engine as transactions of three kinds use it; all share its pool."""

from functools import lru_cache

from sqlalchemy import Engine

_ENGINES = 8
"""Whose variants are kept: a process has one, a test a few."""


@lru_cache(maxsize=_ENGINES)
def reads(engine: Engine) -> Engine:
    """For statements that read; on PostgreSQL each is a transaction by itself."""
    return engine.execution_options(isolation_level="AUTOCOMMIT") if _commits_alone(engine) else engine


@lru_cache(maxsize=_ENGINES)
def writes(engine: Engine) -> Engine:
    """For transactions that write; on SQLite they hold the write lock from their beginning."""
    return engine.execution_options(writes=True)


@lru_cache(maxsize=_ENGINES)
def writes_once(engine: Engine) -> Engine:
    """For one statement that writes."""
    return writes(reads(engine))


def _commits_alone(engine: Engine) -> bool:
    """Whether a statement costs less outside of a transaction; SQLite takes its locks by BEGIN."""
    return engine.dialect.name == "postgresql"
