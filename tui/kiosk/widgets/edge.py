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
    """Textual's lines of `widget` within `crop`, with its edges on what is its padding.

    What is off has none; that of what has the focus says so, by its colour and by a bar of two cells.
    """
    width = widget.outer_size.width
    if widget.disabled or width < 3:
        return lines
    name, bar = ("focus", widget.styles.padding.left) if widget.has_focus else ("edge", 1)
    ground = Style(bgcolor=Color.parse(widget.app.theme_variables[name]).rich_color)
    columns = [x - crop.x for x in (*range(bar), width - 1) if crop.x <= x < crop.right]
    return [_edged(line, columns, ground) for line in lines]


def _edged(line: Strip, columns: list[int], ground: Style) -> Strip:
    for x in columns:
        line = Strip.join([line.crop(0, x), Strip([Segment(" ", ground)], 1), line.crop(x + 1)])
    return line
