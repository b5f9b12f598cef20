"""Where lines may end: no closing mark begins one, no opening one ends one (GB/T 15834-2011, 5.1; W3C clreq, 3.1.6)."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from rich.cells import cell_len, get_character_cell_size

from tui.kiosk.text.line_marks import CLOSING, OPENING

PAUSES: Final = frozenset("，。；：！？.;:!?")
"""Behind them a sentence or a clause begins."""
DANGLING: Final = 8
"""Cells of a word that may be moved to the next line."""

_WIDE: Final = "\u1100"
"""From here on a character is a word by itself; what stands before is written in words."""


def divide_line(text: str, width: int, fold: bool = True) -> list[int]:
    """Where one paragraph is divided to fit `width` cells, as `rich._wrap.divide_line` says it; words are kept whole.

    What fits no line is divided anywhere if it may be folded. In no more lines than that takes, none ends with the
    first word of a sentence or a clause, and the last one is no lone word.
    """
    if cell_len(text) <= width:
        return []
    units = [*_units(text)]
    full, held = (_divided(text, units, width, fold=fold, hold=hold) for hold in (False, True))
    return _accompanied(text, units, held if len(held) == len(full) else full, width)


def _divided(text: str, units: list[tuple[int, int]], width: int, *, fold: bool, hold: bool) -> list[int]:
    divided, line = list[int](), 0
    for number, (start, end) in enumerate(units):
        unit = text[start:end]
        room = cell_len(unit.rstrip(" "))
        if line and line + room > width:
            before = units[number - 1][0]
            fits = before > (divided or [0])[-1] and cell_len(text[before:start]) + room <= width
            divided.append(before if hold and fits and _dangles(text, before, start) else start)
            line = cell_len(text[divided[-1] : start])
        if fold and room > width > 0:
            divided += (start + at for at in _folds(unit, width))
            unit = text[max(start, divided[-1]) : end] if divided else unit
        line += cell_len(unit)
    return divided


def _dangles(text: str, start: int, end: int) -> bool:
    """Whether this unit is short and begins what a mark before it has parted from the rest of its line."""
    return cell_len(text[start:end].rstrip(" ")) <= DANGLING and text[:start].rstrip(" ")[-1] in PAUSES


def _accompanied(text: str, units: list[tuple[int, int]], divided: list[int], width: int) -> list[int]:
    """A last line of a word, or of two characters of Chinese, gets as much again of what stands before it."""
    starts = [start for start, _ in units]
    if not divided or divided[-1] not in starts:
        return divided
    alone = len(starts) - starts.index(divided[-1])
    most = 2 if text[starts[-1]] >= _WIDE else 1
    begun = [0, *divided][-2]
    if alone > most or len(starts) < 2 * most:
        return divided
    start = starts[-2 * most]
    before = starts[-2 * most - 1] if len(starts) > 2 * most else start
    if begun < before < start and _dangles(text, before, start):
        start = before
    fits = begun < start and cell_len(text[start:].rstrip(" ")) <= width
    return [*divided[:-1], start] if fits else divided


def lines_of(paragraph: str, width: int) -> list[str]:
    """Its lines, without the blanks at their ends."""
    return [
        paragraph[start:end].rstrip(" ") for start, end in pairwise([0, *divide_line(paragraph, width), len(paragraph)])
    ]


def evened(text: str, width: int) -> str:
    """`text` in no more lines of `width` cells than it needs, all of about one length: none ends in a lone word."""
    return "\n".join(line for paragraph in text.split("\n") for line in _evened(paragraph, width))


def _evened(paragraph: str, width: int) -> list[str]:
    lines = len(divide_line(paragraph, width))
    least = next(room for room in range(width // 2, width + 1) if len(divide_line(paragraph, room)) <= lines)
    return lines_of(paragraph, least) if lines else [paragraph]


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
