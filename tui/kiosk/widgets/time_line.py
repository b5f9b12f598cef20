"""A time line: days in their order, each under its name."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from rich.cells import cell_len
from textual.content import Content

from tui.kiosk.text import _
from tui.kiosk.text.dates import day
from tui.kiosk.widgets.words import Words

GAP = 2
"""Cells between two dates at least."""


def time_line(points: Sequence[tuple[str, datetime, str]], cells: int) -> Content:
    """A bar parted at each point, the points' names on it, their dates below; each begins its stretch.

    Stretches are in proportion as far as names and dates leave room. A point is a name, a moment and a colour.
    """
    points = sorted(points, key=lambda point: point[1])
    least = [max(cell_len(name) + 1, cell_len(day(at))) + GAP for name, at, _ in points]
    spare = max(0, cells - sum(least))
    spans = [(end[1] - begin[1]).total_seconds() for begin, end in pairwise(points)]
    widths = [room + int(spare * span / (sum(spans) or 1)) for room, span in zip(least, [*spans, 0.0], strict=True)]
    stretches = zip(points, widths, strict=True)
    lit = ((_filled(f" {name}", width - 1), f"bold {colour} reverse") for (name, _, colour), width in stretches)
    bar = Content.assemble(*(part for stretch in lit for part in (stretch, " ")))
    dates = Content.assemble(*((_filled(day(at), w), "") for (_, at, _c), w in zip(points, widths, strict=True)))
    return Content("\n").join([bar, dates])


def _filled(text: str, cells: int) -> str:
    return text + " " * (cells - cell_len(text))


class TimeLine(Words):
    """Today, the old end and the new one."""

    _days: tuple[datetime | None, datetime | None, datetime | None] = (None, None, None)

    def show(self, today: datetime | None, old: datetime | None, new: datetime) -> None:
        """Draw them; without today or an old end there is nothing to compare."""
        self._days = today, old, new
        self.display = today is not None and old is not None
        self._draw()

    def on_resize(self) -> None:
        """The line has another length."""
        self._draw()

    def _draw(self) -> None:
        today, old, new = self._days
        if today is not None and old is not None and new is not None and self.size.width:
            points = ((_("今天"), today, "$accent"), (_("原到期日"), old, "$secondary"), (_("新到期日"), new, "$good"))
            self.update(time_line(points, self.size.width))
