"""One HTTPS request to a partner's service (SMS gateway, tax platform, its files) within one deadline."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

ANSWER_LIMIT = 256 * 1024
"""Bytes; no partner's answer comes near."""


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Trust in the authorities of `ca_file`, or in the system's, which take long to read and are read once."""
    return ssl.create_default_context(cafile=str(ca_file)) if ca_file else _system_trust()


@cache
def _system_trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class Unreachable(Exception):  # noqa: N818 — a state of the partner, said as one
    """No answer: whether the partner acted is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    body: bytes
    location: str = ""
    """Where a redirect would lead, as the partner wrote it."""


class HttpsConnection:
    """A pooled connection to one partner, safe to share between threads."""

    def __init__(self, deadline: float, ca_file: Path | None) -> None:
        """Trust the system's authorities, or only those in `ca_file`; `deadline` in seconds for a whole exchange."""
        self._deadline = deadline
        # No environment, no redirect: a proxy variable or a 302 must not carry personal data somewhere else.
        self._client = httpx.Client(
            verify=trust(ca_file),
            timeout=httpx.Timeout(deadline, connect=min(5.0, deadline)),
            trust_env=False,
            follow_redirects=False,
        )

    def post(
        self, url: str, content: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> Answer:
        """Send `content` and return the whole answer.

        :raises Unreachable: no connection, no trust, too slow, or too long an answer; the text holds no data.
        """
        return self._exchange("POST", url, ANSWER_LIMIT, content=content, headers=headers, query=query)

    def get(self, url: str, limit: int) -> Answer:
        """Fetch what lies at `url`, at most `limit` bytes; a redirect is answered, not followed.

        :raises Unreachable: as `post`.
        """
        return self._exchange("GET", url, limit)

    def _exchange(
        self,
        method: str,
        url: str,
        limit: int,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        end, body = time.monotonic() + self._deadline, bytearray()
        try:
            with self._client.stream(method, url, content=content, headers=headers, params=query) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > limit or time.monotonic() > end:
                        raise Unreachable("answer too long or too slow")
                return Answer(response.status_code, bytes(body), response.headers.get("location", ""))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(type(error).__name__) from error

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()
