"""A desk that is served in this process, and peers that knock at its door."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from litestar import Litestar, Request, get, post
from litestar.datastructures import State
from litestar.response import Stream

from tests.desk.test_serve import make_tls
from tests.harness.desk.town import make_settings, make_town
from tui.desk import serve
from tui.desk.http.api import create_app
from tui.desk.http.connection import Limits
from tui.desk.serve import Running

LONG = 600.0
WAIT = 30.0
SERVICE = b"GET /v1/service HTTP/1.1\r\nHost: d\r\n\r\n"


class Desk:
    """A served desk, and peers that knock at it."""

    def __init__(self, folder: Path, running: Running, thread: threading.Thread) -> None:
        self.folder, self.url = folder, running.url
        self._running, self._thread = running, thread
        self.port = int(running.url.rsplit(":", 1)[1])
        self._closing = contextlib.ExitStack()

    def knock(self) -> socket.socket:
        """A connection on which nothing has been said."""
        return self._closing.enter_context(socket.create_connection(("127.0.0.1", self.port), WAIT))

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "desk.pem"))

    def speak(self, words: bytes = b"") -> ssl.SSLSocket:
        """One with TLS."""
        spoken = self._closing.enter_context(self.trust().wrap_socket(self.knock(), server_hostname="127.0.0.1"))
        with contextlib.suppress(ConnectionError, ssl.SSLError):  # the desk may have ended it already
            spoken.sendall(words)
        return spoken

    def healthy(self) -> int:
        """What a kiosk is answered."""
        with httpx.Client(base_url=self.url, verify=self.trust(), trust_env=False, timeout=WAIT) as client:
            return client.get("/v1/service").status_code

    def stop(self) -> None:
        """Wait until it has ended in order."""
        self._running.stop()
        self._thread.join(WAIT)
        assert not self._thread.is_alive()

    def leave(self) -> None:
        """All peers go."""
        self._closing.close()


class TownHall:
    """An application in the desk's place, which says when it is asked, and answers much or late."""

    CHUNK, CHUNKS = bytes(64 * 1024), 256
    """More in all than the system takes for a peer that does not read."""

    def __init__(self) -> None:
        self.asked, self.may_answer = threading.Event(), threading.Event()

        @get("/v1/service", sync_to_thread=False)
        def service() -> None: ...

        @get("/much", sync_to_thread=False)
        def much() -> Stream:
            return Stream(self.CHUNK for _ in range(self.CHUNKS))

        @get("/late", sync_to_thread=True)
        def late() -> None:
            self.asked.set()
            self.may_answer.wait(WAIT)

        @post("/v1/sessions")
        async def sessions(request: Request[None, None, State]) -> None:
            self.asked.set()
            await request.body()

        self.app = Litestar([service, much, late, sessions], openapi_config=None, logging_config=None)


@contextlib.contextmanager
def served(
    folder: Path, limits: Limits, app: Litestar | None = None, on_leaving: Callable[[], None] = lambda: None
) -> Iterator[Desk]:
    """The desk, or another application in its place; `on_leaving` is called when it begins to end."""
    make_tls(folder)
    with contextlib.ExitStack() as end:
        if app is None:
            town = make_town(folder)
            end.callback(town.desk.engine.dispose)
            app = create_app(town.desk)
        listener = end.enter_context(socket.create_server(("127.0.0.1", 0)))
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        ready, found = threading.Event(), list[Running]()

        def on_ready(running: Running) -> None:
            found.append(running)
            ready.set()

        configuration = serve._configuration(app, make_settings(folder))
        server = serve._Server(configuration, listener, limits, url, on_ready, on_leaving=on_leaving)
        thread = threading.Thread(target=server.run, args=([],), daemon=True)
        thread.start()
        assert ready.wait(WAIT)
        desk = Desk(folder, found[0], thread)
        end.callback(desk.stop)
        end.callback(desk.leave)
        yield desk


def ended(peer: socket.socket) -> bool:
    """Whether the desk has ended this connection; waits for it."""
    answered(peer)
    return True


def answered(peer: socket.socket) -> bytes:
    """All that it says until it ends the connection."""
    told = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while part := peer.recv(65536):
            told += part
    return told
