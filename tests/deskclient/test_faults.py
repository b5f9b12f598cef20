"""Whatever sockets, TLS and h11 raise has its reason, and what a broken connection really raises is told rightly."""

import socket
import ssl
from collections.abc import Iterator

import h11
import pytest

from tui.core.failure import DeskError, Failure, Reason
from tui.deskclient.faults import FOREIGN, REASONS, fault, told

_ABSTRACT = {h11.ProtocolError}


def _tree(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _tree(child)


def test_every_public_exception_of_h11_is_caught() -> None:
    named = (getattr(h11, name) for name in h11.__all__)
    raised = {kind for kind in named if isinstance(kind, type) and issubclass(kind, Exception)}
    assert all(issubclass(kind, FOREIGN) for kind in raised)


def _concrete() -> set[type[Exception]]:
    """As far as they are imported."""
    return {kind for root in FOREIGN for kind in _tree(root)} - _ABSTRACT


def test_every_exception_has_a_reason_of_its_own_or_its_kind() -> None:
    assert [kind for kind in _concrete() if not any(k in REASONS for k in kind.__mro__)] == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimeoutError(), Reason.DESK_TIMEOUT),
        (ConnectionRefusedError(), Reason.DESK_UNREACHABLE),
        (socket.gaierror(), Reason.DESK_UNREACHABLE),
        (OSError(), Reason.DESK_UNREACHABLE),
        (h11.RemoteProtocolError("x"), Reason.DESK_UNREACHABLE),
        (h11.LocalProtocolError("x"), Reason.KIOSK_FAULT),
    ],
)
def test_the_most_specific_class_wins(error: Exception, reason: Reason) -> None:
    assert fault(error).reason is reason
    with pytest.raises(DeskError) as caught, told():
        raise error
    assert caught.value.failure == fault(error)
    assert caught.value.__cause__ is error


def test_a_connection_that_does_not_come_in_time_is_a_desk_out_of_reach() -> None:
    with pytest.raises(DeskError) as caught, told(late=Reason.DESK_UNREACHABLE):
        raise TimeoutError
    assert caught.value.failure.reason is Reason.DESK_UNREACHABLE


def test_a_failure_that_is_told_already_is_not_told_anew() -> None:
    failure = Failure(Reason.SESSION_ENDED)
    with pytest.raises(DeskError) as caught, told():
        raise DeskError(failure)
    assert caught.value.failure is failure


def _caused(cause: Exception) -> ConnectionError:
    error = ConnectionError("x")
    error.__cause__ = RuntimeError("between")
    error.__cause__.__context__ = cause
    return error


def test_a_tls_failure_anywhere_in_the_chain_is_a_lack_of_trust() -> None:
    assert fault(_caused(ssl.SSLError(1, "alert"))).reason is Reason.DESK_UNTRUSTED
    assert fault(_caused(ssl.SSLEOFError(8, "eof"))).reason is Reason.DESK_UNREACHABLE


def test_the_detail_never_repeats_the_foreign_text() -> None:
    assert fault(ConnectionResetError("13800138000")).detail == "ConnectionResetError"
