"""Run the outside world in one folder: payment and tax platforms, SMS gateway, mailbox and the desk, on loopback."""

import contextlib
import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from tui.process.paths import absolute
from tui.sandbox.desk_process import DeskProcess
from tui.sandbox.files import ACCOUNT, PASSWORD, SERVICES, Addresses, kept_ports, make_keys, write_settings

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class EnvironmentFailed(Exception):  # noqa: N818 — what happened
    """The environment does not come up; the text says why."""


class Environment:
    """Everything in one folder; what an earlier run left there (keys, ports, data) goes on."""

    def __init__(self, directory: Path, furnish: Callable[[Path], None] = lambda directory: None) -> None:
        """Nothing is made before `start`; `furnish` is called with the folder once the account is there."""
        self.directory = absolute(directory)
        self._furnish = furnish
        self.addresses: Addresses
        self.desk: DeskProcess
        self._ending = contextlib.ExitStack()

    def start(self) -> Addresses:
        """Return when everything answers.

        :raises EnvironmentFailed: the folder is in use, or its database cannot be used.
        :raises DeskFailed: the desk does not come up.
        """
        with contextlib.ExitStack() as ending:
            self._start(ending)
            self._ending = ending.pop_all()
        return self.addresses

    def stop(self) -> None:
        """End everything that was started."""
        self._ending.close()

    def _start(self, ending: contextlib.ExitStack) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        ending.enter_context(_locked(self.directory / "sandbox.lock"))
        make_keys(self.directory)
        listeners = _listeners(kept_ports(self.directory))
        for listener in listeners.values():
            ending.callback(listener.close)
        ports = {name: int(listener.getsockname()[1]) for name, listener in listeners.items()}
        self.addresses = write_settings(self.directory, ports)
        for name in ("desk", "smtp"):
            listeners.pop(name).close()
        tls = self.directory / "tls"
        self._open_account()
        self.desk = DeskProcess(self.directory, self.addresses.desk, tls / "ca.pem")
        self.desk.start()
        ending.callback(self.desk.stop)
        # Imported while the desk is starting: together they take as long as it does.
        from tui.sandbox.gateways.all import Gateways
        from tui.sandbox.mailbox import Mailbox

        gateways = Gateways(self.directory, listeners)
        gateways.start()
        ending.callback(gateways.stop)
        mailbox = Mailbox(self.directory / "mail", ports["smtp"], (tls / "server.pem", tls / "server.key"))
        mailbox.start()
        ending.callback(mailbox.stop)
        self._furnish(self.directory)
        self.desk.wait_ready()
        ending.callback(self.desk.stop)  # first of all to end: its connections would hold the gateways up

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _open_account(self) -> None:
        from sqlalchemy.exc import DatabaseError

        from tui.desk.renewals.accounts import create_account
        from tui.desk.settings import load
        from tui.desk.storage.database import open_database
        from tui.desk.storage.schema import Damaged, OtherVersion, migrate

        settings = load(self.directory / "desk.toml")
        engine = open_database(settings.database, settings.data_key)
        try:
            migrate(engine)
            create_account(engine, ACCOUNT, PASSWORD)
        except (DatabaseError, Damaged, OtherVersion) as error:
            why = error.orig if isinstance(error, DatabaseError) else error
            told = f"{self.directory / 'desk.db'} 不能使用 / cannot be used: {why}"
            raise EnvironmentFailed(told) from error
        finally:
            engine.dispose()


@contextlib.contextmanager
def until_signalled(*, while_stdin: bool = False) -> Iterator[Callable[[], object]]:
    """Gives a function that returns at SIGTERM, SIGINT or SIGHUP, or when standard input ends; none kills meanwhile."""
    over = SimpleQueue[None]()  # an Event's `set` in a handler that comes in the middle of its `wait` never returns
    before = {number: signal.signal(number, lambda *_: over.put(None)) for number in _ENDING}
    if while_stdin:
        threading.Thread(target=_watch_stdin, args=(over,), daemon=True).start()
    try:
        yield over.get
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch_stdin(over: SimpleQueue[None]) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    over.put(None)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise EnvironmentFailed(f"沙箱已在运行 / a sandbox is up in {path.parent} already") from error
        yield


def _listeners(kept: dict[str, int]) -> dict[str, socket.socket]:
    """A listening socket for each service: on its port of the earlier run, or on any when another program has it."""
    listeners = {}
    for name in SERVICES:
        try:
            listeners[name] = socket.create_server(("127.0.0.1", kept.get(name, 0)))
        except OSError:
            listeners[name] = socket.create_server(("127.0.0.1", 0))
        # Inherited by what is accepted; asyncio sets it only on sockets made with IPPROTO_TCP.
        listeners[name].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listeners
