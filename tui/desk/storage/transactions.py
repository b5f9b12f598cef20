"""One transaction: its connection, what it has written so far, and the unit of work for who asks for it.

SQLAlchemy's own session costs more than the statements of a renewal. It is opened only where something seldom needs it,
on the same connection, and what it writes is news as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Engine, RootTransaction, event
from sqlalchemy.exc import PendingRollbackError
from sqlalchemy.orm import DeclarativeBase, PassiveFlag, Session, UOWTransaction
from sqlalchemy.orm.attributes import get_history, instance_state

_OURS = "transaction"
"""In a session's info: the transaction that it is a part of."""


@dataclass(frozen=True, slots=True)
class Written:
    """News of one row."""

    kind: type[DeclarativeBase]
    row: Any
    changed: Mapping[str, object]
    """Its columns that were written, with their values."""
    is_new: bool


@dataclass(frozen=True, slots=True)
class Swept:
    """News of any rows of this kind, which one statement wrote."""

    kind: type[DeclarativeBase]


class Transaction:
    """Statements that are carried out together, or each by itself; whoever opens it says which."""

    def __init__(self, begun: RootTransaction) -> None:
        """It ends nothing: whoever has begun it does."""
        self._begun, self._connection = begun, begun.connection
        self._unit: Session | None = None
        self.news: list[Written | Swept] = []
        """In the order in which it was written."""
        self.announced: dict[str, None] = {}
        """Applications that it is news of, each once."""

    def connection(self) -> Connection:
        """What its statements go over.

        :raises PendingRollbackError: it was rolled back: they would be carried out outside of it.
        """
        self.check()
        return self._connection

    def check(self) -> None:
        """Whether it can still be committed: a refused unit of work rolls all back, as a full disk does on SQLite.

        :raises PendingRollbackError: it cannot.
        """
        if not self._begun.is_active or self._connection.invalidated:
            raise PendingRollbackError("the transaction was rolled back")

    @property
    def unit(self) -> Session:
        """SQLAlchemy's unit of work, for what is seldom.

        :raises PendingRollbackError: as `connection` does.
        """
        self.check()
        if self._unit is None:
            self._unit = Session(self._connection, expire_on_commit=False, info={_OURS: self})
        return self._unit

    def flush(self) -> None:
        """Let the database have what waits in the unit of work."""
        if self._unit is not None:
            self._unit.flush()

    def close(self) -> None:
        """Let go of the unit of work; the connection stays as it is."""
        if self._unit is not None:
            self._unit.close()


class Listener(Protocol):
    """Who wants to know what the transactions of a database have written."""

    def written(self, db: Transaction) -> None:
        """All of it, before it is committed."""
        ...

    def committed(self, db: Transaction) -> None:
        """It is, in the thread that commits."""
        ...


_LISTENERS: WeakKeyDictionary[Dialect, tuple[Listener, ...]] = WeakKeyDictionary()
"""By the dialect, which an engine and its variants share, whatever becomes of their pool."""


def listeners(engine: Engine) -> tuple[Listener, ...]:
    """Who listens to this database, in the order in which they came."""
    return _LISTENERS.get(engine.dialect, ())


def listen(engine: Engine, listener: Listener) -> None:
    """Tell it of this process's transactions from now on."""
    _LISTENERS[engine.dialect] = (*listeners(engine), listener)


def ignore(engine: Engine, listener: Listener) -> None:
    """Tell it no more."""
    _LISTENERS[engine.dialect] = tuple(one for one in listeners(engine) if one is not listener)


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, _context: UOWTransaction) -> None:
    db: Transaction | None = session.info.get(_OURS)
    if db is not None:
        db.news += [_written(record) for record in (*session.new, *session.dirty)]


def _written(record: DeclarativeBase) -> Written:
    state = instance_state(record)
    columns = state.mapper.column_attrs.keys()
    is_new = state.key is None
    names = state.dict.keys() if is_new else {name for name in state.committed_state if _is_changed(record, name)}
    changed = {name: state.dict[name] for name in columns if name in names and name in state.dict}
    return Written(type(record), record, changed, is_new)


def _is_changed(record: DeclarativeBase, name: str) -> bool:
    """Whether it was given another value; nothing is loaded for it."""
    return get_history(record, name, PassiveFlag.PASSIVE_NO_INITIALIZE).has_changes()
