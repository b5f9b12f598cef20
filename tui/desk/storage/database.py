"""The desk's database: SQLite or PostgreSQL by one URL, with read and write transactions."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

from tui.desk.silence import is_silent
from tui.desk.storage.sealed import use_key
from tui.desk.storage.sqlite import end_undone, prepare
from tui.desk.storage.statements import NO_VALUES, Statement, ask
from tui.desk.storage.transactions import Transaction, listeners
from tui.desk.storage.variants import begin_postgresql, begin_sqlite, reads, writes, writes_once

CONNECTIONS = 15
"""To PostgreSQL, that one process uses at once, besides the one that listens."""
_HELD_SECONDS = 20
"""PostgreSQL lets go so soon of the rows of a process that fell silent amid a transaction, as by a power cut."""


def open_database(url: str, data_key: bytes | None = None, name: str = "", *, heedful: bool = False) -> Engine:
    """An engine for the URL; without the data key, sealed columns can be neither read nor written.

    `name` is this process's, by which PostgreSQL shows its connections; where it is `heedful`, Ctrl-C ends a statement.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "connect", prepare)
        event.listen(engine, "begin", begin_sqlite)
        event.listen(engine, "handle_error", end_undone)
    else:
        arguments: dict[str, Any] = {"application_name": name} if name else {}
        arguments |= {"heedful": True} if heedful else {}
        # None beyond those that stay open: a new one costs the server more than the transaction it was opened for.
        pool: dict[str, Any] = {"pool_size": CONNECTIONS, "max_overflow": 0, "pool_use_lifo": True}
        numbered = {"paramstyle": "numeric_dollar"}
        engine = create_engine(url, hide_parameters=True, connect_args=arguments, **pool, **numbered)
        event.listen(engine, "do_connect", _connect_postgresql)
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", begin_postgresql)
        event.listen(engine, "checkout", _refuse_closed)
    if data_key is not None:
        use_key(engine.dialect, data_key)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Transaction]:
    """What changes and locks nothing.

    On PostgreSQL each statement is a transaction by itself: it sees what it would see within one (READ COMMITTED).
    """
    with reads(engine).connect() as connection, closing(Transaction(connection.begin())) as db:
        yield db  # nothing to commit: what was read stays as it is


@contextmanager
def glancing(engine: Engine) -> Iterator[Connection]:
    """A connection for statements that read, each by itself."""
    with reads(engine).connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Transaction]:
    """One transaction that is committed at the end; on SQLite it holds the write lock from its beginning."""
    with _committed(writes(engine)) as db:
        yield db


@contextmanager
def writing_once(engine: Engine) -> Iterator[Transaction]:
    """The same for exactly one statement, which PostgreSQL commits by itself, without BEGIN and COMMIT around it."""
    with _committed(writes_once(engine)) as db:
        yield db


@contextmanager
def _committed(engine: Engine) -> Iterator[Transaction]:
    """Whoever listens is told before and after.

    :raises PendingRollbackError: something was refused that rolled everything back, and whoever caught that went on.
    """
    with engine.connect() as connection, connection.begin() as begun, closing(Transaction(begun)) as db:
        yield db
        db.flush()
        db.check()
        for listener in listeners(engine):
            listener.written(db)
    for listener in listeners(engine):  # who has stopped meanwhile hears no more
        listener.committed(db)


def write(engine: Engine, statement: Statement, values: Mapping[str, object] = NO_VALUES) -> list[Any]:
    """The first column of what this statement returns, in a transaction of its own."""
    with writes_once(engine).begin() as connection:
        return [row[0] for row in ask(connection, statement, values)]


def writes_alone(engine: Engine) -> bool:
    """Whether a transaction that writes keeps all others from writing, as on SQLite."""
    return engine.dialect.name == "sqlite"


def _connect_postgresql(_dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]) -> Any:
    from tui.desk.storage.postgresql import connect  # a desk on SQLite has no use for the driver

    return connect(*arguments, **options)


def _prepare_postgresql(connection: Any, _record: object) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = '{_HELD_SECONDS}s'")


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Whether the server has closed the connection, as at its restart, asked of the socket and not of the server.

    :raises InvalidatePoolError: it has: every idle connection of the pool is opened anew.
    """
    if not is_silent(connection):  # nothing is under way, so it is the server's farewell
        raise InvalidatePoolError
