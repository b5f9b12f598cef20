"""Tell whose clock is wrong when the desk's TLS certificate is outside its validity."""

import asyncio
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from tui.core.beijing import SKEW
from tui.core.failure import DeskError, Failure, Reason
from tui.core.text_safety import printable
from tui.deskclient.answers import YEARS
from tui.deskclient.faults import NOT_YET_VALID
from tui.deskclient.server import Server
from tui.deskclient.transport import Request, Transport

_NO_CHECK_TIME: Final = ssl.VerifyFlags(0x200000)
"""X509_V_FLAG_NO_CHECK_TIME, which Python does not name."""
_PATIENCE = 5.0
"""Seconds for the question what time it is at the desk."""


async def explained(error: ssl.SSLCertVerificationError, context: ssl.SSLContext, server: Server) -> Failure:
    """CLOCK_WRONG where the desk tells another time, else DESK_CERTIFICATE_EXPIRED.

    The desk is asked over TLS that differs from `context` (which is used up) in that it overlooks the dates; nothing
    else is overlooked, nothing is sent, and of the answer only its Date counts.
    """
    context.verify_flags |= _NO_CHECK_TIME
    here, there = datetime.now(UTC), await _time_at(server, context)
    if there is None:
        # A certificate is seldom put to use before its day, and a clock without its battery goes back years.
        reason = Reason.CLOCK_WRONG if error.verify_code == NOT_YET_VALID else Reason.DESK_CERTIFICATE_EXPIRED
        return Failure(reason, detail=printable(error.verify_message, 120))
    if abs(here - there) > SKEW:
        detail = f"{here:%Y-%m-%d %H:%M}, desk {there:%Y-%m-%d %H:%M}"
        return Failure(Reason.CLOCK_WRONG, detail=detail, desk_time=there)
    return Failure(Reason.DESK_CERTIFICATE_EXPIRED, detail=printable(error.verify_message, 120))


async def _time_at(server: Server, context: ssl.SSLContext) -> datetime | None:
    """The Date of an answer (RFC 9110 6.6.1); None without one that a clock may show."""
    transport = Transport(server, context)
    try:
        async with asyncio.timeout(_PATIENCE):
            reply = await transport.ask(Request("HEAD", "v1/", {}), _PATIENCE)
        told = parsedate_to_datetime(reply.headers.get("date", ""))
    except (DeskError, TimeoutError, ValueError, OverflowError):  # a day with more digits than any
        return None
    finally:
        await transport.close()
    if told.year not in YEARS:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
