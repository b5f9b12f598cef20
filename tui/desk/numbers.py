"""The numbers that the desk gives, and finds again in what others write."""

import re
import secrets
from datetime import datetime

from tui.core.beijing import BEIJING

ATTEMPT = "ZF"
"""Prefix of the numbers of payment attempts; a refund's is `RF` before the attempt's number."""


def number(prefix: str, now: datetime) -> str:
    """A number of letters and digits, at most 32: prefix, Beijing date and time, eight random digits."""
    return f"{prefix}{now.astimezone(BEIJING):%Y%m%d%H%M%S}{secrets.randbelow(10**8):08d}"


def numbers_in(text: str) -> list[str]:
    """What is an attempt's number of this desk's form, or the beginning of one, in a foreign text; each once.

    It stands by itself, or as a refund's: neither letter nor digit touches it.
    """
    form = rf"(?<![0-9A-Za-z])(?:RF)?({ATTEMPT}[0-9]{{8,22}})(?![0-9A-Za-z])"
    return list(dict.fromkeys(re.findall(form, text)))
