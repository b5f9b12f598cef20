"""Break lines at cells, as both languages are broken (GB/T 15834-2011, 5.1; W3C clreq, 3.1.6)."""

import re
import unicodedata

from tui.kiosk.text.line_marks import CLOSING, OPENING

_OPEN, _CLOSE = (re.escape("".join(sorted(marks))) for marks in (OPENING, CLOSING))
_UNIT = re.compile(rf"(?:[{_OPEN}]\s*)*(?:[^\s\u1100-\U0010ffff]+(?<![{_OPEN}])|\S)(?:\s*[{_CLOSE}])*|\s+")
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
    """What fits no line, in full lines, unless a mark would stand where it must not."""
    parts = [""]
    for character in unit:
        whole = parts[-1] + character
        if parts[-1] and cells(whole) > width:
            cut = next((at for at in range(len(whole) - 1, 0, -1) if _may_part(whole, at)), len(whole) - 1)
            parts[-1:] = whole[:cut], whole[cut:]
        else:
            parts[-1] = whole
    return parts


def _may_part(text: str, at: int) -> bool:
    return text[at] != " " and text[at] not in CLOSING and text[:at].rstrip()[-1:] not in OPENING


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
