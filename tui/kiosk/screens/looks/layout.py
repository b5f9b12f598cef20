"""The one place that decides by the window's size: the screen's classes, the column, the sheet, and where it stands."""

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
    """A sheet in the middle, the same on every page, its buttons at its foot."""
    LARGE = "-large"
    """The same with a wider sheet and more air."""


FROM: Final = ((140, 46, Layout.LARGE), (84, 30, Layout.REGULAR), (0, 0, Layout.SMALL))
"""Columns and rows from which a layout holds."""
WIDTH: Final = {Layout.SMALL: 84, Layout.REGULAR: 84, Layout.LARGE: 100}
"""Columns of the step at most, the two blanks at either side among them."""
SHEET: Final = {Layout.REGULAR: 30, Layout.LARGE: 34}
"""Rows of the step where the window has them, so that a hand finds the buttons in one place from page to page."""
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
    """Bars above and below across the window; between them the step, on its sheet and in the upper middle.

    A body with `height: auto` that needs more than the sheet makes it higher; one of `1fr` scrolls within it, and so
    does every body for which the window is too low.
    """

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Textual's arrangement of a window as wide as the column, its bars stretched and the rest moved."""
        whole = parent.has_class("-compact")
        column = size.width if whole else column_of(size)
        placements = super().arrange(parent, children, size.with_width(column), greedy)
        end = max((placement.region.bottom + placement.margin.bottom for placement in placements), default=0)
        spare = size.height - end
        growth = 0 if whole else _growth(placements, SHEET.get(layout_of(size)), spare)
        return list(_moved(placements, size, column, spare - growth, growth))


class BodyLayout(VerticalLayout):
    """On a sheet with more rows than they take the step's widgets stand in the upper middle, not all at its top."""

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Textual's arrangement, moved."""
        placements = super().arrange(parent, children, size, greedy)
        spare = size.height - max((placement.region.bottom for placement in placements), default=0)
        if spare <= 0 or layout_of(parent.app.size) not in SHEET:
            return placements
        return WidgetPlacement.translate(placements, Offset(0, spare // ABOVE))

    def get_content_height(self, widget: Widget, container: Size, viewport: Size, width: int) -> int:
        """What the widgets take, without the rows above them."""
        return super().get_content_height(widget, container.with_height(0), viewport, width)


def _growth(placements: Iterable[WidgetPlacement], sheet: int | None, spare: int) -> int:
    """Rows that the body gets beside its own; fewer than none where it has to give some."""
    step = [placement for placement in placements if _name(placement.widget) in MIDDLE]
    if spare < 0 or sheet is None or not step:
        return min(spare, 0)
    lacking = sheet - (step[-1].region.bottom - step[0].region.y)
    fills = any(_is_body(placement) and placement.widget.styles.is_relative_height for placement in step)
    return min(lacking, spare) if lacking > 0 or fills else 0


def _moved(
    placements: Iterable[WidgetPlacement], size: Size, column: int, spare: int, growth: int
) -> Iterable[WidgetPlacement]:
    """Rows that are left over part above and below the step."""
    inset, down, begun = Offset((size.width - column) // 2, 0), 0, False
    for placement in placements:
        region, in_column = placement.region, _name(placement.widget) in MIDDLE
        if spare > 0 and in_column is not begun:
            down, begun = (down + spare // ABOVE, True) if in_column else (spare + growth, False)
        region = region.translate(Offset(0, down))
        region = region + inset if in_column else region._replace(width=size.width)
        if _is_body(placement):
            region, down = region._replace(height=max(0, region.height + growth)), down + growth
        yield placement._replace(region=region)


def _is_body(placement: WidgetPlacement) -> bool:
    return placement.widget.id == "body"


def _name(widget: Widget) -> str:
    return widget.id or type(widget).__name__
