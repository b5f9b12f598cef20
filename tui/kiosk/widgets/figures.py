"""Figures read from afar: three rows of half blocks where the font has them, whole cells or words elsewhere."""

from itertools import groupby
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.content import Content

FIGURES: Final = (
    "###  ## ### ### # # ### ### ### ### ###",
    "# #   #   #   # # # #   #     # # # # #",
    "# #   # ###  ## ### ### ###   # ### ###",
    "# #   # #     #   #   # # #   # # #   #",
    "###   # ### ###   # ### ###   # ### ###",
)
"""Ten figures of 3 x 5 pixels, one blank between them."""
LOWER_HALF: Final = "▄"


class Figures:
    """How figures are drawn on this terminal."""

    half_blocks: ClassVar[bool] = False
    """Whether the font is known to have `▄`, one cell wide: two pixels a cell, so that a figure takes three rows."""


def drawn(text: str, style: str) -> Content:
    """`text` with its digits and points as figures and the rest at their foot; one line of words where that cannot be.

    A number alone is drawn without half blocks, too, in five rows of whole cells.
    """
    if Figures.half_blocks:
        return _halves(text, style)
    return _cells(text, style) if text.isdigit() else Content.styled(text, f"bold {style}")


def _pixels(digit: str) -> tuple[str, ...]:
    if digit == ".":
        return (" ", " ", " ", " ", "#")
    at = int(digit) * 4
    return tuple(row[at : at + 3] for row in FIGURES)


def _halves(text: str, style: str) -> Content:
    rows: list[list[tuple[str, str]]] = [[], [], []]
    for large, characters in groupby(text, lambda c: c == "." or (c.isascii() and c.isdigit())):
        run = "".join(characters)
        if not large:
            blank = " " * (cell_len(run) + 1)
            for row, words in zip(rows, (blank, blank, f"{run} "), strict=True):
                row.append((words, f"bold {style}"))
            continue
        for digit in run:
            pixels = (" " * len(_pixels(digit)[0]), *_pixels(digit))
            for row, upper, lower in zip(rows, pixels[::2], pixels[1::2], strict=True):
                row += [half(up == "#", low == "#", style) for up, low in zip(upper, lower, strict=True)]
                row.append((" ", ""))
    return Content("\n").join([Content.assemble(*row) for row in rows])


def half_ground(columns: int, upper: Style, lower: Style) -> Segment:
    """Cells of the ground of `upper` above that of `lower`.

    Blanks where both are one: the terminal's own ground is no ink, so the lower half would be drawn in its text's.
    """
    if upper.bgcolor == lower.bgcolor:
        return Segment(" " * columns, lower)
    return Segment(LOWER_HALF * columns, Style(color=lower.bgcolor, bgcolor=upper.bgcolor))


def half(upper: bool, lower: bool, style: str) -> tuple[str, str]:
    """Reversed where the upper half is lit: what is drawn so needs no colour, and shows on any ground."""
    return " " if upper is lower else LOWER_HALF, f"{style} reverse" if upper else style if lower else ""


def _cells(number: str, style: str) -> Content:
    rows = []
    for figures in FIGURES:
        cells: list[tuple[str, str]] = []
        for digit in number:
            at = int(digit) * 4
            cells += [("  ", f"{style} reverse" if p == "#" else "") for p in figures[at : at + 3]] + [("  ", "")]
        rows.append(Content.assemble(*cells))
    return Content("\n").join(rows)
