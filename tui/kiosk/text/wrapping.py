"""Break lines at cells, as paper in both languages is broken: no closing mark begins a line, no opening one ends it."""

import re
import unicodedata

_CLOSING = "，。；：！？、）」》〉”’…"
_OPENING = "（「《〈“‘"
_UNIT = re.compile(rf"[{_OPENING}]*(?:[^\s\u1100-\U0010ffff]+|\S)[{_CLOSING}]*|\s+")
"""What stays together: a word, or one wide character, with the marks that belong to it; or blanks."""


def cells(text: str) -> int:
    """How many cells a terminal gives `text` (UAX #11; ambiguous is narrow)."""
    return sum(_cells(character) for character in text)


def wrapped(text: str, width: int) -> list[str]:
    """The lines of `text` within `width` cells; 0 breaks nothing."""
    if not width or cells(text) <= width:
        return [text]
    lines = [""]
    for unit in _UNIT.findall(text):
        for part in _chopped(unit, width):
            if lines[-1] and cells(lines[-1] + part.rstrip()) > width:
                lines[-1] = lines[-1].rstrip()
                lines.append("")
            lines[-1] += part if lines[-1] else part.lstrip() or ""
    return [line.rstrip() for line in lines]


def _chopped(unit: str, width: int) -> list[str]:
    parts = [""]
    for character in unit:
        if parts[-1] and cells(parts[-1] + character) > width:
            parts.append("")
        parts[-1] += character
    return parts


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
