"""The driver for PostgreSQL, as light as the desk needs it."""

from typing import Any

from psycopg import Connection, Cursor, OperationalError, errors
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus


class PlainCursor(Cursor[Any]):
    """Describes the columns of an answer by plain tuples: psycopg's objects took longer than to read the rows."""

    @property
    def description(self) -> Any:
        """Name and type of each column (PEP 249); None where there is no answer of rows."""
        result = self.pgresult
        if result is None or not result.nfields:
            return None
        unknown = (None,) * 5
        return [((result.fname(at) or b"").decode(), result.ftype(at), *unknown) for at in range(result.nfields)]


class PlainConnection(Connection[Any]):
    """Opens a transaction when it is told to; what ends one says nothing to the server where none is open.

    The pool ends one whenever it is given a connection back, and psycopg took longer to see that there is none than to
    carry a statement out.
    """

    def begin(self) -> None:
        """Open a transaction."""
        self._say(b"BEGIN")

    def commit(self) -> None:
        """Commit the transaction, if one is open."""
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self._say(b"COMMIT")

    def rollback(self) -> None:
        """Leave nothing of the transaction, if one is open."""
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            self._say(b"ROLLBACK")

    def _say(self, command: bytes) -> None:
        """Carry out what needs neither parameters nor the driver's waiting.

        :raises psycopg.Error: the server refused, or has gone.
        """
        result = self.pgconn.exec_(command)
        if result.status != ExecStatus.COMMAND_OK:
            state = result.error_field(DiagnosticField.SQLSTATE)
            refused = errors.lookup(state.decode()) if state else OperationalError
            raise refused(result.get_error_message())


def connect(*arguments: Any, **options: Any) -> PlainConnection:
    """A connection on which each statement outside of a transaction is one by itself."""
    return PlainConnection.connect(*arguments, autocommit=True, cursor_factory=PlainCursor, **options)
