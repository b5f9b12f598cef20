"""A database with today's schema: migrated once a process, and copied for each test."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from tui.desk.storage.database import open_database
from tui.desk.storage.schema import is_missing, migrate


def new_database(url: str, data_key: bytes) -> Engine:
    """Open it with all its tables; on SQLite without the sixth of a second that the migrations take."""
    engine = open_database(url, data_key)
    if is_missing(engine):
        Path(engine.url.database or "").write_bytes(_migrated())
    migrate(engine)
    return engine


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        engine = open_database(f"sqlite:///{file}", bytes(32))
        migrate(engine)
        engine.dispose()
        return file.read_bytes()
