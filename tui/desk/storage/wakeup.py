"""What ends a wait before its time: this process says so, or another one has committed something.

PostgreSQL tells by NOTIFY. SQLite counts the commits in its file, and looking at that count takes no lock.
"""

import logging
import select
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

_LOG = logging.getLogger(__name__)
_CHANNEL = "desk"
_GLANCE = 1.0
"""Seconds between two looks at SQLite's count."""


def notify(engine: Engine) -> None:
    """Tell the desks on this database that something was committed; on SQLite they see it by themselves."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(f"NOTIFY {_CHANNEL}"))


def tell_others(connection: Connection, what: str) -> None:
    """Tell the processes on this database, once and only if this transaction is committed; on SQLite see `notify`."""
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        driver.notify(_CHANNEL, what)


class Wakeup(ABC):
    """One thread waits; any other may end its wait. The waiting one alone uses the connection beside the pool."""

    def __init__(self, engine: Engine, hear: Callable[[str], None]) -> None:
        """Nothing is connected before the first wait.

        `hear` is told, by the thread that waits, what processes said with their commits, this one among them; nothing,
        where they did not say it: such a commit ends the wait, too.
        """
        self._engine, self._hear = engine, hear
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._connection: Any = None

    def wake(self) -> None:
        """End the wait, or the next one."""
        with suppress(OSError):  # full of wake-ups that were not taken yet, or nobody waits any more
            self._far.send(b"\0")

    @abstractmethod
    def wait(self, seconds: float) -> bool:
        """Wait so long, or until woken; whether another process may have committed something meanwhile."""

    def close(self) -> None:
        """Give sockets and connection back, when nobody waits any more."""
        self._drop()
        self._near.close()
        self._far.close()

    def _sleep(self, seconds: float, *others: Any) -> bool:
        """Until woken, one of the others is readable, or the time is over; whether woken."""
        sockets = select.poll()
        for one in (self._near, *others):
            sockets.register(one, select.POLLIN)
        if self._near.fileno() not in dict(sockets.poll(seconds * 1000)):
            return False
        self._near.recv(4096)
        return True

    def _connect(self) -> bool:
        """Open the connection where there is none; whether it is new."""
        if self._connection is not None:
            return False
        try:
            pooled = self._engine.raw_connection()
            self._connection = pooled.driver_connection
            pooled.detach()
            self._prepare()
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
            _LOG.warning("the database cannot be listened to: %s", type(error).__name__)
            self._drop()
        return self._connection is not None

    @abstractmethod
    def _prepare(self) -> None:
        """Make the new connection ready."""

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class _Notified(Wakeup):
    """By PostgreSQL, on one connection."""

    def wait(self, seconds: float) -> bool:
        if self._connect():
            self._hear("")
            return True  # nobody listened before
        if self._connection is None:
            self._sleep(seconds)
            return False
        end = monotonic() + seconds
        while True:
            woken = self._sleep(max(end - monotonic(), 0.0), self._connection)
            if self._heard():  # also when woken: whoever is woken all the time must not grow deaf
                return True
            if woken or monotonic() >= end:
                return False

    def _prepare(self) -> None:
        self._connection.execute(f"LISTEN {_CHANNEL}")

    def _heard(self) -> bool:
        """Whether there is one that says nothing; a connection that broke is one: the next may be to another server."""
        heard = False
        try:
            self._connection.pgconn.consume_input()
            while (notification := self._connection.pgconn.notifies()) is not None:
                what = notification.extra.decode()
                heard = heard or not what
                self._hear(what)
        except self._engine.dialect.loaded_dbapi.Error:
            self._drop()
            return True
        return heard


class _Counted(Wakeup):
    """By SQLite's count of commits, those of this process among them."""

    def __init__(self, engine: Engine, hear: Callable[[str], None]) -> None:
        super().__init__(engine, hear)
        self._count = 0

    def wait(self, seconds: float) -> bool:
        if self._connect():
            return True  # nobody counted before
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            if self._sleep(min(left, _GLANCE)):
                return False
            if self._connection is not None and self._moved():
                self._hear("")
                return True
        return False

    def _prepare(self) -> None:
        self._count = self._read()

    def _moved(self) -> bool:
        try:
            before, self._count = self._count, self._read()
        except self._engine.dialect.loaded_dbapi.Error:  # the file has gone, or is broken: told by whoever uses it
            return False
        return self._count != before

    def _read(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


def wakeup(engine: Engine, hear: Callable[[str], None] = lambda what: None) -> Wakeup:
    """The kind that the database allows; `hear` as `Wakeup` has it."""
    return _Notified(engine, hear) if engine.dialect.name == "postgresql" else _Counted(engine, hear)
