"""What a terminal shows, cell by cell: pyte, and what of its cells can be seen."""

import re
from codecs import getincrementaldecoder
from typing import Any, TypeAlias

import pyte
from wcwidth import wcwidth

Seen: TypeAlias = tuple[object, ...]
_NOT_PYTES = re.compile(r"\x1b\[[<=>][\d;]*[a-z]|\x1b\[\?\d+\$p|\x1bP[^\x1b]*\x1b\\")
"""Private sequences and questions that pyte takes for others, or writes out."""
_ON_BLANKS = ("underscore", "strikethrough", "blink")


class Emulator:
    """A terminal that erases in the background's colour, and does not wrap lines."""

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.Stream(self._screen)
        self._stream.feed("\x1b[?7l")
        self._decoder = getincrementaldecoder("utf-8")()

    def read(self, data: bytes) -> None:
        """What a program has written, cut anywhere."""
        self.feed(self._decoder.decode(data))

    def feed(self, text: str) -> None:
        """What a program has written."""
        self._stream.feed(_NOT_PYTES.sub("", text))

    def litter(self) -> None:
        """Another program has written everywhere."""
        self._stream.feed("\x1b[0;4;31;42m")
        for line in range(self._screen.lines):
            self._stream.feed(f"\x1b[{line + 1}H" + "#" * self._screen.columns)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and line."""
        return self._screen.cursor.x, self._screen.cursor.y

    @property
    def text(self) -> str:
        """All that can be read, line by line; the second cell of what is wide is empty."""
        columns, lines = range(self._screen.columns), range(self._screen.lines)
        return "\n".join("".join(self._screen.buffer[y][x].data for x in columns) for y in lines)

    def cells(self) -> list[list[Seen]]:
        """Each line's cells, as they look."""
        return [self._line(y) for y in range(self._screen.lines)]

    def _line(self, y: int) -> list[Seen]:
        cells = [self._screen.buffer[y][x] for x in range(self._screen.columns)]
        for x, cell in enumerate(cells):  # pyte leaves halves of what is wide; terminals make them blank
            before, after = cells[x - 1].data if x else " ", cells[x + 1].data if x + 1 < len(cells) else " "
            if (_is_wide(cell.data) and after) or (not cell.data and not _is_wide(before)):
                cells[x] = cell._replace(data=" ")
        return list(map(_seen, cells))


def _seen(cell: Any) -> Seen:
    """Swapped colours are the other way round, and of a blank nothing but its colour is seen."""
    if cell.reverse and "default" not in (cell.fg, cell.bg):
        cell = cell._replace(fg=cell.bg, bg=cell.fg, reverse=False)
    if cell.data != " " or any(getattr(cell, name) for name in _ON_BLANKS):
        return tuple(cell)
    if cell.reverse:
        return tuple(cell) if cell.fg == "default" else (" ", cell.fg)
    return " ", cell.bg


def _is_wide(text: str) -> bool:
    return bool(text) and wcwidth(text[0]) == 2
