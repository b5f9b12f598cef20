"""One request and its answer over a connection of HTTP/1.1 (RFC 9112), at a small part of a general client's cost.

A request goes out as it is given, its answer comes back whole. Nothing is read from the environment, no redirect is
followed and no content coding is asked for.
"""

import re
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from select import POLLIN, poll
from urllib.parse import quote, urlencode, urlsplit

import httptools

_CONNECTING = 5.0
"""Seconds for a new connection, at most."""
_ONCE = 64 * 1024
"""Bytes that are read at once."""
_LONGEST_HEAD = 64 * 1024
"""Bytes of an answer's header."""
_KEPT_AS_WRITTEN = "/%:=&?~#+!$,;'@()*[]"
_FIELD = re.compile(r"[\t\x20-\x7e]*")
_PORTS = {"http": 80, "https": 443}


class BadAddress(ValueError):  # noqa: N818 — what it is
    """Nothing that a request can be sent to, or a field that no header may hold."""


class NoAnswer(Exception):  # noqa: N818 — what happened; its subclasses' names are told in the log
    """No whole answer in time."""


class ConnectError(NoAnswer):
    """The partner cannot be reached, or is not whom we trust."""


class ConnectTimeout(ConnectError):  # noqa: N818 — as the log tells it
    """The partner did not take the connection in time."""


class ReadTimeout(NoAnswer):
    """The partner took the connection, and did not answer in time."""


class Lost(NoAnswer):
    """The connection ended before the answer was whole, or what came is no HTTP."""

    def __init__(self, text: str, *, is_silent: bool) -> None:
        """`is_silent`: not a byte of the answer had come."""
        super().__init__(text)
        self.is_silent = is_silent


class TooMuch(Exception):  # noqa: N818 — what happened
    """The answer is too long, or took too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def location(self) -> str:
        """Where a redirect would lead, as the partner wrote it."""
        return self.headers.get("location", "")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes."""

    scheme: str
    host: str
    """Name or IP address, in lower case, as DNS and TLS take it."""
    port: int
    target: str
    """Path and query (RFC 9112 3.2.1)."""

    @property
    def authority(self) -> str:
        """The host, with its port where that is not the scheme's own (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def address_of(url: str, query: Mapping[str, str] | None = None) -> Address:
    """The address in these words; `query` stands in the place of its own.

    :raises BadAddress: neither HTTP nor HTTPS, without a host, with a user's name, or with what no address may hold.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError as error:  # UnicodeError is one
        raise BadAddress("not an address") from error
    if not url.isprintable() or " " in url or "\\" in url or "@" in parts.netloc:
        raise BadAddress("not an address")
    if parts.scheme not in _PORTS or not host:
        raise BadAddress("neither HTTP nor HTTPS")
    asked = urlencode(query) if query is not None else quote(parts.query, safe=_KEPT_AS_WRITTEN)
    target = quote(parts.path, safe=_KEPT_AS_WRITTEN) or "/"
    port = _PORTS[parts.scheme] if port is None else port
    return Address(parts.scheme, host, port, f"{target}?{asked}" if asked else target)


