"""Statements that the driver carries out by itself, translated once by SQLAlchemy's Core for each database.

SQLAlchemy's own way from a statement to its rows takes three times as long as the server does, and the unit of work
ten times. What comes with every renewal goes this way; what is seldom goes SQLAlchemy's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import NULLTYPE, TypeEngine

from tui.desk.storage.sqlite import is_undone

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
"""Built once, by a module or a cache: it is known again by its identity."""
Rows = list[tuple[Any, ...]]
_KEPT = 2_000
"""Translations: the desk has some hundred, and a test a few databases."""
_Convert = Callable[[Any], Any]
NO_VALUES: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class _Translation:
    """A statement in the words of one database."""

    text: str
    parameters: tuple[tuple[str, _Convert | None], ...]
    """In the text's order."""
    fixed: Mapping[str, object]
    """The values of those that the statement brings along."""
    columns: tuple[tuple[int, _Convert], ...]
    """Of the answer, those that have to be converted."""

    def bound(self, values: Mapping[str, object]) -> tuple[object, ...]:
        """The parameters as the driver takes them."""
        given = {**self.fixed, **values}
        return tuple([convert(given[name]) if convert else given[name] for name, convert in self.parameters])

    def read(self, rows: Rows) -> Rows:
        """The answer as Python has it."""
        if not self.columns:
            return rows
        return [self._converted(row) for row in rows]

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, convert in self.columns:
            values[place] = convert(values[place])
        return tuple(values)


def ask(connection: Connection, statement: Statement, values: Mapping[str, object] = NO_VALUES) -> Rows:
    """Carry it out, with these values for its `bindparam`s; the rows that it returns.

    :raises KeyError: a value is wanting.
    :raises sqlalchemy.exc.DBAPIError: the database refused, or has gone.
    """
    known = _translated(statement, connection.dialect)
    return known.read(_carry_out(connection, known, values)[1])


def tell(connection: Connection, statement: Statement, values: Mapping[str, object] = NO_VALUES) -> int:
    """Carry it out; how many rows it wrote.

    :raises KeyError: a value is wanting.
    :raises sqlalchemy.exc.DBAPIError: the database refused, or has gone.
    """
    return _carry_out(connection, _translated(statement, connection.dialect), values)[0]


def _carry_out(connection: Connection, known: _Translation, values: Mapping[str, object]) -> tuple[int, Rows]:
    """How many rows it wrote, and those that it returned; whoever listens for statements that begin hears of it."""
    text, bound = known.text, known.bound(values)
    cursor: Any = connection.connection.cursor()
    for listener in connection.dispatch.before_cursor_execute:
        text, bound = listener(connection, cursor, text, bound, None, False)
    try:
        cursor.execute(text, bound)
        return cursor.rowcount, cursor.fetchall() if cursor.description else []
    except connection.dialect.loaded_dbapi.Error as error:
        raise _refused(connection, cursor, text, error) from error
    except (KeyboardInterrupt, SystemExit) as error:  # the statement may be under way still
        connection.invalidate(error)
        raise


def _refused(connection: Connection, cursor: Any, text: str, error: Exception) -> BaseException:
    """As SQLAlchemy says it, without the parameters; a connection that has gone is used no more.

    Nor are those that were opened before: its server has gone with it, and each would fail once. For its own statements
    SQLAlchemy does the same, and tells of it by `handle_error`; the pool's method has no public name.
    """
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection, cursor)  # type: ignore[arg-type]
    if gone:
        connection.engine.pool._invalidate(connection.connection, error)
        connection.invalidate(error)
    elif is_undone(connection):
        connection.invalidate(error)
    base = dialect.loaded_dbapi.Error
    wrapped = DBAPIError.instance(
        text, (), error, base, hide_parameters=True, connection_invalidated=gone, dialect=dialect
    )
    return cast(BaseException, wrapped)


@lru_cache(maxsize=_KEPT)
def _translated(statement: Statement, dialect: Dialect) -> _Translation:
    compiled: Any = statement.compile(dialect=dialect)
    if compiled.post_compile_params:
        raise NotImplementedError("a list of any length has no fixed text")
    types = {name: bind.type for name, bind in compiled.binds.items()}
    names: list[str] = compiled.positiontup
    if untyped := [name for name in names if types[name] is NULLTYPE]:
        raise TypeError(f"of no type: {untyped}")
    return _Translation(
        compiled.string,
        tuple((name, _binding(types[name], dialect)) for name in names),
        {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required},
        _converting(statement, dialect),
    )


translations = _translated.cache_info
"""How many there are, and how often one was made."""


def _binding(kind: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _converting(statement: Statement, dialect: Dialect) -> tuple[tuple[int, _Convert], ...]:
    returned = statement.selected_columns if isinstance(statement, Select) else statement.exported_columns
    converts = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in returned]
    return tuple((place, convert) for place, convert in enumerate(converts) if convert is not None)
