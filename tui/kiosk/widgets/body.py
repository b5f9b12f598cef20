"""The part of a screen that is the step's own; it scrolls where the window is too low for it."""

from math import ceil
from typing import ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.layout import Layout
from textual.message import Message


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
        """The page in view and how many there are, as they are turned: a row of each is seen on the next one, too.

        It is the nearest one; the last one at the very end alone.
        """
        step, last = max(1, self.size.height - 1), self.max_scroll_y
        pages = 1 + ceil(last / step)
        return (pages if self.scroll_y >= last else min(pages - 1, 1 + round(self.scroll_y / step))), pages

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
        """Scroll to what has the focus, with the label and the note around it where they fit."""
        focused = self.screen.focused
        if focused is None or focused not in self.query("*"):
            return
        around = next(widget for widget in self.children if focused in widget.walk_children(with_self=True))
        shown = around if around.outer_size.height <= self.size.height else focused
        shown.scroll_visible(animate=False)
