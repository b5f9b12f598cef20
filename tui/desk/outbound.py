"""One HTTPS request to a partner's service within one deadline, over a connection that is kept where that is safe."""

import ssl
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

ANSWER_LIMIT = 256 * 1024
"""Bytes; no partner's answer comes near."""
_CONNECTING = 5.0
"""Seconds for a new connection, at most."""
_KEPT, _KEPT_SECONDS = 8, 15.0
"""Connections, and how long each of them is kept unused: no firewall between us has forgotten it by then."""
_OPENING = "connection.connect_tcp.started"
"""What httpcore's trace says of a new connection."""
_COMMON = {"Accept": "*/*", "User-Agent": "ca-renewal-kiosk"}
"""Of every request that does not say otherwise."""


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Trust in the authorities of `ca_file`, or in the system's, which take long to read and are read once.

    :raises ValueError: the file holds none; the text names it.
    :raises OSError: it cannot be read; it is named, which OpenSSL does not.
    """
    if ca_file is None:
        return _system_trust()
    ca_file.open("rb").close()
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except ssl.SSLError as error:
        raise ValueError(f"{ca_file} 不是PEM格式的证书 / holds no certificate in PEM") from error


@cache
def _system_trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class Unreachable(Exception):  # noqa: N818 — a state of the partner, said as one
    """No answer: whether the partner acted is not known."""


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


class TooMuch(Exception):  # noqa: N818 — what happened
    """The answer is too long, or took too long."""


class Link:
    """The connections to one partner, safe to share between threads.

    What may come to the partner twice goes over a connection that is kept, and once more over a new one where the
    partner had closed that before a byte of its answer. All else opens a connection of its own: a kept one may be dead
    already, and whether the partner has read what was lost on it, nobody knows.
    """

    def __init__(self, deadline: float, ca_file: Path | None) -> None:
        """Trust the system's authorities, or only those in `ca_file`; `deadline` in seconds for a whole exchange."""
        self._deadline, tls = deadline, trust(ca_file)
        self._kept = _transport(tls, httpx.Limits(max_keepalive_connections=_KEPT, keepalive_expiry=_KEPT_SECONDS))
        self._single = _transport(tls, httpx.Limits(max_keepalive_connections=0))
        self.close = weakref.finalize(self, _close, self._kept, self._single)
        """Give the connections back; whoever forgets the link does so too."""

    def send(
        self,
        method: str,
        url: httpx.URL | str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        limit: int,
        again: bool,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return the answer of at most `limit` bytes; `again`: it may come twice.

        Name and password in the address go with it (RFC 7617).

        :raises httpx.HTTPError: no whole answer in time.
        :raises httpx.InvalidURL: the address cannot be used.
        :raises TooMuch: too long or too slow an answer.
        """
        end = time.monotonic() + self._deadline
        told = _COMMON | dict(headers or {})
        request = httpx.Request(method, url, content=content or None, headers=told, params=query)
        if request.url.userinfo:
            next(httpx.BasicAuth(request.url.username, request.url.password).auth_flow(request))
        if not again:
            return _whole(self._begin_alone(request, end), limit, end)
        opened = list[str]()
        request.extensions["trace"] = lambda name, _: opened.append(name) if name == _OPENING else None
        try:
            response = _begin(self._kept, request, end)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if opened:
                raise
            response = self._begin_alone(request, end)
        return _whole(response, limit, end)

    def _begin_alone(self, request: httpx.Request, end: float) -> httpx.Response:
        """Over a connection that both sides close afterwards: httpx's pool might lend one that was just done with."""
        request.headers["Connection"] = "close"
        return _begin(self._single, request, end)


def _transport(tls: ssl.SSLContext, limits: httpx.Limits) -> httpx.HTTPTransport:
    """What carries a client's requests, without the client: no cookie, and no redirect that would move money or
    personal data somewhere else. A proxy variable of the environment would do so too."""
    return httpx.HTTPTransport(verify=tls, limits=limits, trust_env=False)


def _close(*transports: httpx.HTTPTransport) -> None:
    for transport in transports:
        transport.close()


def _begin(transport: httpx.HTTPTransport, request: httpx.Request, end: float) -> httpx.Response:
    """The answer's head."""
    left = max(end - time.monotonic(), 0.0)
    connecting = min(_CONNECTING, left)
    request.extensions["timeout"] = {"connect": connecting, "read": left, "write": left, "pool": left}
    return transport.handle_request(request)


def _whole(response: httpx.Response, limit: int, end: float) -> Answer:
    body = bytearray()
    try:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > limit or time.monotonic() > end:
                raise TooMuch("answer too long or too slow")
    finally:
        response.close()
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, bytes(body))


class HttpsConnection:
    """A partner that tells nothing apart but answers and silence."""

    def __init__(self, deadline: float, ca_file: Path | None) -> None:
        """As `Link`."""
        self._link = Link(deadline, ca_file)

    def post(
        self,
        url: str,
        content: bytes,
        headers: Mapping[str, str],
        query: Mapping[str, str] | None = None,
        *,
        again: bool = False,
    ) -> Answer:
        """Send `content` and return the whole answer; `again`: it may come twice.

        :raises Unreachable: no connection, no trust, too slow, or too long an answer; the text holds no data.
        """
        with _told():
            return self._link.send("POST", url, content, headers, limit=ANSWER_LIMIT, again=again, query=query)

    def get(self, url: httpx.URL | str, limit: int) -> Answer:
        """Fetch what lies at `url`, at most `limit` bytes; a redirect is answered, not followed.

        :raises Unreachable: as `post`.
        """
        with _told():
            return self._link.send("GET", url, limit=limit, again=True)

    def close(self) -> None:
        """Give the connections back."""
        self._link.close()


@contextmanager
def _told() -> Iterator[None]:
    """What a link raises in here is told as `Unreachable`."""
    try:
        yield
    except TooMuch as error:
        raise Unreachable(str(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(type(error).__name__) from error