def request_to(address: Address, method: str, content: bytes, headers: Mapping[str, str]) -> bytes:
    """The request as it is sent.

    :raises BadAddress: a field holds what no header may.
    """
    fields = {"Host": address.authority, "User-Agent": "ca-renewal-kiosk", "Accept": "*/*", **headers}
    if content or method != "GET":
        fields["Content-Length"] = str(len(content))
    if not all(_FIELD.fullmatch(value) for value in fields.values()):
        raise BadAddress("a header's field cannot be sent")
    lines = [f"{method} {address.target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("ascii") + content


class Connection:
    """One connection, used by one thread at a time."""

    def __init__(self, address: Address, tls: ssl.SSLContext, end: float) -> None:
        """Connect; `end` in seconds of the monotonic clock.

        :raises ConnectError: there is nobody, or somebody who is not trusted.
        """
        self._socket = _connected(address, tls, end)
        self.may_be_kept = False
        """Whether another request can follow: the last answer was whole, and nobody closes."""

    @property
    def is_dead(self) -> bool:
        """Whether the partner has closed it, or says what nobody has asked."""
        watched = poll()
        watched.register(self._socket, POLLIN)
        return bool(watched.poll(0))

    def exchange(self, request: bytes, limit: int, end: float) -> Answer:
        """Send the request and take its answer of at most `limit` bytes.

        :raises NoAnswer: none came, or none that was whole.
        :raises TooMuch: too long or too slow an answer.
        """
        self.may_be_kept, reader = False, _Reader(limit)
        try:
            self._socket.settimeout(_left(end))
            self._socket.sendall(request)
            while not reader.is_done:
                if (left := end - time.monotonic()) <= 0:
                    raise TooMuch("answer too long or too slow")
                self._socket.settimeout(left)
                reader.take(self._socket.recv(_ONCE))
        except TimeoutError as error:
            raise ReadTimeout("answer") from error
        except OSError as error:
            raise Lost(type(error).__name__, is_silent=not reader.has_begun) from error
        self.may_be_kept = reader.may_follow
        return reader.answer

    def close(self) -> None:
        """End it; TLS says so (RFC 8446 6.1), and waits for no word in return."""
        with suppress(OSError, ValueError):
            if isinstance(self._socket, ssl.SSLSocket):
                self._socket.settimeout(0)
                self._socket.unwrap()
        self._socket.close()


def _connected(address: Address, tls: ssl.SSLContext, end: float) -> socket.socket:
    opened: socket.socket | None = None
    try:
        opened = socket.create_connection((address.host, address.port), min(_left(end), _CONNECTING))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return tls.wrap_socket(opened, server_hostname=address.host) if address.scheme == "https" else opened
    except (OSError, ValueError) as error:  # ValueError: no name for a certificate
        if opened is not None:
            opened.close()
        raise (ConnectTimeout if isinstance(error, TimeoutError) else ConnectError)("connect") from error


def _left(end: float) -> float:
    """Seconds until then; a socket takes 0 for no wait at all."""
    return max(end - time.monotonic(), 0.001)


class _Reader:
    """Takes one answer in; its methods that begin with `on_` are called by the parser."""

    def __init__(self, limit: int) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._head, self._limit, self._body, self._headers = 0, limit, bytearray(), dict[str, str]()
        self._in_body = self._is_more = self._stays_open = False
        self.has_begun = self.is_done = False

    @property
    def answer(self) -> Answer:
        """What was taken in."""
        return Answer(self._parser.get_status_code(), self._headers, bytes(self._body))

    @property
    def may_follow(self) -> bool:
        """Whether the connection lives on, and nothing came after the answer."""
        return self._stays_open and not self._is_more and self._is_bounded

    @property
    def _is_bounded(self) -> bool:
        status = self._parser.get_status_code()
        return status in (204, 304) or not {"content-length", "transfer-encoding"}.isdisjoint(self._headers)

    def take(self, data: bytes) -> None:
        """A part of it; empty: the partner has closed.

        :raises Lost: it is not whole, or no HTTP.
        :raises TooMuch: it is too long.
        """
        if not data:
            if not self._in_body or self._is_bounded:  # else its end is the connection's (RFC 9112 6.3)
                raise Lost("closed", is_silent=not self.has_begun)
            self.is_done = True
            return
        self.has_begun = True
        self._head += 0 if self._in_body else len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            if not self.is_done:
                raise Lost("no HTTP", is_silent=False) from error
            self._is_more = True
        if len(self._body) > self._limit or (self._head > _LONGEST_HEAD and not self._in_body):
            raise TooMuch("answer too long or too slow")

    def on_message_begin(self) -> None:
        self._is_more = self.is_done

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.is_done:
            self._headers[name.decode("latin-1").lower()] = value.decode("latin-1").strip()

    def on_headers_complete(self) -> None:
        if not self.is_done:
            self._in_body, self._stays_open = True, bool(self._parser.should_keep_alive())

    def on_body(self, data: bytes) -> None:
        if not self.is_done and len(self._body) <= self._limit:
            self._body += data

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() < 200:  # an interim answer (RFC 9110 15.2): the one that counts follows
            self._headers, self._in_body = {}, False
            return
        self.is_done = True
