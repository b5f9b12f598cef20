"""One request to a payment gateway within one deadline; every way it can fail is mapped here."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import httpx

from tui.desk.outbound import Answer, Link, TooMuch
from tui.desk.payments.gateway import GatewayMisconfigured, GatewayUnknown

FORM = "application/x-www-form-urlencoded;charset=utf-8"
ANSWER_LIMIT = 256 * 1024
"""No genuine answer comes near this many bytes."""


BILL_LIMIT = 32 * 1024 * 1024
"""Bytes of a day's bill."""


class Connection(Protocol):
    """How messages reach a platform."""

    def post(self, url: str, form: str, limit: int = ANSWER_LIMIT, *, asks: bool) -> bytes:
        """See ``GatewayConnection.post``."""
        ...

    def get(self, url: str, limit: int) -> bytes:
        """See ``GatewayConnection.get``."""
        ...

    def call(self, method: str, url: str, headers: Mapping[str, str], content: bytes, limit: int) -> Answer:
        """See ``GatewayConnection.call``."""
        ...


class GatewayConnection:
    """How to reach one gateway, safe for threads; a call that changes something gets a connection of its own."""

    def __init__(self, deadline: float, ca_file: Path | None) -> None:
        """Trust the system's authorities or only those in ``ca_file``; ``deadline`` is in seconds, for an exchange."""
        self._link = Link(deadline, ca_file)

    def post(self, url: str, form: str, limit: int = ANSWER_LIMIT, *, asks: bool) -> bytes:
        """Send an url-encoded form and return the whole answer of at most ``limit`` bytes; ``asks``: it only asks.

        :raises GatewayMisconfigured: bad address, or the gateway's TLS certificate is not trusted.
        :raises GatewayUnknown: anything else that is not an answer with HTTP 200.
        """
        return _successful(self._send("POST", url, {"Content-Type": FORM}, form.encode("ascii"), limit, asks=asks))

    def get(self, url: str, limit: int) -> bytes:
        """Fetch a file; raises as ``post`` does."""
        return _successful(self.call("GET", url, {}, b"", limit))

    def call(self, method: str, url: str, headers: Mapping[str, str], content: bytes, limit: int) -> Answer:
        """Send one request and return the answer of at most ``limit`` bytes, whatever its status; a GET only asks.

        :raises GatewayMisconfigured: bad address, or the gateway's TLS certificate is not trusted.
        :raises GatewayUnknown: no whole answer in time.
        """
        return self._send(method, url, headers, content, limit, asks=method == "GET")

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes, limit: int, *, asks: bool
    ) -> Answer:
        try:
            return self._link.send(method, url, content, headers, limit=limit, again=asks)
        except TooMuch as error:
            raise GatewayUnknown(str(error)) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise GatewayMisconfigured("url", "gateway address is not usable") from error
        except httpx.HTTPError as error:
            if _untrusted(error):
                raise GatewayMisconfigured("tls", "gateway certificate is not trusted") from error
            raise GatewayUnknown(type(error).__name__) from error


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
