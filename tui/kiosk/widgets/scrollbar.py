"""A scrollbar of whole cells, with an arrow to tap at each end: Textual's own has eighth blocks, of ambiguous width."""

from typing import ClassVar

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBarRender

WIDTH = 3
"""Columns of a bar that a finger meets."""
END, ROOMY, LEAST = 3, 14, 5
"""Rows of an end; rows of a bar that has room for such ends, and of one with room for ends at all."""


BLACK, WHITE = Color.from_rgb(0, 0, 0), Color.from_rgb(255, 255, 255)


class CellScrollBar(ScrollBarRender):
    """Backgrounds alone. Where it is wide enough to be tapped it has ends, and is drawn in its middle column only."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8

    @classmethod
    def render_bar(  # noqa: PLR0917 - as Textual declares it
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = BLACK,
        bar_color: Color = WHITE,
    ) -> Segments:
        """The bar between its ends: each scrolls by a page where it is tapped."""
        wide = vertical and thickness >= WIDTH
        ends = 0 if not wide else END if size >= ROOMY else 1 if size >= LEAST else 0
        bar = super().render_bar(
            size - 2 * ends, virtual_size, window_size, position, thickness, vertical, back_color, bar_color
        )
        if not wide:
            return bar
        up, down = (
            [Segment(face.center(thickness), style) for face in _faces(arrow, ends)]
            for arrow, style in (
                ("/\\", _end("scroll_up", back_color, bar_color)),
                ("\\/", _end("scroll_down", back_color, bar_color)),
            )
        )
        rows = (_slim(segment, thickness, back_color) for segment in bar.segments)
        lines = [[end] for end in up] + list(rows) + [[end] for end in down]
        return Segments([part for line in lines for part in (*line, Segment.line())], new_lines=False)


def _faces(arrow: str, rows: int) -> list[str]:
    """The arrow in the middle of its rows."""
    return ["" if row != rows // 2 else arrow for row in range(rows)]


def _slim(row: Segment, thickness: int, back: Color) -> list[Segment]:
    """A row of the bar in its middle column; the columns beside it are tapped for it."""
    style = row.style or Style.null()
    if not style.reverse:
        return [row]
    beside = Segment(" " * (thickness // 2), Style(bgcolor=back, meta=style.meta))
    return [beside, Segment(" ", style), Segment(" " * (thickness - 1 - thickness // 2), beside.style)]


def _end(action: str, back: Color, bar: Color) -> Style:
    return Style(bgcolor=back, color=bar, bold=True, meta={"@mouse.down": action})
