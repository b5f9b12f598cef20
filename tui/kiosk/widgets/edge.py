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

    What is off has none; that of what has the focus says so, by its colour and by a bar of two cells. The act that
    leads on has bars of two cells at rest, too: with eight colours there is no ink that would tell it from the others.
    """
    width = widget.outer_size.width
    if widget.disabled or width < 3:
        return lines
    main = widget.has_class("-next") or (widget.has_class("-main") and not widget.has_class("-later"))
    if widget.has_focus or widget.has_class("-lit"):
        name, left, right = "focus", widget.styles.padding.left, 1
    else:
        name, left, right = ("edge", 2, 2) if main else ("edge", 1, 1)
    ground = Style(bgcolor=Color.parse(widget.app.theme_variables[name]).rich_color)
    columns = [x - crop.x for x in (*range(left), *range(width - right, width)) if crop.x <= x < crop.right]
    return [_edged(line, columns, ground) for line in lines]


def _edged(line: Strip, columns: list[int], ground: Style) -> Strip:
    for x in columns:
        line = Strip.join([line.crop(0, x), Strip([Segment(" ", ground)], 1), line.crop(x + 1)])
    return line
