"""The one place that decides by the window's size: the screen's classes, the column's width, where the step stands."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from textual.geometry import Offset, Size
from textual.layout import ArrangeResult, WidgetPlacement
from textual.layouts.vertical import VerticalLayout
from textual.widget import Widget

MIDDLE: Final = frozenset({"heading", "FailureBanner", "body", "actions"})
"""Ids, or types where there is no id, of what stands in the column; the other parts are bars across the window."""
ABOVE: Final = 3
"""One part of so many of the rows that are left over stands above the step, the rest below it."""


class Layout(StrEnum):
    """The screen's class; style sheets name it with its dash."""

    SMALL = "-small"
    """80x24 and below: the step fills the window, its buttons stand at the foot."""
    REGULAR = "-regular"
    """A column in the middle, as high as what it holds, its buttons right below."""
    LARGE = "-large"
    """The same with a wider column and more air."""


FROM: Final = ((140, 46, Layout.LARGE), (84, 30, Layout.REGULAR), (0, 0, Layout.SMALL))
"""Columns and rows from which a layout holds."""
WIDTH: Final = {Layout.SMALL: 84, Layout.REGULAR: 84, Layout.LARGE: 100}
"""Columns of the step at most, the two blanks at either side among them."""
ROOMY: Final = 38
"""Rows from which a column has room for words to be read from the door; a class of their own, beside the layout's."""
NARROW: Final = ((40, "-too-narrow"), (60, "-slim"), (76, "-snug"))
LOW: Final = ((10, "-too-low"), (20, "-tiny"))
"""Below so many columns or rows a class says so, beside `Layout.SMALL`."""


def layout_of(size: Size) -> Layout:
    """The layout for a window of `size`."""
    return next(layout for columns, rows, layout in FROM if size.width >= columns and size.height >= rows)


def column_of(size: Size) -> int:
    """The width of the column in which the step stands."""
    return min(size.width, WIDTH[layout_of(size)])


def classes_of(size: Size) -> dict[str, bool]:
    """Every class that a size can give a screen, and whether this one does."""
    layout = layout_of(size)
    narrow = next((name for columns, name in NARROW if size.width < columns), "")
    low = next((name for rows, name in LOW if size.height < rows), "")
    classes = {name.value: name is layout for name in Layout}
    classes["-roomy"] = layout is not Layout.SMALL and size.height >= ROOMY
    return {**classes, **{name: name in {narrow, low} for _, name in (*NARROW, *LOW)}}


class FrameLayout(VerticalLayout):
    """Bars above and below across the window; between them the step, in its column and in the upper middle.

    A body with `height: auto` is as high as what it holds, and scrolls where that is more than there is room for.
    """

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Textual's arrangement of a window as wide as the column, its bars stretched and the rest moved."""
        whole = parent.has_class("-compact")
        column = size.width if whole else column_of(size)
        placements = super().arrange(parent, children, size.with_width(column), greedy)
        end = max((placement.region.bottom + placement.margin.bottom for placement in placements), default=0)
        return list(_moved(placements, size, column, size.height - end))


def _moved(placements: Iterable[WidgetPlacement], size: Size, column: int, spare: int) -> Iterable[WidgetPlacement]:
    """Rows that are left over part above and below the step; the body gives those that lack."""
    inset, down, begun = Offset((size.width - column) // 2, 0), 0, False
    for placement in placements:
        region, in_column = placement.region, _name(placement.widget) in MIDDLE
        if spare > 0 and in_column is not begun:
            down, begun = (spare // ABOVE, True) if in_column else (spare, False)
        region = region.translate(Offset(0, down))
        region = region + inset if in_column else region._replace(width=size.width)
        if spare < 0 and placement.widget.id == "body":
            region, down = region._replace(height=max(0, region.height + spare)), spare
        yield placement._replace(region=region)


def _name(widget: Widget) -> str:
    return widget.id or type(widget).__name__
