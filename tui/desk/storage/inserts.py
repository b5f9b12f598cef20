"""Rows that are written by one statement, also where another desk writes them right now; the unit of work knows nothing
of them."""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Executable, Table, Update
from sqlalchemy.orm import DeclarativeBase, Session

from tui.desk.storage.sealed import bind

ADDED = "added"
"""In a session's info: records that `add_all` wrote."""
CHANGED = "changed"
"""In a session's info: kinds of records that `change` wrote."""


def put(session: Session, record: DeclarativeBase) -> None:
    """Write the row in the place of what stands under its key, also where another desk puts one there right now."""
    values = _values(session, record)
    session.connection().execute(_upsert(session.get_bind().dialect.name, type(record), tuple(values)), values)


def add(session: Session, record: DeclarativeBase) -> bool:
    """Write the row unless there is one under its key, now or once another desk has committed; whether it was."""
    values = _values(session, record)
    statement = _insert_unless_there(session.get_bind().dialect.name, type(record))
    return session.connection().execute(statement, values).first() is not None


def add_all(session: Session, records: Sequence[DeclarativeBase]) -> int:
    """Write the rows, all of one kind, unless there are some under their keys; how many were.

    The session's info names what was written, which its unit of work knows nothing of.
    """
    values = [_values(session, record) for record in records]
    statement = _insert_unless_there(session.get_bind().dialect.name, type(records[0]))
    written = {tuple(row) for row in session.connection().execute(statement, values)}
    keys = [column.name for column in records[0].__table__.primary_key]
    added = [record for record in records if tuple(getattr(record, key) for key in keys) in written]
    session.info.setdefault(ADDED, []).extend(added)
    return len(added)


def change(session: Session, kind: type[DeclarativeBase], update: Update) -> None:
    """Carry out an update of rows of this kind, none of which the session holds; its info names the kind."""
    session.connection().execute(update)
    session.info.setdefault(CHANGED, set()).add(kind)


def _values(session: Session, record: DeclarativeBase) -> dict[str, object]:
    """What the record has, to be written after what was added before it."""
    session.flush()
    bind(record)
    columns = [column.key for column in record.__table__.columns]
    return {name: record.__dict__[name] for name in columns if name in record.__dict__}


@cache
def _upsert(dialect: str, kind: type[DeclarativeBase], names: tuple[str, ...]) -> Executable:
    """Cached: building the statement costs more than carrying it out."""
    insert = _insert_into(dialect, kind)
    keys = [column.name for column in kind.__table__.primary_key]
    changed = {name: insert.excluded[name] for name in names if name not in keys}
    return cast(Executable, insert.on_conflict_do_update(index_elements=keys, set_=changed))


@cache
def _insert_unless_there(dialect: str, kind: type[DeclarativeBase]) -> Executable:
    written = _insert_into(dialect, kind).on_conflict_do_nothing().returning(*kind.__table__.primary_key)
    return cast(Executable, written)


def _insert_into(dialect: str, kind: type[DeclarativeBase]) -> Any:
    """The dialect's INSERT, which knows ON CONFLICT."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(cast(Table, kind.__table__))
