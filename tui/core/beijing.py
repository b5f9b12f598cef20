"""Whose time people are shown and the payment platforms are told, and how far clocks may be apart."""

from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "UTC+8")
"""Beijing time: UTC+8 all year."""
SKEW = timedelta(minutes=5)
"""A clock that is off by more misjudges certificates and TLS."""
_LATEST = datetime.max.replace(tzinfo=BEIJING).astimezone(UTC)


def beijing(at: datetime) -> datetime:
    """The same moment in Beijing; 99991231235959Z, which means "no end" (RFC 5280 4.1.2.5), is within the calendar."""
    return min(at, _LATEST).astimezone(BEIJING)
