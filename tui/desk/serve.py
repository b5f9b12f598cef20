"""`ca-kiosk desk serve`: HTTPS by uvicorn, the engine beside it, an orderly end on SIGTERM."""

import asyncio
import logging
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import NoReturn, cast

import uvicorn
from litestar import Litestar
from msgspec import structs

from tui.core.beijing import beijing
from tui.desk.context import Desk
from tui.desk.engine.engine import DeskEngine
from tui.desk.http.api import create_app
from tui.desk.http.connection import Connection, Limits
from tui.desk.http.door import Door, raise_file_limit, within
from tui.desk.http.waiters import Waiters
from tui.desk.renewals.pricing import endings
from tui.desk.settings import DeskSettings
from tui.desk.settings_reader import SettingsError
from tui.desk.storage.announcements import Announcements
from tui.desk.storage.database import open_database
from tui.desk.storage.schema import check_file, check_schema
from tui.desk.supervisor import Supervisor
from tui.desk.wiring import build

_LOG = logging.getLogger(__name__)
_AHEAD = timedelta(days=366)
"""Terms that fall away later than this are not spoken of yet."""
_BACKLOG = 1024
"""Connections that the system completes before the desk has taken them."""
_GRACE = 10
"""Seconds that requests under way are given at the end."""


@dataclass(frozen=True, slots=True)
class Running:
    """A desk that accepts requests."""

    url: str
    stop: Callable[[], None]
    """Ends it as SIGTERM does; may be called from any thread."""


def serve(settings: DeskSettings, on_ready: Callable[[Running], None] = lambda running: None) -> None:
    """Serve until SIGTERM, SIGINT or `Running.stop`; port 0 lets the system choose one.

    :raises SettingsError: the settings cannot be used.
    :raises OtherVersion: there is no database of this version: `desk migrate` makes one; or no longer, and it ended.
    :raises Damaged: the database's file is broken.
    :raises OSError: the address cannot be bound, or a TLS file cannot be read.
    """
    limits = Limits(connections=settings.connections, per_address=settings.connections_per_address)
    limits = within(limits, raise_file_limit())
    with socket.create_server((settings.host, settings.port), backlog=_BACKLOG) as listener:
        url = f"https://{settings.host}:{listener.getsockname()[1]}"
        settings = structs.replace(settings, public_url=settings.public_url or url)
        with ExitStack() as end:
            engine = open_database(settings.database, settings.data_key, settings.executor)
            end.callback(engine.dispose)
            check_schema(engine)
            check_file(engine)
            desk = build(settings, engine)
            _tell_endings(desk)
            waiters = Waiters()
            configuration = _configuration(create_app(desk, waiters), settings)
            _load(configuration, settings)

            def work(on_ready: Callable[[Running], None] = lambda running: None) -> None:
                server = _Server(configuration, listener, limits, url, on_ready, on_leaving=waiters.release)
                _run(desk, server, waiters)

            if settings.workers == 1:
                work(on_ready)
                return

            def prepare() -> None:
                check_schema(engine)
                engine.dispose()  # no two processes use the same connection

            supervisor = Supervisor(settings.workers, prepare, work)
            supervisor.run(lambda: on_ready(Running(url, partial(os.kill, os.getpid(), signal.SIGTERM))))


def _run(desk: Desk, server: "_Server", waiters: Waiters) -> None:
    """Answer, and see to what is due, until the server is told to end.

    :raises OtherVersion: the database has become another version's.
    """
    with ExitStack() as end:
        announcements = Announcements(desk.engine, waiters.tell)
        announcements.listen()
        end.callback(announcements.stop)
        obligations = DeskEngine(desk, server.leave, hear=announcements.heard)
        obligations.start()
        end.callback(obligations.stop)
        server.run(sockets=[])  # it accepts by its own door
        if obligations.other is not None:
            raise obligations.other


def _tell_endings(desk: Desk) -> None:
    """Say which terms are not offered, or will not be, because the CA's certificate, or one above it, ends."""
    ends, now = desk.ca.not_after, desk.clock()
    for term in endings(desk.settings.prices, ends, timedelta(days=desk.settings.window_days)):
        if term.first <= now + _AHEAD:
            _LOG.warning(
                "the CA's certificate, or one above it, ends on %s (Beijing time, like all that follow): the term of "
                "%d months falls away for certificates that end after %s, for the first from %s on, for all from %s on",
                f"{beijing(ends):%F}",
                term.months,
                f"{beijing(term.last):%F}",
                f"{beijing(term.first):%F}",
                f"{beijing(term.last):%F}",
            )


def _configuration(app: Litestar, settings: DeskSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",  # uvloop, taken if it is there, would hand the door another protocol than the connection
        http="httptools",
        ws="none",
        lifespan="on",
        ssl_certfile=str(settings.certificate),
        ssl_keyfile=str(settings.key),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody stands before the door
        timeout_graceful_shutdown=_GRACE,
        timeout_keep_alive=30,
    )


def _load(configuration: uvicorn.Config, settings: DeskSettings) -> None:
    """Take in the application, and the files of TLS.

    :raises SettingsError: OpenSSL takes them for no pair, or too weak a one; or the key has a passphrase.
    :raises OSError: one of them cannot be read; it is named, which OpenSSL does not.
    """
    for file in (settings.certificate, settings.key):
        file.open("rb").close()

    def ask() -> NoReturn:  # OpenSSL itself would ask at the terminal
        raise SettingsError(f"{settings.key} 不能有口令 / must have no passphrase")

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.certificate, settings.key, ask)
    except ssl.SSLError as error:
        told = "不能用作证书和私钥 / cannot be used as certificate and key"
        why = error.reason or "NO_PEM"  # for which OpenSSL has no reason
        raise SettingsError(f"{settings.certificate}, {settings.key} {told}: {why}") from error
    configuration.load()


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        listener: socket.socket,
        limits: Limits,
        url: str,
        on_ready: Callable[[Running], None],
        *,
        on_leaving: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._listener, self._limits = listener, limits
        self._running = Running(url, self.leave)
        self._on_ready, self._on_leaving = on_ready, on_leaving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.config.ssl is not None:
            state = {"config": self.config, "server_state": self.server_state, "app_state": self.lifespan.state}
            door = Door(self._listener, self.config.ssl, partial(Connection, **state), self._limits)
            door.open()
            self.servers = [cast(asyncio.Server, door)]  # which uvicorn closes, and no more
            self._on_ready(self._running)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_leaving()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT end the server; unlike uvicorn's own they are not raised again, so `serve` can tidy up."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def leave(self) -> None:
        """End as by SIGTERM."""
        self.should_exit = True
