"""The part of a screen that is the step's own; it scrolls where the window is too low for it."""

from math import ceil
from typing import ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.layout import Layout


class Body(VerticalScroll, inherit_bindings=False):
    """Keeps the field at hand in view, and takes no arrow from it: those go on to the next also where it scrolls."""

    BINDINGS: ClassVar = [
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]

    def __init__(self, layout: Layout, *, classes: str | None = None) -> None:
        super().__init__(id="body", can_focus=False, classes=classes)
        self._layout_of_step = layout

    @property
    def layout(self) -> Layout:
        """Where the step's widgets stand, by the room that there is."""
        return self._layout_of_step

    @property
    def page(self) -> tuple[int, int]:
        """The page in view and how many there are, as they are turned: a row of each is seen on the next one, too."""
        step, last = max(1, self.size.height - 1), self.max_scroll_y
        pages = 1 + ceil(last / step)
        return (pages if self.scroll_y >= last else min(pages - 1, 1 + ceil(self.scroll_y / step))), pages

    def on_resize(self) -> None:
        """Less fits now, or the screen has just been laid out for the first time."""
        self.call_after_refresh(self.show_focused)

    def show_focused(self) -> None:
        """Scroll to what has the focus, with the label and the note around it where they fit."""
        focused = self.screen.focused
        if focused is None or focused not in self.query("*"):
            return
        around = next(widget for widget in self.children if focused in widget.walk_children(with_self=True))
        shown = around if around.outer_size.height <= self.size.height else focused
        shown.scroll_visible(animate=False)
