"""Every exception of httpx has its reason, and what a broken connection really raises is told rightly."""

import ssl
from collections.abc import Iterator

import httpx
import pytest

from tui.core.failure import Reason
from tui.deskclient.faults import FOREIGN, REASONS, fault

_ABSTRACT = {httpx.HTTPError, httpx.RequestError, httpx.TransportError}


def _tree(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


def _public_exceptions() -> set[type[Exception]]:
    named = (getattr(httpx, name) for name in httpx.__all__)
    return {kind for kind in named if isinstance(kind, type) and issubclass(kind, Exception)}


def test_every_public_exception_of_httpx_is_caught() -> None:
    assert all(issubclass(kind, FOREIGN) for kind in _public_exceptions())


def _concrete() -> list[type[Exception]]:
    found = {kind for root in FOREIGN for kind in _tree(root)} - _ABSTRACT
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", _concrete())
def test_every_exception_has_a_reason_of_its_own_or_its_kind(kind: type[Exception]) -> None:
    assert [k for k in kind.__mro__ if k in REASONS and k not in _ABSTRACT]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ConnectTimeout("x"), Reason.DESK_UNREACHABLE),
        (httpx.ReadTimeout("x"), Reason.DESK_TIMEOUT),
        (httpx.ConnectError("x"), Reason.DESK_UNREACHABLE),
        (httpx.RemoteProtocolError("x"), Reason.DESK_UNREACHABLE),
        (httpx.UnsupportedProtocol("x"), Reason.SETTINGS_WRONG),
        (httpx.TransportError("x"), Reason.DESK_FAULT),
    ],
)
def test_the_most_specific_class_wins(error: Exception, reason: Reason) -> None:
    assert fault(error).reason is reason


def _caused(cause: Exception) -> httpx.ConnectError:
    error = httpx.ConnectError("x")
    error.__cause__ = RuntimeError("between")
    error.__cause__.__context__ = cause
    return error


def test_a_tls_failure_anywhere_in_the_chain_is_a_lack_of_trust() -> None:
    assert fault(_caused(ssl.SSLError(1, "alert"))).reason is Reason.DESK_UNTRUSTED
    assert fault(_caused(ssl.SSLEOFError(8, "eof"))).reason is Reason.DESK_UNREACHABLE


def test_the_detail_never_repeats_the_foreign_text() -> None:
    assert fault(httpx.ReadError("13800138000")).detail == "ReadError"
