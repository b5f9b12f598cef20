"""Rows as plain objects: read and written by their columns, without the unit of work.

A row has the attributes of its record, and what its record can tell of itself, so it passes for one; what was changed
is written when somebody says so.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from types import FunctionType
from typing import Any, ClassVar, TypeVar, cast

from sqlalchemy import Column, Connection, Insert, Select, Table, Update, bindparam, insert, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.exc import StaleDataError

from tui.desk.storage.sealed import Closed, InRow, bound_by, sealed_columns
from tui.desk.storage.statements import Statement, ask, tell
from tui.desk.storage.transactions import Transaction, Written

Record = TypeVar("Record", bound=DeclarativeBase)


class Row:
    """What a record holds, without what makes it a record."""

    __slots__ = ("__dict__", "stored")
    record: ClassVar[type[DeclarativeBase]]

    def __init__(self, values: Mapping[str, object], *, is_new: bool = False) -> None:
        self.__dict__.update(values)
        self.stored: Mapping[str, object] | None = None if is_new else values
        """As it stands in the database; None: it does not."""


def row(kind: type[Record], values: Sequence[Any]) -> Record:
    """The row with these values of its columns, which were read; what is sealed is opened."""
    found = dict(zip(names_of(kind), values, strict=True))
    key = tuple([str(found[name]) for name in bound_by(kind)])
    for name in sealed_columns(kind):
        if isinstance(value := found[name], Closed):
            found[name] = value.open(key)
    return cast(Record, _plain(kind)(found))


def side_by_side(kinds: Sequence[type[DeclarativeBase]], values: Sequence[Any]) -> list[Any]:
    """Rows of these kinds from the values of all their columns; None for one that is not there and has no key."""
    found, start = [], 0
    for kind in kinds:
        end = start + len(names_of(kind))
        found.append(None if values[start] is None else row(kind, values[start:end]))
        start = end
    return found


def new(kind: type[Record], /, **values: Any) -> Record:
    """A row that `save` adds; what is left out has its column's default, or is None.

    :raises TypeError: there is no such column.
    """
    defaults = _defaults(kind)
    if strange := values.keys() - defaults.keys():
        raise TypeError(f"{kind.__tablename__} has no {sorted(strange)}")
    return cast(Record, _plain(kind)(defaults | values, is_new=True))


def seek(connection: Connection, kind: type[Record], key: str, *, lock: bool = False) -> Record | None:
    """The row under this key, if there is one; where it can, locked until the transaction ends."""
    found = ask(connection, _by_key(kind, lock), {"key": key})
    return row(kind, found[0]) if found else None


def load(connection: Connection, kind: type[Record], key: str, *, lock: bool = False) -> Record:
    """The row under this key, locked where `lock` says so and the database can.

    :raises NoResultFound: there is none.
    """
    found = seek(connection, kind, key, lock=lock)
    if found is None:
        raise NoResultFound(kind.__tablename__)
    return found


def save(db: Transaction, record: DeclarativeBase) -> None:
    """Write what was changed of this row, or all of a new one.

    :raises StaleDataError: somebody has deleted it.
    :raises TypeError: a column was changed by which the row, or what is sealed in it, is found.
    """
    plain = cast(Row, record)
    kind, now, before = plain.record, plain.__dict__, plain.stored
    statement: Statement
    if before is None:
        db.flush()  # what it points to may wait there
        changed, statement, values = dict(now), _adding(kind), written(record)
    else:
        changed = {name: value for name, value in now.items() if value is not before[name] and value != before[name]}
        if not changed:
            return
        if fixed := changed.keys() & _fixed(kind):
            raise TypeError(f"{kind.__tablename__}: never changed: {sorted(fixed)}")
        keys = {f"old_{name}": before[name] for name in keys_of(kind)}
        statement, values = _changing(kind, tuple(changed)), keys | written(record, changed)
    if tell(db.connection(), statement, values) != 1:
        raise StaleDataError(kind.__tablename__)
    plain.stored = dict(now)
    note(db, record, changed, is_new=before is None)


def written(record: DeclarativeBase, only: Collection[str] | None = None, *, ordinal: str = "") -> dict[str, object]:
    """The row's values, or some of them, as parameters `new_…`; what is to be sealed knows its row."""
    plain = cast(Row, record)
    kind, values = plain.record, plain.__dict__
    bound = {name: values[name] for name in (only or names_of(kind))}
    for name in sealed_columns(kind):
        if isinstance(value := bound.get(name), bytes):
            bound[name] = InRow.of(value, tuple([str(values[part]) for part in bound_by(kind)]))
    return {f"new_{name}{ordinal}": value for name, value in bound.items()}


def note(db: Transaction, record: DeclarativeBase, changed: Mapping[str, object], *, is_new: bool) -> None:
    """Let whoever listens hear of it."""
    db.news.append(Written(cast(Row, record).record, record, changed, is_new))


@cache
def _plain(kind: type[DeclarativeBase]) -> type[Row]:
    told = {
        name: value
        for name, value in vars(kind).items()
        if isinstance(value, (FunctionType, property)) and not name.startswith("_")
    }
    return type(f"{kind.__name__}Row", (Row,), {"__slots__": (), "record": kind, **told})


@cache
def names_of(kind: type[DeclarativeBase]) -> tuple[str, ...]:
    """A record's columns."""
    return tuple(column.key for column in kind.__table__.columns)


@cache
def keys_of(kind: type[DeclarativeBase]) -> tuple[str, ...]:
    """The columns of its key."""
    return tuple(column.key for column in kind.__table__.primary_key)


@cache
def _fixed(kind: type[DeclarativeBase]) -> frozenset[str]:
    """Columns that stay as they were when the row was made."""
    return frozenset((*keys_of(kind), *bound_by(kind)))


@cache
def _defaults(kind: type[DeclarativeBase]) -> dict[str, object]:
    columns = cast(Table, kind.__table__).columns
    if reckoned := [column.key for column in columns if not _is_plain(column)]:
        raise NotImplementedError(f"{kind.__tablename__}: reckoned when written: {reckoned}")
    return {column.key: cast(Any, column.default).arg if column.default is not None else None for column in columns}


def _is_plain(column: Column[Any]) -> bool:
    """Whether what is written is the value given, or a default that is a value."""
    reckoned = column.server_default is not None or column.onupdate is not None
    return not reckoned and (column.default is None or column.default.is_scalar)


@cache
def _by_key(kind: type[DeclarativeBase], lock: bool) -> Select[Any]:
    (key,) = kind.__table__.primary_key
    statement = select(*kind.__table__.columns).where(key == bindparam("key"))
    return statement.with_for_update() if lock else statement


@cache
def _adding(kind: type[DeclarativeBase]) -> Insert:
    return insert(cast(Table, kind.__table__)).values({name: bindparam(f"new_{name}") for name in names_of(kind)})


@cache
def _changing(kind: type[DeclarativeBase], names: tuple[str, ...]) -> Update:
    table = cast(Table, kind.__table__)
    keys = [table.c[name] == bindparam(f"old_{name}") for name in keys_of(kind)]
    return update(table).where(*keys).values({name: bindparam(f"new_{name}") for name in names})
