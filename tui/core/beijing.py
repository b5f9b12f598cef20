"""Whose time people are shown and the payment platforms are told."""

from datetime import UTC, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "UTC+8")
"""Beijing time: UTC+8 all year."""
_LATEST = datetime.max.replace(tzinfo=BEIJING).astimezone(UTC)


def beijing(at: datetime) -> datetime:
    """The same moment in Beijing; 99991231235959Z, which means "no end" (RFC 5280 4.1.2.5), is within the calendar."""
    return min(at, _LATEST).astimezone(BEIJING)
