"""The clock of every process, where nobody gives another one."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """This machine's time, aware, in UTC."""
    return datetime.now(UTC)
