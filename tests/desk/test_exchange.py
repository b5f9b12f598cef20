"""Answers are taken in whole, as RFC 9112 frames them, and addresses as they may stand in a request."""

import socket
import ssl
import threading
import time
from collections.abc import Sequence

import pytest

from tui.desk.exchange import (
    Answer,
    BadAddress,
    Connection,
    Lost,
    NoAnswer,
    ReadTimeout,
    TooMuch,
    address_of,
    request_to,
)

LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"


def told(parts: Sequence[bytes], *, seconds: float = 5.0, stays: bool = False) -> tuple[Answer, bool]:
    """The answer that a peer gives in these parts, and whether its connection may be used again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        over = threading.Event()

        def serve() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                for part in parts:
                    peer.sendall(part)
                if stays:
                    over.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        address = address_of(f"http://127.0.0.1:{listener.getsockname()[1]}/")
        end = time.monotonic() + seconds
        connection = Connection(address, ssl.create_default_context(), end)
        try:
            answer = connection.exchange(request_to(address, "GET", b"", {}), 100, end)
            return answer, connection.may_be_kept
        finally:
            over.set()
            connection.close()
            thread.join()


@pytest.mark.parametrize(
    ("parts", "may_be_kept"),
    [
        ([LENGTH], True),
        ([bytes([octet]) for octet in CHUNKED], True),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", LENGTH], True),
        ([LENGTH + b"more"], False),
        ([LENGTH + LENGTH], False),
        ([LENGTH.replace(b"1.1", b"1.0")], False),
        ([b"HTTP/1.1 200 OK\r\n\r\no", b"k"], False),
    ],
)
def test_an_answer_ends_where_it_says(parts: list[bytes], *, may_be_kept: bool) -> None:
    answer, kept = told(parts)
    assert (answer.status, answer.body, kept) == (200, b"ok", may_be_kept)


@pytest.mark.parametrize(
    ("parts", "is_silent"), [([], True), ([LENGTH[:-1]], False), ([CHUNKED[:-2]], False), ([b"SMTP\r\n"], False)]
)
def test_what_ends_too_soon_is_no_answer(parts: list[bytes], *, is_silent: bool) -> None:
    with pytest.raises(Lost) as lost:
        told(parts)
    assert lost.value.is_silent is is_silent


def test_nobody_fills_the_memory_or_takes_for_ever() -> None:
    with pytest.raises(TooMuch):
        told([b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", b"x" * 101])
    with pytest.raises((TooMuch, Lost)):
        told([b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"x" * 1000 + b"\r\n"] * 100])
    with pytest.raises((ReadTimeout, TooMuch)):
        told([LENGTH[:-1]], seconds=0.2, stays=True)


@pytest.mark.parametrize(
    ("url", "authority", "target"),
    [
        ("https://Tax.example:443", "tax.example", "/"),
        ("https://tax.example:8443?a=1#part", "tax.example:8443", "/?a=1"),
        ("https://[::1]/发票%20a.pdf?b=c&d=%2F", "[::1]", "/%E5%8F%91%E7%A5%A8%20a.pdf?b=c&d=%2F"),
        ("https://例子.cn/", "xn--fsqu00a.cn", "/"),
    ],
)
def test_an_address_is_written_as_requests_have_it(url: str, authority: str, target: str) -> None:
    address = address_of(url)
    assert (address.authority, address.target) == (authority, target)


@pytest.mark.parametrize(
    "url",
    ["ftp://h/", "//h/", "https:///x", "https://u:p@h/", "https://h:x/", "https://h/\r\nX:1", "https://h/ a"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadAddress):
        address_of(url)


def test_a_field_cannot_begin_another() -> None:
    with pytest.raises(BadAddress):
        request_to(address_of("https://h/"), "GET", b"", {"X": "1\r\nY: 2"})


def test_whoever_is_not_there_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = address_of(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    with pytest.raises(NoAnswer, match="connect"):
        Connection(nobody, ssl.create_default_context(), time.monotonic() + 1)
