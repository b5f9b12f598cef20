"""The desk's door: peers that are silent, slow or too many, and everybody else is served all the same."""

import asyncio
import contextlib
import errno
import gc
import logging
import resource
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.harness.desk.knocking import LONG, SERVICE, Desk, TownHall, answered, ended, served
from tui.desk.http import door
from tui.desk.http.connection import Connection, Limits
from tui.desk.http.door import Door, raise_file_limit, within

LIMITS = Limits(connections=12, per_address=8, handshake=LONG, head=LONG, body=LONG, head_bytes=2048)
SOON = 0.2


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One that waits for ever where nobody pushes."""
    with served(tmp_path_factory.mktemp("desk"), LIMITS) as running:
        yield running


def test_small_answers_do_not_wait_for_an_acknowledgement(desk: Desk) -> None:
    peer = desk.speak(SERVICE)
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
    ("limits", "words"),
    [
        (replace(LIMITS, handshake=SOON), None),
        (replace(LIMITS, head=SOON), b""),
        (replace(LIMITS, head=SOON), b"GET /v1/service HTTP/1.1\r\nHost:"),
        (replace(LIMITS, body=SOON), b"POST /v1/sessions HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\n{"),
    ],
)
def test_who_does_not_go_on_is_sent_away(tmp_path: Path, limits: Limits, words: bytes | None) -> None:
    with served(tmp_path, limits, TownHall().app) as strict:
        assert ended(strict.knock() if words is None else strict.speak(words))


def test_who_does_not_go_on_with_a_second_request_is_sent_away(tmp_path: Path) -> None:
    with served(tmp_path, replace(LIMITS, head=SOON), TownHall().app) as strict:
        peer = strict.speak(SERVICE)
        peer.recv(65536)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            peer.sendall(b"GET /v1/service HTTP/1.1\r\nHost:")
        assert ended(peer)


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


@pytest.mark.parametrize(
    ("receiving", "unread", "answering", "held", "rank"),
    [
        (True, False, False, False, 0),
        (False, True, True, True, 0),
        (False, False, False, False, 1),
        (False, False, True, True, 2),
        (False, False, True, False, 3),
    ],
)
def test_who_only_waits_for_news_leaves_before_who_is_being_answered(
    receiving: bool, unread: bool, answering: bool, held: bool, rank: int
) -> None:
    words = {"receiving": receiving, "unread": unread, "answering": answering, "held": held}
    with socket.socket() as peer:
        assert door._Visit("127.0.0.1", peer, SimpleNamespace(**words)).rank == rank  # type: ignore[arg-type]


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
