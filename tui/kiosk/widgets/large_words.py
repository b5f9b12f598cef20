"""Words to be read from the door: characters of sixteen pixels, two of them in a cell's height."""

from itertools import groupby
from typing import Final

from textual.content import Content

from tui.kiosk.widgets.figures import Figures, half

HEIGHT: Final = 16
GLYPHS: Final = {
    "请": "0040404027fc204003f80040e7fe200023f8220823f822082bf8320822280210",
    "插": "2008203c27c02040f8402ffe20402940365ce4442444275c24442444a7fc4404",
    "入": "0400020001000100010002800280028004400440082008201010201040088006",
    "拔": "1050104810481040fbfe1080148018fc3144d144112811281210122854442182",
    "出": "0100010021082108210821083ff801080100010041044104410441047ffc0004",
    "C": "000000003c42424040404042423c0000",
    "A": "0000000018242442427e424242420000",
    "R": "000000007c4242427c48444442420000",
    "I": "000000003e08080808080808083e0000",
    "n": "0000000000005c624242424242420000",
    "s": "0000000000003c4240300c02423c0000",
    "e": "0000000000003c42427e4040423c0000",
    "r": "0000000000005c624240404040400000",
    "t": "000000001010107c10101010100c0000",
    "o": "0000000000003c4242424242423c0000",
    "k": "00000040404044485060504844420000",
    "m": "00000000000076494949494949490000",
    "v": "00000000000042424224242418180000",
}
"""Of GNU Unifont 15 (GPL-2.0-or-later), in its hex format: each row's pixels, the left one the highest bit."""
BLANK: Final = 4
"""Cells between two words."""


def large(text: str, style: str) -> Content | None:
    """`text` in eight rows; None where the font has no half blocks, or a character is not among the `GLYPHS`."""
    if not Figures.half_blocks or not set(text) - {" "} <= GLYPHS.keys():
        return None
    rows = ["".join(row) for row in zip(*map(_drawn, text), strict=True)]
    return Content("\n").join([_line(*pair, style) for pair in zip(rows[::2], rows[1::2], strict=True)])


def _line(upper: str, lower: str, style: str) -> Content:
    """A row of cells, equal ones in one run."""
    runs = [(pair, len(list(run))) for pair, run in groupby(zip(upper, lower, strict=True))]
    cells = [(half(up == "1", low == "1", style), count) for (up, low), count in runs]
    return Content.assemble(*((cell * count, drawn) for (cell, drawn), count in cells))


def _drawn(character: str) -> list[str]:
    """The rows of a character, `1` for a pixel that is lit; a Latin one is as wide as its ink and a blank."""
    if character == " ":
        return ["0" * BLANK] * HEIGHT
    digits = GLYPHS[character]
    width = len(digits) // HEIGHT
    rows = [f"{int(digits[at * width : (at + 1) * width], 16):0{4 * width}b}" for at in range(HEIGHT)]
    if not character.isascii():
        return rows
    inked = [at for at, column in enumerate(zip(*rows, strict=True)) if "1" in column]
    return [row[inked[0] : inked[-1] + 1] + "0" for row in rows]
