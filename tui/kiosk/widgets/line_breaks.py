"""Where lines may end: no closing mark begins one, no opening one ends one (GB/T 15834-2011, 5.1; W3C clreq, 3.1.6)."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rich.cells import cell_len, get_character_cell_size

from tui.kiosk.text.wrapping import CLOSING, OPENING

_WIDE: Final = "\u1100"
"""From here on a character is a word by itself; what stands before is written in words."""


def divide_line(text: str, width: int, fold: bool = True) -> list[int]:
    """Where one paragraph is divided to fit `width` cells, as `rich._wrap.divide_line` says it; words are kept whole.

    What fits no line is divided anywhere if it may be folded.
    """
    if cell_len(text) <= width:
        return []
    divided, line = list[int](), 0
    for start, end in _units(text):
        unit = text[start:end]
        room = cell_len(unit.rstrip(" "))
        if line and line + room > width:
            divided.append(start)
            line = 0
        if fold and room > width > 0:
            divided += (start + at for at in _folds(unit, width))
            unit = text[max(start, divided[-1]) : end] if divided else unit
        line += cell_len(unit)
    return divided


def evened(text: str, width: int) -> str:
    """`text` in no more lines of `width` cells than it needs, all of about one length: none ends in a lone word."""
    return "\n".join(line for paragraph in text.split("\n") for line in _evened(paragraph, width))


def _evened(paragraph: str, width: int) -> list[str]:
    lines = len(divide_line(paragraph, width))
    least = next(room for room in range(width // 2, width + 1) if len(divide_line(paragraph, room)) <= lines)
    cuts = [0, *divide_line(paragraph, least), len(paragraph)]
    return [paragraph[start:end].rstrip(" ") for start, end in pairwise(cuts)] if lines else [paragraph]


def _units(text: str) -> Iterator[tuple[int, int]]:
    """What stays on one line: a word or a character, with the marks that go with it and the blanks after it."""
    inked = len(text) - len(text.lstrip(" "))
    ends = [at for at in range(inked + 1, len(text)) if _may_part(text, at)]
    return pairwise([0, *ends, len(text)])


def _may_part(text: str, at: int) -> bool:
    """Whether a line may end before the character `at`."""
    before, after = text[at - 1], text[at]
    if after == " " or after in CLOSING or before in OPENING or not get_character_cell_size(after):
        return False
    if before == " ":
        return text[:at].rstrip(" ")[-1] not in OPENING
    if before < _WIDE and after < _WIDE:
        return before == "," and after.isalpha()
    return before != "\u200d"


def _folds(unit: str, width: int) -> Iterator[int]:
    """Where a unit that fits no line is divided: full lines, unless a mark would stand where it must not."""
    line, blanks, start = 0, 0, 0
    for at, character in enumerate(unit):
        if character == " ":  # it takes no room at a line's end
            blanks += 1
            continue
        size = get_character_cell_size(character)
        if line + blanks + size > width and at > start:
            start = next((cut for cut in range(at, start, -1) if _may_cut(unit, cut)), at)
            yield start
            line = cell_len(unit[start:at])
        else:
            line += blanks
        blanks = 0
        line += size


def _may_cut(unit: str, at: int) -> bool:
    return unit[at] != " " and unit[at] not in CLOSING and unit[:at].rstrip(" ")[-1:] not in OPENING
