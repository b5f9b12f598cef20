"""Words that change while they are shown: drawn anew only when they differ, with a new layout only for another size."""

from textual import content
from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static

from tui.kiosk.widgets.line_breaks import divide_line

# Textual asks Rich, who parts words only, and marks of Chinese from what they belong to; this is for every text.
content.divide_line = divide_line  # type: ignore[attr-defined]


class Words(Static):
    """Textual repaints and lays out the whole screen at every `update`, whatever it brings."""

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Say `content`; with `layout=False` it is known to take the same room."""
        said = self.content
        if isinstance(content, Content) and isinstance(said, Content) and content.is_same(said):
            return
        layout = layout and self.display
        room = self._room() if layout else None
        super().update(content, layout=False)
        if layout and (room is None or room != self._room()):
            self.refresh(layout=True)

    def _room(self) -> tuple[int, int] | None:
        """The columns and rows that the words ask for where the style leaves that to them; None before any layout."""
        window, width = self.app.size, self.size.width
        if self.styles.is_auto_width:
            width = self.get_content_width(window, window)
        elif not width:
            return None
        return width, self.get_content_height(window, window, width) if self.styles.is_auto_height else 1
