"""One POST to a payment gateway within one deadline; every way it can fail is mapped here."""

import ssl
import time
from pathlib import Path

import httpx

from tui.desk.payments.port import GatewayMisconfigured, GatewayUnknown

FORM = "application/x-www-form-urlencoded;charset=utf-8"
ANSWER_LIMIT = 256 * 1024
"""No genuine answer comes near this many bytes."""


class GatewayConnection:
    """How to reach one gateway, safe to share between threads.

    Every exchange opens its own connection: one kept open may be dead already when it is used again, and a payment
    request lost on it leaves an outcome nobody knows.
    """

    def __init__(self, deadline: float, ca_file: Path | None) -> None:
        """Trust the system's authorities or only those in ``ca_file``; ``deadline`` is in seconds, for an exchange."""
        self._deadline = deadline
        self._tls = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)

    def post(self, url: str, form: str) -> bytes:
        """Send an url-encoded form and return the whole answer.

        :raises GatewayMisconfigured: bad address, or the gateway's TLS certificate is not trusted.
        :raises GatewayUnknown: anything else that is not an answer with HTTP 200.
        """
        end = time.monotonic() + self._deadline
        answer = bytearray()
        try:
            with (
                self._client() as client,
                client.stream("POST", url, content=form.encode("ascii"), headers={"Content-Type": FORM}) as got,
            ):
                if got.status_code != httpx.codes.OK:
                    raise GatewayUnknown(f"HTTP {got.status_code}")
                for chunk in got.iter_bytes():
                    answer += chunk
                    if len(answer) > ANSWER_LIMIT or time.monotonic() > end:
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
