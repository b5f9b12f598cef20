"""One POST to a payment gateway within one deadline; every way it can fail is mapped here."""

import ssl
import time
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


class Connection(Protocol):
    """How messages reach a platform."""

    def post(self, url: str, form: str, limit: int = ANSWER_LIMIT) -> bytes:
        """See ``GatewayConnection.post``."""
        ...

    def get(self, url: str, limit: int) -> bytes:
        """See ``GatewayConnection.get``."""
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
        return self._exchange("POST", url, form.encode("ascii"), limit)

    def get(self, url: str, limit: int) -> bytes:
        """Fetch a file; raises as ``post`` does."""
        return self._exchange("GET", url, None, limit)

    def _exchange(self, method: str, url: str, content: bytes | None, limit: int) -> bytes:
        end = time.monotonic() + self._deadline
        answer = bytearray()
        headers = {"Content-Type": FORM} if content is not None else {}
        try:
            with (
                self._client() as client,
                client.stream(method, url, content=content, headers=headers) as got,
            ):
                if got.status_code != httpx.codes.OK:
                    raise GatewayUnknown(f"HTTP {got.status_code}")
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
        return bytes(answer)

    def _client(self) -> httpx.Client:
        # No environment, no redirect: a proxy variable or a 302 must not move payments somewhere else.
        timeout = httpx.Timeout(self._deadline, connect=min(5.0, self._deadline))
        return httpx.Client(verify=self._tls, timeout=timeout, trust_env=False, follow_redirects=False)


def _untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
