"""One connection is kept for a partner; a call that must not come twice never depends on it."""

import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from tui.desk.outbound import Link, TooMuch

ASKED, LIMIT = b"asked", 1000
Manner = Callable[[socket.socket, int], bool]
"""What the peer does about the n-th request that it has read on this connection; whether it reads on."""


def answer(connection: socket.socket, body: bytes = b"yes", headers: str = "") -> None:
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body)


def stays(connection: socket.socket, _count: int) -> bool:
    answer(connection)
    return True


def closes_after_each(connection: socket.socket, _count: int) -> bool:
    answer(connection)
    return False


def says_that_it_closes(connection: socket.socket, _count: int) -> bool:
    answer(connection, headers="Connection: close\r\n")
    return False


def half_closes(connection: socket.socket, _count: int) -> bool:
    answer(connection)
    connection.shutdown(socket.SHUT_WR)
    return True


def closes_at_the_next(connection: socket.socket, count: int) -> bool:
    if count == 1:
        answer(connection)
    return count == 1


def cuts_the_next_short(connection: socket.socket, count: int) -> bool:
    if count == 1:
        answer(connection)
    else:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nye")
    return count == 1


class Peer:
    """A server on a socket of its own, which counts."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections, self.requests = 0, list[bytes]()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.done = threading.Semaphore(0)
        """Released when a request was dealt with, and the connection is as the manner leaves it."""

    def run(self) -> None:
        with suppress(OSError):  # the listener is shut down at the end
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _serve(self, connection: socket.socket) -> None:
        goes_on = True
        with connection, suppress(OSError):
            count, request = 0, b""
            while goes_on and (data := connection.recv(65536)):
                request += data
                if not request.endswith(ASKED):  # its head alone
                    continue
                self.requests.append(request)
                count, request = count + 1, b""
                goes_on = self._manner(connection, count)
                if goes_on:
                    self.done.release()
        if not goes_on:
            self.done.release()


@contextmanager
def peer(manner: Manner) -> Iterator[Peer]:
    there = Peer(manner)
    thread = threading.Thread(target=there.run)
    thread.start()
    try:
        yield there
    finally:
        there.stop()
        thread.join()


@pytest.fixture
def link() -> Iterator[Link]:
    link = Link(5.0, None)
    yield link
    link.close()


def ask(link: Link, there: Peer, *, again: bool = True) -> bytes:
    return link.send("POST", there.url, ASKED, limit=LIMIT, again=again).body


def test_questions_share_a_connection_and_other_calls_have_their_own(link: Link) -> None:
    with peer(stays) as there:
        assert [ask(link, there) for _ in range(5)] == [b"yes"] * 5
        assert there.connections == 1
        assert [ask(link, there, again=False) for _ in range(2)] == [b"yes"] * 2
        assert there.connections == 3
        ask(link, there)
        assert there.connections == 3


def test_what_has_a_connection_of_its_own_says_that_nothing_follows(link: Link) -> None:
    with peer(stays) as there:
        ask(link, there)
        ask(link, there, again=False)
    question, other = (request.lower() for request in there.requests)
    assert b"\r\nconnection: close\r\n" in other
    assert b"\r\nconnection: close\r\n" not in question


def test_nothing_that_a_partner_says_leads_or_marks_the_next_request(link: Link) -> None:
    def leads_away(connection: socket.socket, _count: int) -> bool:
        connection.sendall(
            b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
        )
        return True

    with peer(leads_away) as there:
        for again in (True, True, False):
            assert link.send("POST", there.url, ASKED, limit=LIMIT, again=again).status == 307
    assert len(there.requests) == 3
    assert all(request.startswith(b"POST / ") and b"cookie" not in request.lower() for request in there.requests)


@pytest.mark.parametrize("again", [True, False])
def test_name_and_password_in_an_address_go_with_the_request(link: Link, *, again: bool) -> None:
    with peer(stays) as there:
        link.send("POST", there.url.replace("//", "//Aladdin:open%20sesame@"), ASKED, limit=LIMIT, again=again)
    (request,) = there.requests
    assert b"\r\nauthorization: basic " + b64encode(b"Aladdin:open sesame").lower() in request.lower()
    assert b"@" not in request


@pytest.mark.parametrize("manner", [closes_after_each, says_that_it_closes, half_closes])
@pytest.mark.parametrize("again", [True, False])
def test_what_was_closed_between_two_calls_is_not_used_again(link: Link, manner: Manner, *, again: bool) -> None:
    with peer(manner) as there:
        for _ in range(4):
            assert ask(link, there, again=again) == b"yes"
            assert there.done.acquire(timeout=5)
        assert there.connections == len(there.requests) == 4


def test_a_question_lost_on_a_connection_that_was_closing_is_asked_on_a_new_one(link: Link) -> None:
    with peer(closes_at_the_next) as there:
        assert [ask(link, there) for _ in range(6)] == [b"yes"] * 6
        assert len({request.partition(b"\r\n\r\n")[2] for request in there.requests}) == 1  # whole, each time
        assert there.connections > 1


def test_any_other_call_comes_once_whatever_becomes_of_the_connection(link: Link) -> None:
    def never_answers(_connection: socket.socket, _count: int) -> bool:
        return False

    with peer(never_answers) as there:
        with pytest.raises(httpx.HTTPError):
            ask(link, there, again=False)
        assert len(there.requests) == 1
        with pytest.raises(httpx.HTTPError):  # a new connection: nobody had closed it before
            ask(link, there)
        assert len(there.requests) == 2


def test_other_calls_are_answered_where_a_kept_connection_would_have_lost_them(link: Link) -> None:
    with peer(closes_at_the_next) as there:
        ask(link, there)
        assert [ask(link, there, again=False) for _ in range(3)] == [b"yes"] * 3
        assert len(there.requests) == 4


def test_half_an_answer_is_no_reason_to_ask_again(link: Link) -> None:
    with peer(cuts_the_next_short) as there:
        ask(link, there)
        with pytest.raises(httpx.HTTPError):
            ask(link, there)
        assert len(there.requests) == 2


def test_a_second_try_has_the_rest_of_the_time(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    given, send = list[float](), httpx.HTTPTransport.handle_request

    def watched(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        given.append(request.extensions["timeout"]["read"])
        clock.append(clock[-1] + 4.0)
        return send(transport, request)

    with peer(closes_at_the_next) as there:
        ask(link, there)
        clock = [100.0]
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", watched)
        monkeypatch.setattr("tui.desk.outbound.time.monotonic", lambda: clock[-1])
        with pytest.raises(TooMuch):
            ask(link, there)
    assert given == [5.0, 1.0]


def test_an_answer_that_is_too_long_ends_its_connection(link: Link) -> None:
    def tells_much(connection: socket.socket, _count: int) -> bool:
        answer(connection, b"x" * (LIMIT + 1))
        return True

    with peer(tells_much) as there:
        for _ in range(2):
            with pytest.raises(TooMuch):
                ask(link, there)
        assert there.connections == 2
