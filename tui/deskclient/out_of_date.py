"""Tell whose clock is wrong when the desk's TLS certificate is outside its validity."""

import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from tui.core.beijing import SKEW
from tui.core.failure import Failure, Reason
from tui.core.text_safety import printable
from tui.deskclient.transport import Transport

NOT_YET_VALID, EXPIRED = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED (OpenSSL, x509_vfy.h)."""
_NO_CHECK_TIME: Final = ssl.VerifyFlags(0x200000)
"""X509_V_FLAG_NO_CHECK_TIME, which Python does not name."""
_PATIENCE = 5.0
"""Seconds for the question what time it is at the desk."""


async def explained(error: ssl.SSLCertVerificationError, context: ssl.SSLContext, url: str) -> Failure:
    """CLOCK_WRONG where the desk tells another time, else DESK_CERTIFICATE_EXPIRED.

    The desk is asked over TLS that differs from `context` (which is used up) in that it overlooks the dates; nothing
    else is overlooked, nothing is sent, and of the answer only its Date counts.
    """
    context.verify_flags |= _NO_CHECK_TIME
    here, there = datetime.now(UTC), await _time_at(url, context)
    if there is None:
        # A certificate is seldom put to use before its day, and a clock without its battery goes back years.
        reason = Reason.CLOCK_WRONG if error.verify_code == NOT_YET_VALID else Reason.DESK_CERTIFICATE_EXPIRED
        return Failure(reason, detail=printable(error.verify_message, 120))
    if abs(here - there) > SKEW:
        return Failure(Reason.CLOCK_WRONG, detail=f"{here:%Y-%m-%d %H:%M}, desk {there:%Y-%m-%d %H:%M}")
    return Failure(Reason.DESK_CERTIFICATE_EXPIRED, detail=printable(error.verify_message, 120))


async def _time_at(url: str, context: ssl.SSLContext) -> datetime | None:
    """The Date of an answer (RFC 9110 6.6.1); None without one."""
    try:
        async with (
            httpx.AsyncClient(transport=Transport(context), timeout=_PATIENCE, trust_env=False) as client,
            client.stream("HEAD", url) as response,
        ):
            told = parsedate_to_datetime(response.headers.get("date", ""))
    except (httpx.HTTPError, ValueError, OverflowError):  # a day with more digits than any
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
