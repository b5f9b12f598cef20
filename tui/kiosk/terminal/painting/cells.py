"""What stands in the cells of a line: one grapheme cluster in one cell or two, and how it is drawn."""

from collections.abc import Iterable
from typing import Final, TypeAlias
from unicodedata import category

from rich.cells import get_character_cell_size, split_graphemes
from rich.segment import Segment

from tui.kiosk.terminal.painting.renditions import Rendition, Renditions

Cell: TypeAlias = tuple[str, Rendition]
"""Its text, and how it is drawn."""
Row: TypeAlias = list[Cell]
"""The cells of a line; never changed in place, so that two pictures may hold the same one."""

TAIL: Final = ""
"""The text of the second cell of what is two cells wide."""
BLANK: Final = " "
_JOINER: Final = "\u200d"
"""ZERO WIDTH JOINER, the one format character that Textual measures with what it joins."""


def cells_of(segments: Iterable[Segment], renditions: Renditions) -> Row:
    """The cells that `segments` fill: control characters fill none, and no terminal gets one."""
    row: Row = []
    for text, style, control in segments:
        if control:
            continue
        rendition, blank = renditions.of(style)
        empty = BLANK, blank
        if text.isspace() and text.isprintable() and text.isascii():
            row += [empty] * len(text)
        elif text.isascii() and text.isprintable():
            row += [empty if character == BLANK else (character, rendition) for character in text]
        else:
            for cluster, width in _clusters(text):
                row.append(empty if cluster == BLANK else (cluster, rendition))
                if width == 2:
                    row.append((TAIL, rendition))
    return row


def put(row: Row, x: int, cells: Row) -> Row:
    """`row` with `cells` from column `x` on; of what was two cells wide no half is left over."""
    room = max(0, len(row) - x)
    before, cut, after = row[:x], cells[:room], row[x + len(cells) :]
    if before and room and row[x][0] == TAIL:
        before[-1] = BLANK, before[-1][1]
    if cells[room:] and cells[room][0] == TAIL and cut:
        cut[-1] = BLANK, cut[-1][1]
    if after and after[0][0] == TAIL:
        after[0] = BLANK, after[0][1]
    return [*before, *cut, *after]


def _clusters(text: str) -> Iterable[tuple[str, int]]:
    """Grapheme clusters and their widths, measured as Textual measures them."""
    widths = list(map(get_character_cell_size, text))
    if 0 not in widths:
        return zip(text, widths, strict=True)
    text = "".join(c for c, width in zip(text, widths, strict=True) if width or _combines(c))
    return [(text[start:end], width) for start, end, width in split_graphemes(text)[0] if width]


def _combines(character: str) -> bool:
    """Whether it changes the character before it; marks of direction and controls are no part of a picture."""
    return character == _JOINER or category(character)[0] not in "CZ"
