"""Where the terminal's cursor stands and how it draws, and the bytes of a frame as they come."""

from typing import Final

from tui.kiosk.terminal.painting.cells import BLANK, TAIL, Cell, Row
from tui.kiosk.terminal.painting.moves import move
from tui.kiosk.terminal.painting.renditions import Drawn, Rendition, Renditions

BYTES: Final = 3
"""Of a character beyond ASCII, as good as always."""


class Pen:
    """Draws cell by cell, from left to right in each line."""

    def __init__(self, renditions: Renditions) -> None:
        self._renditions = renditions
        self._columns = 0
        self._out: list[str] = []
        self.lose()

    def lose(self) -> None:
        """Somebody else has written: nothing is known any more."""
        self._x: int | None = None
        self._y: int | None = None
        self._rendition: Rendition | None = None

    def begin(self, columns: int) -> None:
        """A frame begins, for lines of `columns` cells."""
        self._columns = columns
        self._out = []

    def end(self) -> str:
        """The frame's bytes."""
        out, self._out = "".join(self._out), []
        return out

    def go(self, x: int, y: int, row: Row | None = None) -> None:
        """Put the cursor there; what `row` has on the way is right, and is written again where that is shorter.

        A frame that draws begins with a whole address: what a foreign write has moved is moved back.
        """
        begins = not self._out
        if (self._x, self._y) == (x, y) and (row is None or not begins):
            return
        way = move((None, None) if begins else (self._x, self._y), x, y)
        if row is not None and not begins and self._x is not None and self._y == y and self._x < x:
            way = self._rewritten(row[self._x : x], len(way)) or way
        self._out.append(way)
        self._x, self._y = x, y

    def draw(self, cell: Cell) -> None:
        """Write a cell, with its tail if it has one, at the cursor."""
        self._use(cell, _drawn(cell))
        self._out.append(cell[0])

    def advance(self, width: int, *, sure: bool = True) -> None:
        """The cursor has gone on by `width` cells; behind the last one it is in no certain column."""
        if self._x is not None:
            self._x += width
            if not sure or self._x >= self._columns:
                self._x = None

    def erase(self, blank: Cell, count: int | None) -> None:
        """Make such blanks of `count` cells from the cursor on, which stays, or of all the line's rest (ECH, EL)."""
        self._use(blank, Drawn.ERASED)
        self._out.append("\x1b[K" if count is None else f"\x1b[{count}X")

    def _use(self, cell: Cell, drawn: Drawn) -> None:
        change, self._rendition = self._renditions.change(self._rendition, cell[1], drawn)
        self._out.append(change)

    def _rewritten(self, cells: Row, limit: int) -> str:
        """The text of `cells`, if it is no longer than `limit` bytes and needs no other rendition."""
        length = 0
        for cell in cells:
            text, rendition = cell
            length += 0 if text == TAIL else 1 if text.isascii() else BYTES * len(text)
            if length > limit or self._renditions.change(self._rendition, rendition, _drawn(cell))[0]:
                return ""
        return "".join(text for text, _ in cells)


def _drawn(cell: Cell) -> Drawn:
    return Drawn.BLANK if cell[0] == BLANK else Drawn.TEXT
