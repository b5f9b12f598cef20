"""The outside world in one folder: payment platforms, tax platform, SMS gateway, mailbox and the desk, on loopback."""

import asyncio
import contextlib
import fcntl
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import uvicorn

from tui.desk.accounts import create_account
from tui.desk.database import migrate, open_database
from tui.desk.settings import load
from tui.sandbox.desk_process import DeskProcess
from tui.sandbox.files import ACCOUNT, PASSWORD, SERVICES, Addresses, kept_ports, make_keys, tax_keys, write_settings
from tui.sandbox.gateways.alipay import alipay_app
from tui.sandbox.gateways.sms import sms_app
from tui.sandbox.gateways.tax import tax_app
from tui.sandbox.gateways.unionpay import unionpay_app
from tui.sandbox.mailbox import Mailbox

ISSUE_AFTER = timedelta(seconds=3)
"""How long the tax platform takes for an invoice."""


class TownFailed(Exception):  # noqa: N818 — what happened
    """The town does not come up; the text says why."""


class Town:
    """Everything in one folder; what an earlier run left there (keys, ports, data) goes on."""

    def __init__(self, directory: Path) -> None:
        """Nothing is made before `start`."""
        self.directory = directory.absolute()
        self.addresses: Addresses
        self.desk: DeskProcess
        self._ending = contextlib.ExitStack()

    def start(self) -> Addresses:
        """Return when everything answers.

        :raises TownFailed: the folder is in use.
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
        self.directory.mkdir(parents=True, exist_ok=True)
        ending.enter_context(_locked(self.directory / "sandbox.lock"))
        make_keys(self.directory)
        listeners = _listeners(kept_ports(self.directory))
        ports = {name: int(listener.getsockname()[1]) for name, listener in listeners.items()}
        self.addresses = write_settings(self.directory, ports)
        for name in ("desk", "smtp"):
            listeners.pop(name).close()
        tls = self.directory / "tls"
        self.desk = DeskProcess(self.directory, self.addresses.desk, tls / "ca.pem")
        self.desk.start()
        ending.callback(self.desk.stop)
        gateways = Gateways(self._applications(), listeners, tls)
        gateways.start()
        ending.callback(gateways.stop)
        mailbox = Mailbox(self.directory / "mail", ports["smtp"], (tls / "server.pem", tls / "server.key"))
        mailbox.start()
        ending.callback(mailbox.stop)
        self._open_account()
        self.desk.wait_ready()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _open_account(self) -> None:
        engine = open_database(load(self.directory / "desk.toml").database)
        migrate(engine)
        create_account(engine, ACCOUNT, PASSWORD)
        engine.dispose()

    def _applications(self) -> dict[str, Any]:
        folder, ca_file = self.directory, self.directory / "tls/ca.pem"
        return {
            "alipay": alipay_app(folder / "alipay", notice_ca=ca_file),
            "unionpay": unionpay_app(folder / "unionpay", notice_ca=ca_file),
            "tax": tax_app(folder / "tax", tax_keys(folder), issue_after=ISSUE_AFTER),
            "sms": sms_app(folder / "sms", (folder / "sms.key").read_bytes()),
        }


class Gateways:
    """ASGI applications, each on its listening socket with TLS, in one thread."""

    def __init__(self, applications: dict[str, Any], listeners: dict[str, socket.socket], tls: Path) -> None:
        """`tls` holds server.pem and server.key."""
        self._served = [
            (uvicorn.Server(_config(application, tls)), listeners[name]) for name, application in applications.items()
        ]
        self._thread = threading.Thread(target=self._run, name="gateways", daemon=True)

    def start(self) -> None:
        """Begin; the sockets listen already, so a caller may connect at once."""
        self._thread.start()

    def stop(self) -> None:
        """End all, in good order."""
        for server, _ in self._served:
            server.should_exit = True
        self._thread.join()

    def _run(self) -> None:
        async def serve() -> None:
            await asyncio.gather(*(server.serve(sockets=[listener]) for server, listener in self._served))

        asyncio.run(serve())


def run(directory: Path, *, while_stdin: bool = False) -> None:
    """Stay until SIGTERM, SIGINT or SIGHUP (or until standard input ends); one JSON line tells that all is ready.

    :raises TownFailed, DeskFailed: it does not come up.
    """
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: over.set())
    with Town(directory) as town:
        print(msgspec.json.encode(town.addresses).decode(), flush=True)
        if while_stdin:
            threading.Thread(target=_watch_stdin, args=(over,), daemon=True).start()
        over.wait()


def _watch_stdin(over: threading.Event) -> None:
    sys.stdin.buffer.read()
    over.set()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TownFailed(f"a sandbox is up in {path.parent} already") from error
        yield


def _listeners(kept: dict[str, int]) -> dict[str, socket.socket]:
    """A listening socket for each service: on its port of the earlier run, or on any when another program has it."""
    listeners = {}
    for name in SERVICES:
        try:
            listeners[name] = socket.create_server(("127.0.0.1", kept.get(name, 0)))
        except OSError:
            listeners[name] = socket.create_server(("127.0.0.1", 0))
    return listeners


def _config(application: Any, tls: Path) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        ssl_certfile=str(tls / "server.pem"),
        ssl_keyfile=str(tls / "server.key"),
    )
