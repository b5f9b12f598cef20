"""Map every way an HTTPS exchange can fail to a core failure; the most specific class wins."""

import ssl
from collections.abc import Iterator

import httpx

from tui.core.failure import Failure, Reason
from tui.core.text_safety import printable
from tui.deskclient.out_of_date import EXPIRED, NOT_YET_VALID

FOREIGN = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, httpx.CookieConflict)
"""The roots of httpx's exception trees."""

REASONS: dict[type[Exception], Reason] = {
    httpx.ConnectTimeout: Reason.DESK_UNREACHABLE,
    httpx.TimeoutException: Reason.DESK_TIMEOUT,
    httpx.NetworkError: Reason.DESK_UNREACHABLE,
    httpx.ProxyError: Reason.DESK_UNREACHABLE,
    httpx.RemoteProtocolError: Reason.DESK_UNREACHABLE,  # what a keep-alive connection says after a restart
    httpx.ProtocolError: Reason.DESK_FAULT,
    httpx.LocalProtocolError: Reason.KIOSK_FAULT,
    httpx.UnsupportedProtocol: Reason.SETTINGS_WRONG,
    httpx.InvalidURL: Reason.SETTINGS_WRONG,
    httpx.HTTPError: Reason.DESK_FAULT,
    httpx.DecodingError: Reason.DESK_FAULT,
    httpx.TooManyRedirects: Reason.DESK_FAULT,
    httpx.HTTPStatusError: Reason.DESK_FAULT,
    httpx.CookieConflict: Reason.DESK_FAULT,
    httpx.StreamError: Reason.KIOSK_FAULT,
}

_LOST_TLS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
"""The connection ended in the middle of TLS: a loss, not a lack of trust."""


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
            told = getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or type(cause).__name__
            return Failure(Reason.DESK_UNTRUSTED, detail=printable(told, 120))
    reason = next(REASONS[kind] for kind in type(error).__mro__ if kind in REASONS)
    return Failure(reason, detail=type(error).__name__)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
