"""Map every way an HTTPS exchange can fail to a core failure; the most specific class wins."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import h11

from tui.core.failure import DeskError, Failure, Reason
from tui.core.text_safety import printable

NOT_YET_VALID, EXPIRED = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED (OpenSSL, x509_vfy.h)."""
FOREIGN = (OSError, h11.ProtocolError)
"""The roots of what sockets, TLS (`ssl.SSLError`), deadlines (`TimeoutError`) and h11 raise."""

REASONS: dict[type[Exception], Reason] = {
    TimeoutError: Reason.DESK_TIMEOUT,
    OSError: Reason.DESK_UNREACHABLE,
    h11.RemoteProtocolError: Reason.DESK_UNREACHABLE,  # what a keep-alive connection says after a restart
    h11.LocalProtocolError: Reason.KIOSK_FAULT,
}

_LOST_TLS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""The connection ended in the middle of TLS: a loss, not a lack of trust."""


@contextmanager
def told(late: Reason = Reason.DESK_TIMEOUT) -> Iterator[None]:
    """Foreign exceptions of the block as `DeskError`; `late` is what a deadline that has passed means.

    :raises DeskError: one came.
    """
    try:
        yield
    except TimeoutError as error:
        raise DeskError(Failure(late, detail=type(error).__name__)) from error
    except FOREIGN as error:
        raise DeskError(fault(error)) from error


def outside_validity(error: Exception) -> ssl.SSLCertVerificationError | None:
    """The refusal of a certificate for its dates alone; None for every other failure."""
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause if cause.verify_code in (NOT_YET_VALID, EXPIRED) else None
    return None


def fault(error: Exception) -> Failure:
    """The failure that an exception of the `FOREIGN` trees stands for."""
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _LOST_TLS):
            # OpenSSL's own errors carry these attributes, those raised by Python's ssl module do not.
            said = getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or type(cause).__name__
            return Failure(Reason.DESK_UNTRUSTED, detail=printable(said, 120))
    reason = next(REASONS[kind] for kind in type(error).__mro__ if kind in REASONS)
    return Failure(reason, detail=type(error).__name__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
