"""The Linux console as a picture: cells in the kernel's sixteen colours and the glyphs of a console font."""

import gzip
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyte
from pyte.screens import Char

from tests.rig.readers import Picture

Font = Mapping[str, Picture]
"""Rows of 0 and 1 by character."""

HEIGHT = 16
REPLACEMENT = "■"
"""Stands for what the font has not."""
NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
"""What pyte calls the colours, in ANSI's order."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One character as the console keeps it."""

    character: str
    ink: int
    """0 to 15."""
    ground: int
    """0 to 7."""


def _filled(first: int, last: int) -> Picture:
    glyph = np.zeros((HEIGHT, 8), np.uint8)
    glyph[first:last] = 1
    return glyph


WITHOUT: Font = {" ": _filled(0, 0), REPLACEMENT: _filled(4, 11)}
"""As much of Debian's Latin fonts as a code would need: every letter becomes a replacement."""
VGA: Font = {**WITHOUT, "▄": _filled(7, 16)}
"""As much of the kernel's own font (font_8x16.c), whose lower half has 9 rows of 16."""


def read_font(path: Path) -> Font:
    """A console font with its Unicode table (PSF 1 and 2, gzipped)."""
    data = gzip.decompress(path.read_bytes())
    if data[:2] == b"\x36\x04":
        count, size, width, begin = 512 if data[2] & 1 else 256, data[3], 8, 4
        table = data[begin + count * size :].decode("utf-16-le", "replace")
    else:
        _, _, begin, _, count, size, _, width = struct.unpack("<8I", data[:32])
        marks = data[begin + count * size :].replace(b"\xfe", "\ufffe".encode()).replace(b"\xff", "\uffff".encode())
        table = marks.decode("utf-8", "replace")
    packed = np.frombuffer(data, np.uint8, count * size, begin).reshape(count, -1, (width + 7) // 8)
    glyphs = np.unpackbits(packed, axis=2)[:, :, :width]
    drawn = zip(table.split("\uffff"), glyphs, strict=False)
    return {name: glyph for names, glyph in drawn for name in names.partition("\ufffe")[0]}


def picture(rows: Sequence[Sequence[Cell]], font: Font) -> Picture:
    """All cells, in BGR."""
    missing = font.get(REPLACEMENT, font[" "])
    drawn = [
        [np.where(font.get(c.character, missing)[:, :, None] == 1, _bgr(c.ink), _bgr(c.ground)) for c in row]
        for row in rows
    ]
    return np.vstack([np.hstack(row) for row in drawn]).astype(np.uint8)


def _bgr(colour: int) -> tuple[int, ...]:
    """The kernel's `default_red`, `default_grn`, `default_blu` (drivers/tty/vt/vt.c)."""
    more = 0x55 if colour & 8 else 0
    blue, green, red = (more + (0xAA if colour & part else 0) for part in (4, 2, 1))
    return (blue, 0x55, red) if colour == NAMES.index("brown") else (blue, green, red)


def cells(screen: pyte.Screen) -> Iterator[list[Cell]]:
    """What a program wrote, as the console keeps it: grounds are never bright, text in two columns ends in a blank."""
    for y in range(screen.lines):
        yield [_cell(screen.buffer[y][x]) for x in range(screen.columns)]


def _cell(char: Char) -> Cell:
    ink, ground = _number(char.fg, "white"), _number(char.bg, "black")
    if char.reverse:
        ink, ground = ground, ink
    return Cell(char.data or " ", ink | 8 if char.bold else ink, ground & 7)


def _number(name: str, default: str) -> int:
    plain = default if name == "default" else name.removeprefix("bright")
    return NAMES.index(plain) | (8 if name.startswith("bright") else 0)
