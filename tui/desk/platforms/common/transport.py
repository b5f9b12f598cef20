"""One POST to a payment gateway within one deadline; every way it can fail is mapped here."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from tui.desk.outbound import trust
from tui.desk.payments.gateway import GatewayMisconfigured, GatewayUnknown

FORM = "application/x-www-form-urlencoded;charset=utf-8"
ANSWER_LIMIT = 256 * 1024
"""No genuine answer comes near this many bytes."""


BILL_LIMIT = 32 * 1024 * 1024
"""Bytes of a day's bill."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform sent back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class Connection(Protocol):
    """How messages reach a platform."""

    def post(self, url: str, form: str, limit: int = ANSWER_LIMIT) -> bytes:
        """See ``GatewayConnection.post``."""
        ...

    def get(self, url: str, limit: int) -> bytes:
        """See ``GatewayConnection.get``."""
        ...

    def call(self, method: str, url: str, headers: Mapping[str, str], content: bytes, limit: int) -> Answer:
        """See ``GatewayConnection.call``."""
        ...


class GatewayConnection:
    """How to reach one gateway, safe to share between threads.

    Every exchange opens its own connection: one kept open may be dead already when it is used again, and a payment
    request lost on it leaves an outcome nobody knows.
    """

    def __init__(self, deadline: float, ca_file: Path | None) -> None:
        """Trust the system's authorities or only those in ``ca_file``; ``deadline`` is in seconds, for an exchange."""
        self._deadline = deadline
        self._tls = trust(ca_file)

    def post(self, url: str, form: str, limit: int = ANSWER_LIMIT) -> bytes:
        """Send an url-encoded form and return the whole answer of at most ``limit`` bytes.

        :raises GatewayMisconfigured: bad address, or the gateway's TLS certificate is not trusted.
        :raises GatewayUnknown: anything else that is not an answer with HTTP 200.
        """
        return _successful(self.call("POST", url, {"Content-Type": FORM}, form.encode("ascii"), limit))

    def get(self, url: str, limit: int) -> bytes:
        """Fetch a file; raises as ``post`` does."""
        return _successful(self.call("GET", url, {}, b"", limit))

    def call(self, method: str, url: str, headers: Mapping[str, str], content: bytes, limit: int) -> Answer:
        """Send one request and return the answer of at most ``limit`` bytes, whatever its status.

        :raises GatewayMisconfigured: bad address, or the gateway's TLS certificate is not trusted.
        :raises GatewayUnknown: no whole answer in time.
        """
        end = time.monotonic() + self._deadline
        answer = bytearray()
        try:
            with (
                self._client() as client,
                client.stream(method, url, content=content or None, headers=dict(headers)) as got,
            ):
                for chunk in got.iter_bytes():
                    answer += chunk
                    if len(answer) > limit or time.monotonic() > end:
                        raise GatewayUnknown("answer too long or too slow")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise GatewayMisconfigured("url", "gateway address is not usable") from error
        except httpx.HTTPError as error:
            if _untrusted(error):
                raise GatewayMisconfigured("tls", "gateway certificate is not trusted") from error
            raise GatewayUnknown(type(error).__name__) from error
        return Answer(got.status_code, {name.lower(): value for name, value in got.headers.items()}, bytes(answer))

    def _client(self) -> httpx.Client:
        # No environment, no redirect: a proxy variable or a 302 must not move payments somewhere else.
        timeout = httpx.Timeout(self._deadline, connect=min(5.0, self._deadline))
        return httpx.Client(verify=self._tls, timeout=timeout, trust_env=False, follow_redirects=False)


def _successful(answer: Answer) -> bytes:
    if answer.status != httpx.codes.OK:
        raise GatewayUnknown(f"HTTP {answer.status}")
    return answer.body


def _untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
