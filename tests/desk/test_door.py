"""The desk's door: peers that are silent, slow or too many, and everybody else is served all the same."""

import asyncio
import contextlib
import errno
import gc
import logging
import resource
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.desk.test_serve import make_tls
from tests.desk.town import make_town
from tui.desk import door, serve
from tui.desk.api import create_app
from tui.desk.connection import Connection, Limits
from tui.desk.door import Door, raise_file_limit, within
from tui.desk.serve import Running

LONG = 600.0
LIMITS = Limits(connections=12, per_address=8, handshake=LONG, head=LONG, body=LONG, head_bytes=2048)
WAIT = 30.0


class Desk:
    """A served desk, and peers that knock at it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.port = int(url.rsplit(":", 1)[1])
        self._closing = contextlib.ExitStack()

    def knock(self) -> socket.socket:
        """A connection on which nothing has been said."""
        return self._closing.enter_context(socket.create_connection(("127.0.0.1", self.port), WAIT))

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "desk.pem"))

    def speak(self, words: bytes = b"") -> ssl.SSLSocket:
        """One with TLS."""
        spoken = self._closing.enter_context(self.trust().wrap_socket(self.knock(), server_hostname="127.0.0.1"))
        spoken.sendall(words)
        return spoken

    def healthy(self) -> int:
        """What a kiosk is answered."""
        with httpx.Client(base_url=self.url, verify=self.trust(), trust_env=False, timeout=WAIT) as client:
            return client.get("/v1/service").status_code

    def close(self) -> None:
        self._closing.close()


@contextlib.contextmanager
def served(folder: Path, limits: Limits) -> Iterator[Desk]:
    ready, found = threading.Event(), list[Running]()

    def on_ready(running: Running) -> None:
        found.append(running)
        ready.set()

    make_tls(folder)
    town = make_town(folder)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        configuration = serve._configuration(create_app(town.desk), town.desk.settings)
        server = serve._Server(configuration, listener, limits, url, on_ready)
        thread = threading.Thread(target=server.run, args=([],))
        thread.start()
        assert ready.wait(WAIT)
        desk = Desk(folder, url)
        try:
            yield desk
        finally:
            desk.close()
            found[0].stop()
            thread.join(WAIT)
    town.desk.engine.dispose()
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One that waits for ever where nobody pushes."""
    with served(tmp_path_factory.mktemp("desk"), LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One that does not wait."""
    with served(tmp_path_factory.mktemp("desk"), Limits(handshake=0.2, head=0.2, body=0.2)) as running:
        yield running


def ended(peer: socket.socket) -> bool:
    """Whether the desk has ended this connection; waits for it."""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while peer.recv(4096):
            pass
    return True


def answered(peer: socket.socket) -> bytes:
    told = b""
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while part := peer.recv(65536):
            told += part
    return told


def test_small_answers_do_not_wait_for_an_acknowledgement(desk: Desk) -> None:
    peer = desk.speak(b"GET /v1/service HTTP/1.1\r\nHost: d\r\n\r\n")
    assert peer.recv(12) == b"HTTP/1.1 200"
    accepted = [
        one
        for one in gc.get_objects()
        if isinstance(one, socket.socket) and one.fileno() >= 0 and _peer(one) == peer.getsockname()
    ]
    assert [one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in accepted] != []
    assert all(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in accepted)


def _peer(one: socket.socket) -> object:
    try:
        return one.getpeername()
    except OSError:
        return None


@pytest.mark.parametrize("kind", ["knock", "speak", "head", "body"])
def test_a_healthy_kiosk_is_served_beside_any_number_of_silent_peers(desk: Desk, kind: str) -> None:
    words = {
        "knock": None,
        "speak": b"",
        "head": b"GET /v1/service HTTP/1.1\r\nHost:",
        "body": b"POST /v1/sessions HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\n{",
    }[kind]
    peers = [desk.knock() if words is None else desk.speak(words) for _ in range(3 * LIMITS.connections)]
    assert desk.healthy() == 200
    assert ended(peers[0])


@pytest.mark.parametrize(
    "words",
    [
        None,
        b"",
        b"GET /v1/service HTTP/1.1\r\nHost:",
        b"POST /v1/sessions HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\n{",
        b"GET /v1/service HTTP/1.1\r\nHost: d\r\n\r\nGET /v1/service HTTP/1.1\r\nHost:",
    ],
)
def test_who_does_not_go_on_is_sent_away(strict: Desk, words: bytes | None) -> None:
    assert ended(strict.knock() if words is None else strict.speak(words))
    assert strict.healthy() == 200


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (b"GET /v1/service HTTP/1.1\r\nHost: d\r\nX: " + b"x" * 3000, 431),
        (b"GET /v1/service HTTP/1.1\r\nHost: d\r\nX: " + b"x" * 3000 + b"\r\n\r\n", 431),
        (b"GET /v1/service HTTP/1.1\r\nHost: d\r\n" + b"X: x\r\n" * 3000 + b"\r\n", 431),
        (b"GET /" + b"x" * 3000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"GET /v1/service HTTP/1.1\r\nHost: d\r\nX: \0\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: d\r\n\r\n", 400),
        (b"CONNECT d:443 HTTP/1.1\r\nHost: d\r\n\r\n", 400),
        (b"noise\r\n\r\n", 400),
        (b"\x16\x03\x01", 400),
    ],
)
def test_what_is_no_request_is_a_problem(desk: Desk, words: bytes, status: int) -> None:
    told = answered(desk.speak(words))
    assert told.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/problem+json" in told
    assert told.count(b"HTTP/1.1") == 1


def test_an_upgrade_is_not_taken_up(desk: Desk) -> None:
    words = b"GET /v1/service HTTP/1.1\r\nHost: d\r\nConnection: upgrade, close\r\nUpgrade: h2c\r\n\r\n"
    assert answered(desk.speak(words)).startswith(b"HTTP/1.1 200")


def test_noise_in_place_of_tls_ends_the_connection(desk: Desk) -> None:
    peer = desk.knock()
    peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
    assert ended(peer)


class Refusing:
    """A listener with no file left for some tries; each takes a second."""

    def __init__(self, times: int) -> None:
        self.left, self.tries = times, 0

    def now(self) -> float:
        return 1000.0 + self.tries

    async def accept(self, _listener: object) -> Any:
        self.tries += 1
        if self.tries <= self.left:
            raise OSError(errno.EMFILE, "Too many open files")
        await asyncio.Event().wait()


@pytest.mark.parametrize(("pause", "tries"), [(0.0, 101), (LONG, 1)])
def test_a_full_file_table_is_told_once_a_minute_with_pauses(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, pause: float, tries: int
) -> None:
    refusing = Refusing(100)

    async def play() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "sock_accept", refusing.accept)
        monkeypatch.setattr(door, "monotonic", refusing.now)
        monkeypatch.setattr(door, "_PAUSE", pause)
        with socket.socket() as listener:
            opened = Door(listener, ssl.create_default_context(), Connection, LIMITS)
            opened.open()
            for _ in range(1000):  # turns of the loop
                await asyncio.sleep(0)
            opened.close()
            await opened.wait_closed()

    caplog.set_level(logging.ERROR)
    asyncio.run(play())
    assert refusing.tries == tries
    assert [record.getMessage() for record in caplog.records] == [
        "cannot accept connections: EMFILE (1 times)",
        "cannot accept connections: EMFILE (60 times)",
    ][: 1 if tries == 1 else 2]


def limits_of(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int) -> Callable[[], tuple[int, int]]:
    kept = [(soft, hard)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: kept[0])
    monkeypatch.setattr(resource, "setrlimit", lambda _, to: kept.__setitem__(0, to))
    return lambda: kept[0]


@pytest.mark.parametrize(
    ("soft", "hard", "raised"),
    [
        (1024, 4096, 4096),
        (1024, 1 << 20, 65_536),
        (1024, resource.RLIM_INFINITY, 65_536),
        (100_000, 1 << 20, 100_000),
        (512, 512, 512),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 65_536),
    ],
)
def test_the_soft_limit_of_files_is_raised(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, raised: int) -> None:
    now = limits_of(monkeypatch, soft, hard)
    assert raise_file_limit() == raised
    assert now() == (soft if soft in {raised, resource.RLIM_INFINITY} else raised, hard)


@pytest.mark.parametrize(("files", "connections"), [(65_536, 1000), (1024, 824), (256, 128), (1, 1)])
def test_connections_leave_files_for_everything_else(files: int, connections: int) -> None:
    assert within(Limits(), files).connections == connections
