"""Rows that are written by one statement, also where another desk writes them right now; and updates of many rows."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Insert, Table, bindparam
from sqlalchemy.orm import DeclarativeBase

from tui.desk.storage.rows import Row, keys_of, names_of, note, written
from tui.desk.storage.statements import NO_VALUES, Statement, ask, tell
from tui.desk.storage.transactions import Swept, Transaction


def put(connection: Connection, row: DeclarativeBase) -> None:
    """Write the new row in the place of what stands under its key, also where another desk puts one there right now."""
    tell(connection, _upsert(connection.dialect.name, cast(Row, row).record), written(row))


def add(db: Transaction, row: DeclarativeBase) -> bool:
    """Write the new row unless there is one under its key, now or once another desk has committed; whether it was."""
    return add_all(db, (row,)) == 1


def add_all(db: Transaction, rows: Sequence[DeclarativeBase]) -> int:
    """Write the new rows, all of one kind, unless there are some under their keys; how many were."""
    db.flush()
    kind = cast(Row, rows[0]).record
    statement = _insert_unless_there(db.connection().dialect.name, kind, len(rows))
    values = {
        name: value for place, row in enumerate(rows) for name, value in written(row, ordinal=f"_{place}").items()
    }
    there = set(ask(db.connection(), statement, values))
    added = [row for row in rows if tuple([getattr(row, key) for key in keys_of(kind)]) in there]
    for row in added:
        note(db, row, row.__dict__, is_new=True)
    return len(added)


def change(
    db: Transaction, kind: type[DeclarativeBase], update: Statement, values: Mapping[str, object] = NO_VALUES
) -> None:
    """Carry out an update of rows of this kind, none of which is held here."""
    tell(db.connection(), update, values)
    db.news.append(Swept(kind))


@cache
def _upsert(dialect: str, kind: type[DeclarativeBase]) -> Insert:
    """Cached: building the statement costs more than carrying it out."""
    insert = _insert_into(dialect, kind).values({name: bindparam(f"new_{name}") for name in names_of(kind)})
    keys = list(keys_of(kind))
    changed = {name: insert.excluded[name] for name in names_of(kind) if name not in keys}
    return cast(Insert, insert.on_conflict_do_update(index_elements=keys, set_=changed))


@cache
def _insert_unless_there(dialect: str, kind: type[DeclarativeBase], count: int) -> Insert:
    columns = kind.__table__.columns  # SQLAlchemy takes their types for the parameters of the first row only
    rows: Any = [
        {column.key: bindparam(f"new_{column.key}_{place}", type_=column.type) for column in columns}
        for place in range(count)
    ]
    written = _insert_into(dialect, kind).values(rows).on_conflict_do_nothing()
    return cast(Insert, written.returning(*kind.__table__.primary_key))


def _insert_into(dialect: str, kind: type[DeclarativeBase]) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(cast(Table, kind.__table__))
