"""What must be written so that a terminal that shows one picture shows another."""

from bisect import bisect_left
from typing import Final

from tui.kiosk.terminal.painting.cells import BLANK, TAIL, Row
from tui.kiosk.terminal.painting.pen import Pen

WORTH_ERASING: Final = 3
"""Blanks that are longer than the sequence that erases to the end of the line."""
WORTH_SKIPPING: Final = 9
"""Blanks that are longer than erasing them and going past them."""


class Difference:
    """Writes with `pen` what differs; erases where the terminal `erases` in the background's colour."""

    def __init__(self, pen: Pen, *, erases: bool) -> None:
        self._pen, self._erases = pen, erases

    def line(self, y: int, wanted: Row, shown: Row | None) -> None:
        """Write line `y`; what `shown` holds is on the terminal, None being unknown."""
        if shown is None:
            changed = list(range(len(wanted)))
        else:
            changed = [x for x, (new, old) in enumerate(zip(wanted, shown, strict=True)) if new != old]
        done = 0
        for x in changed:
            if x < done or wanted[x][0] == TAIL:
                continue
            self._pen.go(x, y, wanted)
            done = self._erased(x, wanted, changed) if self._erases else 0
            if not done:
                done = self._drawn(x, wanted)

    def _drawn(self, x: int, row: Row) -> int:
        """Draw the cell and say where the next one is."""
        cell = row[x]
        width = 2 if row[x + 1 : x + 2] and row[x + 1][0] == TAIL else 1
        self._pen.draw(cell)
        self._pen.advance(width, sure=len(cell[0]) == 1)  # of a cluster terminals know the width less well
        return x + width

    def _erased(self, x: int, row: Row, changed: list[int]) -> int:
        """Erase the blanks that begin here and say where they end; 0 where writing them is shorter."""
        cell = row[x]
        if cell[0] != BLANK or not cell[1].is_ground:
            return 0
        end = x + 1
        while end < len(row) and row[end] == cell:
            end += 1
        first, behind = bisect_left(changed, x), bisect_left(changed, end)
        if end == len(row) and behind - first > WORTH_ERASING:
            self._pen.erase(cell, None)
            return end
        last = changed[behind - 1]
        if behind - first > WORTH_SKIPPING:
            self._pen.erase(cell, last + 1 - x)
            return last + 1
        return 0
