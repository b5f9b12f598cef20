"""The driver for PostgreSQL, as light as the desk needs it."""

from typing import Any

from psycopg import Connection
from psycopg.errors import InFailedSqlTransaction
from psycopg.generators import execute
from psycopg.pq import Escaping, TransactionStatus
from psycopg.pq.abc import PGresult

from tui.desk.storage.cursor import Known, PlainCursor, Statements, check


class PlainConnection(Connection[Any]):
    """Opens a transaction when it is told to; what ends one says nothing to the server where none is open.

    The pool ends one whenever it is given a connection back, and psycopg took longer to see that there is none than to
    carry a statement out.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.libpq: Any = self.pgconn
        """Carries statements out."""
        self._notices: list[bytes] = []
        self._statements = Statements()

    def cursor(self, *arguments: Any, **options: Any) -> Any:
        """The desk's own, or psycopg's for who asks for more of it."""
        return super().cursor(*arguments, **options) if arguments or options else PlainCursor(self)

    def known(self, statement: str, types: tuple[int, ...]) -> Known:
        """The statement as this connection knows it, prepared if it comes often.

        :raises psycopg.Error: it cannot be prepared.
        """
        return self._statements.find(self.libpq, statement, types)

    def begin(self) -> None:
        """Open a transaction."""
        self._say(b"BEGIN")

    def notify(self, channel: str, what: str) -> None:
        """Let those who listen hear of it, once the transaction is committed: it is said with COMMIT."""
        literal = Escaping(self.pgconn).escape_literal(what.encode())
        self._notices.append(b"NOTIFY %s, %s;" % (channel.encode(), literal))

    def commit(self) -> None:
        """Commit the transaction, if one is open.

        :raises psycopg.Error: something in it was refused; COMMIT would roll it back without a word.
        """
        if self.pgconn.transaction_status == TransactionStatus.INERROR:
            raise InFailedSqlTransaction("the transaction cannot be committed")
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
        check(self.libpq.exec_(command))


class HeedfulConnection(PlainConnection):
    """Lets Ctrl-C end a statement, as one that waits for another desk's lock: for commands, which carry out few."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.libpq = _Heedful(self)


class _Heedful:
    """What a cursor asks of libpq, sent and then waited for; the driver withdraws it from the server at Ctrl-C."""

    def __init__(self, connection: HeedfulConnection) -> None:
        self._connection = connection

    def exec_(self, command: bytes) -> PGresult:
        self._connection.pgconn.send_query(command)
        return self._answer()

    def exec_params(self, command: bytes, *rest: Any) -> PGresult:
        self._connection.pgconn.send_query_params(command, *rest)
        return self._answer()

    def prepare(self, name: bytes, command: bytes, types: tuple[int, ...]) -> PGresult:
        self._connection.pgconn.send_prepare(name, command, types)
        return self._answer()

    def exec_prepared(self, name: bytes, *rest: Any) -> PGresult:
        self._connection.pgconn.send_query_prepared(name, *rest)
        return self._answer()

    def _answer(self) -> PGresult:
        """The last one, as libpq's own calls have it.

        :raises KeyboardInterrupt: Ctrl-C came first.
        """
        results: list[PGresult] = self._connection.wait(execute(self._connection.pgconn))
        return results[-1]


def connect(*arguments: Any, heedful: bool = False, **options: Any) -> PlainConnection:
    """A connection on which each statement outside of a transaction is one by itself."""
    kind = HeedfulConnection if heedful else PlainConnection
    return kind.connect(*arguments, autocommit=True, **options)
