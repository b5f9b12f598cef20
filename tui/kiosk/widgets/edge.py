"""The edge of what can be pressed or typed into: a cell of its colour at either side, whatever colours there are.

A background shows in every font, which a line of half blocks or of boxes does not.
"""

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


def edged(widget: Widget, crop: Region, lines: list[Strip]) -> list[Strip]:
    """Textual's lines of `widget` within `crop`, the first and the last column of it, which are its padding, as edges.

    What is off has none; that of what has the focus says so.
    """
    width = widget.outer_size.width
    if widget.disabled or width < 3:
        return lines
    name = "focus" if widget.has_focus else "edge"
    ground = Style(bgcolor=Color.parse(widget.app.theme_variables[name]).rich_color)
    columns = [x - crop.x for x in (0, width - 1) if crop.x <= x < crop.right]
    return [_edged(line, columns, ground) for line in lines]


def _edged(line: Strip, columns: list[int], ground: Style) -> Strip:
    for x in columns:
        line = Strip.join([line.crop(0, x), Strip([Segment(" ", ground)], 1), line.crop(x + 1)])
    return line
