"""Tell whether a kiosk's version is below the least that its desk takes."""

from tui.core.failure import Failure, Reason

_PARTS, _DIGITS = 4, 6
"""The most that a desk's settings take."""


def is_below(version: str, least: str) -> bool:
    """By their numbers, of which one that is missing is 0."""
    return _numbers(version) < _numbers(least)


def too_old(version: str, least: str) -> Failure | None:
    """KIOSK_TOO_OLD where it is."""
    return Failure(Reason.KIOSK_TOO_OLD, detail=f"{version} < {least}") if is_below(version, least) else None


def _numbers(version: str) -> list[int]:
    """Its parts that are one; a desk may write anything."""
    parts = (part for part in version.split(".") if part.isascii() and part.isdecimal() and len(part) <= _DIGITS)
    numbers = [int(part) for part in parts]
    return numbers + [0] * (_PARTS - len(numbers))
