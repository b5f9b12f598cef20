"""Peers that do not read, that ask too soon or without an end: none keeps a place, none delays the end of the desk."""

import logging
import logging.handlers
import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness.desk.knocking import LONG, SERVICE, WAIT, TownHall, answered, ended, served
from tui.desk import serve
from tui.desk.http.connection import Connection, Limits
from tui.desk.http.door import Door

LIMITS = Limits(handshake=LONG, head=LONG, body=LONG, answer=LONG)
ONE = replace(LIMITS, connections=1)
MUCH = b"GET /much HTTP/1.1\r\nHost: d\r\n\r\n"
LATE = b"GET /late HTTP/1.1\r\nHost: d\r\n\r\n"
HALF = b"POST /v1/sessions HTTP/1.1\r\nHost: d\r\nContent-Length: 9\r\n\r\n{"


class Seen:
    """What the desk's connections went through."""

    def __init__(self) -> None:
        self.heard, self.paused, self.resumed, self.lost = (threading.Event() for _ in range(4))
        self.connections = list[Connection]()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    told = Seen()

    class Watched(Connection):
        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            told.connections.append(self)
            told.heard.set()

        def pause_writing(self) -> None:
            super().pause_writing()
            told.paused.set()

        def resume_writing(self) -> None:
            super().resume_writing()
            told.resumed.set()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            told.lost.set()

    monkeypatch.setattr(serve, "Connection", Watched)
    return told


@pytest.fixture
def hall() -> Iterator[TownHall]:
    hall = TownHall()
    yield hall
    hall.may_answer.set()


def test_who_does_not_read_is_sent_away(tmp_path: Path, hall: TownHall, seen: Seen) -> None:
    with served(tmp_path, replace(LIMITS, answer=0.2), hall.app) as desk:
        desk.speak(MUCH)
        assert seen.lost.wait(WAIT)


def test_who_does_not_read_makes_room(tmp_path: Path, hall: TownHall, seen: Seen) -> None:
    with served(tmp_path, ONE, hall.app) as desk:
        desk.speak(MUCH)
        assert seen.paused.wait(WAIT)
        assert desk.healthy() == 200
        assert seen.lost.wait(WAIT)


def test_who_reads_late_is_told_everything(tmp_path: Path, hall: TownHall, seen: Seen) -> None:
    with served(tmp_path, LIMITS, hall.app) as desk:
        peer = desk.speak(MUCH)
        assert seen.paused.wait(WAIT)
        assert seen.connections[0].unread
        length = 0
        while not (part := peer.recv(65536)).endswith(b"0\r\n\r\n"):
            assert part
            length += len(part)
        assert length > len(hall.CHUNK) * hall.CHUNKS
        assert seen.resumed.is_set()
        assert not seen.connections[0].unread


@pytest.mark.parametrize("more", [SERVICE, b"noise\r\n\r\n", b"GET"])
def test_who_says_more_before_it_is_answered_is_sent_away(tmp_path: Path, hall: TownHall, more: bytes) -> None:
    with served(tmp_path, LIMITS, hall.app) as desk:
        assert answered(desk.speak(SERVICE + more)) == b""
        peer = desk.speak(LATE)
        assert hall.asked.wait(WAIT)
        peer.sendall(more)
        assert answered(peer) == b""
        hall.may_answer.set()


@pytest.mark.parametrize(
    ("limits", "whose"), [(ONE, "1"), (replace(LIMITS, per_address=1), "1 of its address")], ids=["all", "address"]
)
def test_who_is_turned_away_is_told_once_a_minute(
    tmp_path: Path, hall: TownHall, caplog: pytest.LogCaptureFixture, limits: Limits, whose: str
) -> None:
    caplog.set_level(logging.ERROR, "tui.desk.http.door")
    with served(tmp_path, limits, hall.app) as desk:
        peer = desk.speak(LATE)
        assert hall.asked.wait(WAIT)
        assert all(ended(desk.knock()) for _ in range(3))
        hall.may_answer.set()
        assert peer.recv(12) == b"HTTP/1.1 200"
    told = [record.getMessage() for record in caplog.records if record.name == "tui.desk.http.door"]
    assert told == [f"a connection was turned away: all {whose} are being answered (1 times)"]


def test_an_empty_line_does_not_keep_a_connection(tmp_path: Path, hall: TownHall, seen: Seen) -> None:
    with served(tmp_path, LIMITS, hall.app) as desk:
        peer = desk.speak(SERVICE)
        assert peer.recv(12) == b"HTTP/1.1 200"
        seen.heard.clear()
        peer.sendall(b"\r\n")
        assert seen.heard.wait(WAIT)
        deadline = seen.connections[0].timeout_keep_alive_task
        assert deadline is not None
        assert not deadline.cancelled()


def test_a_request_after_an_empty_line_is_answered(tmp_path: Path, hall: TownHall, seen: Seen) -> None:
    with served(tmp_path, LIMITS, hall.app) as desk:
        peer = desk.speak(SERVICE)
        assert peer.recv(12) == b"HTTP/1.1 200"
        deadline = seen.connections[0].timeout_keep_alive_task
        peer.sendall(b"\r\n" + LATE)
        assert hall.asked.wait(WAIT)
        assert deadline is None or deadline.cancelled()
        hall.may_answer.set()


@pytest.mark.parametrize("leaves", [True, False])
def test_a_request_that_never_became_whole_is_no_fault_of_the_desk(tmp_path: Path, *, leaves: bool) -> None:
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    access, handler = logging.getLogger("tui.desk.access"), logging.handlers.QueueHandler(lines)
    level = access.level
    access.setLevel(logging.INFO)
    access.addHandler(handler)
    try:
        with served(tmp_path, replace(LIMITS, body=LONG if leaves else 0.2)) as desk:
            peer = desk.speak(HALF)
            if leaves:
                peer.close()
            assert lines.get(timeout=WAIT).getMessage().startswith("POST /v1/sessions 499 ")
    finally:
        access.removeHandler(handler)
        access.setLevel(level)


def test_the_end_waits_for_nobody_who_only_hangs(
    tmp_path: Path, hall: TownHall, seen: Seen, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(serve, "_GRACE", LONG)
    with served(tmp_path, LIMITS, hall.app) as desk:
        desk.knock()
        desk.speak()
        desk.speak(b"GET /v1/service HTTP/1.1\r\nHost:")
        desk.speak(HALF)
        desk.speak(MUCH)
        assert hall.asked.wait(WAIT)
        assert seen.paused.wait(WAIT)
        desk.stop()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_the_end_waits_for_who_is_being_answered(
    tmp_path: Path, hall: TownHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, close = threading.Event(), Door.close

    def watched(door: Door) -> None:
        close(door)
        closed.set()

    monkeypatch.setattr(Door, "close", watched)
    with served(tmp_path, LIMITS, hall.app) as desk:
        peer = desk.speak(LATE)
        assert hall.asked.wait(WAIT)
        ending = threading.Thread(target=desk.stop)
        ending.start()
        assert closed.wait(WAIT)
        hall.may_answer.set()
        assert answered(peer).startswith(b"HTTP/1.1 200")
        ending.join(WAIT)
