"""Money and time as the payment platforms write them: yuan with two decimals, Beijing time without a zone."""

import re
from datetime import UTC, datetime

from tui.core.beijing import BEIJING

YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")

DASHED = "%Y-%m-%d %H:%M:%S"
"""Alipay's way of writing a time."""
COMPACT = "%Y%m%d%H%M%S"
"""UnionPay's way of writing a time."""


def to_yuan(fen: int) -> str:
    """``8880`` as ``88.80``."""
    return f"{fen // 100}.{fen % 100:02d}"


def to_fen(yuan: str) -> int:
    """``88.80``, ``88.8`` or ``88`` as 8880, without a rounding in between.

    :raises ValueError: not an amount in yuan.
    """
    match = YUAN.fullmatch(yuan)
    if match is None:
        raise ValueError("not an amount in yuan")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def to_beijing(moment: datetime, form: str) -> str:
    """The aware moment as Beijing wall time, cut to the second."""
    return moment.astimezone(BEIJING).strftime(form)


def from_beijing(text: str, form: str) -> datetime:
    """Beijing wall time as an aware UTC moment.

    :raises ValueError: not exactly of this form: Python's own reading also takes fewer digits and full-width ones.
    """
    read = datetime.strptime(text, form).replace(tzinfo=BEIJING)
    if read.strftime(form) != text or read.year < 1900:  # the first of all years begins before UTC can tell
        raise ValueError("not a time of this form")
    return read.astimezone(UTC)
