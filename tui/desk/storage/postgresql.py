"""The driver for PostgreSQL, as light as the desk needs it."""

from typing import Any

from psycopg import Connection, Cursor, OperationalError, errors
from psycopg.pq import DiagnosticField, Escaping, ExecStatus, TransactionStatus


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

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._notices: list[bytes] = []

    def begin(self) -> None:
        """Open a transaction."""
        self._say(b"BEGIN")

    def notify(self, channel: str, what: str) -> None:
        """Let those who listen hear of it, once the transaction is committed: it is said with COMMIT."""
        literal = Escaping(self.pgconn).escape_literal(what.encode())
        self._notices.append(b"NOTIFY %s, %s;" % (channel.encode(), literal))

    def commit(self) -> None:
        """Commit the transaction, if one is open."""
        is_open = self.pgconn.transaction_status != TransactionStatus.IDLE
        said, self._notices = b"".join([*self._notices, b"COMMIT" if is_open else b""]), []
        if said:
            self._say(said)

    def rollback(self) -> None:
        """Leave nothing of the transaction, if one is open."""
        self._notices.clear()
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
