"""The part of a screen that is the step's own; it scrolls where the window is too low for it."""

from collections.abc import Iterator
from typing import Any, ClassVar

from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Offset, Region
from textual.layout import Layout
from textual.message import Message
from textual.widget import Widget


class Section(Vertical):
    """What belongs together in a body of several pages: it begins a page, and is seen whole where it fits."""


class Body(VerticalScroll, inherit_bindings=False):
    """Keeps the field at hand in view, and takes no arrow from it: those go on to the next also where it scrolls."""

    BINDINGS: ClassVar = [
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]

    class Turned(Message):
        """Another page is in view, or there are more or fewer of them."""

        def __init__(self, page: int, pages: int) -> None:
            super().__init__()
            self.page = page
            self.pages = pages

    def __init__(self, layout: Layout, *, classes: str | None = None) -> None:
        super().__init__(id="body", can_focus=False, classes=classes)
        self._layout_of_step = layout
        self._place = 1, 1

    @property
    def layout(self) -> Layout:
        """Where the step's widgets stand, by the room that there is."""
        return self._layout_of_step

    @property
    def page(self) -> tuple[int, int]:
        """The page in view, which is the nearest one, and how many there are."""
        starts = self._starts
        return 1 + min(range(len(starts)), key=lambda at: abs(starts[at] - self.scroll_y)), len(starts)

    def turn(self, by: int) -> range:
        """To the page after or before the rows in view; the rows that come into view then, if there is one."""
        starts = self._starts
        following = [start for start in starts if (start > self.scroll_y if by > 0 else start < self.scroll_y)]
        if not following:
            return range(0)
        start, height, here = following[0 if by > 0 else -1], self.size.height, int(self.scroll_y)
        self.scroll_to(y=start, animate=False)
        return range(max(start, here + height), start + height) if by > 0 else range(start, min(here, start + height))

    def row_of(self, widget: Widget) -> int:
        """Where one of its widgets begins, from the first row of the first page."""
        return int(widget.region.y - self.content_region.y + self.scroll_y)

    @property
    def _starts(self) -> list[int]:
        """The row at which each page begins: a section's first; within a higher one a row of each is seen again."""
        sections = [section.virtual_region for section in self.query_children(Section)]
        whole = Region(0, 0, 0, self.virtual_size.height)
        rows = (min(row, self.max_scroll_y) for section in sections or [whole] for row in self._pages_of(section))
        return list(dict.fromkeys(rows))

    def _pages_of(self, section: Region) -> Iterator[int]:
        height, row = self.size.height, section.y
        yield row
        while row + height < section.bottom:
            row = min(row + max(1, height - 1), section.bottom - height)
            yield row

    def scroll_to_region(self, region: Region, **how: Any) -> Offset:
        """Where there are sections a page is turned, unless what is sought stands on two."""
        pages = (Region(region.x, start, region.width, self.size.height) for start in self._starts)
        page = next((page for page in pages if page.contains_region(region)), None)
        if page is None or not self.query_children(Section):
            return super().scroll_to_region(region, **how)
        return super().scroll_to_region(page, **{**how, "center": False, "top": True})

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Another page may be in view."""
        super().watch_scroll_y(old_value, new_value)
        self._look()

    def on_resize(self) -> None:
        """There is more or less room or content, or the screen has just been laid out for the first time."""
        self._look()
        self.call_after_refresh(self.show_focused)

    def _look(self) -> None:
        if self.page != self._place:
            self._place = self.page
            self.post_message(self.Turned(*self._place))

    def show_focused(self) -> None:
        """Scroll to what has the focus, its label and note too where they fit; else to the page's first row."""
        focused = self.screen.focused
        if focused is None or focused not in self.query("*"):
            if self.query_children(Section):
                self.scroll_to(y=self._starts[self.page[0] - 1], animate=False)
            return
        around = next(
            widget
            for widget in focused.ancestors_with_self
            if isinstance(widget, Widget) and (widget.parent is self or isinstance(widget.parent, Section))
        )
        shown = around if around.outer_size.height <= self.size.height else focused
        shown.scroll_visible(animate=False)
