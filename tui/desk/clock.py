"""The desk's clock and its numbers."""

import secrets
from datetime import UTC, datetime

from tui.core.beijing import BEIJING


def utc_now() -> datetime:
    """Aware UTC."""
    return datetime.now(UTC)


def number(prefix: str, now: datetime) -> str:
    """A number of letters and digits, at most 32: prefix, Beijing date and time, eight random digits."""
    return f"{prefix}{now.astimezone(BEIJING):%Y%m%d%H%M%S}{secrets.randbelow(10**8):08d}"
