"""A cursor (PEP 249) that carries a statement out by one call of libpq.

psycopg's own can wait in many ways, and lets go of Python's lock five times a statement for that: with ten kiosks the
desk spent more on waiting than on what was asked.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

from psycopg import OperationalError, abc, errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

if TYPE_CHECKING:  # which makes cursors
    from tui.desk.storage.postgresql import PlainConnection

_SELDOM = 2
"""A statement that comes more often is prepared."""
_KEPT = 400
"""Statements that one connection knows; the desk has some hundred and fifty."""
_OTHER_COLUMNS = b"0A000"
"""What the server says of a prepared statement whose answer would be of other types than when it was prepared."""
_DONE = frozenset({ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY})


class Known:
    """A statement as one connection knows it, with parameters of the same types."""

    __slots__ = ("columns", "name", "uses")

    def __init__(self) -> None:
        self.uses = 0
        self.name = b""
        """Once it is prepared."""
        self.columns: list[tuple[Any, ...]] | None = None
        """Of its answer, once there was one."""


class PlainCursor:
    """Takes statements whose parameters are numbered, `$1`, as PostgreSQL has them."""

    arraysize = 1

    def __init__(self, connection: "PlainConnection") -> None:
        self._connection = connection
        self.description: list[tuple[Any, ...]] | None = None
        """Name and type of each column; None where there is no answer of rows."""
        self.rowcount = -1
        self._rows: Iterator[tuple[Any, ...]] = iter(())

    def execute(self, statement: str, parameters: Sequence[Any] = (), **_options: object) -> Self:
        """Carry it out, and take the whole answer.

        :raises psycopg.Error: the server refused, or has gone.
        """
        connection = self._connection
        libpq = connection.libpq
        adapting: abc.Transformer = Transformer(connection)
        if not parameters:
            self._take(libpq.exec_(statement.encode()), adapting, Known())
            return self
        values = adapting.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
        types, formats = adapting.types or (), adapting.formats
        known = connection.known(statement, types)
        if known.name:
            result = libpq.exec_prepared(known.name, values, formats)
            if result.status not in _DONE and result.error_field(DiagnosticField.SQLSTATE) == _OTHER_COLUMNS:
                known.name, known.columns = b"", None  # the next one is prepared anew
        else:
            result = libpq.exec_params(statement.encode(), values, types, formats)
        self._take(result, adapting, known)
        return self

    def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Carry it out with each of them."""
        count = 0
        for one in parameters:
            count += max(self.execute(statement, one).rowcount, 0)
        self.rowcount = count

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return next(self._rows, None)

    def fetchmany(self, size: int = arraysize) -> list[tuple[Any, ...]]:
        """The next rows."""
        return [row for _, row in zip(range(size), self._rows, strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All that is left."""
        return list(self._rows)

    def close(self) -> None:
        """Nothing is held."""

    def _take(self, result: PGresult, adapting: abc.Transformer, known: Known) -> None:
        check(result)
        if result.status != ExecStatus.TUPLES_OK:
            self.description, self._rows = None, iter(())
            self.rowcount = -1 if result.command_tuples is None else result.command_tuples
            return
        if known.columns is None:
            names = [(result.fname(at) or b"").decode() for at in range(result.nfields)]
            known.columns = [(name, result.ftype(at), *(None,) * 5) for at, name in enumerate(names)]
        adapting.set_pgresult(result)
        self.description, self.rowcount = known.columns, result.ntuples
        self._rows = iter(adapting.load_rows(0, result.ntuples, tuple))


class Statements:
    """What one connection knows, by the statement's text and the types of its parameters."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, tuple[int, ...]], Known] = {}
        self._named = 0

    def find(self, libpq: Any, statement: str, types: tuple[int, ...]) -> Known:
        """The statement, prepared if it comes often.

        :raises psycopg.Error: it cannot be prepared.
        """
        known = self._known.get((statement, types))
        if known is None:
            if len(self._known) >= _KEPT:
                check(libpq.exec_(b"DEALLOCATE ALL"))
                self._known.clear()
            known = self._known[statement, types] = Known()
        known.uses += 1
        if not known.name and known.uses > _SELDOM:
            self._named += 1
            name = b"s%d" % self._named
            check(libpq.prepare(name, statement.encode(), types))
            known.name = name
        return known


def check(result: PGresult) -> None:
    """Whether the server did what it was told.

    :raises psycopg.Error: it refused, or has gone.
    """
    if result.status not in _DONE:
        if result.error_field(DiagnosticField.SQLSTATE):
            raise errors.error_from_result(result)
        raise OperationalError(result.get_error_message())
