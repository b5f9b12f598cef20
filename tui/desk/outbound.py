"""One HTTPS request to a partner's service within one deadline, over a connection that is kept where that is safe."""

import ssl
import threading
import time
import weakref
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tui.desk.exchange import Address, Answer, BadAddress, Connection, Lost, NoAnswer, TooMuch, address_of, request_to

ANSWER_LIMIT = 256 * 1024
"""Bytes; no partner's answer comes near."""
_KEPT, _KEPT_SECONDS = 8, 15.0
"""Connections, and how long each of them is kept unused: no firewall between us has forgotten it by then."""


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Trust in the authorities of `ca_file`, or in the system's, which take long to read and are read once."""
    return ssl.create_default_context(cafile=str(ca_file)) if ca_file else _system_trust()


@cache
def _system_trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class Unreachable(Exception):  # noqa: N818 — a state of the partner, said as one
    """No answer: whether the partner acted is not known."""


class _Pool:
    """Connections that nobody uses, the last used first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[tuple[str, str, int], Connection, float]] = []

    def take(self, address: Address) -> Connection | None:
        """One to there that lives."""
        with self._lock:
            self._forget()
            for at in reversed(range(len(self._idle))):
                where, connection, _ = self._idle[at]
                if where == _origin(address):
                    del self._idle[at]
                    if not connection.is_dead:
                        return connection
                    connection.close()
        return None

    def give_back(self, address: Address, connection: Connection) -> None:
        """Keep it, if another request can follow on it."""
        if not connection.may_be_kept:
            connection.close()
            return
        with self._lock:
            self._idle.append((_origin(address), connection, time.monotonic() + _KEPT_SECONDS))
            self._forget()

    def close(self) -> None:
        """End all of them."""
        with self._lock:
            for _, connection, _ in self._idle:
                connection.close()
            self._idle.clear()

    def _forget(self) -> None:
        """End the longest unused, beyond their number or time."""
        while self._idle and (len(self._idle) > _KEPT or self._idle[0][2] < time.monotonic()):
            self._idle.pop(0)[1].close()


class Link:
    """The connections to one partner, safe to share between threads.

    What may come to the partner twice goes over a connection that is kept, and once more over a new one where the
    partner had closed that before a byte of its answer. All else opens a connection of its own: a kept one may be dead
    already, and whether the partner has read what was lost on it, nobody knows.
    """

    def __init__(self, deadline: float, ca_file: Path | None) -> None:
        """Trust the system's authorities, or only those in `ca_file`; `deadline` in seconds for a whole exchange."""
        self._deadline, self._tls, self._pool = deadline, trust(ca_file), _Pool()
        self.close = weakref.finalize(self, self._pool.close)
        """Give the connections back; whoever forgets the link does so too."""

    def send(
        self,
        method: str,
        url: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        limit: int,
        again: bool,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and return the answer of at most `limit` bytes; `again`: it may come twice.

        :raises NoAnswer: no whole answer in time.
        :raises BadAddress: the address cannot be used.
        :raises TooMuch: too long or too slow an answer.
        """
        end, address = time.monotonic() + self._deadline, address_of(url, query)
        if again:
            request = request_to(address, method, content, headers or {})
            if kept := self._pool.take(address):
                try:
                    return self._over(kept, address, request, limit, end)
                except Lost as error:
                    if not error.is_silent:
                        raise
            else:
                return self._over(Connection(address, self._tls, end), address, request, limit, end)
        alone = request_to(address, method, content, {**(headers or {}), "Connection": "close"})
        return self._over(Connection(address, self._tls, end), address, alone, limit, end)

    def _over(self, connection: Connection, address: Address, request: bytes, limit: int, end: float) -> Answer:
        try:
            return connection.exchange(request, limit, end)
        finally:
            self._pool.give_back(address, connection)


def _origin(address: Address) -> tuple[str, str, int]:
    return address.scheme, address.host, address.port


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
        return self._send("POST", url, content, headers, limit=ANSWER_LIMIT, again=again, query=query)

    def get(self, url: str, limit: int) -> Answer:
        """Fetch what lies at `url`, at most `limit` bytes; a redirect is answered, not followed.

        :raises Unreachable: as `post`.
        """
        return self._send("GET", url, limit=limit, again=True)

    def _send(
        self,
        method: str,
        url: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        limit: int,
        again: bool,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        try:
            return self._link.send(method, url, content, headers, limit=limit, again=again, query=query)
        except TooMuch as error:
            raise Unreachable(str(error)) from error
        except (NoAnswer, BadAddress) as error:
            raise Unreachable(type(error).__name__) from error

    def close(self) -> None:
        """Give the connections back."""
        self._link.close()
